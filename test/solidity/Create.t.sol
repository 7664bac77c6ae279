// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {IOutcomePoolFactory} from "../../contracts/interfaces/IOutcomePoolFactory.sol";
import {OutcomePoolFactory} from "../../contracts/OutcomePoolFactory.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/create.tree
contract CreateTest is TestBase {
    IOutcomePool.Terms private t;

    function setUp() public override {
        super.setUp();
        _load(defaultTerms());
        t.specHash = keccak256("another spec");
    }

    function test_WhenTermsAreNew_ItMakesThePoolAtItsPredictedAddress() public {
        address predicted = factory.predict(t);
        assertFalse(factory.isPool(predicted), "too early");
        vm.expectEmit(true, true, true, true, address(factory));
        emit IOutcomePoolFactory.PoolCreated(predicted, manager, address(token), _packed());
        assertEq(factory.create(t), predicted, "address");
        assertTrue(factory.isPool(predicted), "is pool");
        assertEq(Clones.fetchCloneArgs(predicted), _packed(), "code");
        assertEq(abi.encode(IOutcomePool(predicted).terms()), abi.encode(t), "terms");
    }

    function test_WhenAllTermsAreSet_TheyReadBack() public {
        t.curve.push(IOutcomePool.Knot(1, 2));
        t.curve.push(IOutcomePool.Knot(3, 4));
        t.metered = true;
        t.fullPayBar = 9_999;
        t.specURI = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/a/long/path/with/96/bytes/...";
        assertLe(bytes(t.specURI).length, 96, "uri");
        assertEq(abi.encode(make(t).terms()), abi.encode(t), "terms");
    }

    function test_WhenThePoolExists_ItIsReturnedWithoutAnEvent() public {
        address first = factory.create(t);
        vm.warp(t.start + 1);
        vm.recordLogs();
        assertEq(factory.create(t), first, "same");
        assertEq(vm.getRecordedLogs().length, 0, "no event");
    }

    function test_WhenAnyTermDiffers_SoDoesTheAddress() public {
        address first = factory.predict(t);
        t.defaultRate += 1;
        address second = factory.predict(t);
        t.specURI = "ipfs://spec2";
        address third = factory.predict(t);
        assertTrue(first != second && second != third && first != third, "addresses");
    }

    function test_WhenTheTokenHasNoCode_ItReverts() public {
        t.token = stranger;
        _expectNoAccount("token", stranger);
    }

    function test_WhenAPartyIsMissing_ItReverts() public {
        t.oracle = address(0);
        _expectNoAccount("oracle", address(0));
        t.oracle = address(quorum);
        t.manager = address(0);
        _expectNoAccount("manager", address(0));
        t.manager = manager;
        t.feeRecipient = address(0);
        _expectNoAccount("feeRecipient", address(0));
        t.feeBps = 0;
        factory.create(t);
    }

    function test_WhenTheUriIsTooLong_ItReverts() public {
        t.specURI = string(new bytes(97));
        _expectRange("specURI", 97, 0, 96);
        t.specURI = string(new bytes(96));
        factory.create(t);
        t.specURI = "";
        factory.create(t);
    }

    function test_WhenTheSpecHashIsZero_ItReverts() public {
        t.specHash = 0;
        _expectRange("specHash", 0, 1, type(uint256).max);
    }

    function test_WhenNoticeIsOutOfRange_ItReverts() public {
        t.notice = 1 hours - 1;
        _expectRange("notice", t.notice, 1 hours, 30 days);
        t.notice = 30 days + 1;
        _expectRange("notice", t.notice, 1 hours, 30 days);
        t.notice = 1 hours;
        factory.create(t);
        t.notice = 30 days;
        t.start = uint40(GENESIS + 30 days);
        factory.create(t);
    }

    function test_WhenTheStartIsNearerThanTheNotice_ItReverts() public {
        t.start = uint40(GENESIS + 1 days - 1);
        _expectRange("start", t.start, GENESIS + 1 days, type(uint40).max);
        t.start = uint40(GENESIS + 1 days);
        factory.create(t);
        t.start = type(uint40).max;
        factory.create(t);
    }

    function test_WhenThePeriodIsOutOfRange_ItReverts() public {
        t.period = 59;
        _expectRange("period", 59, 60, 365 days);
        t.period = 365 days + 1;
        _expectRange("period", t.period, 60, 365 days);
        t.period = 60;
        factory.create(t);
        t.period = 365 days;
        factory.create(t);
    }

    function test_WhenTheNumberOfRoundsIsOutOfRange_ItReverts() public {
        t.rounds = 0;
        _expectRange("rounds", 0, 1, 520);
        t.rounds = 521;
        _expectRange("rounds", 521, 1, 520);
        t.rounds = 1;
        factory.create(t);
        t.rounds = 520;
        factory.create(t);
    }

    function test_WhenAWindowIsOutOfRange_ItReverts() public {
        t.assessmentWindow = 1 hours - 1;
        _expectRange("assessmentWindow", t.assessmentWindow, 1 hours, 90 days);
        t.assessmentWindow = 90 days + 1;
        _expectRange("assessmentWindow", t.assessmentWindow, 1 hours, 90 days);
        t.assessmentWindow = 90 days;
        t.challengeWindow = 1 hours - 1;
        _expectRange("challengeWindow", t.challengeWindow, 1 hours, 30 days);
        t.challengeWindow = 30 days + 1;
        _expectRange("challengeWindow", t.challengeWindow, 1 hours, 30 days);
        t.challengeWindow = 30 days;
        t.rulingWindow = 1 days - 1;
        _expectRange("rulingWindow", t.rulingWindow, 1 days, 90 days);
        t.rulingWindow = 90 days + 1;
        _expectRange("rulingWindow", t.rulingWindow, 1 days, 90 days);
        t.rulingWindow = 90 days;
        factory.create(t);
        (t.assessmentWindow, t.challengeWindow, t.rulingWindow) = (1 hours, 1 hours, 1 days);
        factory.create(t);
    }

    function test_WhenTheMinimumIsZero_ItReverts() public {
        t.minimum = 0;
        _expectRange("minimum", 0, 1, type(uint128).max);
        t.minimum = type(uint128).max;
        factory.create(t);
    }

    function test_WhenTheBondIsOutOfRange_ItReverts() public {
        t.bond = 0;
        _expectRange("bond", 0, 1, t.minimum);
        t.bond = t.minimum + 1;
        _expectRange("bond", t.bond, 1, t.minimum);
        t.bond = t.minimum;
        factory.create(t);
        t.bond = 1;
        factory.create(t);
    }

    function test_WhenThereIsNoArbiterButABond_ItReverts() public {
        t.arbiter = address(0);
        _expectRange("bond", BOND, 0, 0);
        t.bond = 0;
        factory.create(t);
    }

    function test_WhenARateIsTooHigh_ItReverts() public {
        t.feeBps = 1_001;
        _expectRange("feeBps", 1_001, 0, 1_000);
        t.feeBps = 1_000;
        t.fullPayBar = 10_001;
        _expectRange("fullPayBar", 10_001, 0, 10_000);
        t.fullPayBar = 10_000;
        t.defaultRate = 10_001;
        _expectRange("defaultRate", 10_001, 0, 10_000);
        t.defaultRate = 10_000;
        factory.create(t);
    }

    function test_WhenThereAreMoreThanEightKnots_BothCreateAndPredictRevert() public {
        for (uint16 i = 0; i < 8; i++) t.curve.push(IOutcomePool.Knot(10_000, 10_000));
        factory.create(t);
        t.curve.push(IOutcomePool.Knot(10_000, 10_000));
        _expectRange("curve", 9, 0, 8);
        expectRevert(abi.encodeWithSelector(IOutcomePoolFactory.TermOutOfRange.selector, "curve", 9, 0, 8));
        factory.predict(t);
    }

    function test_WhenAKnotFallsOrIsTooHigh_ItReverts() public {
        t.curve.push(IOutcomePool.Knot(5_000, 4_000));
        t.curve.push(IOutcomePool.Knot(4_999, 4_000));
        _expectBadKnot(1);
        t.curve[1] = IOutcomePool.Knot(5_000, 3_999);
        _expectBadKnot(1);
        t.curve[1] = IOutcomePool.Knot(10_001, 4_000);
        _expectBadKnot(1);
        t.curve[1] = IOutcomePool.Knot(5_000, 10_001);
        _expectBadKnot(1);
        t.curve[1] = IOutcomePool.Knot(5_000, 4_000);
        factory.create(t);
        t.curve[0] = IOutcomePool.Knot(0, 10_001);
        _expectBadKnot(0);
    }

    function test_WhenTheAddressIsNoPoolOfThisFactory_IsPoolSaysSo() public {
        assertTrue(factory.isPool(address(pool)), "pool");
        assertFalse(factory.isPool(stranger), "account");
        assertFalse(factory.isPool(address(0)), "zero");
        assertFalse(factory.isPool(address(token)), "token");
        // Without the optimizer (branch coverage) it is longer than any contract on a chain, and so than any clone.
        address implementation = factory.implementation();
        if (implementation.code.length <= 24_576) assertFalse(factory.isPool(implementation), "implementation");
        OutcomePoolFactory other = OutcomePoolFactory(deploy("OutcomePoolFactory.sol:OutcomePoolFactory", ""));
        assertFalse(factory.isPool(other.create(t)), "pool of another factory");
        assertFalse(factory.isPool(_clone(new bytes(230))), "terms too short");
        assertFalse(factory.isPool(_clone(_packed())), "right code, wrong place");
    }

    function _clone(bytes memory args) private returns (address) {
        return Clones.cloneWithImmutableArgs(factory.implementation(), args);
    }

    function _expectRange(string memory term, uint256 value, uint256 min, uint256 max) private {
        expectRevert(abi.encodeWithSelector(IOutcomePoolFactory.TermOutOfRange.selector, term, value, min, max));
        factory.create(t);
    }

    function _expectNoAccount(string memory term, address account) private {
        expectRevert(abi.encodeWithSelector(IOutcomePoolFactory.TermNotAnAccount.selector, term, account));
        factory.create(t);
    }

    function _expectBadKnot(uint256 index) private {
        IOutcomePool.Knot memory k = t.curve[index];
        expectRevert(abi.encodeWithSelector(IOutcomePoolFactory.BadKnot.selector, index, k.x, k.y));
        factory.create(t);
    }

    /// @dev The layout that `PoolTermsLib` documents, stated anew; no curve.
    function _packed() private view returns (bytes memory) {
        bytes memory parties = abi.encodePacked(token, quorum, arbiter, manager, collector, t.specHash);
        bytes memory clock = abi.encodePacked(
            t.start,
            t.period,
            t.rounds,
            t.notice,
            t.assessmentWindow,
            t.challengeWindow,
            t.rulingWindow
        );
        bytes memory money = abi.encodePacked(t.bond, t.minimum, t.feeBps, false, t.fullPayBar, t.defaultRate);
        return abi.encodePacked(parties, clock, money, uint8(0), uint256(0), t.specURI);
    }

    function _load(IOutcomePool.Terms memory m) private {
        (t.token, t.oracle, t.arbiter, t.manager) = (m.token, m.oracle, m.arbiter, m.manager);
        (t.feeRecipient, t.start, t.period, t.rounds) = (m.feeRecipient, m.start, m.period, m.rounds);
        (t.notice, t.assessmentWindow, t.challengeWindow) = (m.notice, m.assessmentWindow, m.challengeWindow);
        (t.rulingWindow, t.bond, t.minimum, t.feeBps) = (m.rulingWindow, m.bond, m.minimum, m.feeBps);
        (t.defaultRate, t.specURI) = (m.defaultRate, m.specURI);
    }
}
