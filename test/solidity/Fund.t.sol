// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/fund.tree
contract FundTest is TestBase {
    function setUp() public override {
        super.setUp();
        give(alice, FUNDS);
    }

    function test_WhenOpen_ItTakesAndBooksTheAmount() public {
        expectEvent();
        emit IOutcomePool.Funded(1, alice, 300e6);
        vm.prank(alice);
        pool.fund(1, alice, 300e6);
        assertEq(balance(address(pool)), 300e6, "pool");
        assertEq(balance(alice), 700e6, "alice");
        assertEq(pool.contributionOf(1, alice), 300e6, "contribution");
        assertEq(pool.roundInfo(1).funded, 300e6, "funded");
        assertEq(pool.roundInfo(0).funded, 0, "other round");
    }

    function test_WhenForAnother_TheOtherIsCredited() public {
        expectEvent();
        emit IOutcomePool.Funded(0, bob, 1);
        vm.prank(alice);
        pool.fund(0, bob, 1);
        assertEq(pool.contributionOf(0, bob), 1, "bob");
        assertEq(pool.contributionOf(0, alice), 0, "alice");
    }

    function test_WhenRepeated_ContributionsAddUp() public {
        vm.startPrank(alice);
        pool.fund(0, alice, 1);
        pool.fund(0, alice, 2);
        pool.fund(0, bob, 4);
        vm.stopPrank();
        assertEq(pool.contributionOf(0, alice), 3, "alice");
        assertEq(pool.roundInfo(0).funded, 7, "funded");
    }

    function test_WhenOneSecondBeforeTheEnd_ItIsOpen() public {
        vm.warp(endOf(0) - 1);
        vm.prank(alice);
        pool.fund(0, alice, 1);
    }

    function test_WhenAtTheStart_ItIsOpen() public {
        vm.warp(startOf(0));
        vm.prank(alice);
        pool.fund(0, alice, 1);
    }

    function test_WhenTheRoundHasEndedWithoutEnough_ItReverts() public {
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(endOf(0) + i);
            expectWrongState(0, IOutcomePool.RoundState.Cancelled, 0);
            vm.prank(alice);
            pool.fund(0, alice, 1);
        }
    }

    function test_WhenTheRoundIsAssessedOrLater_ItReverts() public {
        open();
        give(bob, 1);
        vm.warp(endOf(0));
        expectWrongState(0, IOutcomePool.RoundState.Assessing, endOf(0) + 7 days);
        vm.prank(bob);
        pool.fund(0, bob, 1);
        assess(0, scores(1, 2, 3));
        expectWrongState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        vm.prank(bob);
        pool.fund(0, bob, 1);
        vm.warp(endOf(0) + 3 days);
        expectWrongState(0, IOutcomePool.RoundState.Settled, 0);
        vm.prank(bob);
        pool.fund(0, bob, 1);
    }

    function test_WhenALaterRoundIsOpen_ItTakesMoneyStill() public {
        vm.warp(endOf(1));
        vm.prank(alice);
        pool.fund(2, alice, 1);
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        _expect(3, alice, 1, abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        _expect(
            type(uint32).max,
            alice,
            1,
            abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, type(uint32).max, 3)
        );
    }

    function test_WhenTheBuyerIsZeroOrThePool_ItReverts() public {
        _expect(0, address(0), 1, abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        _expect(0, address(pool), 1, abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
    }

    function test_WhenTheAmountIsZero_ItReverts() public {
        _expect(0, alice, 0, abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
    }

    function test_WhenTheSumExceeds128Bits_ItReverts() public {
        uint256 most = type(uint128).max;
        _expect(0, alice, most + 1, _tooMuch(most + 1));
        vm.prank(alice);
        pool.fund(0, alice, 1);
        _expect(0, alice, most, _tooMuch(most + 1));
        _expect(0, alice, type(uint256).max, abi.encodeWithSignature("Panic(uint256)", 0x11));
        token.mint(alice, most - 1 - balance(alice));
        vm.prank(alice);
        pool.fund(0, alice, most - 1);
        assertEq(pool.roundInfo(0).funded, most, "largest");
    }

    function test_WhenTheAllowanceIsTooSmall_ItReverts() public {
        vm.prank(alice);
        token.approve(address(pool), 4);
        _expect(
            0,
            alice,
            5,
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(pool), 4, 5)
        );
    }

    function test_WhenTheBalanceIsTooSmall_ItReverts() public {
        _expect(
            0,
            alice,
            FUNDS + 1,
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, FUNDS, FUNDS + 1)
        );
        assertEq(pool.contributionOf(0, alice), 0, "nothing");
    }

    function test_WhenThePoolHasDonations_TheyCountForNobody() public {
        token.mint(address(pool), 55);
        vm.prank(alice);
        pool.fund(0, alice, 5);
        assertEq(pool.roundInfo(0).funded, 5, "funded");
    }

    function _expect(uint32 round, address buyer, uint256 amount, bytes memory error_) private {
        expectRevert(error_);
        vm.prank(alice);
        pool.fund(round, buyer, amount);
    }

    function _tooMuch(uint256 amount) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, amount);
    }
}
