// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {OutcomePool} from "../../contracts/OutcomePool.sol";
import {Signing} from "./support/Signing.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/fundWithAuthorization.tree
contract FundWithAuthorizationTest is TestBase {
    bytes32 private constant SALT = keccak256("salt");
    uint256 private constant AMOUNT = 500e6;
    uint256 private constant AFTER = GENESIS - 1;
    uint256 private constant BEFORE = GENESIS + 100 days;
    uint256 private immutable aliceKey = uint256(keccak256("alice"));

    IOutcomePool.Signature private good;

    function setUp() public override {
        super.setUp();
        token.mint(alice, FUNDS);
        good = _sign(address(pool), AMOUNT, keccak256(abi.encode(uint32(1), bob, SALT)));
    }

    function test_WhenSignedByThePayer_AnyoneMayFundWithIt() public {
        expectEvent();
        emit IOutcomePool.Funded(1, bob, AMOUNT);
        vm.prank(stranger);
        _send(pool, 1, bob, AMOUNT, SALT);
        assertEq(pool.contributionOf(1, bob), AMOUNT, "contribution");
        assertEq(balance(alice), FUNDS - AMOUNT, "alice");
        assertEq(balance(address(pool)), AMOUNT, "pool");
    }

    function test_WhenUsedBefore_ItReverts() public {
        _send(pool, 1, bob, AMOUNT, SALT);
        bytes32 nonce = keccak256(abi.encode(uint32(1), bob, SALT));
        expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, alice, nonce));
        _send(pool, 1, bob, AMOUNT, SALT);
    }

    function test_WhenRoundBuyerSaltAmountOrPoolDiffer_ItReverts() public {
        bytes memory invalid = abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector);
        expectRevert(invalid);
        _send(pool, 0, bob, AMOUNT, SALT);
        expectRevert(invalid);
        _send(pool, 1, stranger, AMOUNT, SALT);
        expectRevert(invalid);
        _send(pool, 1, bob, AMOUNT, keccak256("other salt"));
        expectRevert(invalid);
        _send(pool, 1, bob, AMOUNT - 1, SALT);
        IOutcomePool.Terms memory t = defaultTerms();
        t.specURI = "another";
        OutcomePool other = make(t);
        expectRevert(invalid);
        _send(other, 1, bob, AMOUNT, SALT);
        assertEq(balance(alice), FUNDS, "alice");
    }

    function test_WhenThePayerIsAnother_ItReverts() public {
        token.mint(stranger, AMOUNT);
        expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        pool.fundWithAuthorization(1, bob, AMOUNT, stranger, AFTER, BEFORE, SALT, good);
    }

    function test_WhenOutsideItsTime_ItReverts() public {
        bytes memory wrongTime = abi.encodeWithSelector(
            ERC3009.ERC3009InvalidAuthorizationTime.selector,
            AFTER,
            BEFORE
        );
        vm.warp(AFTER);
        expectRevert(wrongTime);
        _send(pool, 1, bob, AMOUNT, SALT);
        IOutcomePool.Terms memory t = defaultTerms();
        t.period = 365 days;
        pool = make(t);
        good = _sign(address(pool), AMOUNT, keccak256(abi.encode(uint32(1), bob, SALT)));
        vm.warp(BEFORE);
        expectRevert(wrongTime);
        _send(pool, 1, bob, AMOUNT, SALT);
        vm.warp(BEFORE - 1);
        _send(pool, 1, bob, AMOUNT, SALT);
    }

    function test_WhenTheRoundHasEnded_ItReverts() public {
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(endOf(1) + i);
            expectWrongState(1, IOutcomePool.RoundState.Cancelled, 0);
            _send(pool, 1, bob, AMOUNT, SALT);
        }
        vm.warp(endOf(1) - 1);
        _send(pool, 1, bob, AMOUNT, SALT);
    }

    function test_WhenArgumentsAreBad_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        _send(pool, 3, bob, AMOUNT, SALT);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(0)));
        _send(pool, 1, address(0), AMOUNT, SALT);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadAccount.selector, address(pool)));
        _send(pool, 1, address(pool), AMOUNT, SALT);
        expectRevert(abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
        _send(pool, 1, bob, 0, SALT);
    }

    function _send(OutcomePool to, uint32 round, address buyer, uint256 amount, bytes32 salt) private {
        to.fundWithAuthorization(round, buyer, amount, alice, AFTER, BEFORE, salt, good);
    }

    function _sign(address to, uint256 amount, bytes32 nonce) private view returns (IOutcomePool.Signature memory) {
        bytes32 hash = keccak256(abi.encode(Signing.AUTHORIZATION, alice, to, amount, AFTER, BEFORE, nonce));
        hash = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(aliceKey, hash);
        return IOutcomePool.Signature(v, r, s);
    }
}
