// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice Every kind of token through every flow of money: none is lost, and the pool is drained to its dust.
contract TokenMatrixTest is TestBase {
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0: the last is paid nothing

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
        _flows("OddAuthorizationToken.sol:OddAuthorizationToken", "");
    }

    function test_WhenItIsTheStablecoin() public {
        _flows("TestStablecoin.sol:TestStablecoin", "");
    }

    /// @dev Round 0 is voided after a challenge, round 1 upheld, round 2 unchallenged; some money is withdrawn first.
    function _flows(string memory artifact, bytes memory args) private {
        useToken(artifact, args);
        enrol(defaultRecords());
        for (uint32 r = 0; r < 3; r++) {
            fund(alice, r, FUNDS + r);
            fund(carol, r, 77);
        }
        vm.prank(carol);
        pool.withdraw(0, 70, carol);
        _withPermit();
        vm.warp(endOf(0));
        assess(0, vector);
        challenge(0);
        rule(0, IOutcomePool.Ruling.Void);
        vm.warp(endOf(1));
        assess(1, vector);
        challenge(1);
        rule(1, IOutcomePool.Ruling.Uphold);
        vm.warp(endOf(2));
        assess(2, vector);
        vm.warp(endOf(2) + 3 days);
        _drain();
    }

    /// @dev A permit that does not work does no harm where the allowance is there.
    function _withPermit() private {
        give(bob, 5);
        IOutcomePool.Signature memory none;
        vm.prank(bob);
        pool.fundWithPermit(2, bob, 5, 0, none);
    }

    function _drain() private {
        pool.claim(0, one(0));
        address account = provider(1);
        vm.prank(account);
        pool.claimTo(1, one(0), account);
        for (uint32 r = 0; r < 3; r++) {
            pool.distribute(r, 0, 3);
            pool.refund(r, alice, alice);
            pool.refund(r, carol, carol);
        }
        pool.refund(2, bob, bob);
        pool.payBond(0);
        pool.payArbiter(0);
        pool.payArbiter(1);
        pool.payFee(1);
        pool.payFee(2);
        assertEq(balance(bob), BOND, "repaid once, lost once");
        assertEq(balance(arbiter), 2 * BOND, "arbiter");
        assertEq(balance(collector), 25_000_001 + 25_000_002, "fees"); // of 1,000,000,078 and 1,000,000,084
        assertLe(balance(address(pool)), 3 * 3 + 7, "dust");
    }
}
