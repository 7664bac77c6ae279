// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../interfaces/IOutcomePool.sol";

/// @title Piecewise linear payout curve
/// @notice At most 8 knots (x, y) in one word, the first at its top, 16 bits a coordinate; the last knot is repeated to fill it.
/// Flat outside the knots; at equal x the later y applies; interpolation rounds down.
library PayoutCurve {
    uint256 internal constant MAX_KNOTS = 8;
    /// @notice The curve that pays a score of s with s: knots (0, 0) and, seven times, (10,000, 10,000).
    uint256 internal constant IDENTITY = 0x0000000027102710271027102710271027102710271027102710271027102710;

    /// @notice Packs at most 8 knots.
    function pack(IOutcomePool.Knot[] memory knots) internal pure returns (uint256 curve) {
        uint256 n = knots.length;
        if (n == 0) return 0;
        for (uint256 i = 0; i < MAX_KNOTS; i++) {
            IOutcomePool.Knot memory knot = knots[i < n ? i : n - 1];
            curve = (curve << 32) | (uint256(knot.x) << 16) | knot.y;
        }
    }

    /// @notice The first `n` knots of a packed curve.
    function unpack(uint256 curve, uint256 n) internal pure returns (IOutcomePool.Knot[] memory knots) {
        knots = new IOutcomePool.Knot[](n);
        for (uint256 i = 0; i < n; i++) {
            uint256 knot = curve >> (224 - 32 * i);
            knots[i] = IOutcomePool.Knot(uint16(knot >> 16), uint16(knot));
        }
    }

    /// @notice Pay for a score of at most 10,000, both in basis points, by a packed curve of at least one knot.
    /// @dev Binary search for the last knot at or below the score: three comparisons for eight knots.
    function value(uint256 curve, uint256 score) internal pure returns (uint256 pay) {
        assembly ("memory-safe") {
            // x of the knot `shift` bits into the word is its top 16 bits once it is shifted there.
            let shift := shl(7, iszero(lt(score, shr(240, shl(128, curve)))))
            shift := add(shift, shl(6, iszero(lt(score, shr(240, shl(add(shift, 64), curve))))))
            shift := add(shift, shl(5, iszero(lt(score, shr(240, shl(add(shift, 32), curve))))))
            let pair := shl(shift, curve)
            let x := shr(240, pair)
            pay := and(shr(224, pair), 0xffff)
            // Between two knots: the next one lies right of the score, and y does not fall.
            if and(gt(score, x), lt(shift, 224)) {
                let rise := mul(sub(score, x), sub(and(shr(192, pair), 0xffff), pay))
                pay := add(pay, div(rise, sub(and(shr(208, pair), 0xffff), x)))
            }
        }
    }
}
