// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/payBond.tree
contract PayBondTest is TestBase {
    bytes private vector = hex"271013880000";

    function test_WhenTheArbiterWasSilent_TheBondGoesBack() public {
        openChallenged(vector);
        vm.warp(endOf(0) + 14 days - 1);
        expectWrongState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
        pool.payBond(0);
        vm.warp(endOf(0) + 14 days);
        expectEvent();
        emit IOutcomePool.BondPaid(0, bob, BOND);
        vm.prank(stranger);
        pool.payBond(0);
        assertEq(balance(bob), BOND, "bob");
        assertTrue(pool.roundInfo(0).bondPaid, "flag");
        assertEq(pool.roundInfo(0).fee, 25e6, "the assessment stands");
        _expectNothing();
    }

    function test_WhenVoided_TheRoundRepaysTheChallenger() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Void);
        pool.payBond(0);
        pool.payArbiter(0);
        assertEq(balance(bob), BOND, "bob");
        assertEq(balance(arbiter), BOND, "arbiter");
        pool.distribute(0, 0, 3);
        pool.refund(0, alice, alice);
        // B = 950; 79,166,666 + 158,333,333 + 237,500,000 and 475,000,000.
        assertEq(balance(address(pool)), 1, "dust");
    }

    function test_WhenReplaced_TheRoundRepaysTheChallenger() public {
        openChallenged(vector);
        replace(0, scores(10_000, 10_000, 10_000));
        expectEvent();
        emit IOutcomePool.BondPaid(0, bob, BOND);
        pool.payBond(0);
        assertEq(balance(bob), BOND, "bob");
        _expectNothing();
    }

    function test_WhenTheBondIsAllThereIs_TheBudgetIsZero() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.bond = t.minimum;
        pool = make(t);
        enrol(defaultRecords());
        fund(alice, 0, t.minimum);
        vm.warp(endOf(0));
        assess(0, vector);
        challenge(0);
        replace(0, vector);
        assertEq(pool.roundInfo(0).budget, 0, "budget");
        pool.payBond(0);
        pool.payArbiter(0);
        pool.distribute(0, 0, 3);
        pool.refund(0, alice, alice);
        assertEq(balance(address(pool)), 0, "empty");
    }

    function test_WhenUpheld_TheChallengerGetsNothing() public {
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Uphold);
        _expectNothing();
        pool.payArbiter(0);
        assertEq(balance(bob), 0, "bob");
    }

    function test_WhenNobodyChallenged_ItReverts() public {
        openSettled(vector);
        _expectNothing();
    }

    function test_WhenSilenceWasChallengedAndUnruled_TheBondGoesBack() public {
        open();
        vm.warp(endOf(0) + 7 days);
        challenge(0);
        vm.warp(endOf(0) + 21 days);
        pool.payBond(0);
        assertEq(balance(bob), BOND, "bob");
        assertEq(pool.roundInfo(0).budget, FUNDS, "silence stands");
    }

    function test_WhenNotSettled_ItReverts() public {
        openChallenged(vector);
        expectWrongState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
        pool.payBond(0);
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.payBond(3);
    }

    function _expectNothing() private {
        expectRevert(abi.encodeWithSelector(IOutcomePool.NothingToPay.selector, 0));
        pool.payBond(0);
    }
}
