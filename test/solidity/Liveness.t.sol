// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @notice Whoever falls silent, everybody else gets its due by a stated time.
///
/// Each of the 64 subsets of {oracle, arbiter, challenger, manager, providers, other buyers} is silent in a pool of its own:
/// - silent oracle: the default rate is due at the end of the challenge window that follows the assessment window;
/// - silent arbiter: the assessment (or silence) is due at the end of the ruling window, and the bond goes back;
/// - silent manager: the round is cancelled at its end, and all money is back then;
/// - silent providers: anyone pays them; silent other buyers: anyone sends their refunds.
/// Latest of all times: end + 7 days + 3 days + 14 days. Then the pool is drained to less than a base unit a party.
contract LivenessTest is TestBase {
    uint256 private constant ORACLE = 1;
    uint256 private constant ARBITER = 2;
    uint256 private constant CHALLENGER = 4;
    uint256 private constant MANAGER = 8;
    uint256 private constant PROVIDERS = 16;
    uint256 private constant OTHERS = 32;

    uint256 private end;

    function test_WhenAnySubsetIsSilent_AllOthersGetTheirDue() public {
        for (uint256 silent = 0; silent < 64; silent++) {
            uint256 id = vm.snapshotState();
            _run(silent);
            vm.revertToState(id);
        }
    }

    function _run(uint256 silent) private {
        if (silent & MANAGER == 0) enrol(defaultRecords());
        fund(alice, 0, 700e6 + 1);
        if (silent & OTHERS == 0) fund(carol, 0, 300e6);
        end = endOf(0);
        vm.warp(end);
        if (silent & MANAGER != 0) {
            _refundAll(silent, 700e6 + 1, 300e6);
            assertEq(balance(address(pool)), 0, "nothing is left");
            return;
        }
        uint256 due = _decide(silent);
        vm.warp(due - 1);
        // What a ruling ends is settled at once; what time ends is not, one second earlier.
        if (_ruled(silent)) assertState(0, IOutcomePool.RoundState.Settled, 0);
        else assertTrue(pool.roundInfo(0).state != IOutcomePool.RoundState.Settled, "too early");
        vm.warp(due);
        assertState(0, IOutcomePool.RoundState.Settled, 0);
        assertLe(due, end + 24 days, "latest of all times");
        _payAll(silent);
    }

    function _ruled(uint256 silent) private pure returns (bool) {
        return silent & (CHALLENGER | ARBITER) == 0;
    }

    /// @dev Lets those act who do, each in the last second it may; the time by which the round is settled.
    function _decide(uint256 silent) private returns (uint256 due) {
        due = end + 7 days;
        if (silent & ORACLE == 0) {
            due = end + 7 days - 1;
            vm.warp(due);
            assess(0, scores(10_000, 5_000, 0));
        }
        due += 3 days;
        if (silent & CHALLENGER != 0) return due;
        vm.warp(due - 1);
        challenge(0);
        due += 14 days - 1;
        if (silent & ARBITER != 0) return due;
        vm.warp(due - 1);
        if (silent & ORACLE == 0) rule(0, IOutcomePool.Ruling.Void);
        else replace(0, scores(10_000, 5_000, 0));
    }

    function _payAll(uint256 silent) private {
        IOutcomePool.RoundView memory r = pool.roundInfo(0);
        assertEq(r.fee, _ruled(silent) || silent & ORACLE != 0 ? 0 : (r.funded * 250) / 10_000, "fee");
        _payProviders(silent, r.payable_);
        _refundAll(silent, pool.refundOf(0, alice), pool.refundOf(0, carol));
        if (r.fee != 0) pool.payFee(0);
        assertEq(balance(collector), r.fee, "collector");
        if (silent & CHALLENGER == 0) {
            pool.payBond(0);
            assertEq(balance(bob), BOND, "bond or repayment");
            if (_ruled(silent)) pool.payArbiter(0);
            assertEq(balance(arbiter), _ruled(silent) ? BOND : 0, "arbiter");
        }
        assertLe(balance(address(pool)), 4, "less than 3 providers and 2 buyers");
    }

    /// @dev Providers that act claim for themselves, elsewhere; for silent ones a stranger does.
    function _payProviders(uint256 silent, uint256 payable_) private {
        uint256 sum = 0;
        for (uint256 i = 0; i < 3; i++) {
            (address account, uint256 amount, ) = pool.payoutOf(0, i);
            sum += amount;
            address to = silent & PROVIDERS == 0 ? numbered(i) : account;
            vm.prank(silent & PROVIDERS == 0 ? account : stranger);
            if (silent & PROVIDERS == 0) pool.claimTo(0 + i, one(0), to);
            else pool.claim(i, one(0));
            assertEq(balance(to), amount, "provider");
        }
        assertLe(sum, payable_, "payouts");
        assertLe(payable_, sum + 2, "within a unit each");
    }

    function _refundAll(uint256 silent, uint256 forAlice, uint256 forCarol) private {
        if (silent & OTHERS == 0) {
            vm.prank(carol);
            pool.refund(0, carol, carol);
            assertEq(balance(carol), forCarol, "carol");
        }
        vm.prank(stranger); // for a buyer that is silent
        pool.refund(0, alice, alice);
        assertEq(balance(alice), forAlice, "alice");
    }
}
