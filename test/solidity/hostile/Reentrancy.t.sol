// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {HookToken} from "../../../contracts/mocks/tokens/HookToken.sol";
import {Signing} from "../support/Signing.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice From the middle of each function that moves tokens, every function that changes state is tried, directly and through
/// `multicall`: all refuse, and the outer call ends as it does where nothing is tried.
contract ReentrancyTest is TestBase {
    bytes private constant REFUSED = abi.encodeWithSelector(
        ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector
    );
    bytes private vector = hex"271013880000"; // two halves of 975
    HookToken private hook;
    bytes[] private inner;

    function setUp() public override {
        super.setUp();
        useToken("HookToken.sol:HookToken", "");
        hook = HookToken(address(token));
        _listInner();
        open();
        fund(carol, 1, FUNDS);
    }

    function _listInner() private {
        IOutcomePool.Signature memory none;
        inner.push(abi.encodeCall(pool.enrol, (defaultRecords())));
        inner.push(abi.encodeCall(pool.fund, (2, alice, 1)));
        inner.push(abi.encodeCall(pool.fundWithPermit, (2, alice, 1, 0, none)));
        inner.push(abi.encodeCall(pool.fundWithAuthorization, (2, alice, 1, bob, 0, 0, 0, none)));
        inner.push(abi.encodeCall(pool.withdraw, (2, 1, alice)));
        inner.push(abi.encodeCall(pool.assess, (0, ROOT, vector, "")));
        inner.push(abi.encodeCall(pool.challenge, (0, REASON)));
        inner.push(abi.encodeCall(pool.rule, (0, IOutcomePool.Ruling.Void, 0, "")));
        inner.push(abi.encodeCall(pool.claim, (0, one(0))));
        inner.push(abi.encodeCall(pool.claimTo, (0, one(0), alice)));
        inner.push(abi.encodeCall(pool.claimToWithSignature, (0, one(0), alice, type(uint256).max, "")));
        inner.push(abi.encodeCall(pool.distribute, (0, 0, 3)));
        inner.push(abi.encodeCall(pool.refund, (0, alice, alice)));
        inner.push(abi.encodeCall(pool.payFee, (0)));
        inner.push(abi.encodeCall(pool.payBond, (0)));
        inner.push(abi.encodeCall(pool.payArbiter, (0)));
    }

    /// @dev Every inner call from within the outer one.
    function _tryAll(address sender, bytes memory outer) private {
        bytes memory before = _state();
        bytes memory undisturbed = _undisturbed(sender, outer);
        assertTrue(keccak256(undisturbed) != keccak256(before), "the outer call does something");
        for (uint256 i = 0; i < inner.length; i++) {
            _try(sender, outer, inner[i], undisturbed);
            bytes[] memory bulk = new bytes[](1);
            bulk[0] = inner[i];
            _try(sender, outer, abi.encodeCall(pool.multicall, (bulk)), undisturbed);
        }
    }

    /// @dev How the outer call ends without a hook.
    function _undisturbed(address sender, bytes memory outer) private returns (bytes memory state) {
        uint256 id = vm.snapshotState();
        _call(sender, outer);
        state = _state();
        vm.revertToState(id);
    }

    function _try(address sender, bytes memory outer, bytes memory again, bytes memory undisturbed) private {
        uint256 id = vm.snapshotState();
        hook.arm(address(pool), again);
        _call(sender, outer);
        assertTrue(hook.calls() != 0, "tried");
        assertFalse(hook.succeeded(), "refused");
        assertEq(hook.result(), REFUSED, "error");
        assertEq(_state(), undisturbed, "as without a hook");
        vm.revertToState(id);
    }

    function _call(address sender, bytes memory outer) private {
        vm.prank(sender);
        (bool success, ) = address(pool).call(outer);
        assertTrue(success, "outer call");
    }

    /// @dev What everybody holds, and all the pool tells of its rounds, providers and buyers.
    function _state() private view returns (bytes memory state) {
        address[8] memory others = [alice, bob, carol, manager, arbiter, collector, stranger, address(pool)];
        for (uint256 i = 0; i < others.length; i++) state = abi.encodePacked(state, balance(others[i]));
        for (uint256 i = 0; i < 3; i++) state = abi.encodePacked(state, balance(provider(i)));
        (uint256 count, uint256 weight) = pool.enrolment();
        state = abi.encodePacked(state, count, weight);
        for (uint32 r = 0; r < 3; r++) state = abi.encodePacked(state, _stateOf(r));
    }

    function _stateOf(uint32 round) private view returns (bytes memory state) {
        IOutcomePool.RoundView memory info = pool.roundInfo(round);
        state = abi.encode(info, pool.scores(round, 0, 3));
        address[3] memory buyers = [alice, bob, carol];
        for (uint256 i = 0; i < 3; i++) state = abi.encodePacked(state, pool.contributionOf(round, buyers[i]));
        if (info.state != IOutcomePool.RoundState.Settled) return state;
        for (uint256 i = 0; i < 3; i++) {
            (, uint256 amount, bool claimed) = pool.payoutOf(round, i);
            state = abi.encodePacked(state, amount, claimed);
        }
    }

    function _assess() private {
        vm.warp(endOf(0));
        assess(0, vector);
    }

    function _settle() private {
        _assess();
        vm.warp(endOf(0) + 3 days);
    }

    function test_FromFund() public {
        give(alice, 5);
        _tryAll(alice, abi.encodeCall(pool.fund, (1, alice, 5)));
    }

    function test_FromFundWithPermit() public {
        give(alice, 5);
        IOutcomePool.Signature memory none;
        _tryAll(alice, abi.encodeCall(pool.fundWithPermit, (1, alice, 5, 0, none)));
    }

    function test_FromFundWithAuthorization() public {
        give(alice, 5);
        IOutcomePool.Signature memory s;
        bytes32 nonce = keccak256(abi.encode(uint32(1), bob, REASON));
        bytes32 domain = token.DOMAIN_SEPARATOR();
        (s.v, s.r, s.s) = Signing.authorization(uint256(keccak256("alice")), domain, address(pool), 5, nonce);
        _tryAll(
            stranger,
            abi.encodeCall(pool.fundWithAuthorization, (1, bob, 5, alice, 0, type(uint256).max, REASON, s))
        );
    }

    function test_FromWithdraw() public {
        _tryAll(alice, abi.encodeCall(pool.withdraw, (0, 5, alice)));
    }

    function test_FromChallenge() public {
        _assess();
        give(bob, BOND);
        _tryAll(bob, abi.encodeCall(pool.challenge, (0, REASON)));
    }

    function test_FromClaim() public {
        _settle();
        _tryAll(stranger, abi.encodeCall(pool.claim, (0, one(0))));
    }

    function test_FromClaimTo() public {
        _settle();
        _tryAll(provider(0), abi.encodeCall(pool.claimTo, (0, one(0), carol)));
    }

    function test_FromClaimToWithSignature() public {
        _settle();
        uint256 until = type(uint256).max;
        bytes32 hash = Signing.digest(address(pool), Signing.claimTo(one(0), 0, carol, until));
        bytes memory signature = Signing.sign(providerKeys[0], hash);
        _tryAll(stranger, abi.encodeCall(pool.claimToWithSignature, (0, one(0), carol, until, signature)));
    }

    function test_FromDistribute() public {
        _settle();
        _tryAll(stranger, abi.encodeCall(pool.distribute, (0, 0, 3)));
    }

    function test_FromRefund() public {
        vm.warp(endOf(2)); // silent: half comes back
        _tryAll(stranger, abi.encodeCall(pool.refund, (0, alice, alice)));
    }

    function test_FromPayFee() public {
        _settle();
        _tryAll(stranger, abi.encodeCall(pool.payFee, (0)));
    }

    function test_FromPayBondAndPayArbiter() public {
        _assess();
        challenge(0);
        replace(0, vector);
        _tryAll(stranger, abi.encodeCall(pool.payBond, (0)));
        _tryAll(stranger, abi.encodeCall(pool.payArbiter, (0)));
    }

    function test_WhenOnePoolIsCalledFromAnothersTransfer_ItWorksAndTouchesOnlyItself() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.specURI = "another";
        IOutcomePool first = pool;
        _settle();
        vm.warp(GENESIS);
        pool = make(t);
        open();
        vm.warp(endOf(0) + 10 days);
        hook.arm(address(pool), abi.encodeCall(pool.claim, (1, one(0))));
        first.claim(0, one(0));
        assertEq(hook.calls(), 2, "its own transfer calls once more");
        assertEq(balance(provider(0)), 487_500_000, "first pool");
        assertEq(balance(provider(1)), 166_666_666, "second pool");
    }

    function test_WhenViewsAreReadInATransfer_TheyTellTheStateAfterTheCall() public {
        _settle();
        hook.arm(address(pool), abi.encodeCall(pool.payoutOf, (0, 0)));
        pool.claim(0, one(0));
        assertEq(hook.result(), abi.encode(provider(0), 487_500_000, true), "claimed already");
    }
}
