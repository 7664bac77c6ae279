// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/rule.tree
contract RuleTest is TestBase {
    IOutcomePool.Ruling private constant UPHOLD = IOutcomePool.Ruling.Uphold;
    IOutcomePool.Ruling private constant REPLACE = IOutcomePool.Ruling.Replace;
    IOutcomePool.Ruling private constant VOID = IOutcomePool.Ruling.Void;
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0
    bytes private other = hex"138813881388"; // 5,000 each

    function setUp() public override {
        super.setUp();
        open();
        vm.warp(endOf(0));
    }

    function test_WhenUpheld_TheAssessmentStands() public {
        _challenged();
        vm.warp(endOf(0) + 60);
        expectEvent();
        emit IOutcomePool.Ruled(0, UPHOLD, 0, "");
        rule(0, UPHOLD);
        IOutcomePool.RoundView memory r = pool.roundInfo(0);
        _check(r, IOutcomePool.Phase.Upheld, ROOT, 975e6, 25e6);
        assertEq(r.since, endOf(0) + 60, "since");
        assertEq(r.payable_, 975e6, "payable");
    }

    function test_WhenReplaced_TheOtherVectorCounts() public {
        _challenged();
        expectEvent();
        emit IOutcomePool.Ruled(0, REPLACE, OTHER_ROOT, other);
        replace(0, other);
        IOutcomePool.RoundView memory r = pool.roundInfo(0);
        _check(r, IOutcomePool.Phase.Replaced, OTHER_ROOT, 950e6, 0);
        assertEq(r.totalAward, 3_000_000, "award");
        assertEq(r.denominator, 3_000_000, "denominator");
        assertEq(pool.scores(0, 0, 1)[0].score, 5_000, "score");
        assertEq(vm.computeCreateAddress(address(pool), 3).code, bytes.concat(hex"00", OTHER_ROOT, other), "code");
    }

    function test_WhenVoided_ItCountsAsSilence() public {
        _challenged();
        expectEvent();
        emit IOutcomePool.Ruled(0, VOID, 0, "");
        rule(0, VOID);
        IOutcomePool.RoundView memory r = pool.roundInfo(0);
        _check(r, IOutcomePool.Phase.Voided, 0, 950e6, 0);
        assertEq(r.payable_, 475e6, "default rate of the budget");
        assertEq(pool.scores(0, 0, 3).length, 0, "no scores");
        assertPayout(0, 0, 79_166_666); // 950 x 100 x 5,000 / (600 x 10,000)
    }

    function test_WhenSilenceIsUpheld_ItStandsWithoutAFee() public {
        _silentChallenged();
        rule(0, UPHOLD);
        _check(pool.roundInfo(0), IOutcomePool.Phase.Upheld, 0, 1_000e6, 0);
    }

    function test_WhenSilenceIsReplaced_TheVectorCounts() public {
        _silentChallenged();
        replace(0, other);
        _check(pool.roundInfo(0), IOutcomePool.Phase.Replaced, OTHER_ROOT, 950e6, 0);
    }

    function test_WhenSilenceIsVoided_ItReverts() public {
        _silentChallenged();
        _expect(VOID, 0, "", abi.encodeWithSelector(IOutcomePool.NothingToVoid.selector, 0));
    }

    function test_WhenRuling_NoMoneyMoves() public {
        _challenged();
        vm.recordLogs();
        replace(0, other);
        assertEq(vm.getRecordedLogs().length, 1, "only the ruling");
        assertEq(balance(address(pool)), FUNDS + BOND, "pool");
    }

    function test_WhenInTheLastSecond_ItCounts() public {
        _challenged();
        vm.warp(endOf(0) + 14 days - 1);
        rule(0, VOID);
        assertState(0, IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenTheWindowIsOver_ItReverts() public {
        _challenged();
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(endOf(0) + 14 days + i);
            _expectState(IOutcomePool.RoundState.Settled, 0);
        }
    }

    function test_WhenNothingWasChallenged_ItReverts() public {
        _expectState(IOutcomePool.RoundState.Assessing, endOf(0) + 7 days);
        assess(0, vector);
        _expectState(IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
    }

    function test_WhenRuledBefore_ItReverts() public {
        _challenged();
        rule(0, UPHOLD);
        _expectState(IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenTheCallerIsNotTheArbiter_ItReverts() public {
        _challenged();
        expectRevert(abi.encodeWithSelector(IOutcomePool.Unauthorized.selector, bob, arbiter));
        vm.prank(bob);
        pool.rule(0, UPHOLD, 0, "");
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        vm.prank(arbiter);
        pool.rule(3, UPHOLD, 0, "");
    }

    function test_WhenUpheldOrVoidedWithRootOrScores_ItReverts() public {
        _challenged();
        bytes memory root = abi.encodeWithSelector(IOutcomePool.BadEvidenceRoot.selector, ROOT);
        bytes memory length = abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 6, 0);
        _expect(UPHOLD, ROOT, "", root);
        _expect(VOID, ROOT, "", root);
        _expect(UPHOLD, 0, other, length);
        _expect(VOID, 0, other, length);
    }

    function test_WhenReplacedWithoutRootOrByABadVector_ItReverts() public {
        _challenged();
        _expect(REPLACE, 0, other, abi.encodeWithSelector(IOutcomePool.BadEvidenceRoot.selector, bytes32(0)));
        _expect(REPLACE, ROOT, "", abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 0, 6));
        _expect(
            REPLACE,
            ROOT,
            scores(0, 0, 10_001),
            abi.encodeWithSelector(IOutcomePool.BadScore.selector, 2, 10_001, 0, 300)
        );
    }

    function test_WhenAnotherRoundIsRuledOn_ThisOneKeepsItsScores() public {
        fund(alice, 1, FUNDS);
        assess(0, vector);
        vm.warp(endOf(1));
        assess(1, vector);
        challenge(1);
        uint256 award = pool.roundInfo(0).totalAward;
        replace(1, other);
        assertEq(pool.roundInfo(0).totalAward, award, "award");
        assertEq(pool.roundInfo(0).evidenceRoot, ROOT, "root");
        assertEq(pool.scores(0, 0, 1)[0].score, 10_000, "score");
    }

    function _challenged() private {
        assess(0, vector);
        challenge(0);
    }

    function _silentChallenged() private {
        vm.warp(endOf(0) + 7 days);
        challenge(0);
    }

    function _check(
        IOutcomePool.RoundView memory r,
        IOutcomePool.Phase phase,
        bytes32 root,
        uint256 budget,
        uint256 fee
    ) private pure {
        assertEq(uint256(r.phase), uint256(phase), "phase");
        assertEq(uint256(r.state), uint256(IOutcomePool.RoundState.Settled), "state");
        assertEq(r.evidenceRoot, root, "root");
        assertEq(r.budget, budget, "budget");
        assertEq(r.fee, fee, "fee");
    }

    function _expect(IOutcomePool.Ruling ruling, bytes32 root, bytes memory scores_, bytes memory error_) private {
        expectRevert(error_);
        vm.prank(arbiter);
        pool.rule(0, ruling, root, scores_);
    }

    function _expectState(IOutcomePool.RoundState state, uint256 deadline) private {
        expectWrongState(0, state, deadline);
        vm.prank(arbiter);
        pool.rule(0, UPHOLD, 0, "");
    }
}
