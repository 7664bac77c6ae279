// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Book} from "./Book.sol";

/// @title What should be
/// @notice Clock, payment rule and money of a round, written anew from the design, in the plainest way: it shares no code with the
/// contracts.
abstract contract Expected is Book {
    // ---- clock

    function _start(uint256 p, uint256 r) internal view returns (uint256) {
        return uint256(pools[p].terms.start) + r * pools[p].terms.period;
    }

    function _end(uint256 p, uint256 r) internal view returns (uint256) {
        return _start(p, r) + pools[p].terms.period;
    }

    function _enrolmentEnd(uint256 p) internal view returns (uint256) {
        return uint256(pools[p].terms.start) - pools[p].terms.notice;
    }

    function _state(uint256 p, uint256 r) internal view returns (IOutcomePool.RoundState state, uint256 deadline) {
        IOutcomePool.Terms storage t = pools[p].terms;
        RoundBook storage b = books[p][r];
        if (b.phase == IOutcomePool.Phase.Assessed || b.phase == IOutcomePool.Phase.Challenged) {
            bool challenged = b.phase == IOutcomePool.Phase.Challenged;
            deadline = b.since + (challenged ? t.rulingWindow : t.challengeWindow);
            if (time >= deadline) return (IOutcomePool.RoundState.Settled, 0);
            return (challenged ? IOutcomePool.RoundState.Challenged : IOutcomePool.RoundState.Assessed, deadline);
        }
        if (b.phase != IOutcomePool.Phase.None) return (IOutcomePool.RoundState.Settled, 0);
        uint256 end = _end(p, r);
        if (time < end - t.period) return (IOutcomePool.RoundState.Upcoming, end - t.period);
        if (time < end) return (IOutcomePool.RoundState.Running, end);
        if (b.funded < t.minimum || pools[p].enrolled == 0) return (IOutcomePool.RoundState.Cancelled, 0);
        uint256 silence = end + t.assessmentWindow;
        if (time < silence) return (IOutcomePool.RoundState.Assessing, silence);
        if (time < silence + t.challengeWindow) {
            return (IOutcomePool.RoundState.Silent, silence + t.challengeWindow);
        }
        return (IOutcomePool.RoundState.Settled, 0);
    }

    /// @dev By the state last seen, which `_checkState` compares with `_state` whenever time or a call may have changed it.
    function _is(uint256 p, uint256 r, IOutcomePool.RoundState wanted) internal view returns (bool) {
        return books[p][r].lastState == wanted;
    }

    function _isSettled(uint256 p, uint256 r) internal view returns (bool) {
        return _is(p, r, IOutcomePool.RoundState.Settled);
    }

    // ---- payment rule

    /// @dev Pay for a score: between two knots on the line, below the first and above the last flat, on a step the upper side.
    function _curve(IOutcomePool.Knot[] storage knots, uint256 score) internal view returns (uint256) {
        uint256 n = knots.length;
        if (n == 0) return score;
        IOutcomePool.Knot memory low = knots[0];
        if (score < low.x) return low.y;
        for (uint256 i = 1; i < n; i++) {
            IOutcomePool.Knot memory high = knots[i];
            if (score < high.x) {
                return low.y + ((score - low.x) * (uint256(high.y) - low.y)) / (uint256(high.x) - low.x);
            }
            low = high;
        }
        return low.y;
    }

    /// @dev What the vector says of a provider; everyone abstained where there is none.
    function _record(uint256 p, uint256 r, uint256 i) internal view returns (uint256 score, uint256 units) {
        bytes storage v = books[p][r].vector;
        if (v.length == 0) return (ABSTAINED, 0);
        if (!pools[p].terms.metered) return (_number(v, 2 * i, 2), pools[p].plan[i].weight);
        return (_number(v, 6 * i, 2), _number(v, 6 * i + 2, 4));
    }

    /// @dev e and n of a provider.
    function _award(uint256 p, uint256 r, uint256 i) internal view returns (uint256 award, uint256 counted) {
        uint256 weight = pools[p].plan[i].weight;
        (uint256 score, uint256 units) = _record(p, r, i);
        if (score == ABSTAINED) return (weight * pools[p].terms.defaultRate, weight * BPS);
        award = units * _curve(pools[p].terms.curve, score);
        counted = award;
    }

    /// @dev Payout of a provider of a closed round.
    function _payout(uint256 p, uint256 r, uint256 i) internal view returns (uint256) {
        RoundBook storage b = books[p][r];
        (uint256 award, ) = _award(p, r, i);
        return b.denominator == 0 ? 0 : (b.budget * award) / b.denominator;
    }

    /// @dev Refund of a buyer of a closed round, paid or not.
    function _refundDue(uint256 p, uint256 r, address buyer) internal view returns (uint256) {
        RoundBook storage b = books[p][r];
        if (b.funded == 0) return 0;
        return ((b.budget - b.spent) * contributed[p][r][buyer]) / b.funded;
    }

    /// @dev Σe and Σn, when the vector that counts changes.
    function _addUp(uint256 p, uint256 r) internal {
        RoundBook storage b = books[p][r];
        (uint256 awards, uint256 counted) = (0, 0);
        for (uint256 i = 0; i < pools[p].enrolled; i++) {
            (uint256 e, uint256 n) = _award(p, r, i);
            awards += e;
            counted += n;
        }
        (b.award, b.counted) = (awards, counted);
    }

    function _denominator(uint256 p, uint256 r) internal view returns (uint256) {
        uint256 bar = uint256(pools[p].terms.fullPayBar) * pools[p].totalWeight;
        return books[p][r].counted > bar ? books[p][r].counted : bar;
    }

    // ---- money

    /// @dev Works out a settled or cancelled round, once.
    function _close(uint256 p, uint256 r) internal {
        RoundBook storage b = books[p][r];
        if (b.closed) return;
        b.closed = true;
        b.budget = b.funded;
        uint256 buyers = 0;
        (IOutcomePool.RoundState state, ) = _state(p, r);
        if (state == IOutcomePool.RoundState.Settled) _closeSettled(p, r, b);
        for (uint256 i = 0; i < BUYERS; i++) {
            b.dueBuyers += _refundDue(p, r, people[i].account);
            if (contributed[p][r][people[i].account] != 0) buyers++;
        }
        uint256 money = b.funded + (b.challenger == address(0) ? 0 : pools[p].terms.bond);
        uint256 due = b.dueProviders + b.dueBuyers + b.dueOthers;
        assertLe(due, money, "invariant 3: no more is due than was put in");
        b.dust = money - due;
        if (b.dust != 0) {
            assertLe(b.dust + 1, buyers + pools[p].enrolled, "invariant 7: dust");
        }
    }

    function _closeSettled(uint256 p, uint256 r, RoundBook storage b) private {
        IOutcomePool.Terms storage t = pools[p].terms;
        if (b.vector.length == 0) _addUp(p, r);
        if (b.phase == IOutcomePool.Phase.Replaced || b.phase == IOutcomePool.Phase.Voided) {
            // The bond pays the arbiter, its amount out of the funds the challenger.
            b.budget = b.funded - t.bond;
            b.dueOthers = 2 * uint256(t.bond);
        } else {
            if (b.vector.length != 0) b.fee = (b.funded * t.feeBps) / BPS;
            b.budget = b.funded - b.fee;
            b.dueOthers = b.fee + (b.challenger == address(0) ? 0 : t.bond);
        }
        b.denominator = _denominator(p, r);
        if (b.denominator != 0) b.spent = (b.budget * b.award) / b.denominator;
        uint256 sum = 0;
        for (uint256 i = 0; i < pools[p].enrolled; i++) sum += _payout(p, r, i);
        b.dueProviders = sum;
        assertLe(sum, b.spent, "invariant 4: payouts within V");
        assertLe(b.spent, sum + pools[p].enrolled - 1, "invariant 4: V less providers below payouts");
    }

    /// @dev All that a pool still owes, and the dust of its closed rounds.
    function _owed(uint256 p) internal view returns (uint256 owed, uint256 dust) {
        for (uint256 r = 0; r < pools[p].terms.rounds; r++) {
            RoundBook storage b = books[p][r];
            if (b.closed) {
                owed += b.dueProviders + b.dueBuyers + b.dueOthers;
                dust += b.dust;
            } else {
                owed += b.funded + (b.challenger == address(0) ? 0 : pools[p].terms.bond);
                // An arbiter is paid as soon as it has ruled, and a ruling settles: nothing has left an open round.
            }
        }
    }

    function _number(bytes storage v, uint256 place, uint256 size) private view returns (uint256 number) {
        for (uint256 i = 0; i < size; i++) number = number * 256 + uint8(v[place + i]);
    }
}
