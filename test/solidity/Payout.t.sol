// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @notice The payment rule, with figures computed by hand. Weights 100, 200, 300; budget 1,000 unless there is a fee.
/// @dev trees/assess.tree, the part on arithmetic.
contract PayoutTest is TestBase {
    IOutcomePool.Terms private t;

    function _settle(IOutcomePool.Terms memory terms, bytes memory vector) private {
        pool = make(terms);
        openSettled(vector);
    }

    function _free() private view returns (IOutcomePool.Terms memory terms) {
        terms = defaultTerms();
        terms.feeBps = 0;
    }

    function _bar(uint16 theta) private view returns (IOutcomePool.Terms memory terms) {
        terms = _free();
        terms.fullPayBar = theta;
    }

    function _expect(uint256 a, uint256 b, uint256 c, uint256 refund) private {
        assertPayout(0, 0, a);
        assertPayout(0, 1, b);
        assertPayout(0, 2, c);
        assertEq(pool.refundOf(0, alice), refund, "refund");
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)) + balance(provider(1)) + balance(provider(2)), a + b + c, "all paid");
    }

    function test_WhenThetaIsZero_TheBudgetIsSplitInProportion() public {
        _settle(_free(), scores(10_000, 5_000, 2_500));
        // e = 1,000,000, 1,000,000, 750,000; D = 2,750,000.
        _expect(363_636_363, 363_636_363, 272_727_272, 0);
        assertEq(balance(address(pool)), 2, "dust");
    }

    function test_WhenThetaIsZeroAndNobodyScores_NothingIsPaid() public {
        _settle(_free(), scores(0, 0, 0));
        assertEq(pool.roundInfo(0).denominator, 0, "denominator");
        _expect(0, 0, 0, 1_000e6);
    }

    function test_WhenThetaIsZeroAndOneBasisPointIsEarned_ThatTakesAll() public {
        _settle(_free(), scores(0, 1, 0));
        _expect(0, 1_000e6, 0, 0);
    }

    function test_WhenThetaIsOne_PayIsAbsolute() public {
        _settle(_bar(10_000), scores(10_000, 5_000, 2_500));
        // D = 600 x 10,000; V = floor(1,000 x 2.75 / 6) = 458.333333.
        _expect(166_666_666, 166_666_666, 125_000_000, 541_666_667);
    }

    function test_WhenThetaIsOneAndAllScoreFull_AllIsPaid() public {
        _settle(_bar(10_000), scores(10_000, 10_000, 10_000));
        _expect(166_666_666, 333_333_333, 500_000_000, 0);
    }

    function test_WhenGoodnessIsBelowTheBar_TheBarDivides() public {
        _settle(_bar(5_000), scores(10_000, 5_000, 2_500));
        // D = max(2,750,000, 0.5 x 6,000,000 = 3,000,000); V = floor(1,000 x 2.75 / 3) = 916.666666.
        _expect(333_333_333, 333_333_333, 250_000_000, 83_333_334);
    }

    function test_WhenGoodnessReachesTheBar_AllIsReleased() public {
        _settle(_bar(4_583), scores(10_000, 5_000, 2_500)); // bar 2,749,800 of 2,750,000
        _expect(363_636_363, 363_636_363, 272_727_272, 0);
    }

    function test_WhenGoodnessMissesTheBarByALittle_ALittleComesBack() public {
        _settle(_bar(4_584), scores(10_000, 5_000, 2_500)); // bar 2,750,400
        // V = floor(1,000,000,000 x 2,750,000 / 2,750,400) = 999,854,566.
        _expect(363_583_478, 363_583_478, 272_687_609, 145_434);
    }

    function test_WhenOneAbstains_ItIsPaidTheDefaultRateOfItsWeight() public {
        _settle(_free(), scores(10_000, 5_000, ABSTAINED));
        // e = 1, 1, 1.5 million; n = 1, 1, 3 million.
        _expect(200_000_000, 200_000_000, 300_000_000, 300_000_000);
    }

    function test_WhenAllAbstain_ItIsLikeSilenceWhateverTheta() public {
        uint16[3] memory bars = [uint16(0), 5_000, 10_000];
        for (uint256 i = 0; i < 3; i++) {
            vm.warp(GENESIS);
            _settle(_bar(bars[i]), scores(ABSTAINED, ABSTAINED, ABSTAINED));
            assertPayout(0, 0, 83_333_333);
            assertPayout(0, 1, 166_666_666);
            assertPayout(0, 2, 250_000_000);
            assertEq(pool.refundOf(0, alice), 500_000_000, "refund");
        }
    }

    function test_WhenSilent_ThetaChangesNothing() public {
        pool = make(_bar(10_000));
        open();
        vm.warp(endOf(0) + 10 days);
        _expect(83_333_333, 166_666_666, 250_000_000, 500_000_000);
    }

    function test_WhenTheDefaultRateIsAtItsEnds_SilencePaysAllOrNothing() public {
        IOutcomePool.Terms memory terms = _free();
        terms.defaultRate = 0;
        pool = make(terms);
        open();
        vm.warp(endOf(0) + 10 days);
        _expect(0, 0, 0, 1_000e6);
        vm.warp(GENESIS);
        terms.defaultRate = 10_000;
        pool = make(terms);
        open();
        vm.warp(endOf(0) + 10 days);
        assertPayout(0, 0, 166_666_666);
        assertPayout(0, 1, 333_333_333);
        assertPayout(0, 2, 500_000_000);
        assertEq(pool.refundOf(0, alice), 0, "refund");
    }

    function test_WhenMetered_UnitsWeigh() public {
        IOutcomePool.Terms memory terms = _free();
        terms.metered = true;
        _settle(terms, _metered(7, 10_000, 2, 5_000, 0, 10_000));
        // e = 70,000, 10,000, 0.
        _expect(875_000_000, 125_000_000, 0, 0);
    }

    function test_WhenMeteredAndOneAbstains_ItsWeightCountsNotItsUnits() public {
        IOutcomePool.Terms memory terms = _free();
        terms.metered = true;
        _settle(terms, _metered(100, 10_000, 0, ABSTAINED, 0, 0));
        // e = 1,000,000, 200 x 5,000, 0; n = 1,000,000, 2,000,000, 0.
        _expect(333_333_333, 333_333_333, 0, 333_333_334);
    }

    function test_WhenMeteredWithThetaOne_ContractedUnitsArePaid() public {
        IOutcomePool.Terms memory terms = _bar(10_000);
        terms.metered = true;
        _settle(terms, _metered(50, 10_000, 200, 9_000, 300, 0));
        // 500,000 and 1,800,000 of 6,000,000.
        _expect(83_333_333, 300_000_000, 0, 616_666_667);
    }

    function test_WhenMeteredUnitsAreLargest_NothingOverflows() public {
        IOutcomePool.Terms memory terms = _free();
        terms.metered = true;
        _settle(terms, _metered(type(uint32).max, 10_000, type(uint32).max, 10_000, 1, 10_000));
        _expect(499_999_999, 499_999_999, 0, 0); // the last one is owed 0.116 base units
    }

    function _metered(
        uint32 u0,
        uint16 s0,
        uint32 u1,
        uint16 s1,
        uint32 u2,
        uint16 s2
    ) private pure returns (bytes memory) {
        return abi.encodePacked(s0, u0, s1, u1, s2, u2);
    }

    function _curved(uint16 theta) private view returns (IOutcomePool.Terms memory terms) {
        terms = _bar(theta);
        terms.curve = new IOutcomePool.Knot[](3);
        terms.curve[0] = IOutcomePool.Knot(5_000, 0);
        terms.curve[1] = IOutcomePool.Knot(8_000, 7_000);
        terms.curve[2] = IOutcomePool.Knot(8_000, 10_000);
    }

    function test_WhenCurved_ScoresAreTurnedIntoPay() public {
        _settle(_curved(10_000), scores(7_999, 6_000, 8_000));
        // 7,999: floor(2,999 x 7,000 / 3,000) = 6,997; 6,000: floor(1,000 x 7,000 / 3,000) = 2,333; 8,000: the step, 10,000.
        // e = 699,700, 466,600, 3,000,000 of 6,000,000; V = floor(694.38333...).
        _expect(116_616_666, 77_766_666, 500_000_000, 305_616_667);
    }

    function test_WhenCurvedAndOneAbstains_TheDefaultRateIsNotCurved() public {
        _settle(_curved(0), scores(4_999, ABSTAINED, 10_000));
        // e = 0, 1,000,000, 3,000,000; n = 0, 2,000,000, 3,000,000.
        _expect(0, 200_000_000, 600_000_000, 200_000_000);
    }

    function test_WhenCurvedAndMetered_BothApply() public {
        IOutcomePool.Terms memory terms = _curved(0);
        terms.metered = true;
        _settle(terms, _metered(10, 8_000, 3, 6_000, 9, 5_000));
        // e = 100,000, 6,999, 0; D = 106,999.
        _expect(934_588_173, 65_411_826, 0, 0);
    }

    function test_WhenThereIsAFee_ItComesOffBeforeScoresMatter() public {
        _settle(defaultTerms(), scores(1, 1, 1));
        assertPayout(0, 2, 487_500_000);
        assertEq(pool.roundInfo(0).fee, 25e6, "fee");
    }

    function test_WhenTheFeeIsLargest_ATenthIsTaken() public {
        IOutcomePool.Terms memory terms = defaultTerms();
        terms.feeBps = 1_000;
        _settle(terms, scores(0, 0, 10_000));
        assertPayout(0, 2, 900e6);
    }

    function test_WhenFundsAndWeightsAreLargest_NothingOverflows() public {
        IOutcomePool.Terms memory terms = _bar(10_000);
        pool = make(terms);
        enrol(manyRecords(0, 1023, type(uint32).max));
        fund(alice, 0, type(uint128).max);
        vm.warp(endOf(0));
        assess(0, manyScores(1023, 10_000));
        vm.warp(endOf(0) + 3 days);
        assertPayout(0, 1022, uint256(type(uint128).max) / 1023);
        assertEq(pool.roundInfo(0).payable_, type(uint128).max, "all");
        assertEq(pool.refundOf(0, alice), 0, "refund");
    }

    function test_WhenBuyersSplitTheirMoney_EachPartLosesLessThanOneUnit() public {
        IOutcomePool.Terms memory terms = _bar(10_000);
        pool = make(terms);
        enrol(defaultRecords());
        fund(alice, 0, 100_000_001);
        for (uint256 i = 0; i < 7; i++) fund(numbered(i), 0, 14_285_714 + i);
        vm.warp(endOf(0));
        assess(0, scores(3_333, 6_667, 1));
        vm.warp(endOf(0) + 3 days);
        pool.distribute(0, 0, 3);
        pool.refund(0, alice, alice);
        for (uint256 i = 0; i < 7; i++) pool.refund(0, numbered(i), numbered(i));
        assertLe(balance(address(pool)), 10, "dust below 3 providers and 8 buyers");
    }
}
