// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/withdraw.tree
contract WithdrawTest is TestBase {
    function setUp() public override {
        super.setUp();
        open();
    }

    function test_WhenBeforeTheStart_ItPaysPartBack() public {
        expectEvent();
        emit IOutcomePool.Withdrawn(0, alice, carol, 400e6);
        vm.prank(alice);
        pool.withdraw(0, 400e6, carol);
        assertEq(balance(carol), 400e6, "carol");
        assertEq(pool.contributionOf(0, alice), 600e6, "contribution");
        assertEq(pool.roundInfo(0).funded, 600e6, "funded");
    }

    function test_WhenAllIsWithdrawn_NothingIsLeft() public {
        vm.prank(alice);
        pool.withdraw(0, FUNDS, alice);
        assertEq(balance(alice), FUNDS, "alice");
        assertEq(pool.roundInfo(0).funded, 0, "funded");
        vm.prank(alice);
        pool.fund(0, alice, 1);
        assertEq(pool.contributionOf(0, alice), 1, "again");
    }

    function test_WhenDuringTheNoticeAndOneSecondBeforeTheStart_ItPays() public {
        vm.warp(startOf(0) - 1 days);
        vm.prank(alice);
        pool.withdraw(0, 1, alice);
        vm.warp(startOf(0) - 1);
        vm.prank(alice);
        pool.withdraw(0, 1, alice);
    }

    function test_WhenTheRoundHasBegun_ItReverts() public {
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(startOf(0) + i);
            expectWrongState(0, IOutcomePool.RoundState.Running, endOf(0));
            vm.prank(alice);
            pool.withdraw(0, 1, alice);
        }
    }

    function test_WhenALaterRoundHasNotBegun_ItPays() public {
        fund(alice, 2, 7);
        vm.warp(startOf(2) - 1);
        vm.prank(alice);
        pool.withdraw(2, 7, alice);
        assertEq(balance(alice), 7, "alice");
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        _expect(3, 1, alice, abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
    }

    function test_WhenTheReceiverIsZeroOrThePool_ItReverts() public {
        _expect(0, 1, address(0), abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        _expect(0, 1, address(pool), abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
    }

    function test_WhenTheAmountIsZero_ItReverts() public {
        _expect(0, 0, alice, abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
    }

    function test_WhenMoreThanContributed_ItReverts() public {
        _expect(
            0,
            FUNDS + 1,
            alice,
            abi.encodeWithSelector(IOutcomePool.ContributionTooSmall.selector, FUNDS + 1, FUNDS)
        );
        _expect(1, 1, alice, abi.encodeWithSelector(IOutcomePool.ContributionTooSmall.selector, 1, 0));
    }

    function test_WhenAnotherPaidForTheBuyer_OnlyTheBuyerMayWithdraw() public {
        give(bob, 9);
        vm.prank(bob);
        pool.fund(0, carol, 9);
        expectRevert(abi.encodeWithSelector(IOutcomePool.ContributionTooSmall.selector, 9, 0));
        vm.prank(bob);
        pool.withdraw(0, 9, bob);
        vm.prank(carol);
        pool.withdraw(0, 9, carol);
        assertEq(balance(carol), 9, "carol");
    }

    function _expect(uint32 round, uint256 amount, address to, bytes memory error_) private {
        expectRevert(error_);
        vm.prank(alice);
        pool.withdraw(round, amount, to);
    }
}
