// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {Signing} from "./support/Signing.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/assess.tree; signatures are in Signatures.t.sol, the arithmetic in Payout.t.sol.
contract AssessTest is TestBase {
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0

    function test_WhenSignedAndInTime_ItIsStored() public {
        open();
        vm.warp(endOf(0) + 5);
        bytes memory signature = oracleSignature(0, ROOT, vector);
        address code = vm.computeCreateAddress(address(pool), 2);
        expectEvent();
        emit IOutcomePool.Assessed(0, ROOT, vector);
        vm.prank(stranger);
        pool.assess(0, ROOT, vector, signature);
        assertEq(code.code, abi.encodePacked(hex"00", ROOT, vector), "code");
        IOutcomePool.RoundView memory r = pool.roundInfo(0);
        assertEq(uint256(r.phase), uint256(IOutcomePool.Phase.Assessed), "phase");
        assertEq(r.since, endOf(0) + 5, "since");
        assertEq(r.evidenceRoot, ROOT, "root");
        assertEq(r.totalAward, 2_000_000, "award"); // 100 x 10,000 + 200 x 5,000
        assertEq(r.denominator, 2_000_000, "denominator");
        assertState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 5 + 3 days);
    }

    function test_WhenOneSecondBeforeTheEnd_ItReverts() public {
        open();
        vm.warp(endOf(0) - 1);
        _expectState(IOutcomePool.RoundState.Running, endOf(0));
    }

    function test_WhenAtTheEndOrInTheLastSecond_ItIsAccepted() public {
        open();
        fund(alice, 1, FUNDS);
        vm.warp(endOf(0));
        assess(0, vector);
        vm.warp(endOf(1) + 7 days - 1);
        assess(1, vector);
    }

    function test_WhenTheWindowIsOver_ItReverts() public {
        open();
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(endOf(0) + 7 days + i);
            _expectState(IOutcomePool.RoundState.Silent, endOf(0) + 10 days);
        }
        vm.warp(endOf(0) + 10 days);
        _expectState(IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenBeforeTheStart_ItReverts() public {
        open();
        _expectState(IOutcomePool.RoundState.Upcoming, startOf(0));
    }

    function test_WhenFundsAreBelowTheMinimum_ItReverts() public {
        enrol(defaultRecords());
        fund(alice, 0, 100e6 - 1);
        vm.warp(endOf(0));
        _expectState(IOutcomePool.RoundState.Cancelled, 0);
    }

    function test_WhenFundsAreTheMinimum_ItIsAccepted() public {
        enrol(defaultRecords());
        fund(alice, 0, 100e6);
        vm.warp(endOf(0));
        assess(0, vector);
    }

    function test_WhenThereAreNoProviders_ItReverts() public {
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0));
        _expectState(IOutcomePool.RoundState.Cancelled, 0);
    }

    function test_WhenAssessedBefore_ItReverts() public {
        openAssessed(vector);
        _expectState(IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        challenge(0);
        _expectState(IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
        rule(0, IOutcomePool.Ruling.Void);
        _expectState(IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.assess(3, ROOT, vector, "");
    }

    function test_WhenTheEvidenceRootIsZero_ItReverts() public {
        _open();
        _expect(0, vector, abi.encodeWithSelector(IOutcomePool.BadEvidenceRoot.selector, bytes32(0)));
    }

    function test_WhenTheVectorHasTheWrongLength_ItReverts() public {
        _open();
        _expect(ROOT, "", abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 0, 6));
        _expect(ROOT, hex"0000000000", abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 5, 6));
        _expect(ROOT, new bytes(8), abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 8, 6));
    }

    function test_WhenAScoreIsNeitherInRangeNorAbstained_ItIsNamed() public {
        _open();
        _expect(ROOT, scores(10_001, 0, 0), _badScore(0, 10_001, 0, 100));
        _expect(ROOT, scores(0, 32_768, 0), _badScore(1, 32_768, 0, 200));
        _expect(ROOT, scores(ABSTAINED, 10_000, 65_534), _badScore(2, 65_534, 0, 300));
        _expect(ROOT, scores(20_000, 10_001, 65_534), _badScore(0, 20_000, 0, 100));
        assess(0, scores(10_000, ABSTAINED, 0));
    }

    /// @dev The loop takes four scores at a time: every lane, and every tail.
    function test_WhenTheBadScoreIsAnywhere_ItIsNamed() public {
        enrol(manyRecords(0, 11, 3));
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0));
        for (uint256 i = 0; i < 11; i++) {
            bytes memory bad = manyScores(11, 10_000);
            (bad[2 * i], bad[2 * i + 1]) = (0x27, 0x11);
            _expect(ROOT, bad, _badScore(i, 10_001, 0, 3));
        }
    }

    function test_WhenAPieceOfTheListEndsWithinFourScores_BadScoresAreNamedStill() public {
        enrol(manyRecords(0, 1023, 3));
        enrol(manyRecords(1023, 6, 4));
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0));
        for (uint256 i = 1019; i < 1029; i++) {
            bytes memory bad = manyScores(1029, 7);
            (bad[2 * i], bad[2 * i + 1]) = (0xff, 0xfe);
            _expect(ROOT, bad, _badScore(i, 65_534, 0, i < 1023 ? 3 : 4));
        }
    }

    function test_WhenMetered_UnitsObeyTheirRules() public {
        IOutcomePool.Terms memory t = defaultTerms();
        (t.metered, t.fullPayBar) = (true, 1);
        pool = make(t);
        _open();
        _expect(ROOT, vector, abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 6, 18));
        _expect(ROOT, _metered(100, 10_000, 201, 10_000), _badScore(1, 10_000, 201, 200));
        _expect(ROOT, _metered(0, ABSTAINED, 1, ABSTAINED), _badScore(1, ABSTAINED, 1, 200));
        _expect(ROOT, _metered(0, 10_001, 0, 0), _badScore(0, 10_001, 0, 100));
        _expect(ROOT, _metered(0, 65_534, 0, 0), _badScore(0, 65_534, 0, 100));
        assess(0, _metered(100, 10_000, 200, 1));
    }

    function test_WhenMeteredWithoutABar_UnitsAreBoundedByTheirBytesAlone() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.metered = true;
        pool = make(t);
        _open();
        _expect(ROOT, _metered(0, ABSTAINED, 1, ABSTAINED), _badScore(1, ABSTAINED, 1, 200));
        assess(0, _metered(type(uint32).max, 10_000, 201, 10_000));
    }

    function test_WhenCurved_BadScoresAreNamed() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.curve = new IOutcomePool.Knot[](1);
        pool = make(t);
        _open();
        _expect(ROOT, scores(0, 10_001, 0), _badScore(1, 10_001, 0, 200));
        _expect(ROOT, scores(ABSTAINED, 0, 65_534), _badScore(2, 65_534, 0, 300));
        assess(0, scores(10_000, ABSTAINED, 0));
    }

    function _open() private {
        open();
        vm.warp(endOf(0));
    }

    /// @dev Two providers' units and scores; the third's are 0.
    function _metered(uint32 u0, uint16 s0, uint32 u1, uint16 s1) private pure returns (bytes memory) {
        return abi.encodePacked(s0, u0, s1, u1, uint16(0), uint32(0));
    }

    function _expect(bytes32 root, bytes memory scores_, bytes memory error_) private {
        bytes memory signature = oracleSignature(0, root, scores_);
        expectRevert(error_);
        pool.assess(0, root, scores_, signature);
    }

    function _expectState(IOutcomePool.RoundState state, uint256 deadline) private {
        bytes memory signature = oracleSignature(0, ROOT, vector);
        expectWrongState(0, state, deadline);
        pool.assess(0, ROOT, vector, signature);
    }

    function _badScore(uint256 i, uint256 score, uint256 units, uint256 weight) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOutcomePool.BadScore.selector, i, score, units, weight);
    }
}
