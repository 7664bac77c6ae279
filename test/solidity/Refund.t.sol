// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/refund.tree
contract RefundTest is TestBase {
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0

    /// @dev θ = 1 and no fee: 2,000,000 of 6,000,000 is earned, 2/3 of 1,000 comes back.
    function _strict() private {
        IOutcomePool.Terms memory t = defaultTerms();
        (t.fullPayBar, t.feeBps) = (10_000, 0);
        pool = make(t);
        enrol(defaultRecords());
        fund(alice, 0, 700e6);
        fund(bob, 0, 300e6);
        vm.warp(endOf(0));
        assess(0, vector);
        vm.warp(endOf(0) + 3 days);
    }

    function test_WhenSettled_AnyoneMayPayTheBuyerItsShare() public {
        _strict();
        // V = floor(1,000,000,000 / 3) = 333,333,333; rest 666,666,667; of it 70%, down.
        expectEvent();
        emit IOutcomePool.Refunded(0, alice, 466_666_666);
        vm.prank(stranger);
        pool.refund(0, alice, alice);
        assertEq(balance(alice), 466_666_666, "alice");
        assertEq(pool.contributionOf(0, alice), 0, "contribution");
        assertEq(pool.refundOf(0, alice), 0, "refund");
        assertEq(pool.refundOf(0, bob), 200_000_000, "bob");
        pool.refund(0, bob, bob);
        pool.distribute(0, 0, 3);
        // 166,666,666 twice, 466,666,666 and 200,000,000: dust of 2, less than 3 providers and 2 buyers.
        assertEq(balance(address(pool)), 2, "dust");
    }

    function test_WhenTheBuyerAsks_AnotherAddressIsPaid() public {
        _strict();
        vm.prank(bob);
        pool.refund(0, bob, carol);
        assertEq(balance(carol), 200_000_000, "carol");
    }

    function test_WhenSomeoneElseAsksForAnotherAddress_ItReverts() public {
        _strict();
        expectRevert(abi.encodeWithSelector(IOutcomePool.Unauthorized.selector, bob, alice));
        vm.prank(bob);
        pool.refund(0, alice, bob);
    }

    function test_WhenTheReceiverIsZeroOrThePool_ItReverts() public {
        _strict();
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        vm.prank(alice);
        pool.refund(0, alice, address(0));
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
        vm.prank(alice);
        pool.refund(0, alice, address(pool));
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        pool.refund(0, address(0), address(0));
    }

    function test_WhenPaidBeforeOrNothingWasPutIn_ItReverts() public {
        _strict();
        pool.refund(0, alice, alice);
        _expectNothing(alice);
        _expectNothing(carol);
    }

    function test_WhenTheRoundIsCancelledForFunds_AllComesBack() public {
        enrol(defaultRecords());
        fund(alice, 0, 60e6);
        fund(bob, 0, 40e6 - 1);
        vm.warp(endOf(0) - 1);
        _expectState(IOutcomePool.RoundState.Running, endOf(0));
        vm.warp(endOf(0));
        expectEvent();
        emit IOutcomePool.Refunded(0, alice, 60e6);
        pool.refund(0, alice, alice);
        pool.refund(0, bob, bob);
        assertEq(balance(alice), 60e6, "alice");
        assertEq(balance(address(pool)), 0, "empty");
        _expectNothing(alice);
    }

    function test_WhenTheRoundIsCancelledForProviders_AllComesBack() public {
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0));
        pool.refund(0, alice, alice);
        assertEq(balance(alice), FUNDS, "alice");
    }

    function test_WhenSilent_TheUndefaultedShareComesBack() public {
        open();
        vm.warp(endOf(0) + 10 days - 1);
        _expectState(IOutcomePool.RoundState.Silent, endOf(0) + 10 days);
        vm.warp(endOf(0) + 10 days);
        pool.refund(0, alice, alice);
        assertEq(balance(alice), 500e6, "half");
    }

    function test_WhenAllIsEarned_TheRefundIsZeroAndNothingMoves() public {
        openSettled(vector);
        vm.recordLogs();
        pool.refund(0, alice, alice);
        assertEq(vm.getRecordedLogs().length, 1, "no transfer");
        assertEq(balance(alice), 0, "nothing");
        _expectNothing(alice);
    }

    function test_WhenNobodyEarnsAnything_TheBudgetComesBack() public {
        openSettled(scores(0, 0, 0));
        pool.refund(0, alice, alice);
        assertEq(balance(alice), 975e6, "less the fee");
    }

    function test_WhenNotSettled_ItReverts() public {
        open();
        _expectState(IOutcomePool.RoundState.Upcoming, startOf(0));
        vm.warp(endOf(0));
        _expectState(IOutcomePool.RoundState.Assessing, endOf(0) + 7 days);
        assess(0, vector);
        _expectState(IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        challenge(0);
        _expectState(IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
        rule(0, IOutcomePool.Ruling.Void);
        pool.refund(0, alice, alice);
        assertEq(balance(alice), 475e6, "(1,000 - 50) / 2");
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.refund(3, alice, alice);
    }

    function _expectNothing(address buyer) private {
        expectRevert(abi.encodeWithSelector(IOutcomePool.NothingToPay.selector, 0));
        pool.refund(0, buyer, buyer);
    }

    function _expectState(IOutcomePool.RoundState state, uint256 deadline) private {
        expectWrongState(0, state, deadline);
        pool.refund(0, alice, alice);
    }
}
