// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {PoolTerms, PoolTermsLib} from "../../../contracts/libraries/PoolTerms.sol";
import {ProviderList} from "../../../contracts/libraries/ProviderList.sol";
import {RoundMoney} from "../../../contracts/libraries/RoundMoney.sol";
import {ScoreVector} from "../../../contracts/libraries/ScoreVector.sol";
import {TokenPush} from "../../../contracts/libraries/TokenPush.sol";

/// @title The pure pieces of a pool without the pool
/// @notice Its clones carry terms like a pool's.
contract LibraryHarness {
    function terms() external view returns (IOutcomePool.Terms memory) {
        return PoolTermsLib.unpack();
    }

    function append(
        bytes calldata records,
        uint256 firstIndex,
        address previous
    ) external returns (address last, uint256 weights, address code) {
        return ProviderList.append(records, firstIndex, previous);
    }

    function provider(uint256 index) external view returns (address account, uint256 weight) {
        return ProviderList.read(index);
    }

    /// @notice Weights and accounts of a range.
    function providers(
        uint256 from,
        uint256 count
    ) external view returns (address[] memory accounts, uint256[] memory weights) {
        uint256 ptr = ProviderList.load(from, count);
        (accounts, weights) = (new address[](count), new uint256[](count));
        for (uint256 i = 0; i < count; i++) (accounts[i], weights[i]) = ProviderList.recordAt(ptr, i);
    }

    function share(uint256 budget, uint256 award_, uint256 denominator) external pure returns (uint256) {
        return RoundMoney.share(budget, award_, denominator);
    }

    function store(bytes32 evidenceRoot, bytes calldata vector) external {
        ScoreVector.store(evidenceRoot, vector);
    }

    function rootOf(uint256 nonce) external view returns (bytes32) {
        return ScoreVector.rootOf(nonce);
    }

    function score(uint256 nonce, uint256 index) external view returns (uint256, uint256) {
        (uint256 score_, uint256 units, bool known) = ScoreVector.read(PoolTermsLib.load(), nonce, index);
        require(known, "no such record");
        return (score_, units);
    }

    /// @notice Scores and units of a range.
    function scores(
        uint256 nonce,
        uint256 from,
        uint256 count
    ) external view returns (uint256[] memory list, uint256[] memory units) {
        PoolTerms t = PoolTermsLib.load();
        uint256 ptr = ScoreVector.load(t, nonce, from, count);
        (list, units) = (new uint256[](count), new uint256[](count));
        for (uint256 i = 0; i < count; i++) (list[i], units[i]) = ScoreVector.recordAt(t, ptr, i);
    }

    function award(uint256 weight, uint256 score_, uint256 units) external view returns (uint256) {
        return ScoreVector.award(PoolTermsLib.load(), weight, score_, units);
    }

    function push(address token, address to, uint256 amount) external returns (bool) {
        return TokenPush.tryTransfer(token, to, amount);
    }

    function tally(bytes calldata vector, uint256 count) external view returns (uint256 totalAward, uint256 counted) {
        return ScoreVector.tally(PoolTermsLib.load(), vector, count);
    }
}
