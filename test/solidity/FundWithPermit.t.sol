// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/fundWithPermit.tree
contract FundWithPermitTest is TestBase {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );
    uint256 private constant DEADLINE = GENESIS + 1 days;
    uint256 private immutable aliceKey = uint256(keccak256("alice"));

    function setUp() public override {
        super.setUp();
        token.mint(alice, FUNDS);
    }

    function test_WhenThePermitIsGood_ItFunds() public {
        IOutcomePool.Signature memory s = _permit(500e6, DEADLINE);
        expectEvent();
        emit IOutcomePool.Funded(1, bob, 500e6);
        vm.prank(alice);
        pool.fundWithPermit(1, bob, 500e6, DEADLINE, s);
        assertEq(pool.contributionOf(1, bob), 500e6, "contribution");
        assertEq(balance(address(pool)), 500e6, "pool");
        assertEq(token.allowance(alice, address(pool)), 0, "allowance");
        assertEq(token.nonces(alice), 1, "permit used");
    }

    function test_WhenThePermitWasFrontRun_ItFundsStill() public {
        IOutcomePool.Signature memory s = _permit(500e6, DEADLINE);
        vm.prank(stranger);
        token.permit(alice, address(pool), 500e6, DEADLINE, s.v, s.r, s.s);
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 500e6, DEADLINE, s);
        assertEq(pool.contributionOf(0, alice), 500e6, "contribution");
    }

    function test_WhenThePermitExpiredButTheAllowanceIsThere_ItFunds() public {
        IOutcomePool.Signature memory s = _permit(500e6, DEADLINE);
        vm.warp(DEADLINE + 1);
        _expect(s, _noAllowance(500e6));
        vm.prank(alice);
        token.approve(address(pool), 500e6);
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 500e6, DEADLINE, s);
    }

    function test_WhenThePermitIsForAnotherAmount_ItReverts() public {
        _expect(_permit(499e6, DEADLINE), _noAllowance(500e6));
    }

    function test_WhenThePermitIsSomeoneElses_ItPullsNothing() public {
        IOutcomePool.Signature memory s = _permit(500e6, DEADLINE);
        token.mint(stranger, FUNDS);
        expectRevert(_noAllowance(500e6));
        vm.prank(stranger);
        pool.fundWithPermit(0, stranger, 500e6, DEADLINE, s);
        assertEq(balance(alice), FUNDS, "alice");
    }

    function test_WhenThePayerHasApprovedButAStrangerCalls_ItPullsNothing() public {
        vm.prank(alice);
        token.approve(address(pool), FUNDS);
        IOutcomePool.Signature memory s = _permit(500e6, DEADLINE);
        expectRevert(_noAllowance(500e6));
        vm.prank(stranger);
        pool.fundWithPermit(0, stranger, 500e6, DEADLINE, s);
    }

    function test_WhenTheRoundHasEnded_ItReverts() public {
        IOutcomePool.Signature memory s = _permit(500e6, type(uint256).max);
        vm.warp(endOf(0) - 1);
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 500e6, type(uint256).max, s);
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(endOf(0) + i);
            expectWrongState(0, IOutcomePool.RoundState.Cancelled, 0);
            vm.prank(alice);
            pool.fundWithPermit(0, alice, 500e6, DEADLINE, s);
        }
    }

    function test_WhenArgumentsAreBad_ItReverts() public {
        IOutcomePool.Signature memory s = _permit(500e6, DEADLINE);
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        vm.prank(alice);
        pool.fundWithPermit(3, alice, 500e6, DEADLINE, s);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        vm.prank(alice);
        pool.fundWithPermit(0, address(0), 500e6, DEADLINE, s);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
        vm.prank(alice);
        pool.fundWithPermit(0, address(pool), 500e6, DEADLINE, s);
        expectRevert(abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 0, DEADLINE, s);
    }

    function _expect(IOutcomePool.Signature memory s, bytes memory error_) private {
        expectRevert(error_);
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 500e6, DEADLINE, s);
    }

    function _noAllowance(uint256 needed) private view returns (bytes memory) {
        return abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(pool), 0, needed);
    }

    function _permit(uint256 amount, uint256 deadline) private view returns (IOutcomePool.Signature memory) {
        bytes32 hash = keccak256(abi.encode(PERMIT, alice, address(pool), amount, token.nonces(alice), deadline));
        hash = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(aliceKey, hash);
        return IOutcomePool.Signature(v, r, s);
    }
}
