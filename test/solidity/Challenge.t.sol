// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/challenge.tree
contract ChallengeTest is TestBase {
    function setUp() public override {
        super.setUp();
        give(bob, 2 * BOND);
        open();
    }

    function test_WhenAgainstAnAssessment_ItTakesTheBond() public {
        _assess();
        expectEvent();
        emit IOutcomePool.Challenged(0, bob, REASON);
        _challenge();
        assertEq(balance(bob), BOND, "bob");
        assertEq(balance(address(pool)), FUNDS + BOND, "pool");
        IOutcomePool.RoundView memory r = pool.roundInfo(0);
        assertEq(r.challenger, bob, "challenger");
        assertEq(uint256(r.phase), uint256(IOutcomePool.Phase.Challenged), "phase");
        assertEq(r.since, endOf(0), "since");
        assertEq(r.evidenceRoot, ROOT, "the assessment counts still");
        assertState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
    }

    function test_WhenInTheLastSecond_ItIsAccepted() public {
        _assess();
        vm.warp(endOf(0) + 3 days - 1);
        _challenge();
        assertState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 17 days - 1);
    }

    function test_WhenTheWindowIsOver_ItReverts() public {
        _assess();
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(endOf(0) + 3 days + i);
            _expectState(IOutcomePool.RoundState.Settled, 0);
        }
    }

    function test_WhenAgainstSilence_ItIsAcceptedFromItsFirstToItsLastSecond() public {
        fund(alice, 1, FUNDS);
        vm.warp(endOf(0) + 7 days);
        _challenge();
        assertEq(pool.roundInfo(0).evidenceRoot, 0, "none");
        vm.warp(endOf(1) + 10 days - 1);
        vm.prank(bob);
        pool.challenge(1, REASON);
        assertState(1, IOutcomePool.RoundState.Challenged, endOf(1) + 24 days - 1);
    }

    function test_WhenSilenceHasSettled_ItReverts() public {
        vm.warp(endOf(0) + 10 days);
        _expectState(IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenNothingIsThereToContest_ItReverts() public {
        _expectState(IOutcomePool.RoundState.Upcoming, startOf(0));
        vm.warp(startOf(0));
        _expectState(IOutcomePool.RoundState.Running, endOf(0));
        vm.warp(endOf(0));
        _expectState(IOutcomePool.RoundState.Assessing, endOf(0) + 7 days);
        vm.warp(endOf(0) + 7 days - 1);
        _expectState(IOutcomePool.RoundState.Assessing, endOf(0) + 7 days);
        vm.warp(endOf(1));
        expectWrongState(1, IOutcomePool.RoundState.Cancelled, 0);
        vm.prank(bob);
        pool.challenge(1, REASON);
    }

    function test_WhenChallengedBefore_ItReverts() public {
        _assess();
        _challenge();
        _expectState(IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
        rule(0, IOutcomePool.Ruling.Uphold);
        _expectState(IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenTheArbiterLetsTheTimePass_ItReverts() public {
        _assess();
        _challenge();
        vm.warp(endOf(0) + 14 days);
        _expectState(IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenThereIsNoArbiter_ItReverts() public {
        IOutcomePool.Terms memory t = defaultTerms();
        (t.arbiter, t.bond) = (address(0), 0);
        pool = make(t);
        expectRevert(abi.encodeWithSelector(IOutcomePool.NoArbiter.selector));
        vm.prank(bob);
        pool.challenge(0, REASON);
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        vm.prank(bob);
        pool.challenge(3, REASON);
    }

    function test_WhenTheBondCannotBePaid_ItReverts() public {
        _assess();
        vm.prank(bob);
        token.approve(address(pool), BOND - 1);
        expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(pool), BOND - 1, BOND)
        );
        vm.prank(bob);
        pool.challenge(0, REASON);
        assertState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
    }

    function test_WhenSeveralRoundsAreOpen_EachHasItsOwnChallenge() public {
        fund(alice, 1, FUNDS);
        vm.warp(endOf(0) + 7 days);
        _challenge();
        vm.warp(endOf(1));
        assess(1, scores(1, 2, 3));
        give(carol, BOND);
        vm.prank(carol);
        pool.challenge(1, 0);
        assertEq(pool.roundInfo(0).challenger, bob, "first");
        assertEq(pool.roundInfo(1).challenger, carol, "second");
    }

    function _assess() private {
        vm.warp(endOf(0));
        assess(0, scores(10_000, 5_000, 0));
    }

    function _challenge() private {
        vm.prank(bob);
        pool.challenge(0, REASON);
    }

    function _expectState(IOutcomePool.RoundState state, uint256 deadline) private {
        expectWrongState(0, state, deadline);
        _challenge();
    }
}
