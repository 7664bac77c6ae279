// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {PoolState} from "./PoolState.sol";
import {PoolTerms, PoolTermsLib} from "./libraries/PoolTerms.sol";
import {ProviderList} from "./libraries/ProviderList.sol";
import {RoundWord} from "./libraries/RoundWord.sol";
import {ScoreVector} from "./libraries/ScoreVector.sol";

/// @title What anyone can read of a pool
/// @notice Documented in `IOutcomePool`.
abstract contract PoolViews is PoolState {
    /// @inheritdoc IOutcomePool
    function terms() external view returns (Terms memory) {
        _terms();
        return PoolTermsLib.unpack();
    }

    /// @inheritdoc IOutcomePool
    function roundState(uint32 round) external view returns (RoundState state, uint256 deadline) {
        PoolTerms t = _terms();
        return _stateOf(t, round, _round(t, round));
    }

    /// @inheritdoc IOutcomePool
    function roundInfo(uint32 round) external view returns (RoundView memory r) {
        PoolTerms t = _terms();
        RoundWord k = _round(t, round);
        Verdict memory v = _verdicts[round];
        (r.state, r.deadline) = _stateOf(t, round, k);
        r.phase = Phase(k.phase());
        r.since = k.since();
        r.funded = k.funded();
        r.challenger = v.challenger;
        r.feePaid = v.feePaid;
        r.bondPaid = v.bondPaid;
        r.arbiterPaid = v.arbiterPaid;
        if (k.vector() != 0) {
            r.evidenceRoot = ScoreVector.rootOf(k.vector());
            r.totalAward = v.totalAward;
            r.denominator = k.denominator();
        }
        if (r.state == RoundState.Settled) {
            uint256 denominator;
            (r.budget, r.fee, denominator) = _settlement(t, round, k);
            r.payable_ = _spent(t, round, k, r.budget, denominator);
        }
    }

    /// @inheritdoc IOutcomePool
    function enrolment() external view returns (uint256 count, uint256 totalWeight) {
        _terms();
        return (_enrolment.count, _enrolment.totalWeight);
    }

    /// @inheritdoc IOutcomePool
    function providers(uint256 from, uint256 count) external view returns (Provider[] memory list) {
        _terms();
        _requireRange(from, count);
        uint256 records = ProviderList.load(from, count);
        list = new Provider[](count);
        for (uint256 i = 0; i < count; i++) {
            (address account, uint256 weight) = ProviderList.recordAt(records, i);
            list[i] = Provider(account, uint32(weight));
        }
    }

    /// @inheritdoc IOutcomePool
    function scores(uint32 round, uint256 from, uint256 count) external view returns (ScoreRecord[] memory list) {
        PoolTerms t = _terms();
        RoundWord k = _round(t, round);
        _requireRange(from, count);
        if (k.vector() == 0) return list;
        uint256 records = ScoreVector.load(t, k.vector(), from, count);
        list = new ScoreRecord[](count);
        for (uint256 i = 0; i < count; i++) {
            (uint256 score, uint256 units) = ScoreVector.recordAt(t, records, i);
            list[i] = ScoreRecord(uint16(score), uint32(units));
        }
    }

    /// @inheritdoc IOutcomePool
    function payoutOf(
        uint32 round,
        uint256 index
    ) external view returns (address account, uint256 amount, bool claimed) {
        (account, amount) = _payout(_terms(), round, index);
        claimed = (_claimed[_claimWord(round, index)] >> (index & 255)) & 1 != 0;
    }

    /// @inheritdoc IOutcomePool
    function refundOf(uint32 round, address buyer) external view returns (uint256) {
        return _refund(_terms(), round, _contributions[_contributionKey(round, buyer)]);
    }

    /// @inheritdoc IOutcomePool
    function contributionOf(uint32 round, address buyer) external view returns (uint256) {
        _terms();
        return _contributions[_contributionKey(round, buyer)];
    }

    function _requireRange(uint256 from, uint256 count) internal view {
        uint256 total = _enrolment.count;
        if (count > total || from > total - count) revert IndexOutOfRange(from, total);
    }
}
