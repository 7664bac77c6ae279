// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {Vm, vm} from "./support/Vm.sol";

/// @dev trees/claim.tree
contract ClaimTest is TestBase {
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0: two halves of 975

    function test_WhenSettled_AnyoneMayPayTheProvider() public {
        openSettled(vector);
        expectEvent();
        emit IOutcomePool.Claimed(0, 0);
        vm.expectEmit(true, true, true, true, address(token));
        emit IERC20.Transfer(address(pool), provider(0), 487_500_000);
        vm.prank(stranger);
        pool.claim(0, one(0));
        assertEq(balance(provider(0)), 487_500_000, "paid");
        (, , bool claimed) = pool.payoutOf(0, 0);
        assertTrue(claimed, "claimed");
        (, , claimed) = pool.payoutOf(0, 1);
        assertFalse(claimed, "other");
    }

    function test_WhenForManyRounds_OneTransferPaysAll() public {
        open();
        fund(bob, 1, 200e6);
        vm.warp(endOf(0));
        assess(0, vector);
        vm.warp(endOf(1) + 10 days); // round 1 is silent
        uint32[] memory rounds = new uint32[](2);
        (rounds[0], rounds[1]) = (1, 0);
        vm.recordLogs();
        pool.claim(1, rounds);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 3, "events");
        assertEq(logs[0].data, abi.encode(1, 1), "first claim");
        assertEq(logs[1].data, abi.encode(0, 1), "second claim");
        assertEq(logs[2].emitter, address(token), "transfer");
        // 487.5 and the default half of 200 x 200 / 600.
        assertEq(balance(provider(1)), 487_500_000 + 33_333_333, "paid");
    }

    function test_WhenThePayoutIsZero_ItIsMarkedWithoutATransfer() public {
        openSettled(vector);
        vm.recordLogs();
        pool.claim(2, one(0));
        assertEq(vm.getRecordedLogs().length, 1, "no transfer");
        expectRevert(_alreadyClaimed(0, 2));
        pool.claim(2, one(0));
    }

    function test_WhenTheListIsEmpty_ItReverts() public {
        openSettled(vector);
        expectRevert(abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
        pool.claim(0, new uint32[](0));
    }

    function test_WhenPaidBefore_ItReverts() public {
        openSettled(vector);
        pool.claim(0, one(0));
        expectRevert(_alreadyClaimed(0, 0));
        pool.claim(0, one(0));
        pool.distribute(0, 1, 1);
        expectRevert(_alreadyClaimed(0, 1));
        pool.claim(1, one(0));
    }

    function test_WhenARoundIsNamedTwice_ItReverts() public {
        openSettled(vector);
        expectRevert(_alreadyClaimed(0, 0));
        pool.claim(0, new uint32[](2));
    }

    function test_WhenOneRoundOfManyIsNotSettled_AllReverts() public {
        openSettled(vector);
        uint32[] memory rounds = new uint32[](2);
        rounds[1] = 1;
        expectWrongState(1, IOutcomePool.RoundState.Running, endOf(1));
        pool.claim(0, rounds);
        assertEq(balance(provider(0)), 0, "nothing paid");
    }

    function test_WhenNotSettled_ItRevertsInEveryState() public {
        enrol(defaultRecords());
        _expectState(0, IOutcomePool.RoundState.Upcoming, startOf(0));
        vm.warp(startOf(0));
        fund(alice, 0, FUNDS);
        _expectState(0, IOutcomePool.RoundState.Running, endOf(0));
        vm.warp(endOf(0));
        _expectState(0, IOutcomePool.RoundState.Assessing, endOf(0) + 7 days);
        assess(0, vector);
        vm.warp(endOf(0) + 3 days - 1);
        _expectState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        challenge(0);
        _expectState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 17 days - 1);
        vm.warp(endOf(0) + 17 days - 2);
        _expectState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 17 days - 1);
        vm.warp(endOf(1));
        _expectState(1, IOutcomePool.RoundState.Cancelled, 0);
        pool.claim(0, one(0));
    }

    function test_WhenTheChallengeWindowEndsThisSecond_ItPays() public {
        openAssessed(vector);
        vm.warp(endOf(0) + 3 days);
        pool.claim(0, one(0));
    }

    function test_WhenSilenceSettlesThisSecond_ItPaysTheDefaultRate() public {
        open();
        vm.warp(endOf(0) + 10 days - 1);
        _expectState(0, IOutcomePool.RoundState.Silent, endOf(0) + 10 days);
        vm.warp(endOf(0) + 10 days);
        pool.claim(2, one(0));
        assertEq(balance(provider(2)), 250e6, "1,000 x 300 / 600 x 50%, no fee");
    }

    function test_WhenTheArbiterLetsTimePass_TheAssessmentIsPaid() public {
        openChallenged(vector);
        vm.warp(endOf(0) + 14 days);
        pool.claim(0, one(0));
        assertEq(balance(provider(0)), 487_500_000, "paid");
    }

    function test_WhenReplaced_TheOtherVectorIsPaid() public {
        openChallenged(vector);
        replace(0, scores(0, 10_000, 0));
        pool.claim(1, one(0));
        assertEq(balance(provider(1)), 950e6, "all less the repayment");
    }

    function test_WhenThereIsNoSuchProvider_ItReverts() public {
        openSettled(vector);
        _expectIndex(3);
        _expectIndex(1022);
        _expectIndex(1 << 40);
        _expectIndex(type(uint256).max);
    }

    /// @dev Behind the list's pieces of code come those of score vectors: an index must not read them as providers.
    function test_WhenTheIndexFallsIntoAScoreVector_ItReverts() public {
        open();
        fund(alice, 1, FUNDS);
        vm.warp(endOf(0));
        bytes32 root = bytes32(bytes20(stranger)) | bytes32(uint256(600) << 64); // reads as: stranger, weight 600
        pool.assess(0, root, vector, oracleSignature(0, root, vector));
        vm.warp(endOf(1) + 10 days); // round 1 is silent: the default rate by weight
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, 1023, 3));
        pool.claim(1023, one(1));
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, 1023, 3));
        pool.payoutOf(1, 1023);
        assertEq(balance(stranger), 0, "nothing");
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        openSettled(vector);
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.claim(0, one(3));
    }

    function _expectIndex(uint256 index) private {
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, index, 3));
        pool.claim(index, one(0));
    }

    function _expectState(uint32 round, IOutcomePool.RoundState state, uint256 deadline) private {
        expectWrongState(round, state, deadline);
        pool.claim(0, one(round));
    }

    function _alreadyClaimed(uint256 round, uint256 index) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOutcomePool.AlreadyClaimed.selector, round, index);
    }
}
