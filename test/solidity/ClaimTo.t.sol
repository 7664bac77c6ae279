// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/claimTo.tree
contract ClaimToTest is TestBase {
    bytes private vector = hex"271013880000"; // two halves of 975

    function test_WhenTheProviderAsks_AnotherAddressIsPaid() public {
        openSettled(vector);
        address account = provider(0);
        expectEvent();
        emit IOutcomePool.Claimed(0, 0);
        vm.prank(account);
        pool.claimTo(0, one(0), carol);
        assertEq(balance(carol), 487_500_000, "carol");
        assertEq(balance(account), 0, "provider");
    }

    function test_WhenSomeoneElseAsks_ItReverts() public {
        openSettled(vector);
        _expectUnauthorized(stranger);
        _expectUnauthorized(manager);
        _expectUnauthorized(provider(1));
    }

    function test_WhenTheReceiverIsZeroOrThePool_ItReverts() public {
        openSettled(vector);
        _expect(0, one(0), address(0), abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        _expect(0, one(0), address(pool), abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
    }

    function test_WhenArgumentsAreBad_ItReverts() public {
        openSettled(vector);
        _expect(0, new uint32[](0), carol, abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
        _expect(0, one(3), carol, abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        _expect(3, one(0), carol, abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, 3, 3));
        _expect(0, new uint32[](2), carol, abi.encodeWithSelector(IOutcomePool.AlreadyClaimed.selector, 0, 0));
        _expect(
            0,
            one(1),
            carol,
            abi.encodeWithSelector(IOutcomePool.WrongState.selector, 1, IOutcomePool.RoundState.Running, endOf(1))
        );
    }

    function test_WhenPaidBefore_ItReverts() public {
        openSettled(vector);
        pool.claim(0, one(0));
        _expect(0, one(0), carol, abi.encodeWithSelector(IOutcomePool.AlreadyClaimed.selector, 0, 0));
    }

    function _expectUnauthorized(address caller) private {
        address owner = provider(0);
        expectRevert(abi.encodeWithSelector(IOutcomePool.Unauthorized.selector, caller, owner));
        vm.prank(caller);
        pool.claimTo(0, one(0), caller);
    }

    function _expect(uint256 index, uint32[] memory rounds, address to, bytes memory error_) private {
        address account = provider(0);
        expectRevert(error_);
        vm.prank(account);
        pool.claimTo(index, rounds, to);
    }
}
