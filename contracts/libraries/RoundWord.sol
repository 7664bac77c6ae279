// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice What a claim reads of a round, in one storage slot: from the top, funds (128 bits), denominator (64), time since which
/// the phase holds (40), creation nonce of the code of the vector that counts or 0 (16), phase (8).
type RoundWord is uint256;

using RoundWordLib for RoundWord global;

/// @title Reading and writing of a round's word
/// @notice A plain word instead of a struct, as the way through memory costs a claim several hundred gas.
library RoundWordLib {
    using SafeCast for uint256;

    // In the order of IOutcomePool.Phase.
    uint256 internal constant NONE = 0;
    uint256 internal constant ASSESSED = 1;
    uint256 internal constant CHALLENGED = 2;
    uint256 internal constant UPHELD = 3;
    uint256 internal constant REPLACED = 4;
    uint256 internal constant VOIDED = 5;

    /// @notice F: what buyers put in, base units.
    function funded(RoundWord k) internal pure returns (uint256) {
        return RoundWord.unwrap(k) >> 128;
    }

    /// @notice Denominator of the vector that counts.
    function denominator(RoundWord k) internal pure returns (uint256) {
        return (RoundWord.unwrap(k) >> 64) & type(uint64).max;
    }

    /// @notice Time of the assessment, challenge or ruling that was written last.
    function since(RoundWord k) internal pure returns (uint256) {
        return (RoundWord.unwrap(k) >> 24) & type(uint40).max;
    }

    /// @notice Creation nonce of the code of the vector that counts; 0 if none counts.
    function vector(RoundWord k) internal pure returns (uint256) {
        return (RoundWord.unwrap(k) >> 8) & type(uint16).max;
    }

    /// @notice What has been written of the round.
    function phase(RoundWord k) internal pure returns (uint256) {
        return RoundWord.unwrap(k) & type(uint8).max;
    }

    /// @notice The arbiter put another outcome in the place of the challenged one.
    function overturned(RoundWord k) internal pure returns (bool) {
        return k.phase() >= REPLACED;
    }

    /// @notice The same round with other funds.
    function withFunded(RoundWord k, uint256 amount) internal pure returns (RoundWord) {
        return RoundWord.wrap((uint256(amount.toUint128()) << 128) | uint256(uint128(RoundWord.unwrap(k))));
    }

    /// @notice The same round in another phase from `time` on.
    function withPhase(RoundWord k, uint256 phase_, uint256 time) internal pure returns (RoundWord) {
        uint256 kept = RoundWord.unwrap(k) & ~((uint256(type(uint40).max) << 24) | type(uint8).max);
        return RoundWord.wrap(kept | (uint256(time.toUint40()) << 24) | phase_);
    }

    /// @notice The same round with another vector that counts.
    function withVector(RoundWord k, uint256 vector_, uint256 denominator_) internal pure returns (RoundWord) {
        uint256 kept = RoundWord.unwrap(k) & ~((uint256(type(uint64).max) << 64) | (uint256(type(uint16).max) << 8));
        return RoundWord.wrap(kept | (uint256(denominator_.toUint64()) << 64) | (uint256(vector_.toUint16()) << 8));
    }
}
