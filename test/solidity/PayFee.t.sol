// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/payFee.tree
contract PayFeeTest is TestBase {
    bytes private vector = hex"271013880000";

    function test_WhenAnAssessmentStands_AnyoneMayPayTheFee() public {
        openSettled(vector);
        expectEvent();
        emit IOutcomePool.FeePaid(0, 25e6);
        vm.prank(stranger);
        pool.payFee(0);
        assertEq(balance(collector), 25e6, "fee");
        assertTrue(pool.roundInfo(0).feePaid, "flag");
    }

    function test_WhenTheFeeDoesNotDivide_ItRoundsDown() public {
        enrol(defaultRecords());
        fund(alice, 0, 100e6 + 39);
        vm.warp(endOf(0));
        assess(0, vector);
        vm.warp(endOf(0) + 3 days);
        pool.payFee(0);
        assertEq(balance(collector), 2_500_000, "39 x 2.5% = 0.975");
        assertEq(pool.roundInfo(0).budget, 97_500_039, "the rest is budget");
    }

    function test_WhenUpheldOrUnruled_TheFeeIsPaid() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Uphold);
        pool.payFee(0);
        fund(alice, 1, FUNDS);
        vm.warp(endOf(1));
        assess(1, vector);
        challenge(1);
        vm.warp(endOf(1) + 14 days);
        pool.payFee(1);
        assertEq(balance(collector), 50e6, "both");
    }

    function test_WhenPaidBefore_ItReverts() public {
        openSettled(vector);
        pool.payFee(0);
        _expectNothing(0);
    }

    function test_WhenOverturned_ThereIsNone() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Void);
        _expectNothing(0);
    }

    function test_WhenReplaced_ThereIsNone() public {
        openChallenged(vector);
        replace(0, vector);
        _expectNothing(0);
    }

    function test_WhenSilent_ThereIsNone() public {
        open();
        vm.warp(endOf(0) + 10 days);
        _expectNothing(0);
    }

    function test_WhenThePoolHasNoFee_ThereIsNone() public {
        IOutcomePool.Terms memory t = defaultTerms();
        (t.feeBps, t.feeRecipient) = (0, address(0));
        pool = make(t);
        openSettled(vector);
        _expectNothing(0);
    }

    function test_WhenNotSettled_ItReverts() public {
        openAssessed(vector);
        expectWrongState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        pool.payFee(0);
        expectWrongState(1, IOutcomePool.RoundState.Running, endOf(1));
        pool.payFee(1);
        vm.warp(endOf(1));
        expectWrongState(1, IOutcomePool.RoundState.Cancelled, 0);
        pool.payFee(1);
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.payFee(3);
    }

    function _expectNothing(uint32 round) private {
        expectRevert(abi.encodeWithSelector(IOutcomePool.NothingToPay.selector, round));
        pool.payFee(round);
    }
}
