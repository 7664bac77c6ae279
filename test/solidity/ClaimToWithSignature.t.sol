// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {Signing} from "./support/Signing.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/claimToWithSignature.tree; ERC-1271 providers are in hostile/Signers.t.sol.
contract ClaimToWithSignatureTest is TestBase {
    uint256 private deadline;
    bytes private signature;

    function setUp() public override {
        super.setUp();
        fund(alice, 1, FUNDS);
        openSettled(hex"271013880000"); // two halves of 975
        deadline = endOf(0) + 4 days;
        signature = _sign(0, one(0), carol, deadline);
    }

    function test_WhenTheProviderSigned_AnyoneMaySendIt() public {
        expectEvent();
        emit IOutcomePool.Claimed(0, 0);
        vm.prank(stranger);
        pool.claimToWithSignature(0, one(0), carol, deadline, signature);
        assertEq(balance(carol), 487_500_000, "carol");
    }

    function test_WhenForManyRounds_TheWholeListIsSigned() public {
        vm.warp(endOf(1) + 10 days);
        uint32[] memory rounds = new uint32[](2);
        (rounds[0], rounds[1]) = (1, 0);
        deadline = type(uint256).max;
        signature = _sign(0, rounds, carol, deadline);
        uint32[] memory swapped = new uint32[](2);
        swapped[1] = 1;
        _expectBad(0, swapped, carol, deadline);
        _expectBad(0, one(1), carol, deadline);
        pool.claimToWithSignature(0, rounds, carol, deadline, signature);
        assertEq(balance(carol), 487_500_000 + 83_333_333, "both");
    }

    function test_WhenAtTheDeadline_ItPays() public {
        vm.warp(deadline);
        pool.claimToWithSignature(0, one(0), carol, deadline, signature);
    }

    function test_WhenPastTheDeadline_ItReverts() public {
        vm.warp(deadline + 1);
        expectRevert(abi.encodeWithSelector(IOutcomePool.SignatureExpired.selector, deadline + 1, deadline));
        pool.claimToWithSignature(0, one(0), carol, deadline, signature);
    }

    function test_WhenAnyFieldIsChanged_ItReverts() public {
        _expectBad(1, one(0), carol, deadline);
        _expectBad(0, one(0), stranger, deadline);
        _expectBad(0, one(0), carol, deadline + 1);
        vm.warp(endOf(1) + 10 days);
        deadline = endOf(1) + 20 days;
        signature = _sign(0, one(0), carol, deadline);
        _expectBad(0, one(1), carol, deadline);
    }

    function test_WhenSignedForAnotherPoolOrChain_ItReverts() public {
        bytes32 message = Signing.claimTo(one(0), 0, carol, deadline);
        signature = Signing.sign(providerKeys[0], Signing.digest(address(token), message));
        _expectBad(0, one(0), carol, deadline);
        signature = Signing.sign(providerKeys[0], Signing.digestOn(block.chainid + 1, address(pool), message));
        _expectBad(0, one(0), carol, deadline);
    }

    function test_WhenAnotherProviderSigned_ItReverts() public {
        bytes32 message = Signing.claimTo(one(0), 0, carol, deadline);
        signature = Signing.sign(providerKeys[1], Signing.digest(address(pool), message));
        _expectBad(0, one(0), carol, deadline);
    }

    function test_WhenTheSignatureIsMalformed_ItReverts() public {
        signature = "";
        _expectBad(0, one(0), carol, deadline);
        signature = new bytes(64);
        _expectBad(0, one(0), carol, deadline);
        signature = new bytes(65);
        _expectBad(0, one(0), carol, deadline);
    }

    function test_WhenUsedBefore_ItReverts() public {
        pool.claimToWithSignature(0, one(0), carol, deadline, signature);
        expectRevert(abi.encodeWithSelector(IOutcomePool.AlreadyClaimed.selector, 0, 0));
        pool.claimToWithSignature(0, one(0), carol, deadline, signature);
    }

    function test_WhenArgumentsAreBad_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
        pool.claimToWithSignature(0, new uint32[](0), carol, deadline, signature);
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, 3, 3));
        pool.claimToWithSignature(3, one(0), carol, deadline, signature);
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.claimToWithSignature(0, one(3), carol, deadline, signature);
        expectWrongState(1, IOutcomePool.RoundState.Running, endOf(1));
        pool.claimToWithSignature(0, one(1), carol, deadline, signature);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        pool.claimToWithSignature(0, one(0), address(0), deadline, signature);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
        pool.claimToWithSignature(0, one(0), address(pool), deadline, signature);
    }

    function _sign(
        uint256 index,
        uint32[] memory rounds,
        address to,
        uint256 until
    ) private view returns (bytes memory) {
        bytes32 message = Signing.claimTo(rounds, index, to, until);
        return Signing.sign(providerKeys[index], Signing.digest(address(pool), message));
    }

    function _expectBad(uint256 index, uint32[] memory rounds, address to, uint256 until) private {
        bytes32 hash = Signing.digest(address(pool), Signing.claimTo(rounds, index, to, until));
        address signer = provider(index);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadSignature.selector, signer, hash));
        pool.claimToWithSignature(index, rounds, to, until, signature);
    }
}
