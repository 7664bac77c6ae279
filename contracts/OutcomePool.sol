// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {PoolViews} from "./PoolViews.sol";
import {PoolTerms} from "./libraries/PoolTerms.sol";
import {ProviderList} from "./libraries/ProviderList.sol";
import {RoundClock} from "./libraries/RoundClock.sol";
import {RoundMoney} from "./libraries/RoundMoney.sol";
import {RoundWord, RoundWordLib} from "./libraries/RoundWord.sol";
import {ScoreVector} from "./libraries/ScoreVector.sol";
import {TokenPush} from "./libraries/TokenPush.sol";

/// @title The escrow of one pool
/// @notice A clone of this code, with its terms behind it, holds one pool's money. No owner, no pause, no upgrade.
/// @dev Documented in `IOutcomePool`. Every function checks, then writes, then calls out, under one guard.
contract OutcomePool is PoolViews, Multicall {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    bytes32 private constant ASSESSMENT_TYPEHASH =
        keccak256("Assessment(uint32 round,bytes32 evidenceRoot,bytes scores)");
    bytes32 private constant CLAIM_TO_TYPEHASH =
        keccak256("ClaimTo(uint32[] rounds,uint256 index,address to,uint256 deadline)");

    /// @inheritdoc IOutcomePool
    function enrol(bytes calldata records) external nonReentrant {
        PoolTerms t = _terms();
        _only(t.manager());
        uint256 deadline = t.start() - t.notice();
        if (block.timestamp >= deadline) revert EnrolmentClosed(block.timestamp, deadline);
        Enrolment memory e = _enrolment;
        uint256 first = e.count;
        e.count = _countAfter(t, first, records.length).toUint16();
        uint256 weights;
        address code;
        (e.last, weights, code) = ProviderList.append(records, first, e.last);
        e.totalWeight = (e.totalWeight + weights).toUint48();
        e.nonce += 1;
        _enrolment = e;
        emit Enrolled(first, e.count - first, e.totalWeight, code);
    }

    /// @inheritdoc IOutcomePool
    function fund(uint32 round, address buyer, uint256 amount) external nonReentrant {
        PoolTerms t = _terms();
        _credit(t, round, buyer, amount);
        _pull(t.token(), amount);
    }

    /// @inheritdoc IOutcomePool
    function fundWithPermit(
        uint32 round,
        address buyer,
        uint256 amount,
        uint256 deadline,
        Signature calldata signature
    ) external nonReentrant {
        PoolTerms t = _terms();
        _credit(t, round, buyer, amount);
        // Whoever saw this transaction may have spent the permit already; the allowance is what counts.
        try
            IERC20Permit(t.token()).permit(
                msg.sender,
                address(this),
                amount,
                deadline,
                signature.v,
                signature.r,
                signature.s
            )
        {} catch {}
        _pull(t.token(), amount);
    }

    /// @inheritdoc IOutcomePool
    function fundWithAuthorization(
        uint32 round,
        address buyer,
        uint256 amount,
        address payer,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        Signature calldata signature
    ) external nonReentrant {
        PoolTerms t = _terms();
        _credit(t, round, buyer, amount);
        uint256 balance = IERC20(t.token()).balanceOf(address(this));
        IERC3009(t.token()).receiveWithAuthorization(
            payer,
            address(this),
            amount,
            validAfter,
            validBefore,
            keccak256(abi.encode(round, buyer, salt)),
            signature.v,
            signature.r,
            signature.s
        );
        _requireReceived(t.token(), balance, amount);
    }

    /// @inheritdoc IOutcomePool
    function withdraw(uint32 round, uint256 amount, address to) external nonReentrant {
        PoolTerms t = _terms();
        RoundWord k = _round(t, round);
        _requireState(t, round, k, RoundState.Upcoming);
        _requireReceivable(to);
        if (amount == 0) revert ZeroAmount();
        uint256 key = _contributionKey(round, msg.sender);
        uint256 available = _contributions[key];
        if (amount > available) revert ContributionTooSmall(amount, available);
        _contributions[key] = available - amount;
        _rounds[round] = k.withFunded(k.funded() - amount);
        emit Withdrawn(round, msg.sender, to, amount);
        _send(t, to, amount);
    }

    /// @inheritdoc IOutcomePool
    function assess(
        uint32 round,
        bytes32 evidenceRoot,
        bytes calldata scores_,
        bytes calldata signature
    ) external nonReentrant {
        PoolTerms t = _terms();
        RoundWord k = _round(t, round);
        _requireState(t, round, k, RoundState.Assessing);
        _requireSigned(
            t.oracle(),
            keccak256(abi.encode(ASSESSMENT_TYPEHASH, round, evidenceRoot, keccak256(scores_))),
            signature
        );
        _accept(t, round, k.withPhase(RoundWordLib.ASSESSED, block.timestamp), evidenceRoot, scores_);
        emit Assessed(round, evidenceRoot, scores_);
    }

    /// @inheritdoc IOutcomePool
    function challenge(uint32 round, bytes32 reason) external nonReentrant {
        PoolTerms t = _terms();
        if (t.arbiter() == address(0)) revert NoArbiter();
        RoundWord k = _round(t, round);
        (RoundState state, uint256 deadline) = _stateOf(t, round, k);
        if (state != RoundState.Assessed && state != RoundState.Silent) revert WrongState(round, state, deadline);
        _rounds[round] = k.withPhase(RoundWordLib.CHALLENGED, block.timestamp);
        _verdicts[round].challenger = msg.sender;
        emit Challenged(round, msg.sender, reason);
        _pull(t.token(), t.bond());
    }

    /// @inheritdoc IOutcomePool
    function rule(uint32 round, Ruling ruling, bytes32 evidenceRoot, bytes calldata scores_) external nonReentrant {
        PoolTerms t = _terms();
        _only(t.arbiter());
        RoundWord k = _round(t, round);
        _requireState(t, round, k, RoundState.Challenged);
        if (ruling == Ruling.Replace) {
            _accept(t, round, k.withPhase(RoundWordLib.REPLACED, block.timestamp), evidenceRoot, scores_);
        } else {
            if (evidenceRoot != 0) revert BadEvidenceRoot(evidenceRoot);
            if (scores_.length != 0) revert BadVectorLength(scores_.length, 0);
            uint256 phase = RoundWordLib.UPHELD;
            if (ruling == Ruling.Void) {
                if (k.vector() == 0) revert NothingToVoid(round);
                k = k.withVector(0, 0);
                phase = RoundWordLib.VOIDED;
            }
            _rounds[round] = k.withPhase(phase, block.timestamp);
        }
        emit Ruled(round, ruling, evidenceRoot, scores_);
    }

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

    /// @dev Number of providers after a batch of `length` bytes; checks its size.
    function _countAfter(PoolTerms t, uint256 first, uint256 length) private pure returns (uint256 count) {
        uint256 limit = ProviderList.BATCH * ProviderList.RECORD;
        if (length == 0 || length > limit || length % ProviderList.RECORD != 0) revert BadBatchLength(length, limit);
        if (first % ProviderList.BATCH != 0) revert LastBatchNotFull(first, ProviderList.BATCH);
        count = first + length / ProviderList.RECORD;
        uint256 most = t.metered() ? MAX_METERED_PROVIDERS : MAX_PROVIDERS;
        if (count > most) revert TooManyProviders(count, most);
    }

    /// @dev Books a contribution; the tokens follow in the same call.
    function _credit(PoolTerms t, uint32 round, address buyer, uint256 amount) private {
        RoundWord k = _round(t, round);
        if (block.timestamp >= RoundClock.startOf(t, uint256(round) + 1)) {
            (RoundState state, uint256 deadline) = _stateOf(t, round, k);
            revert WrongState(round, state, deadline);
        }
        _requireReceivable(buyer);
        if (amount == 0) revert ZeroAmount();
        _rounds[round] = k.withFunded(k.funded() + amount);
        // At most the sum over all buyers, which fits.
        unchecked {
            _contributions[_contributionKey(round, buyer)] += amount;
        }
        emit Funded(round, buyer, amount);
    }

    function _pull(address token, uint256 amount) private {
        uint256 balance = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _requireReceived(token, balance, amount);
    }

    function _requireReceived(address token, uint256 balance, uint256 amount) private view {
        uint256 received = IERC20(token).balanceOf(address(this)) - balance;
        if (received != amount) revert WrongAmountReceived(received, amount);
    }

    /// @dev Makes a vector the one that counts; the caller has set the phase.
    function _accept(
        PoolTerms t,
        uint256 round,
        RoundWord k,
        bytes32 evidenceRoot,
        bytes calldata scores_
    ) private {
        if (evidenceRoot == 0) revert BadEvidenceRoot(evidenceRoot);
        Enrolment memory e = _enrolment;
        (uint256 totalAward, uint256 counted) = ScoreVector.tally(t, scores_, e.count);
        uint256 bar = e.totalWeight * t.fullPayBar();
        uint16 nonce = e.nonce + 1;
        _enrolment.nonce = nonce;
        _rounds[round] = k.withVector(nonce, counted > bar ? counted : bar);
        _verdicts[round].totalAward = totalAward.toUint64();
        ScoreVector.store(evidenceRoot, scores_);
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

    /// @dev Some tokens refuse to move nothing.
    function _send(PoolTerms t, address to, uint256 amount) private {
        if (amount != 0) IERC20(t.token()).safeTransfer(to, amount);
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
            uint256 marked = paid | (((1 << (stop - from)) - 1) << (from & 255));
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

    /// @dev By key first, then by contract: an account that delegates its code (EIP-7702) still signs with its key.
    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) private view {
        bytes32 digest = _hashTypedDataV4(structHash);
        (address recovered, ECDSA.RecoverError err, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (err == ECDSA.RecoverError.NoError && recovered == signer) return;
        if (!SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {
            revert BadSignature(signer, digest);
        }
    }

    function _only(address expected) private view {
        if (msg.sender != expected) revert Unauthorized(msg.sender, expected);
    }

    function _requireReceivable(address account) private view {
        if (account == address(0) || account == address(this)) revert BadAccount(account);
    }
}
