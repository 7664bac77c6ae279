// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {PoolTerms, PoolTermsLib} from "./libraries/PoolTerms.sol";
import {ProviderList} from "./libraries/ProviderList.sol";
import {RoundClock} from "./libraries/RoundClock.sol";
import {RoundMoney} from "./libraries/RoundMoney.sol";
import {RoundWord, RoundWordLib} from "./libraries/RoundWord.sol";
import {ScoreVector} from "./libraries/ScoreVector.sol";

/// @title What a pool stores, and what follows from it
/// @notice Storage, and the checks and figures that everything else builds on.
abstract contract PoolState is IOutcomePool, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @param count Number of providers.
    /// @param totalWeight ΣW.
    /// @param nonce Pieces of code the pool has created; piece k has creation nonce k, from 1.
    /// @param last Last provider's address: the list ascends.
    struct Enrolment {
        uint16 count;
        uint48 totalWeight;
        uint16 nonce;
        address last;
    }

    /// @dev One slot: what refunds, fee and challenge need besides.
    struct Verdict {
        uint64 totalAward;
        address challenger;
        bool feePaid;
        bool bondPaid;
        bool arbiterPaid;
    }

    /// @dev A range of providers in memory: where their records and their scores (0: none count) begin, and what they share.
    struct Range {
        uint256 from;
        uint256 providers;
        uint256 scores;
        uint256 budget;
        uint256 denominator;
    }

    uint256 internal constant MAX_PROVIDERS = 8191;
    /// @dev 6 bytes each, behind 32 of evidence root, must fit one piece of code of 24,575 bytes.
    uint256 internal constant MAX_METERED_PROVIDERS = 4090;

    address private immutable _self = address(this);

    Enrolment internal _enrolment;
    mapping(uint256 round => RoundWord) internal _rounds;
    mapping(uint256 round => Verdict) internal _verdicts;
    /// @dev By `_contributionKey(round, buyer)`; a refund deletes its entry.
    mapping(uint256 key => uint256) internal _contributions;
    /// @dev By `_claimWord(round, index)`; bit `index & 255`: the provider has been paid for the round.
    mapping(uint256 key => uint256) internal _claimed;

    constructor() EIP712("Guerdon", "1") {}

    /// @dev The implementation has no terms: what lies there is code.
    function _terms() internal view returns (PoolTerms) {
        if (address(this) == _self) revert NotAPool();
        return PoolTermsLib.load();
    }

    function _round(PoolTerms t, uint256 round) internal view returns (RoundWord) {
        if (round >= t.rounds()) revert RoundOutOfRange(round, t.rounds());
        return _rounds[round];
    }

    function _stateOf(PoolTerms t, uint256 round, RoundWord k) internal view returns (RoundState, uint256) {
        if (k.phase() == RoundWordLib.NONE) {
            bool goesAhead = k.funded() >= t.minimum() && _enrolment.count != 0;
            return RoundClock.unwritten(t, round, goesAhead, block.timestamp);
        }
        uint256 deadline = RoundClock.openUntil(t, k);
        if (block.timestamp >= deadline) return (RoundState.Settled, 0);
        return (k.phase() == RoundWordLib.ASSESSED ? RoundState.Assessed : RoundState.Challenged, deadline);
    }

    function _requireState(PoolTerms t, uint256 round, RoundWord k, RoundState wanted) internal view {
        (RoundState state, uint256 deadline) = _stateOf(t, round, k);
        if (state != wanted) revert WrongState(round, state, deadline);
    }

    /// @dev Budget, fee and denominator of a settled round; reverts where it is not.
    function _settlement(
        PoolTerms t,
        uint256 round,
        RoundWord k
    ) internal view returns (uint256 budget, uint256 fee, uint256 denominator) {
        if (k.phase() == RoundWordLib.NONE || block.timestamp < RoundClock.openUntil(t, k)) {
            _requireState(t, round, k, RoundState.Settled);
        }
        bool assessed = k.vector() != 0;
        (budget, fee) = RoundMoney.split(k.funded(), t.feeBps(), t.bond(), assessed, k.overturned());
        denominator = assessed ? k.denominator() : uint256(_enrolment.totalWeight) * RoundMoney.BPS;
    }

    /// @dev V of a settled round.
    function _spent(
        PoolTerms t,
        uint256 round,
        RoundWord k,
        uint256 budget,
        uint256 denominator
    ) internal view returns (uint256) {
        uint256 totalAward =
            k.vector() != 0 ? _verdicts[round].totalAward : uint256(_enrolment.totalWeight) * t.defaultRate();
        return RoundMoney.share(budget, totalAward, denominator);
    }

    /// @dev Payout of one provider of a settled round; reverts where there is none at `index`.
    function _payout(
        PoolTerms t,
        uint256 round,
        uint256 index
    ) internal view returns (address account, uint256 amount) {
        RoundWord k = _round(t, round);
        (uint256 budget, , uint256 denominator) = _settlement(t, round, k);
        uint256 score = ScoreVector.ABSTAINED;
        uint256 units = 0;
        bool known;
        if (k.vector() != 0) (score, units, known) = ScoreVector.read(t, k.vector(), index);
        else known = index < _enrolment.count;
        if (!known) revert IndexOutOfRange(index, _enrolment.count);
        uint256 weight;
        (account, weight) = ProviderList.read(index);
        amount = RoundMoney.share(budget, ScoreVector.award(t, weight, score, units), denominator);
    }

    /// @dev Share of a buyer of `contribution` in what a settled or cancelled round did not spend.
    function _refund(PoolTerms t, uint256 round, uint256 contribution) internal view returns (uint256) {
        RoundWord k = _round(t, round);
        if (k.phase() == RoundWordLib.NONE) {
            (RoundState state, ) = _stateOf(t, round, k);
            if (state == RoundState.Cancelled) return contribution;
        }
        (uint256 budget, , uint256 denominator) = _settlement(t, round, k);
        if (contribution == 0) return 0;
        return RoundMoney.refund(budget, _spent(t, round, k, budget, denominator), contribution, k.funded());
    }

    /// @dev Key of the word that holds a provider's claim bit.
    function _claimWord(uint256 round, uint256 index) internal pure returns (uint256) {
        return (round << 32) | (index >> 8);
    }

    function _contributionKey(uint256 round, address buyer) internal pure returns (uint256) {
        return (round << 160) | uint160(buyer);
    }

    /// @dev Some tokens refuse to move nothing.
    function _send(PoolTerms t, address to, uint256 amount) internal {
        if (amount != 0) IERC20(t.token()).safeTransfer(to, amount);
    }

    function _only(address expected) internal view {
        if (msg.sender != expected) revert Unauthorized(msg.sender, expected);
    }

    function _requireReceivable(address account) internal view {
        if (account == address(0) || account == address(this)) revert BadAccount(account);
    }
}
