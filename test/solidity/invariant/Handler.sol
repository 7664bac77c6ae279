// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {vm} from "../support/Vm.sol";
import {Action} from "./Book.sol";
import {OtherActions} from "./OtherActions.sol";

/// @title One campaign: seasons, steps, and a drain at the end of each season
/// @notice Everything follows from the seeds. A step makes exactly one call, of which the books foretell the end.
contract Handler is OtherActions {
    /// @dev How often each action is drawn, in the order of `Action`.
    bytes private constant ODDS = hex"0302020202030604020202060505030404040303030101";
    uint256 private constant FULL_CHECK_EVERY = 100;

    error NotDrained(address pool, bytes data, bytes4 expected, bytes result);

    uint256 private _steps;
    uint256 private _sumOfOdds;
    /// @dev Moves of the clock since the season's last deadline.
    uint256 private _idle;
    /// @dev What to try next where `urged`.
    Action private _urge;

    constructor() {
        _populate();
        for (uint256 i = 0; i < ACTIONS; i++) _sumOfOdds += uint8(ODDS[i]);
    }

    /// @notice Begins a season.
    function open(uint256 seed, uint256 many) external {
        _idle = 0;
        _openSeason(seed, many);
    }

    /// @notice One call, perhaps after the clock moved.
    function step() external {
        if (!urged && _chance(2, 7)) _warp();
        _steps++;
        bool done = false;
        if (urged) {
            done = _try(_urge);
            urged = false;
        }
        while (!done) done = _try(_drawAction());
        if (_steps % FULL_CHECK_EVERY == 0) _checkPool(first + _below(pools.length - first), 16);
    }

    /// @notice Pays out all of one pool of the season: everyone gets its due, and what is left is dust and gifts.
    function drain(uint256 which) external {
        uint256 p = first + which;
        if (which == 0) _finishSeason();
        for (uint256 r = 0; r < pools[p].terms.rounds; r++) {
            if (_isSettled(p, r)) _drainSettled(p, r);
            for (uint256 i = 0; i < BUYERS; i++) _drainRefund(p, r, people[i].account);
        }
        _checkDrained(p);
    }

    /// @notice Whether the season's last deadline is long past.
    function over() external view returns (bool) {
        return _idle >= 12;
    }

    /// @notice Number of pools a season has.
    function size() external view returns (uint256) {
        return pools.length - first;
    }

    // ---- clock

    /// @dev Moves to just before, at or just after the next deadline of all, or now and then of one pool.
    function _warp() private {
        uint256 from = first;
        uint256 to = pools.length;
        if (_chance(1, 12)) {
            from += _below(to - from);
            to = from + 1;
        }
        (uint256 next, uint256 p, uint256 r, uint256 kind) = (type(uint256).max, 0, 0, 0);
        for (uint256 q = from; q < to; q++) {
            for (uint256 s = 0; s < pools[q].terms.rounds; s++) {
                for (uint256 k = 0; k < 6; k++) {
                    uint256 place = _deadline(q, s, k);
                    // A deadline is left behind once the second after it has been seen or passed.
                    if (place + 1 > time && place < next && place != 0) (next, p, r, kind) = (place, q, s, k);
                }
            }
        }
        if (next == type(uint256).max) {
            time += 1 + _below(1 hours);
            _idle++;
        } else {
            if (kind == 0 && pools[p].enrolled == 0 && _chance(7, 8)) {
                // Most pools are enrolled in time.
                (hotPool, hotRound, _urge, urged) = (p, r, Action.Enrol, true);
                return;
            }
            uint256 target = next - 1 + _below(3);
            if (target <= time) target = next > time ? next : next + 1;
            time = target;
            (hotPool, hotRound) = (p, r);
            urged = _chance(1, 2);
            if (urged) _urge = _actionAt(kind);
        }
        vm.warp(time);
        warps++;
        _checkStates(true);
    }

    /// @dev The times that decide something; 0 where there is none.
    function _deadline(uint256 p, uint256 r, uint256 kind) private view returns (uint256) {
        IOutcomePool.Terms storage t = pools[p].terms;
        RoundBook storage b = books[p][r];
        if (kind == 0) return r == 0 ? _enrolmentEnd(p) : 0;
        if (kind == 1) return _start(p, r);
        if (kind == 2) return _end(p, r);
        if (b.phase == IOutcomePool.Phase.None) {
            if (kind == 3) return _end(p, r) + t.assessmentWindow;
            if (kind == 4) return _end(p, r) + t.assessmentWindow + t.challengeWindow;
            return 0;
        }
        if (kind != 5) return 0;
        if (b.phase == IOutcomePool.Phase.Assessed) return b.since + t.challengeWindow;
        return b.phase == IOutcomePool.Phase.Challenged ? b.since + t.rulingWindow : 0;
    }

    /// @dev An action that a deadline of a kind allows or forbids.
    function _actionAt(uint256 kind) private returns (Action) {
        if (kind == 0) return Action.Enrol;
        if (kind == 1) return Action.Withdraw;
        if (kind == 2)
            return
                _chance(1, 2)
                    ? Action(1 + _below(4))
                    : _chance(2, 3)
                        ? Action.Assess
                        : Action.Refund;
        bool contestable = pools[hotPool].terms.arbiter != address(0) && _chance(1, 2);
        if (kind == 3) return contestable ? Action.Challenge : Action.Assess;
        if (kind == 4) return contestable ? Action.Challenge : _late();
        if (books[hotPool][hotRound].phase == IOutcomePool.Phase.Assessed) {
            return
                contestable
                    ? Action.Challenge
                    : _chance(1, 4)
                        ? Action.PayFee
                        : _late();
        }
        return
            _chance(1, 3)
                ? Action(8 + _below(3))
                : _chance(1, 3)
                    ? Action.PayBond
                    : _late();
    }

    function _late() private returns (Action) {
        return [Action.Claim, Action.ClaimTo, Action.ClaimToWithSignature, Action.Distribute, Action.Refund][_below(5)];
    }

    // ---- actions

    function _drawAction() private returns (Action) {
        uint256 ticket = _below(_sumOfOdds);
        uint256 i = 0;
        while (ticket >= uint8(ODDS[i])) ticket -= uint8(ODDS[i++]);
        return Action(i);
    }

    /// @dev Tries an action; whether it made its call.
    function _try(Action a) private returns (bool) {
        if (a == Action.Enrol) return _enrol();
        if (a == Action.Fund) return _fund();
        if (a == Action.FundFor) return _fundFor();
        if (a == Action.FundWithPermit) return _fundWithPermit();
        if (a == Action.FundWithAuthorization) return _fundWithAuthorization();
        if (a == Action.Withdraw) return _withdraw();
        if (a == Action.Assess) return _assess();
        if (a == Action.Challenge) return _challenge();
        if (a == Action.Uphold) return _uphold();
        if (a == Action.Replace) return _replace();
        if (a == Action.Void) return _void();
        if (a == Action.Claim) return _claim();
        if (a == Action.ClaimTo) return _claimTo();
        if (a == Action.ClaimToWithSignature) return _claimToWithSignature();
        if (a == Action.Multicall) return _multicall();
        if (a == Action.Distribute) return _distribute();
        if (a == Action.Refund) return _refund();
        if (a == Action.RefundTo) return _refundTo();
        if (a == Action.PayFee) return _payFee();
        if (a == Action.PayBond) return _payBond();
        if (a == Action.PayArbiter) return _payArbiter();
        if (a == Action.Donate) return _donate();
        return _freeze();
    }

    // ---- drain

    function _finishSeason() private {
        urged = false;
        for (uint256 p = first; p < pools.length; p++) {
            IOutcomePool.Terms storage t = pools[p].terms;
            uint256 last = _end(p, t.rounds) + t.assessmentWindow + t.challengeWindow + t.rulingWindow;
            if (last > time) time = last;
        }
        vm.warp(time);
        _checkStates(true);
        while (frozen.length != 0) {
            token.freeze(frozen[frozen.length - 1], false);
            frozen.pop();
        }
    }

    function _drainSettled(uint256 p, uint256 r) private {
        uint256 n = pools[p].enrolled;
        uint256 from = 0;
        while (from < n) {
            uint256 count = 1 + _below(n - from);
            if (_chance(1, 2)) count = count > 3 ? 3 : count;
            if (count == 1 && !paid[p][r][from]) {
                _must(p, abi.encodeCall(IOutcomePool.claim, (from, _one(r))), 0);
            } else {
                _must(p, abi.encodeCall(IOutcomePool.distribute, (uint32(r), from, count)), 0);
            }
            _bookRange(p, r, from, count);
            from += count;
        }
        _must(p, abi.encodeCall(IOutcomePool.claim, (_below(n), _one(r))), IOutcomePool.AlreadyClaimed.selector);
        bytes4 nothing = IOutcomePool.NothingToPay.selector;
        bytes[3] memory pay = [
            abi.encodeCall(IOutcomePool.payFee, (uint32(r))),
            abi.encodeCall(IOutcomePool.payBond, (uint32(r))),
            abi.encodeCall(IOutcomePool.payArbiter, (uint32(r)))
        ];
        bool[3] memory due = [_canPayFee(p, r), _canPayBond(p, r), _canPayArbiter(p, r)];
        for (uint256 i = 0; i < 3; i++) {
            if (due[i]) _must(p, pay[i], 0);
            if (due[i])
                i == 0
                    ? _bookFee(p, r)
                    : i == 1
                        ? _bookBond(p, r)
                        : _bookArbiter(p, r);
            _must(p, pay[i], nothing);
        }
    }

    function _drainRefund(uint256 p, uint256 r, address buyer) private {
        bytes memory data = abi.encodeCall(IOutcomePool.refund, (uint32(r), buyer, buyer));
        bytes4 expected = _onRefund(p, r, buyer);
        _must(p, data, expected);
        if (expected == 0) _bookRefund(p, r, buyer, buyer, _refundDue(p, r, buyer));
        _must(p, data, IOutcomePool.NothingToPay.selector);
    }

    function _must(uint256 p, bytes memory data, bytes4 expected) private {
        drainCalls++;
        (bool success, bytes memory result) = _pool(p).call(data);
        if (success != (expected == 0) || bytes4(result) != expected) {
            revert NotDrained(_pool(p), data, expected, result);
        }
    }

    function _checkDrained(uint256 p) private {
        _checkPool(p, type(uint256).max);
        (uint256 owed, uint256 dust) = _owed(p);
        assertEq(owed, 0, "drain: nothing is owed any more");
        assertEq(token.balanceOf(_pool(p)), dust + pools[p].donated, "invariant 7: dust and gifts are left");
        assertEq(pools[p].bondsIn, pools[p].bondsOut, "invariant 17: bonds in are bonds out");
        for (uint256 i = 0; i < pools[p].plan.length; i++) _checkHeld(pools[p].plan[i].account);
        for (uint256 i = 0; i < people.length; i++) _checkHeld(people[i].account);
        _checkHeld(arbiter.account);
        _checkHeld(manager.account);
        _checkHeld(collector.account);
    }

    function _checkHeld(address account) private view {
        assertEq(token.balanceOf(account), held[account], "drain: an account holds exactly its due");
    }
}
