// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {PoolFunding} from "./PoolFunding.sol";
import {PoolTerms} from "./libraries/PoolTerms.sol";
import {RoundWord, RoundWordLib} from "./libraries/RoundWord.sol";
import {ScoreVector} from "./libraries/ScoreVector.sol";

/// @title Assessment, challenge, ruling
/// @notice Documented in `IOutcomePool`.
abstract contract PoolAssessment is PoolFunding {
    using SafeCast for uint256;

    bytes32 private constant ASSESSMENT_TYPEHASH = keccak256(
        "Assessment(uint32 round,bytes32 evidenceRoot,bytes scores)"
    );

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

    /// @dev Makes a vector the one that counts; the caller has set the phase.
    function _accept(PoolTerms t, uint256 round, RoundWord k, bytes32 evidenceRoot, bytes calldata scores_) private {
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

    /// @dev By key first, then by contract: an account that delegates its code (EIP-7702) still signs with its key.
    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) internal view {
        bytes32 digest = _hashTypedDataV4(structHash);
        (address recovered, ECDSA.RecoverError err, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (err == ECDSA.RecoverError.NoError && recovered == signer) return;
        if (!SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {
            revert BadSignature(signer, digest);
        }
    }
}
