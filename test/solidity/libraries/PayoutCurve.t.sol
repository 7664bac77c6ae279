// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {PayoutCurve} from "../../../contracts/libraries/PayoutCurve.sol";
import {Asserts} from "../support/Asserts.sol";

/// @notice The curve against its definition, word by word.
contract PayoutCurveTest is Asserts {
    function _value(IOutcomePool.Knot[] memory knots, uint256 score) private pure returns (uint256) {
        return PayoutCurve.value(PayoutCurve.pack(knots), score);
    }

    /// @dev Flat outside, the last knot at or below the score, a straight line to the next, down.
    function _expected(IOutcomePool.Knot[] memory knots, uint256 score) private pure returns (uint256) {
        if (score < knots[0].x) return knots[0].y;
        uint256 i = knots.length - 1;
        while (knots[i].x > score) i--;
        if (i == knots.length - 1) return knots[i].y;
        IOutcomePool.Knot memory a = knots[i];
        IOutcomePool.Knot memory b = knots[i + 1];
        return a.y + ((score - a.x) * (uint256(b.y) - a.y)) / (uint256(b.x) - a.x);
    }

    /// @dev Sorted coordinates from a seed, with equal ones often.
    function _knots(uint256 seed, uint256 n) private pure returns (IOutcomePool.Knot[] memory knots) {
        knots = new IOutcomePool.Knot[](n);
        uint256 x;
        uint256 y;
        for (uint256 i = 0; i < n; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed & 3 != 0) x += ((seed >> 8) % (10_001 - x)) / (1 + ((seed >> 40) & 7));
            if (seed & 12 != 0) y += ((seed >> 72) % (10_001 - y)) / (1 + ((seed >> 104) & 7));
            knots[i] = IOutcomePool.Knot(uint16(x), uint16(y));
        }
    }

    function testFuzz_WhenAnyCurve_ItIsTheDefinition(uint256 seed, uint16 score) public pure {
        IOutcomePool.Knot[] memory knots = _knots(seed, 1 + ((seed >> 200) % 8));
        for (uint256 i = 0; i < knots.length; i++) {
            uint256 x = knots[i].x;
            assertEq(_value(knots, x), _expected(knots, x), "at the knot");
            if (x > 0) assertEq(_value(knots, x - 1), _expected(knots, x - 1), "before the knot");
            if (x < 10_000) assertEq(_value(knots, x + 1), _expected(knots, x + 1), "after the knot");
        }
        uint256 any = score % 10_001;
        assertEq(_value(knots, any), _expected(knots, any), "anywhere");
    }

    function test_WhenEveryScoreIsTried_ItIsTheDefinition() public pure {
        for (uint256 n = 1; n <= 8; n++) {
            IOutcomePool.Knot[] memory knots = _knots(n, n);
            for (uint256 score = 0; score <= 10_000; score += 37) {
                assertEq(_value(knots, score), _expected(knots, score), "value");
            }
            assertEq(_value(knots, 10_000), _expected(knots, 10_000), "last");
        }
    }

    function test_WhenIdentity_AScorePaysItself() public pure {
        for (uint256 score = 0; score <= 10_000; score++) {
            assertEq(PayoutCurve.value(PayoutCurve.IDENTITY, score), score, "identity");
        }
    }

    function test_WhenAllKnotsShareTheirX_TheLastOneApplies() public pure {
        IOutcomePool.Knot[] memory knots = new IOutcomePool.Knot[](8);
        for (uint16 i = 0; i < 8; i++) knots[i] = IOutcomePool.Knot(5_000, i * 1_000);
        assertEq(_value(knots, 4_999), 0, "before");
        assertEq(_value(knots, 5_000), 7_000, "at");
        assertEq(_value(knots, 5_001), 7_000, "after");
    }

    function testFuzz_WhenPacked_ItUnpacks(uint256 seed) public pure {
        IOutcomePool.Knot[] memory knots = _knots(seed, seed % 9);
        assertEq(abi.encode(PayoutCurve.unpack(PayoutCurve.pack(knots), knots.length)), abi.encode(knots), "knots");
    }

    function test_WhenThereIsNoKnot_ThePackedCurveIsZero() public pure {
        assertEq(PayoutCurve.pack(new IOutcomePool.Knot[](0)), 0, "none");
    }
}
