// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {IOutcomePool} from "../interfaces/IOutcomePool.sol";
import {CodeStore} from "./CodeStore.sol";
import {PayoutCurve} from "./PayoutCurve.sol";
import {PoolTerms} from "./PoolTerms.sol";
import {ProviderList} from "./ProviderList.sol";

/// @title Score vector as contract code
/// @notice Evidence root (32 bytes), then per provider the score (2 bytes) and, in a metered pool, the units (4 bytes), big-endian.
/// All that knows where scores are kept is in this library, so that a committed root could take the place of the code.
library ScoreVector {
    uint256 internal constant ABSTAINED = 0xffff;
    uint256 internal constant BPS = 10_000;

    /// @notice Bytes a provider takes.
    function width(PoolTerms t) internal pure returns (uint256) {
        return t.metered() ? 6 : 2;
    }

    /// @notice Stores root and scores as the next piece of code of the executing pool.
    function store(bytes32 evidenceRoot, bytes calldata scores) internal {
        CodeStore.write(bytes.concat(evidenceRoot, scores));
    }

    /// @notice Checks a vector and adds up awards and what counts for the denominator.
    /// @param count Number of providers.
    /// @return totalAward Σe: judged u · curve(score), abstained W · default rate.
    /// @return counted Σn: e where judged, W · 10,000 where abstained.
    function tally(
        PoolTerms t,
        bytes calldata scores,
        uint256 count
    ) internal view returns (uint256 totalAward, uint256 counted) {
        if (scores.length != count * width(t)) revert IOutcomePool.BadVectorLength(scores.length, count * width(t));
        uint256 judged;
        uint256 abstainedWeight;
        bool bad;
        for (uint256 from = 0; from < count; from += ProviderList.BATCH) {
            (uint256 j, uint256 a, bool b) = _tallyPiece(t, scores, from, count);
            unchecked {
                judged += j;
                abstainedWeight += a;
            }
            bad = bad || b;
        }
        if (bad) _revertAtBadScore(t, scores);
        unchecked {
            totalAward = judged + abstainedWeight * t.defaultRate();
            counted = judged + abstainedWeight * BPS;
        }
    }

    /// @notice Record at `index` of a vector; units are 0 where the pool is not metered. `known` says whether there is one: if not,
    /// the rest means nothing.
    function read(
        PoolTerms t,
        uint256 nonce,
        uint256 index
    ) internal view returns (uint256 score, uint256 units, bool known) {
        address code = CodeStore.addressOf(nonce);
        bool metered = t.metered();
        assembly ("memory-safe") {
            let size := add(2, shl(2, metered))
            // A byte that keeps the code from running and 32 of evidence root, then one record for each provider.
            known := lt(index, div(sub(extcodesize(code), 33), size))
            extcodecopy(code, 0, add(33, mul(index, size)), size)
            let record := mload(0)
            score := shr(240, record)
            units := mul(metered, and(shr(208, record), 0xffffffff))
        }
    }

    /// @notice Copies the records of `count` providers from index `from` into memory, packed.
    /// @param nonce Creation nonce of the vector's code.
    function load(PoolTerms t, uint256 nonce, uint256 from, uint256 count) internal view returns (uint256 ptr) {
        uint256 size = width(t);
        address code = CodeStore.addressOf(nonce);
        assembly ("memory-safe") {
            ptr := mload(0x40)
            let length := mul(count, size)
            // 1 byte that keeps the code from running, 32 of evidence root.
            extcodecopy(code, ptr, add(33, mul(from, size)), length)
            mstore(0x40, add(ptr, and(add(length, 63), not(31))))
        }
    }

    /// @notice Record `i` of those that `load` put at `ptr`; units are 0 where the pool is not metered.
    function recordAt(PoolTerms t, uint256 ptr, uint256 i) internal pure returns (uint256 score, uint256 units) {
        uint256 record;
        uint256 offset = i * width(t);
        assembly ("memory-safe") {
            record := mload(add(ptr, offset))
        }
        score = record >> 240;
        units = t.metered() ? (record >> 208) & 0xffffffff : 0;
    }

    /// @notice Award of one provider, on the scale weight (or units) × basis points.
    function award(PoolTerms t, uint256 weight, uint256 score, uint256 units) internal pure returns (uint256) {
        unchecked {
            if (score > BPS) return weight * t.defaultRate();
            if (t.knots() != 0) score = PayoutCurve.value(t.curve(), score);
            return (t.metered() ? units : weight) * score;
        }
    }

    /// @notice Evidence root in front of a vector.
    function rootOf(uint256 nonce) internal view returns (bytes32 root) {
        address code = CodeStore.addressOf(nonce);
        assembly ("memory-safe") {
            extcodecopy(code, 0, 1, 32)
            root := mload(0)
        }
    }

    /// @dev The records of the providers in the piece of the list that begins at `from`.
    function _tallyPiece(
        PoolTerms t,
        bytes calldata scores,
        uint256 from,
        uint256 count
    ) private view returns (uint256 judged, uint256 abstainedWeight, bool bad) {
        // Memory is given back, as each piece is 24 kB and the price of memory grows with its square.
        Memory.Pointer free = Memory.getFreeMemoryPointer();
        uint256 n = Math.min(count - from, ProviderList.BATCH);
        uint256 weights = ProviderList.load(from, n);
        scores = scores[from * width(t):(from + n) * width(t)];
        (judged, abstainedWeight, bad) = t.metered()
            ? _tallyMetered(t, scores, weights)
            : (t.knots() == 0 ? _tallyPlain(scores, weights) : _tallyCurved(t, scores, weights));
        Memory.unsafeSetFreeMemoryPointer(free);
    }

    /// @dev Neither metered nor curved: most pools. Four scores at a time, as this loop is what a settlement costs.
    /// @param weight Where the first record begins in memory.
    function _tallyPlain(
        bytes calldata scores,
        uint256 weight
    ) private pure returns (uint256 judged, uint256 abstainedWeight, bool bad) {
        assembly ("memory-safe") {
            // A weight is the last 4 bytes of a 24-byte record: reading from 8 before it puts it at the low end of the word.
            weight := sub(weight, 8)
            let next := scores.offset
            let end := add(next, scores.length)
            for {} lt(next, end) {} {
                let four := shr(192, calldataload(next))
                // Bit 15 of each lane: set where the lane is above 10,000 (0x58ef = 0x7fff - 10,000).
                let above := and(or(four, add(and(four, 0x7fff7fff7fff7fff), 0x58ef58ef58ef58ef)), 0x8000800080008000)
                if iszero(or(above, lt(sub(end, next), 8))) {
                    judged := add(judged, mul(shr(48, four), and(mload(weight), 0xffffffff)))
                    judged := add(judged, mul(and(shr(32, four), 0xffff), and(mload(add(weight, 24)), 0xffffffff)))
                    judged := add(judged, mul(and(shr(16, four), 0xffff), and(mload(add(weight, 48)), 0xffffffff)))
                    judged := add(judged, mul(and(four, 0xffff), and(mload(add(weight, 72)), 0xffffffff)))
                    next := add(next, 8)
                    weight := add(weight, 96)
                    continue
                }
                let until := add(next, 8)
                if gt(until, end) {
                    until := end
                }
                for {} lt(next, until) {
                    next := add(next, 2)
                    weight := add(weight, 24)
                } {
                    let score := shr(240, calldataload(next))
                    let w := and(mload(weight), 0xffffffff)
                    switch gt(score, 10000)
                    case 0 {
                        judged := add(judged, mul(score, w))
                    }
                    default {
                        abstainedWeight := add(abstainedWeight, w)
                        bad := or(bad, iszero(eq(score, 0xffff)))
                    }
                }
            }
        }
    }

    /// @dev Curved, not metered.
    /// @param weight Where the first record begins in memory.
    function _tallyCurved(
        PoolTerms t,
        bytes calldata scores,
        uint256 weight
    ) private pure returns (uint256 judged, uint256 abstainedWeight, bool bad) {
        uint256 curve = t.curve();
        (uint256 next, uint256 end) = _bounds(scores);
        while (next < end) {
            uint256 score;
            uint256 w;
            assembly ("memory-safe") {
                score := shr(240, calldataload(next))
                w := and(mload(sub(weight, 8)), 0xffffffff)
                next := add(next, 2)
                weight := add(weight, 24)
            }
            unchecked {
                if (score > BPS) {
                    abstainedWeight += w;
                    if (score != ABSTAINED) bad = true;
                } else {
                    judged += w * PayoutCurve.value(curve, score);
                }
            }
        }
    }

    /// @dev Metered, curved or not.
    /// @param weight Where the first record begins in memory.
    function _tallyMetered(
        PoolTerms t,
        bytes calldata scores,
        uint256 weight
    ) private pure returns (uint256 judged, uint256 abstainedWeight, bool bad) {
        uint256 curve = t.knots() == 0 ? PayoutCurve.IDENTITY : t.curve();
        // Without a bar, units are bounded by their 4 bytes alone.
        uint256 slack = t.fullPayBar() == 0 ? type(uint32).max : 0;
        (uint256 next, uint256 end) = _bounds(scores);
        while (next < end) {
            uint256 score;
            uint256 units;
            uint256 w;
            assembly ("memory-safe") {
                let record := calldataload(next)
                score := shr(240, record)
                units := and(shr(208, record), 0xffffffff)
                w := and(mload(sub(weight, 8)), 0xffffffff)
                next := add(next, 6)
                weight := add(weight, 24)
            }
            unchecked {
                if (score > BPS) {
                    abstainedWeight += w;
                    if (score != ABSTAINED || units != 0) bad = true;
                } else {
                    judged += units * PayoutCurve.value(curve, score);
                    if (units > w + slack) bad = true;
                }
            }
        }
    }

    function _bounds(bytes calldata scores) private pure returns (uint256 next, uint256 end) {
        assembly ("memory-safe") {
            next := scores.offset
            end := add(next, scores.length)
        }
    }

    /// @dev Names the first record that breaks a rule.
    function _revertAtBadScore(PoolTerms t, bytes calldata scores) private view {
        uint256 size = width(t);
        for (uint256 i = 0; ; i++) {
            uint256 score = uint16(bytes2(scores[i * size:]));
            uint256 units = t.metered() ? uint32(bytes4(scores[i * size + 2:])) : 0;
            (, uint256 weight) = ProviderList.read(i);
            bool good = score > BPS ? score == ABSTAINED && units == 0 : t.fullPayBar() == 0 || units <= weight;
            if (!good) revert IOutcomePool.BadScore(i, score, units, weight);
        }
    }
}
