// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Signing} from "../support/Signing.sol";
import {Action} from "./Book.sol";
import {DisputeActions} from "./DisputeActions.sol";

/// @title Payment of providers
/// @notice Each action makes at most one call and says whether it did.
abstract contract PayoutActions is DisputeActions {
    /// @dev A claim to send.
    struct Claim {
        uint256 p;
        uint256 index;
        uint32[] rounds;
        address to;
        uint256 amount;
        bytes4 expected;
    }

    // ---- claims

    function _claim() internal returns (bool) {
        (bool chosen, Claim memory m) = _chooseClaim(false);
        if (!chosen) return false;
        if (m.expected == 0) m.expected = _onSend(m.to, m.amount);
        _finish(m, Action.Claim, _person(), abi.encodeCall(IOutcomePool.claim, (m.index, m.rounds)));
        return true;
    }

    function _claimTo() internal returns (bool) {
        (bool chosen, Claim memory m) = _chooseClaim(false);
        if (!chosen) return false;
        address who = m.to;
        if (m.expected == 0) {
            uint256 kind = _below(16);
            m.to = _person();
            m.expected = _onSend(m.to, m.amount);
            if (kind == 0) (who, m.expected) = (m.to, IOutcomePool.Unauthorized.selector);
            if (kind == 1) (m.to, m.expected) = (_pool(m.p), IOutcomePool.BadAccount.selector);
        }
        _finish(m, Action.ClaimTo, who, abi.encodeCall(IOutcomePool.claimTo, (m.index, m.rounds, m.to)));
        return true;
    }

    function _claimToWithSignature() internal returns (bool) {
        (bool chosen, Claim memory m) = _chooseClaim(true);
        if (!chosen) return false;
        uint256 key = m.index < pools[m.p].keys.length ? pools[m.p].keys[m.index] : manager.key;
        if (key == 0) key = manager.key;
        uint256 deadline = time + (_chance(1, 2) ? 0 : _below(1 days));
        uint256 kind = m.expected == 0 ? _below(20) : 20;
        if (m.expected == 0) {
            m.to = _person();
            m.expected = _onSend(m.to, m.amount);
        }
        if (kind == 0) (deadline, m.expected) = (time - 1, IOutcomePool.SignatureExpired.selector);
        if (kind == 1) key = manager.key;
        address signedTo = kind == 2 ? manager.account : m.to;
        uint256 signedDeadline = kind == 3 ? deadline + 1 : deadline;
        if (kind >= 1 && kind <= 3) m.expected = IOutcomePool.BadSignature.selector;
        bytes32 content = Signing.claimTo(m.rounds, m.index, signedTo, signedDeadline);
        bytes memory signature = Signing.sign(key, Signing.digest(_pool(m.p), content));
        bytes memory data = abi.encodeCall(
            IOutcomePool.claimToWithSignature,
            (m.index, m.rounds, m.to, deadline, signature)
        );
        _finish(m, Action.ClaimToWithSignature, _person(), data);
        return true;
    }

    /// @dev Two claims of a round in one transaction: as if made one after the other, and both or none.
    function _multicall() internal returns (bool) {
        (bool chosen, Claim memory m) = _chooseClaim(false);
        if (!chosen || m.expected != 0) return false;
        uint256 r = m.rounds[m.rounds.length - 1];
        (bool second, uint256 other) = _unpaid(m.p, r, false, m.index);
        bool twice = !second || _chance(1, 5);
        bytes[] memory data = new bytes[](2);
        data[0] = abi.encodeCall(IOutcomePool.claim, (m.index, m.rounds));
        data[1] = twice ? data[0] : abi.encodeCall(IOutcomePool.claim, (other, _one(r)));
        uint256 amount = twice ? 0 : _payout(m.p, r, other);
        address account = pools[m.p].plan[other].account;
        m.expected = _onSend(m.to, m.amount);
        if (m.expected == 0) m.expected = twice ? IOutcomePool.AlreadyClaimed.selector : _onSend(account, amount);
        bool done = m.expected == 0;
        _call(Action.Multicall, _person(), _pool(m.p), abi.encodeCall(Multicall.multicall, (data)), m.expected);
        if (done) {
            _bookClaim(m);
            _bookPaid(m.p, r, other, amount);
            _bookPayment(m.p, account, amount);
        }
        _check(m.p, r);
        return true;
    }

    function _finish(Claim memory m, Action action, address who, bytes memory data) private {
        _call(action, who, _pool(m.p), data, m.expected);
        if (m.expected == 0) _bookClaim(m);
        uint256 r = m.rounds.length == 0 ? 0 : m.rounds[m.rounds.length - 1];
        _check(m.p, r);
        if (r < pools[m.p].terms.rounds && m.index < pools[m.p].enrolled) _checkPayout(m.p, r, m.index);
    }

    /// @dev A provider and settled rounds it is unpaid for; perhaps with one that is forbidden as the last.
    function _chooseClaim(bool withKey) private returns (bool chosen, Claim memory m) {
        (bool found, uint256 p, uint256 r) = _seek(_canClaim, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return (false, m);
        m.p = p;
        if (!found) return _chooseTooEarly(m);
        (bool unpaid, uint256 index) = _unpaid(p, r, withKey, type(uint256).max);
        if (!unpaid) return (false, m);
        m.index = index;
        _chooseRounds(m, r, deviates ? 1 : 0);
        m.to = pools[p].plan[index].account;
        if (deviates) _forbid(m, r);
        return (true, m);
    }

    /// @dev A claim of a round that is not settled, or of one paid in full.
    function _chooseTooEarly(Claim memory m) private returns (bool, Claim memory) {
        uint256 r;
        (, m.p, r) = _seek(_canClaim, false);
        PoolBook storage k = pools[m.p];
        m.index = k.enrolled == 0 ? 0 : k.enrolled - 1 - _below(k.enrolled < 3 ? k.enrolled : 3);
        m.rounds = _one(r);
        m.to = k.plan[m.index].account;
        bool settled = _isSettled(m.p, r);
        // Nobody is paid nothing and flagged by chance: where awards are zero the claim is good.
        if (settled && !paid[m.p][r][m.index]) return (true, m);
        m.expected = settled ? IOutcomePool.AlreadyClaimed.selector : _wrongState();
        return (true, m);
    }

    /// @dev Round `r` last, before it others that are settled and unpaid, and room for `extra` more.
    function _chooseRounds(Claim memory m, uint256 r, uint256 extra) private {
        uint32[] memory list = new uint32[](MAX_ROUNDS + extra);
        uint256 n = 0;
        for (uint256 i = 0; i < pools[m.p].terms.rounds; i++) {
            if (i == r || paid[m.p][i][m.index] || !_isSettled(m.p, i) || _chance(1, 3)) continue;
            list[n++] = uint32(i);
            m.amount += _payout(m.p, i, m.index);
        }
        list[n++] = uint32(r);
        m.amount += _payout(m.p, r, m.index);
        uint256 length = n + extra;
        assembly ("memory-safe") {
            mstore(list, length)
        }
        m.rounds = list;
    }

    function _forbid(Claim memory m, uint256 r) private {
        uint256 last = m.rounds.length - 1;
        uint256 kind = _below(5);
        m.rounds[last] = uint32(r);
        m.expected = IOutcomePool.AlreadyClaimed.selector;
        if (kind == 0) {
            m.rounds[last] = uint32(pools[m.p].terms.rounds);
            m.expected = IOutcomePool.RoundOutOfRange.selector;
        } else if (kind == 1) {
            (m.index, m.expected) = (_nobody(m.p), IOutcomePool.IndexOutOfRange.selector);
            m.rounds = _one(r);
        } else if (kind == 2) {
            (m.rounds, m.expected) = (new uint32[](0), IOutcomePool.ZeroAmount.selector);
        } else if (kind == 3) {
            for (uint256 i = 0; i < pools[m.p].terms.rounds; i++) {
                if (_isSettled(m.p, i)) continue;
                m.rounds[last] = uint32(i);
                m.expected = _wrongState();
            }
        }
    }

    /// @dev An index without a provider: the next one, one in a later piece of code, or any.
    function _nobody(uint256 p) private returns (uint256) {
        uint256 n = pools[p].enrolled;
        uint256 kind = _below(3);
        if (kind == 0) return n;
        uint256 piece = ((n + BATCH - 1) / BATCH) * BATCH;
        return kind == 1 ? piece + _below(40) : n + _below(1 << 20);
    }

    /// @dev A provider unpaid for the round, from a random one on.
    function _unpaid(uint256 p, uint256 r, bool withKey, uint256 not) private returns (bool, uint256) {
        uint256 n = pools[p].enrolled;
        uint256 offset = _below(n);
        if (withKey && pools[p].keys[offset] == 0) offset = n - 1 - _below(n < 12 ? n : 12);
        for (uint256 i = 0; i < n && i < 300; i++) {
            uint256 index = (offset + i) % n;
            if (index == not || paid[p][r][index] || (withKey && pools[p].keys[index] == 0)) continue;
            return (true, index);
        }
        return (false, 0);
    }

    function _bookClaim(Claim memory m) private {
        for (uint256 i = 0; i < m.rounds.length; i++) {
            _bookPaid(m.p, m.rounds[i], m.index, _payout(m.p, m.rounds[i], m.index));
        }
        _bookPayment(m.p, m.to, m.amount);
    }

    function _bookPaid(uint256 p, uint256 r, uint256 index, uint256 amount) internal {
        assertFalse(paid[p][r][index], "invariant 5: paid twice");
        assertTrue(_isSettled(p, r), "invariant 16: paid before settlement");
        paid[p][r][index] = true;
        books[p][r].dueProviders -= amount;
    }

    function _one(uint256 r) internal pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = uint32(r);
    }

    // ---- distribution

    function _distribute() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canClaim, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return false;
        if (!found) (, p, r) = _seek(_canClaim, false);
        uint256 n = pools[p].enrolled;
        uint256 from = n == 0 ? 0 : _below(n);
        uint256 count = n == 0 ? 1 : 1 + _below(n - from);
        if (count > 40 && !_chance(1, 10)) count = 40;
        bytes4 expected = 0;
        if (deviates && found && _chance(1, 2)) (count, expected) = (0, IOutcomePool.ZeroAmount.selector);
        else if (n == 0 || (deviates && found)) {
            (count, expected) = (n - from + 1, IOutcomePool.IndexOutOfRange.selector);
        } else if (!_isSettled(p, r)) expected = _wrongState();
        bytes memory data = abi.encodeCall(IOutcomePool.distribute, (uint32(r), from, count));
        _call(Action.Distribute, _person(), _pool(p), data, expected);
        if (expected == 0) _bookRange(p, r, from, count);
        _check(p, r);
        return true;
    }

    /// @dev Those already paid are passed over, those who cannot receive are skipped and stay unpaid.
    function _bookRange(uint256 p, uint256 r, uint256 from, uint256 count) internal {
        for (uint256 i = from; i < from + count; i++) {
            if (paid[p][r][i]) continue;
            address account = pools[p].plan[i].account;
            uint256 amount = _payout(p, r, i);
            bool skipped = _onSend(account, amount) != 0;
            if (!skipped) {
                _bookPaid(p, r, i, amount);
                if (amount != 0) _bookPayment(p, account, amount);
            }
            if (skipped || i == from || i == from + count - 1 || (i & 255) == 0) _checkPayout(p, r, i);
        }
    }
}
