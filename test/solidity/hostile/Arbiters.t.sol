// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {ContractArbiter} from "../../../contracts/mocks/accounts/ContractArbiter.sol";
import {NotifyingToken} from "../../../contracts/mocks/tokens/NotifyingToken.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice Arbiters that refuse, burn, rule twice or never: the pool calls no arbiter, so only its own pay is at stake.
contract ArbitersTest is TestBase {
    IOutcomePool.Ruling private constant UPHOLD = IOutcomePool.Ruling.Uphold;
    IOutcomePool.Ruling private constant VOID = IOutcomePool.Ruling.Void;
    bytes private vector = hex"271013880000";
    ContractArbiter private judge;

    function _challenged(string memory artifact) private {
        useToken("NotifyingToken.sol:NotifyingToken", "");
        judge = ContractArbiter(deploy(artifact, ""));
        NotifyingToken(address(token)).setNotified(address(judge), true);
        IOutcomePool.Terms memory t = defaultTerms();
        t.arbiter = address(judge);
        pool = make(t);
        openChallenged(vector);
    }

    function test_WhenItRulesTwice_NothingOfItCounts() public {
        _challenged("ContractArbiter.sol:ContractArbiter");
        expectWrongState(0, IOutcomePool.RoundState.Settled, 0);
        judge.rule(pool, 0, VOID, 2);
        judge.rule(pool, 0, UPHOLD, 1);
        assertEq(uint256(pool.roundInfo(0).phase), uint256(IOutcomePool.Phase.Upheld), "phase");
    }

    function test_WhenItRulesOnAnotherRoundOrLate_ItReverts() public {
        _challenged("ContractArbiter.sol:ContractArbiter");
        expectWrongState(1, IOutcomePool.RoundState.Running, endOf(1));
        judge.rule(pool, 1, VOID, 1);
        vm.warp(endOf(0) + 14 days);
        expectWrongState(0, IOutcomePool.RoundState.Settled, 0);
        judge.rule(pool, 0, VOID, 1);
        pool.payBond(0);
        assertEq(balance(bob), BOND, "the bond goes back");
    }

    function test_WhenItRefusesItsPay_OnlyItsPayWaits() public {
        _challenged("ContractArbiter.sol:ContractArbiter");
        judge.rule(pool, 0, VOID, 1);
        expectRevert(abi.encodeWithSelector(ContractArbiter.Refused.selector));
        pool.payArbiter(0);
        _othersArePaid();
        assertFalse(pool.roundInfo(0).arbiterPaid, "still due");
        NotifyingToken(address(token)).setNotified(address(judge), false);
        pool.payArbiter(0);
        assertEq(balance(address(judge)), BOND, "later");
    }

    function test_WhenItBurnsGas_OnlyItsPayWaits() public {
        _challenged("GasBurner.sol:GasBurner");
        vm.prank(address(judge));
        pool.rule(0, VOID, 0, "");
        vm.expectRevert();
        pool.payArbiter{gas: 500_000}(0);
        _othersArePaid();
    }

    function test_WhenArbiterAndChallengerCollude_TheyTakeOneBondAtMost() public {
        openChallenged(vector);
        replace(0, scores(0, 0, 0));
        pool.payBond(0);
        pool.payArbiter(0);
        assertEq(balance(bob) + balance(arbiter), 2 * BOND, "the bond put in, and one bond of the round");
        pool.refund(0, alice, alice);
        assertEq(balance(alice), FUNDS - BOND, "alice loses one bond");
        assertEq(balance(address(pool)), 0, "empty");
    }

    function _othersArePaid() private {
        pool.payBond(0);
        pool.distribute(0, 0, 3);
        pool.refund(0, alice, alice);
        assertEq(balance(bob), BOND, "challenger");
        assertEq(balance(alice), 475e6, "buyer");
        assertLe(balance(address(pool)), BOND + 1, "its pay is left");
    }
}
