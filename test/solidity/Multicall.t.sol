// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/multicall.tree
contract MulticallTest is TestBase {
    function test_WhenCallsAreGood_AllRunAsTheCaller() public {
        give(alice, FUNDS);
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(IOutcomePool.fund, (0, alice, 300e6));
        calls[1] = abi.encodeCall(IOutcomePool.fund, (1, alice, 400e6));
        calls[2] = abi.encodeCall(IOutcomePool.withdraw, (0, 100e6, alice));
        calls[3] = abi.encodeCall(IOutcomePool.contributionOf, (0, alice));
        vm.prank(alice);
        bytes[] memory results = pool.multicall(calls);
        assertEq(results[3], abi.encode(200e6), "result");
        assertEq(pool.contributionOf(1, alice), 400e6, "second");
        assertEq(balance(address(pool)), 600e6, "pool");
    }

    function test_WhenOneCallReverts_AllDoWithItsError() public {
        give(alice, FUNDS);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IOutcomePool.fund, (0, alice, 1));
        calls[1] = abi.encodeCall(IOutcomePool.fund, (3, alice, 1));
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        vm.prank(alice);
        pool.multicall(calls);
        assertEq(pool.contributionOf(0, alice), 0, "nothing");
    }

    function test_WhenSettled_OneCallPaysEverybody() public {
        openSettled(scores(10_000, 5_000, 0));
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IOutcomePool.distribute, (0, 0, 3));
        calls[1] = abi.encodeCall(IOutcomePool.payFee, (0));
        calls[2] = abi.encodeCall(IOutcomePool.refund, (0, alice, alice));
        pool.multicall(calls);
        assertEq(balance(address(pool)), 0, "empty");
    }

    function test_WhenTheSameClaimIsSentTwice_AllReverts() public {
        openSettled(scores(10_000, 5_000, 0));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IOutcomePool.claim, (0, one(0)));
        calls[1] = calls[0];
        expectRevert(abi.encodeWithSelector(IOutcomePool.AlreadyClaimed.selector, 0, 0));
        pool.multicall(calls);
    }

    function test_WhenCallsAreNested_EachStillSeesTheCaller() public {
        give(alice, FUNDS);
        bytes[] memory inner = new bytes[](1);
        inner[0] = abi.encodeCall(IOutcomePool.fund, (0, alice, 5));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(pool.multicall, (inner));
        vm.prank(alice);
        pool.multicall(calls);
        assertEq(pool.contributionOf(0, alice), 5, "funded");
    }

    function test_WhenMoneyIsSent_ItReverts() public {
        vm.deal(address(this), 1);
        (bool success, ) = address(pool).call{value: 1}(abi.encodeCall(pool.multicall, (new bytes[](0))));
        assertFalse(success, "not payable");
        (success, ) = address(pool).call{value: 1}("");
        assertFalse(success, "no receive");
    }
}
