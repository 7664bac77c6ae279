// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/views.tree
contract ViewsTest is TestBase {
    IOutcomePool.RoundState private constant UPCOMING = IOutcomePool.RoundState.Upcoming;
    IOutcomePool.RoundState private constant RUNNING = IOutcomePool.RoundState.Running;
    IOutcomePool.RoundState private constant CANCELLED = IOutcomePool.RoundState.Cancelled;
    IOutcomePool.RoundState private constant ASSESSING = IOutcomePool.RoundState.Assessing;
    IOutcomePool.RoundState private constant SILENT = IOutcomePool.RoundState.Silent;
    IOutcomePool.RoundState private constant ASSESSED = IOutcomePool.RoundState.Assessed;
    IOutcomePool.RoundState private constant CHALLENGED = IOutcomePool.RoundState.Challenged;
    IOutcomePool.RoundState private constant SETTLED = IOutcomePool.RoundState.Settled;
    bytes private vector = hex"27101388ffff"; // 10,000, 5,000, abstained

    /// @dev One second before `time`, then at it, then after it.
    function _expectChange(
        uint256 time,
        IOutcomePool.RoundState before,
        IOutcomePool.RoundState then_,
        uint256 deadline
    ) private {
        vm.warp(time - 1);
        assertState(0, before, time);
        vm.warp(time);
        assertState(0, then_, deadline);
        vm.warp(time + 1);
        assertState(0, then_, deadline);
    }

    function test_WhenNothingIsWritten_TheClockAloneMovesTheState() public {
        open();
        (uint256 start, uint256 end) = (startOf(0), endOf(0));
        assertState(0, UPCOMING, start);
        _expectChange(start, UPCOMING, RUNNING, end);
        _expectChange(end, RUNNING, ASSESSING, end + 7 days);
        _expectChange(end + 7 days, ASSESSING, SILENT, end + 10 days);
        _expectChange(end + 10 days, SILENT, SETTLED, 0);
        vm.warp(end + 10_000 days);
        assertState(0, SETTLED, 0);
    }

    function test_WhenFundsAreMissing_TheRoundIsCancelledAtItsEnd() public {
        enrol(defaultRecords());
        fund(alice, 0, 100e6 - 1);
        _expectChange(endOf(0), RUNNING, CANCELLED, 0);
        vm.warp(endOf(0) + 10_000 days);
        assertState(0, CANCELLED, 0);
    }

    function test_WhenProvidersAreMissing_TheRoundIsCancelledAtItsEnd() public {
        fund(alice, 0, FUNDS);
        _expectChange(endOf(0), RUNNING, CANCELLED, 0);
    }

    function test_WhenAssessed_ItSettlesAfterTheChallengeWindow() public {
        openAssessed(vector);
        assertState(0, ASSESSED, endOf(0) + 3 days);
        _expectChange(endOf(0) + 3 days, ASSESSED, SETTLED, 0);
    }

    function test_WhenAssessedLate_TheChallengeWindowCountsFromThen() public {
        open();
        uint256 late = endOf(0) + 7 days - 1;
        vm.warp(late);
        assess(0, vector);
        _expectChange(late + 3 days, ASSESSED, SETTLED, 0);
    }

    function test_WhenChallenged_ItSettlesAfterTheRulingWindow() public {
        openChallenged(vector);
        assertState(0, CHALLENGED, endOf(0) + 14 days);
        _expectChange(endOf(0) + 14 days, CHALLENGED, SETTLED, 0);
    }

    function test_WhenRuled_ItIsSettledAtOnce() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Uphold);
        assertState(0, SETTLED, 0);
    }

    function test_WhenUntouched_RoundInfoIsEmpty() public view {
        IOutcomePool.RoundView memory expected;
        expected.deadline = startOf(2);
        assertEq(abi.encode(pool.roundInfo(2)), abi.encode(expected), "info");
    }

    function test_WhenAssessed_RoundInfoTellsTheVectorButNoMoneyYet() public {
        openAssessed(vector);
        IOutcomePool.RoundView memory e;
        (e.state, e.deadline) = (ASSESSED, endOf(0) + 3 days);
        (e.phase, e.since, e.funded) = (IOutcomePool.Phase.Assessed, endOf(0), FUNDS);
        e.evidenceRoot = ROOT;
        e.totalAward = 3_500_000; // 100 x 10,000 + 200 x 5,000 + 300 x 5,000
        e.denominator = 5_000_000; // 1,000,000 + 1,000,000 + 300 x 10,000
        assertEq(abi.encode(pool.roundInfo(0)), abi.encode(e), "info");
        vm.warp(endOf(0) + 3 days);
        (e.state, e.deadline) = (SETTLED, 0);
        (e.budget, e.payable_, e.fee) = (975e6, 682_500_000, 25e6);
        assertEq(abi.encode(pool.roundInfo(0)), abi.encode(e), "settled");
        pool.payFee(0);
        e.feePaid = true;
        assertEq(abi.encode(pool.roundInfo(0)), abi.encode(e), "fee paid");
    }

    function test_WhenOverturned_RoundInfoTellsWhoWasPaid() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Void);
        pool.payBond(0);
        pool.payArbiter(0);
        IOutcomePool.RoundView memory e;
        (e.state, e.phase, e.since, e.funded) = (SETTLED, IOutcomePool.Phase.Voided, endOf(0), FUNDS);
        e.challenger = bob;
        (e.budget, e.payable_) = (950e6, 475e6);
        (e.bondPaid, e.arbiterPaid) = (true, true);
        assertEq(abi.encode(pool.roundInfo(0)), abi.encode(e), "info");
    }

    function test_WhenThereIsNoSuchRound_ViewsRevert() public {
        enrol(defaultRecords());
        bytes memory error_ = abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3);
        expectRevert(error_);
        pool.roundState(3);
        expectRevert(error_);
        pool.roundInfo(3);
        expectRevert(error_);
        pool.scores(3, 0, 1);
        expectRevert(error_);
        pool.payoutOf(3, 0);
        expectRevert(error_);
        pool.refundOf(3, alice);
    }

    function test_WhenProvidersAreListed_RangesCrossPieces() public {
        enrolMany(1023, 1);
        enrol(manyRecords(1023, 3, 9));
        IOutcomePool.Provider[] memory list = pool.providers(1021, 4);
        assertEq(list.length, 4, "length");
        for (uint256 i = 0; i < 4; i++) {
            assertEq(list[i].account, numbered(1021 + i), "account");
            assertEq(list[i].weight, i < 2 ? 1 : 9, "weight");
        }
        assertEq(pool.providers(0, 1026).length, 1026, "all");
        assertEq(pool.providers(1026, 0).length, 0, "none");
    }

    function test_WhenARangeExceedsTheList_ItReverts() public {
        enrol(defaultRecords());
        _expectIndex(0, 4);
        _expectIndex(4, 0);
        _expectIndex(3, 1);
        _expectIndex(type(uint256).max, 2);
    }

    function test_WhenScoresAreListed_TheyAreThoseThatCount() public {
        open();
        assertEq(pool.scores(0, 0, 3).length, 0, "none yet");
        vm.warp(endOf(0));
        assess(0, vector);
        IOutcomePool.ScoreRecord[] memory list = pool.scores(0, 1, 2);
        assertEq(list[0].score, 5_000, "second");
        assertEq(list[1].score, 65_535, "third");
        assertEq(list[1].units, 0, "no units");
        assertEq(pool.scores(0, 3, 0).length, 0, "empty");
    }

    function test_WhenMetered_ScoresComeWithUnits() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.metered = true;
        pool = make(t);
        openAssessed(abi.encodePacked(uint16(1), uint32(2), uint16(3), type(uint32).max, uint16(ABSTAINED), uint32(0)));
        IOutcomePool.ScoreRecord[] memory list = pool.scores(0, 0, 3);
        assertEq(abi.encode(list[0], list[1], list[2]), abi.encode(1, 2, 3, type(uint32).max, 65_535, 0), "records");
    }

    function test_WhenSettled_PayoutOfTellsAccountAndAmount() public {
        openSettled(vector);
        (address account, uint256 amount, bool claimed) = pool.payoutOf(0, 2);
        assertEq(account, provider(2), "account");
        assertEq(amount, 292_500_000, "975 x 1.5 / 5"); // 975,000,000 x 1,500,000 / 5,000,000
        assertFalse(claimed, "not yet");
        pool.claim(2, one(0));
        (, amount, claimed) = pool.payoutOf(0, 2);
        assertEq(amount, 292_500_000, "the same");
        assertTrue(claimed, "claimed");
    }

    function test_WhenNotSettled_PayoutOfAndRefundOfRevert() public {
        openAssessed(vector);
        expectWrongState(0, ASSESSED, endOf(0) + 3 days);
        pool.payoutOf(0, 0);
        expectWrongState(0, ASSESSED, endOf(0) + 3 days);
        pool.refundOf(0, alice);
        vm.warp(endOf(1));
        expectWrongState(1, CANCELLED, 0);
        pool.payoutOf(1, 0);
    }

    function test_WhenCancelled_RefundOfIsTheContribution() public {
        fund(alice, 0, 77);
        vm.warp(endOf(0));
        assertEq(pool.refundOf(0, alice), 77, "alice");
        assertEq(pool.refundOf(0, bob), 0, "bob");
    }

    function test_WhenSettled_RefundOfAStrangerIsZero() public {
        openSettled(vector);
        assertEq(pool.refundOf(0, bob), 0, "bob");
        assertEq(pool.refundOf(0, alice), 292_500_000, "975 - 682.5");
    }

    function test_WhenAskedForItsDomain_ItAnswers() public view {
        (, string memory name, string memory version, uint256 chain, address verifier, , ) = pool.eip712Domain();
        assertEq(bytes(name), "Guerdon", "name");
        assertEq(bytes(version), "1", "version");
        assertEq(chain, block.chainid, "chain");
        assertEq(verifier, address(pool), "pool");
    }

    function _expectIndex(uint256 from, uint256 count) private {
        bytes memory error_ = abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, from, 3);
        expectRevert(error_);
        pool.providers(from, count);
        expectRevert(error_);
        pool.scores(0, from, count);
    }
}
