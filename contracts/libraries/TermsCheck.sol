// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../interfaces/IOutcomePool.sol";
import {IOutcomePoolFactory} from "../interfaces/IOutcomePoolFactory.sol";

/// @title Limits of a pool's terms
/// @notice The one place where they are stated on chain; `IOutcomePool.Terms` says them in words. The number of knots is checked
/// where terms are packed.
library TermsCheck {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_FEE_BPS = 1_000;
    uint256 private constant MAX_ROUNDS = 520;
    uint256 private constant MAX_URI_BYTES = 96;

    /// @notice Reverts at the first term outside its limits.
    function check(IOutcomePool.Terms calldata t) internal view {
        _checkParties(t);
        _checkClock(t);
        _checkMoney(t);
        _checkCurve(t.curve);
    }

    function _checkParties(IOutcomePool.Terms calldata t) private view {
        if (t.token.code.length == 0) revert IOutcomePoolFactory.TermNotAnAccount("token", t.token);
        _account("oracle", t.oracle);
        _account("manager", t.manager);
        if (t.feeBps != 0) _account("feeRecipient", t.feeRecipient);
        _within("specURI", bytes(t.specURI).length, 0, MAX_URI_BYTES);
        _within("specHash", uint256(t.specHash), 1, type(uint256).max);
    }

    function _checkClock(IOutcomePool.Terms calldata t) private view {
        _within("notice", t.notice, 1 hours, 30 days);
        _within("start", t.start, block.timestamp + t.notice, type(uint40).max);
        _within("period", t.period, 1 minutes, 365 days);
        _within("rounds", t.rounds, 1, MAX_ROUNDS);
        _within("assessmentWindow", t.assessmentWindow, 1 hours, 90 days);
        _within("challengeWindow", t.challengeWindow, 1 hours, 30 days);
        _within("rulingWindow", t.rulingWindow, 1 days, 90 days);
    }

    function _checkMoney(IOutcomePool.Terms calldata t) private pure {
        _within("minimum", t.minimum, 1, type(uint128).max);
        if (t.arbiter == address(0)) _within("bond", t.bond, 0, 0);
        else _within("bond", t.bond, 1, t.minimum);
        _within("feeBps", t.feeBps, 0, MAX_FEE_BPS);
        _within("fullPayBar", t.fullPayBar, 0, BPS);
        _within("defaultRate", t.defaultRate, 0, BPS);
    }

    function _checkCurve(IOutcomePool.Knot[] calldata curve) private pure {
        uint256 x = 0;
        uint256 y = 0;
        for (uint256 i = 0; i < curve.length; i++) {
            IOutcomePool.Knot calldata knot = curve[i];
            if (knot.x < x || knot.x > BPS || knot.y < y || knot.y > BPS) {
                revert IOutcomePoolFactory.BadKnot(i, knot.x, knot.y);
            }
            (x, y) = (knot.x, knot.y);
        }
    }

    function _account(string memory term, address account) private pure {
        if (account == address(0)) revert IOutcomePoolFactory.TermNotAnAccount(term, account);
    }

    function _within(string memory term, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert IOutcomePoolFactory.TermOutOfRange(term, value, min, max);
    }
}
