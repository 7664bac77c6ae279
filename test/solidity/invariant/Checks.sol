// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Expected} from "./Expected.sol";

/// @title The invariants
/// @notice Each compares a pool with the books. Numbers are those of the README beside this file.
abstract contract Checks is Expected {
    /// @dev From a state (row) to those that time alone may lead to, as bits.
    uint8[8] private _byTime = [0x9e, 0x9c, 0x00, 0x90, 0x80, 0x80, 0x80, 0x00];
    /// @dev From a state (row) to those that one call may lead to.
    uint8[8] private _byCall = [0x00, 0x00, 0x00, 0x20, 0x40, 0x40, 0x80, 0x00];

    /// @dev After a call on a pool: the round it touched, money, and a sample of everything else.
    function _check(uint256 p, uint256 r) internal {
        if (r < pools[p].terms.rounds) {
            _checkState(p, r, false);
            _checkRound(p, r);
        }
        _checkSolvency(p);
        // Whatever was not touched is as it was, in this pool and in the others, in any order of calls.
        uint256 q = first + _below(pools.length - first);
        uint256 s = _below(pools[q].terms.rounds);
        _checkState(q, s, false);
        if (_chance(1, 2)) _checkRound(q, s);
        if (pools[q].enrolled != 0) _checkPayout(q, s, _below(pools[q].enrolled));
        _checkBuyer(q, s, _buyer().account);
    }

    /// @dev 11, and 15 to 18 as far as they are about states: along the declared graph, by the clock, and final where it is.
    function _checkState(uint256 p, uint256 r, bool warped) internal {
        (IOutcomePool.RoundState state, uint256 deadline) = pools[p].escrow.roundState(uint32(r));
        (IOutcomePool.RoundState expected, uint256 until) = _state(p, r);
        assertEq(uint256(state), uint256(expected), "invariant 11: state");
        assertEq(deadline, until, "invariant 11: deadline");
        IOutcomePool.RoundState last = books[p][r].lastState;
        if (state != last) {
            uint256 ways = warped ? _byTime[uint256(last)] : _byCall[uint256(last)];
            assertTrue((ways >> uint256(state)) & 1 == 1, "invariant 11: undeclared change of state");
            books[p][r].lastState = state;
        }
        if (state == IOutcomePool.RoundState.Settled || state == IOutcomePool.RoundState.Cancelled) _close(p, r);
    }

    /// @dev 2, 3, 12, 17: everything the pool says of a round.
    function _checkRound(uint256 p, uint256 r) internal view {
        IOutcomePool.RoundView memory v = pools[p].escrow.roundInfo(uint32(r));
        RoundBook storage b = books[p][r];
        assertEq(v.funded, b.funded, "invariant 2: funds");
        assertEq(uint256(v.phase), uint256(b.phase), "invariant 11: phase");
        assertEq(v.since, b.since, "invariant 11: since");
        assertEq(v.evidenceRoot, b.root, "invariant 12: evidence root");
        assertEq(v.challenger, b.challenger, "invariant 17: challenger");
        assertTrue(v.feePaid == b.feePaid, "invariant 5: fee paid");
        assertTrue(v.bondPaid == b.bondPaid, "invariant 17: bond paid");
        assertTrue(v.arbiterPaid == b.arbiterPaid, "invariant 17: arbiter paid");
        bool judged = b.vector.length != 0;
        assertEq(v.totalAward, judged ? b.award : 0, "invariant 12: sum of awards");
        assertEq(v.denominator, judged ? _denominator(p, r) : 0, "invariant 12: denominator");
        if (v.state != IOutcomePool.RoundState.Settled) return;
        assertEq(v.budget, b.budget, "invariant 3: budget");
        assertEq(v.fee, b.fee, "invariant 3: fee");
        assertEq(v.payable_, b.spent, "invariant 4: V");
        // What goes to providers, fee and repayment comes out of the funds, the arbiter's bond out of the bond.
        uint256 bond = b.challenger == address(0) ? 0 : pools[p].terms.bond;
        bool overturned = b.phase == IOutcomePool.Phase.Replaced || b.phase == IOutcomePool.Phase.Voided;
        assertLe(v.payable_ + v.fee + (overturned ? bond : 0), v.funded, "invariant 3: money of a round");
    }

    /// @dev 1, 6: the pool holds exactly what it owes, the dust and what was given to it.
    function _checkSolvency(uint256 p) internal view {
        uint256 balance = token.balanceOf(_pool(p));
        (uint256 owed, uint256 dust) = _owed(p);
        assertLe(owed, balance, "invariant 1: solvency");
        assertEq(balance, owed + dust + pools[p].donated, "invariant 1: balance");
        assertEq(balance, held[_pool(p)], "invariant 10: balance moved by another's doing");
    }

    /// @dev 4, 5, 9, 19: a provider's payout, and whether it has been paid.
    function _checkPayout(uint256 p, uint256 r, uint256 i) internal view {
        if (!books[p][r].closed || !_isSettled(p, r)) return;
        (address account, uint256 amount, bool claimed) = pools[p].escrow.payoutOf(uint32(r), i);
        assertEq(account, pools[p].plan[i].account, "invariant 20: who is paid");
        assertEq(amount, _payout(p, r, i), "invariant 19: payout");
        assertTrue(claimed == paid[p][r][i], "invariant 5: paid exactly when flagged");
    }

    /// @dev 2, 6, 19: a buyer's contribution and refund.
    function _checkBuyer(uint256 p, uint256 r, address buyer) internal view {
        bool done = refunded[p][r][buyer];
        uint256 contribution = done ? 0 : contributed[p][r][buyer];
        assertEq(pools[p].escrow.contributionOf(uint32(r), buyer), contribution, "invariant 2: contribution");
        if (!books[p][r].closed) return;
        uint256 due = done ? 0 : _refundDue(p, r, buyer);
        assertEq(pools[p].escrow.refundOf(uint32(r), buyer), due, "invariant 6: refund");
    }

    /// @dev 12, 13: the vector that counts is, byte for byte, the one that was accepted.
    function _checkVector(uint256 p, uint256 r, uint256 from, uint256 count) internal view {
        IOutcomePool.ScoreRecord[] memory list = pools[p].escrow.scores(uint32(r), from, count);
        if (books[p][r].vector.length == 0) {
            assertEq(list.length, 0, "invariant 12: a vector where none counts");
            return;
        }
        assertEq(list.length, count, "invariant 12: length of the vector");
        for (uint256 i = 0; i < count; i++) {
            (uint256 score, uint256 units) = _record(p, r, from + i);
            assertEq(list[i].score, score, "invariant 12: score");
            assertEq(list[i].units, pools[p].terms.metered ? units : 0, "invariant 12: units");
        }
    }

    /// @dev All rounds after the clock moved.
    function _checkStates(bool warped) internal {
        for (uint256 p = first; p < pools.length; p++) {
            for (uint256 r = 0; r < pools[p].terms.rounds; r++) _checkState(p, r, warped);
        }
    }

    /// @dev Everything of a pool; providers from a random one on, as many as `limit`.
    function _checkPool(uint256 p, uint256 limit) internal {
        PoolBook storage k = pools[p];
        (uint256 count, uint256 weight) = k.escrow.enrolment();
        assertEq(count, k.enrolled, "invariant 10: number of providers");
        assertEq(weight, k.totalWeight, "invariant 10: sum of weights");
        _checkSolvency(p);
        uint256 n = k.enrolled < limit ? k.enrolled : limit;
        uint256 from = k.enrolled == n ? 0 : _below(k.enrolled - n);
        IOutcomePool.Provider[] memory list = k.escrow.providers(from, n);
        for (uint256 i = 0; i < n; i++) {
            assertEq(list[i].account, k.plan[from + i].account, "invariant 10: provider");
            assertEq(list[i].weight, k.plan[from + i].weight, "invariant 10: weight");
        }
        for (uint256 r = 0; r < k.terms.rounds; r++) {
            _checkState(p, r, false);
            _checkRound(p, r);
            for (uint256 i = 0; i < BUYERS; i++) _checkBuyer(p, r, people[i].account);
            for (uint256 i = 0; i < n; i++) _checkPayout(p, r, from + i);
            _checkVector(p, r, from, n);
        }
    }
}
