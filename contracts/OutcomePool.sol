// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {PoolAssessment} from "./PoolAssessment.sol";
import {PoolTerms} from "./libraries/PoolTerms.sol";
import {ProviderList} from "./libraries/ProviderList.sol";
import {RoundMoney} from "./libraries/RoundMoney.sol";
import {RoundWord, RoundWordLib} from "./libraries/RoundWord.sol";
import {ScoreVector} from "./libraries/ScoreVector.sol";
import {TokenPush} from "./libraries/TokenPush.sol";

/// @title The escrow of one pool
/// @notice A clone of this code, with its terms behind it, holds one pool's money. No owner, no pause, no upgrade.
/// @dev Documented in `IOutcomePool`. Every function marks what it pays before it calls the token, under one guard. What comes in is in
/// `PoolFunding`, what is decided in `PoolAssessment`, what goes out here.
contract OutcomePool is PoolAssessment, Multicall {
    bytes32 private constant CLAIM_TO_TYPEHASH = keccak256(
        "ClaimTo(uint32[] rounds,uint256 index,address to,uint256 deadline)"
    );

    /// @inheritdoc IOutcomePool
    function claim(uint256 index, uint32[] calldata rounds) external nonReentrant {
        PoolTerms t = _terms();
        (address account, uint256 amount) = _markClaimed(t, index, rounds);
        _send(t, account, amount);
    }

    /// @inheritdoc IOutcomePool
    function claimTo(uint256 index, uint32[] calldata rounds, address to) external nonReentrant {
        PoolTerms t = _terms();
        (address account, uint256 amount) = _markClaimed(t, index, rounds);
        _only(account);
        _requireReceivable(to);
        _send(t, to, amount);
    }

    /// @inheritdoc IOutcomePool
    function claimToWithSignature(
        uint256 index,
        uint32[] calldata rounds,
        address to,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant {
        PoolTerms t = _terms();
        if (block.timestamp > deadline) revert SignatureExpired(block.timestamp, deadline);
        (address account, uint256 amount) = _markClaimed(t, index, rounds);
        _requireReceivable(to);
        bytes32 list = keccak256(abi.encodePacked(rounds));
        _requireSigned(account, keccak256(abi.encode(CLAIM_TO_TYPEHASH, list, index, to, deadline)), signature);
        _send(t, to, amount);
    }

    /// @inheritdoc IOutcomePool
    function distribute(uint32 round, uint256 from, uint256 count) external nonReentrant {
        PoolTerms t = _terms();
        if (count == 0) revert ZeroAmount();
        _requireRange(from, count);
        emit Distributed(round, from, count, _pushRange(t, round, from, count));
    }

    /// @inheritdoc IOutcomePool
    function refund(uint32 round, address buyer, address to) external nonReentrant {
        PoolTerms t = _terms();
        if (to != buyer) _only(buyer);
        _requireReceivable(to);
        uint256 key = _contributionKey(round, buyer);
        uint256 contribution = _contributions[key];
        uint256 amount = _refund(t, round, contribution);
        if (contribution == 0) revert NothingToPay(round);
        delete _contributions[key];
        emit Refunded(round, buyer, amount);
        _send(t, to, amount);
    }

    /// @inheritdoc IOutcomePool
    function payFee(uint32 round) external nonReentrant {
        PoolTerms t = _terms();
        (, uint256 amount, ) = _settlement(t, round, _round(t, round));
        Verdict storage v = _verdicts[round];
        if (amount == 0 || v.feePaid) revert NothingToPay(round);
        v.feePaid = true;
        emit FeePaid(round, amount);
        _send(t, t.feeRecipient(), amount);
    }

    /// @inheritdoc IOutcomePool
    function payBond(uint32 round) external nonReentrant {
        PoolTerms t = _terms();
        RoundWord k = _round(t, round);
        _requireState(t, round, k, RoundState.Settled);
        Verdict storage v = _verdicts[round];
        address to = v.challenger;
        if (to == address(0) || k.phase() == RoundWordLib.UPHELD || v.bondPaid) revert NothingToPay(round);
        v.bondPaid = true;
        emit BondPaid(round, to, t.bond());
        _send(t, to, t.bond());
    }

    /// @inheritdoc IOutcomePool
    function payArbiter(uint32 round) external nonReentrant {
        PoolTerms t = _terms();
        Verdict storage v = _verdicts[round];
        if (_round(t, round).phase() < RoundWordLib.UPHELD || v.arbiterPaid) revert NothingToPay(round);
        v.arbiterPaid = true;
        emit ArbiterPaid(round, t.bond());
        _send(t, t.arbiter(), t.bond());
    }

    /// @dev Sets the claim bits of a provider for several rounds and adds up what it gets.
    function _markClaimed(
        PoolTerms t,
        uint256 index,
        uint32[] calldata rounds
    ) private returns (address account, uint256 amount) {
        if (rounds.length == 0) revert ZeroAmount();
        for (uint256 i = 0; i < rounds.length; i++) {
            uint256 round = rounds[i];
            uint256 part;
            (account, part) = _payout(t, round, index);
            uint256 word = _claimWord(round, index);
            uint256 paid = _claimed[word];
            uint256 bit = 1 << (index & 255);
            if (paid & bit != 0) revert AlreadyClaimed(round, index);
            _claimed[word] = paid | bit;
            unchecked {
                amount += part;
            }
            emit Claimed(uint32(round), index);
        }
    }

    /// @dev Pays a range, 256 claim bits at a time: all are set before the transfers, those of failed transfers cleared after.
    function _pushRange(
        PoolTerms t,
        uint256 round,
        uint256 from,
        uint256 count
    ) private returns (uint256[] memory skipped) {
        Range memory r = _loadRange(t, round, from, count);
        skipped = new uint256[](count);
        uint256 failures = 0;
        uint256 end = from + count;
        while (from < end) {
            uint256 stop = (from | 255) + 1;
            if (stop > end) stop = end;
            uint256 word = _claimWord(round, from);
            uint256 paid = _claimed[word];
            uint256 marked = paid | ((type(uint256).max >> (256 - (stop - from))) << (from & 255));
            _claimed[word] = marked;
            uint256 failed = 0;
            for (uint256 i = from; i < stop; i++) {
                uint256 bit = 1 << (i & 255);
                if (paid & bit != 0 || _push(t, r, i)) continue;
                failed |= bit;
                skipped[failures++] = i;
            }
            if (failed != 0) _claimed[word] = marked & ~failed;
            from = stop;
        }
        assembly ("memory-safe") {
            mstore(skipped, failures)
        }
    }

    /// @dev Records, scores and money of a range of a settled round.
    function _loadRange(PoolTerms t, uint256 round, uint256 from, uint256 count) private view returns (Range memory r) {
        RoundWord k = _round(t, round);
        (r.budget, , r.denominator) = _settlement(t, round, k);
        r.from = from;
        r.providers = ProviderList.load(from, count);
        if (k.vector() != 0) r.scores = ScoreVector.load(t, k.vector(), from, count);
    }

    /// @dev Sends one provider of a range its payout.
    function _push(PoolTerms t, Range memory r, uint256 index) private returns (bool) {
        unchecked {
            uint256 i = index - r.from;
            (address account, uint256 weight) = ProviderList.recordAt(r.providers, i);
            uint256 score = ScoreVector.ABSTAINED;
            uint256 units = 0;
            if (r.scores != 0) (score, units) = ScoreVector.recordAt(t, r.scores, i);
            uint256 amount = RoundMoney.share(r.budget, ScoreVector.award(t, weight, score, units), r.denominator);
            return amount == 0 || TokenPush.tryTransfer(t.token(), account, amount);
        }
    }
}
