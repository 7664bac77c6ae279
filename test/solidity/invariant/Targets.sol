// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Season} from "./Season.sol";

/// @title Choice of targets
/// @notice Finds a round in which something can be done, so that calls succeed; and decides when to try what is forbidden.
abstract contract Targets is Season {
    /// @dev A round for which `fits` is `wanted`; the one whose deadline is near comes first half of the time, or always, and alone,
    /// where that deadline is being tried.
    function _seek(
        function(uint256, uint256) view returns (bool) fits,
        bool wanted
    ) internal returns (bool found, uint256 p, uint256 r) {
        if (urged || _chance(1, 2)) {
            if (fits(hotPool, hotRound) == wanted) return (true, hotPool, hotRound);
            if (urged) return (false, hotPool, hotRound);
        }
        uint256 cells = (pools.length - first) * MAX_ROUNDS;
        uint256 offset = _below(cells);
        for (uint256 i = 0; i < cells; i++) {
            uint256 cell = (offset + i) % cells;
            (p, r) = (first + cell / MAX_ROUNDS, cell % MAX_ROUNDS);
            if (r < pools[p].terms.rounds && fits(p, r) == wanted) return (true, p, r);
        }
        return (false, p, r);
    }

    /// @dev Whether to try the forbidden: seldom where the allowed is not possible, as that is often.
    function _deviates(bool possible) internal returns (bool) {
        if (urged) return !possible;
        return possible ? _chance(1, 8) : _chance(1, 150);
    }

    /// @dev Kind of a forbidden try: 0, the wrong time, where a deadline is being tried.
    function _kind(uint256 kinds) internal returns (uint256) {
        return urged ? 0 : _below(kinds);
    }

    function _wrongState() internal pure returns (bytes4) {
        return IOutcomePool.WrongState.selector;
    }

    // ---- where something can be done

    function _canEnrol(uint256 p, uint256) internal view returns (bool) {
        PoolBook storage k = pools[p];
        return time < _enrolmentEnd(p) && k.enrolled < k.plan.length;
    }

    function _canFund(uint256 p, uint256 r) internal view returns (bool) {
        return time < _end(p, r);
    }

    function _canWithdraw(uint256 p, uint256 r) internal view returns (bool) {
        return time < _start(p, r) && books[p][r].funded != 0;
    }

    function _canAssess(uint256 p, uint256 r) internal view returns (bool) {
        return _is(p, r, IOutcomePool.RoundState.Assessing);
    }

    function _canChallenge(uint256 p, uint256 r) internal view returns (bool) {
        if (pools[p].terms.arbiter == address(0)) return false;
        IOutcomePool.RoundState state = books[p][r].lastState;
        return state == IOutcomePool.RoundState.Assessed || state == IOutcomePool.RoundState.Silent;
    }

    function _canRule(uint256 p, uint256 r) internal view returns (bool) {
        return _is(p, r, IOutcomePool.RoundState.Challenged);
    }

    function _canVoid(uint256 p, uint256 r) internal view returns (bool) {
        return _canRule(p, r) && books[p][r].vector.length != 0;
    }

    function _canClaim(uint256 p, uint256 r) internal view returns (bool) {
        return _isSettled(p, r) && books[p][r].dueProviders != 0;
    }

    function _canRefund(uint256 p, uint256 r) internal view returns (bool) {
        RoundBook storage b = books[p][r];
        return b.closed && b.dueBuyers != 0;
    }

    function _canPayFee(uint256 p, uint256 r) internal view returns (bool) {
        RoundBook storage b = books[p][r];
        return b.closed && b.fee != 0 && !b.feePaid;
    }

    function _canPayBond(uint256 p, uint256 r) internal view returns (bool) {
        RoundBook storage b = books[p][r];
        return b.closed && b.challenger != address(0) && b.phase != IOutcomePool.Phase.Upheld && !b.bondPaid;
    }

    function _canPayArbiter(uint256 p, uint256 r) internal view returns (bool) {
        RoundBook storage b = books[p][r];
        return uint256(b.phase) >= uint256(IOutcomePool.Phase.Upheld) && !b.arbiterPaid;
    }
}
