// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/payArbiter.tree
contract PayArbiterTest is TestBase {
    bytes private vector = hex"271013880000";

    function test_WhenUpheld_TheBondIsTheArbiters() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Uphold);
        _expectPaid();
    }

    function test_WhenReplaced_ItEarnsTheSame() public {
        openChallenged(vector);
        replace(0, vector);
        _expectPaid();
    }

    function test_WhenVoided_ItEarnsTheSame() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Void);
        _expectPaid();
    }

    function test_WhenItHasNotRuled_ItReverts() public {
        open();
        _expectNothing();
        vm.warp(endOf(0));
        assess(0, vector);
        _expectNothing();
        challenge(0);
        _expectNothing();
        vm.warp(endOf(0) + 14 days);
        _expectNothing();
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.payArbiter(3);
    }

    function _expectPaid() private {
        expectEvent();
        emit IOutcomePool.ArbiterPaid(0, BOND);
        vm.prank(stranger);
        pool.payArbiter(0);
        assertEq(balance(arbiter), BOND, "arbiter");
        assertTrue(pool.roundInfo(0).arbiterPaid, "flag");
        _expectNothing();
    }

    function _expectNothing() private {
        expectRevert(abi.encodeWithSelector(IOutcomePool.NothingToPay.selector, 0));
        pool.payArbiter(0);
    }
}
