// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Signing} from "../support/Signing.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice Every kind of token that moves what it says, through every flow of money: each gets its own to the unit, and the pool is
/// drained to its dust. Tokens that do not are in `Tokens.t.sol`.
contract TokenMatrixTest is TestBase {
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0: the last is paid nothing
    /// @dev What Alice pays by an authorization, where the token knows it.
    uint256 private authorized;

    function test_WhenPlain() public {
        _flows("MockToken.sol:MockToken", "");
    }

    function test_WhenItReturnsNothing() public {
        _flows("NoReturnToken.sol:NoReturnToken", "");
    }

    function test_WhenItReturnsFalse() public {
        _flows("ReturnsFalseToken.sol:ReturnsFalseToken", "");
    }

    function test_WhenItRefusesToMoveNothing() public {
        _flows("RevertOnZeroToken.sol:RevertOnZeroToken", "");
    }

    function test_WhenItKeeps96Bits() public {
        _flows("Uint96Token.sol:Uint96Token", "");
    }

    function test_WhenItHasNoDecimals() public {
        _flows("DecimalsToken.sol:DecimalsToken", abi.encode(0));
    }

    function test_WhenItHas2Decimals() public {
        _flows("DecimalsToken.sol:DecimalsToken", abi.encode(2));
    }

    function test_WhenItHas18Decimals() public {
        _flows("DecimalsToken.sol:DecimalsToken", abi.encode(18));
    }

    function test_WhenItHas24Decimals() public {
        _flows("DecimalsToken.sol:DecimalsToken", abi.encode(24));
    }

    function test_WhenItCanBlock() public {
        _flows("BlockListToken.sol:BlockListToken", "");
    }

    function test_WhenItCanPause() public {
        _flows("PausableToken.sol:PausableToken", "");
    }

    function test_WhenItCanRebaseButDoesNot() public {
        _flows("RebasingToken.sol:RebasingToken", "");
    }

    function test_WhenItHasHooks() public {
        authorized = 11;
        _flows("HookToken.sol:HookToken", "");
    }

    function test_WhenItNotifies() public {
        _flows("NotifyingToken.sol:NotifyingToken", "");
    }

    function test_WhenItCanBomb() public {
        _flows("ReturnBombToken.sol:ReturnBombToken", "");
    }

    function test_WhenItsPermitsAreDeaf() public {
        _flows("DeafPermitToken.sol:DeafPermitToken", "");
    }

    function test_WhenItsPermitsRevert() public {
        _flows("RevertingPermitToken.sol:RevertingPermitToken", "");
    }

    function test_WhenItsAuthorizationsAreOdd() public {
        authorized = 11;
        _flows("OddAuthorizationToken.sol:OddAuthorizationToken", "");
    }

    function test_WhenItIsTheStablecoin() public {
        authorized = 11;
        _flows("TestStablecoin.sol:TestStablecoin", "");
    }

    /// @dev What becomes of rounds 0 to 6: voided, upheld, unchallenged, replaced, silent, challenged but not ruled on, cancelled.
    function _flows(string memory artifact, bytes memory args) private {
        useToken(artifact, args);
        IOutcomePool.Terms memory t = defaultTerms();
        t.rounds = 7;
        pool = make(t);
        enrol(defaultRecords());
        for (uint32 r = 0; r < 7; r++) {
            if (r != 6) fund(alice, r, FUNDS + r);
            fund(carol, r, 77);
        }
        vm.prank(carol);
        pool.withdraw(0, 70, carol);
        _withPermit();
        _withAuthorization();
        _judge();
        _claim();
        _drain();
        _check();
    }

    /// @dev A permit that does not work does no harm where the allowance is there.
    function _withPermit() private {
        give(bob, 5);
        IOutcomePool.Signature memory none;
        vm.prank(bob);
        pool.fundWithPermit(2, bob, 5, 0, none);
    }

    /// @dev Carol is the buyer. A token that knows no authorizations leaves all as it was.
    function _withAuthorization() private {
        give(alice, 11);
        IOutcomePool.Signature memory s;
        bytes32 nonce = keccak256(abi.encode(uint32(6), carol, REASON));
        (s.v, s.r, s.s) = Signing.authorization(uint256(keccak256("alice")), _domain(), address(pool), 11, nonce);
        try pool.fundWithAuthorization(6, carol, 11, alice, 0, type(uint256).max, REASON, s) {
            assertEq(authorized, 11, "accepted");
        } catch {
            assertEq(authorized, 0, "refused");
        }
        assertEq(pool.contributionOf(6, carol), 77 + authorized, "booked");
    }

    /// @dev Of the token; nothing where it checks no signatures.
    function _domain() private view returns (bytes32) {
        (, bytes memory answer) = address(token).staticcall(abi.encodeCall(token.DOMAIN_SEPARATOR, ()));
        return answer.length == 32 ? abi.decode(answer, (bytes32)) : bytes32(0);
    }

    function _judge() private {
        for (uint32 r = 0; r < 6; r++) {
            vm.warp(endOf(r));
            if (r == 4) continue;
            assess(r, vector);
            if (r != 2) challenge(r);
            if (r == 0) rule(r, IOutcomePool.Ruling.Void);
            if (r == 1) rule(r, IOutcomePool.Ruling.Uphold);
            if (r == 3) replace(r, hex"271027100000"); // 10,000, 10,000, 0
        }
        vm.warp(endOf(6));
    }

    /// @dev The first by its signature and the second by itself have some of it paid to a stranger.
    function _claim() private {
        pool.claim(0, one(0));
        vm.prank(provider(1));
        pool.claimTo(1, one(1), stranger);
        uint32[] memory rounds = new uint32[](2);
        (rounds[0], rounds[1]) = (3, 5);
        uint256 until = type(uint256).max;
        bytes32 hash = Signing.digest(address(pool), Signing.claimTo(rounds, 0, stranger, until));
        pool.claimToWithSignature(0, rounds, stranger, until, Signing.sign(providerKeys[0], hash));
        assertEq(balance(stranger), 487_500_038 + 316_666_693 + 487_500_040, "stranger");
    }

    function _drain() private {
        for (uint32 r = 0; r < 7; r++) {
            if (r != 6) pool.distribute(r, 0, 3);
            if (r != 6) pool.refund(r, alice, alice);
            pool.refund(r, carol, carol);
        }
        pool.refund(2, bob, bob);
        pool.payBond(0);
        pool.payBond(3);
        pool.payBond(5);
        pool.payArbiter(0);
        pool.payArbiter(1);
        pool.payArbiter(3);
        pool.payFee(1);
        pool.payFee(2);
        pool.payFee(5);
    }

    /// @dev Funds of rounds 0 to 5 are 1,000,000,000 and 7, 78, 84, 80, 81, 82 more. Less fee or repayment, 1/12, 1/6 and 1/4 go to
    /// the providers in rounds 0 and 4 and the other half back; a half each to the first two in 1, 2 and 5; 1/3 and 2/3 in 3.
    function _check() private view {
        assertEq(balance(provider(0)), 79_166_667 + 487_500_038 + 487_500_041 + 83_333_340, "first");
        uint256 second = 158_333_334 + 487_500_041 + 633_333_386 + 166_666_680 + 487_500_040;
        assertEq(balance(provider(1)), second, "second");
        assertEq(balance(provider(2)), 237_500_001 + 250_000_020, "third");
        assertEq(
            balance(alice),
            475_000_000 + 500_000_002 + 11 - authorized,
            "refunds of the voided and the silent round"
        );
        assertEq(balance(carol), 70 + 3 + 38 + 77 + authorized, "withdrawal, the same refunds, the cancelled round");
        assertEq(balance(bob), 3 * BOND, "repaid twice, returned once, lost once");
        assertEq(balance(arbiter), 3 * BOND, "arbiter");
        assertEq(balance(collector), 25_000_001 + 25_000_002 + 25_000_002, "fees");
        assertEq(balance(address(pool)), 5, "dust");
    }
}
