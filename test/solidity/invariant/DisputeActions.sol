// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Signing} from "../support/Signing.sol";
import {Action} from "./Book.sol";
import {FundingActions} from "./FundingActions.sol";

/// @title Assessment, challenge, ruling
/// @notice Each action makes at most one call and says whether it did.
abstract contract DisputeActions is FundingActions {
    /// @dev An assessment to send: what is signed, and by whom.
    struct Report {
        uint256 p;
        uint256 r;
        bytes32 root;
        bytes vector;
        bytes signature;
        bytes4 expected;
    }

    // ---- assessment

    function _assess() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canAssess, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return false;
        Report memory m = Report(p, r, bytes32(_draw()), "", "", 0);
        if (!found || (deviates && _chance(1, 4))) {
            (, m.p, m.r) = _seek(_canAssess, false);
            m.vector = _vector(m.p);
            m.expected = _wrongState();
            _sign(m, m.p, m.r);
        } else {
            m.vector = _vector(p);
            if (!deviates) _sign(m, p, r);
            else if (_chance(1, 2)) _misstate(m);
            else _missign(m);
        }
        if (m.expected == 0) _bookVector(m, IOutcomePool.Phase.Assessed);
        bytes memory data = abi.encodeCall(IOutcomePool.assess, (uint32(m.r), m.root, m.vector, m.signature));
        _send(Action.Assess, _person(), m.p, m.r, data, m.expected);
        if (m.expected == 0) _checkAccepted(m.p, m.r);
        return true;
    }

    /// @dev Signs what is wrong in itself.
    function _misstate(Report memory m) private {
        uint256 kind = _below(4);
        m.expected = IOutcomePool.BadScore.selector;
        if (kind == 0) (m.root, m.expected) = (0, IOutcomePool.BadEvidenceRoot.selector);
        else if (kind == 1) {
            (m.vector, m.expected) = (abi.encodePacked(m.vector, uint8(0)), IOutcomePool.BadVectorLength.selector);
        } else _spoil(m.vector, m.p);
        _sign(m, m.p, m.r);
    }

    /// @dev A score that is none, units of one who abstained, or more units than were agreed where there is a bar.
    function _spoil(bytes memory vector, uint256 p) private {
        uint256 i = _below(pools[p].enrolled);
        if (!pools[p].terms.metered || _chance(1, 3)) {
            _put(vector, i * (pools[p].terms.metered ? 6 : 2), 2, BPS + 1 + _below(ABSTAINED - BPS - 1));
        } else if (pools[p].terms.fullPayBar == 0 || pools[p].plan[i].weight == type(uint32).max || _chance(1, 2)) {
            _put(vector, 6 * i, 2, ABSTAINED);
            _put(vector, 6 * i + 2, 4, 1 + _below(1_000));
        } else {
            _put(vector, 6 * i, 2, _below(BPS + 1));
            _put(vector, 6 * i + 2, 4, uint256(pools[p].plan[i].weight) + 1);
        }
    }

    /// @dev A signature of too few, of one twice, of strangers, of another round or pool, or over other scores or another root.
    function _missign(Report memory m) private {
        uint256 kind = _below(6);
        m.expected = IOutcomePool.BadSignature.selector;
        uint256[] storage nodes = pools[m.p].nodes;
        bytes32 digest = _digest(m, m.p, m.r);
        if (kind == 0 && nodes.length > 1) m.signature = Signing.quorum(_keys(nodes[0], 0), digest);
        else if (kind == 1 && nodes.length > 1) m.signature = Signing.quorum(_keys(nodes[0], nodes[0]), digest);
        else if (kind == 2) m.signature = Signing.sign(manager.key, digest);
        else if (kind == 3) _sign(m, m.p, m.r + 1);
        else if (kind == 4) _sign(m, m.p == first ? first + 1 : first, m.r);
        else {
            _sign(m, m.p, m.r);
            if (_chance(1, 2)) m.root = bytes32(uint256(m.root) ^ 1);
            else m.vector[m.vector.length - 1] ^= 0x01;
        }
    }

    /// @dev By the pool's oracle: its key, or two of its three nodes, now and then all.
    function _sign(Report memory m, uint256 pool, uint256 round) private {
        uint256[] storage nodes = pools[m.p].nodes;
        bytes32 digest = _digest(m, pool, round);
        if (nodes.length == 1) m.signature = Signing.sign(nodes[0], digest);
        else if (_chance(1, 8)) m.signature = Signing.quorum(nodes, digest);
        else {
            uint256 absent = _below(3);
            m.signature = Signing.quorum(_keys(nodes[absent == 0 ? 1 : 0], nodes[absent == 2 ? 1 : 2]), digest);
        }
    }

    function _digest(Report memory m, uint256 pool, uint256 round) private view returns (bytes32) {
        return Signing.digest(_pool(pool), Signing.assessment(uint32(round), m.root, m.vector));
    }

    function _keys(uint256 a, uint256 b) private pure returns (uint256[] memory keys) {
        keys = new uint256[](b == 0 ? 1 : 2);
        keys[0] = a;
        if (b != 0) keys[1] = b;
    }

    function _bookVector(Report memory m, IOutcomePool.Phase phase) private {
        RoundBook storage b = books[m.p][m.r];
        (b.phase, b.since, b.root, b.vector) = (phase, time, m.root, m.vector);
        _addUp(m.p, m.r);
    }

    function _checkAccepted(uint256 p, uint256 r) private {
        uint256 n = pools[p].enrolled;
        uint256 count = n < 24 ? n : 24;
        _checkVector(p, r, n - count, count);
        _checkVector(p, r, _below(n - count + 1), count);
    }

    // ---- vectors

    /// @dev A valid vector: every sort of score, sometimes all alike.
    function _vector(uint256 p) internal returns (bytes memory vector) {
        PoolBook storage k = pools[p];
        bool metered = k.terms.metered;
        uint256 style = _below(8);
        vector = new bytes(k.enrolled * (metered ? 6 : 2));
        for (uint256 i = 0; i < k.enrolled; i++) {
            uint256 score = _score(style);
            uint256 place = i * (metered ? 6 : 2);
            _put(vector, place, 2, score);
            if (metered && score != ABSTAINED) _put(vector, place + 2, 4, _units(k, i));
        }
    }

    function _score(uint256 style) private returns (uint256) {
        if (style == 0) return ABSTAINED;
        if (style == 1) return 0;
        if (style == 2) return BPS;
        uint256 sort = _below(8);
        if (sort == 0) return ABSTAINED;
        if (sort == 1) return 0;
        if (sort == 2) return BPS;
        if (sort == 3) return [uint256(2_000), 4_999, 5_000, 1_233, 1_234, 1_235, 8_888, 9_000][_below(8)];
        return _below(BPS + 1);
    }

    function _units(PoolBook storage k, uint256 i) private returns (uint256) {
        uint256 most = k.terms.fullPayBar == 0 ? type(uint32).max : k.plan[i].weight;
        uint256 sort = _below(4);
        return
            sort == 0
                ? most
                : sort == 1
                    ? 0
                    : _below(most + 1);
    }

    /// @dev Writes a number, big-endian.
    function _put(bytes memory target, uint256 place, uint256 size, uint256 number) private pure {
        for (uint256 i = 0; i < size; i++) target[place + i] = bytes1(uint8(number >> (8 * (size - 1 - i))));
    }

    // ---- challenge

    function _challenge() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canChallenge, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return false;
        address who = _chance(1, 2) ? people[BUYERS].account : _person();
        bytes4 expected = 0;
        if (!found || (deviates && _chance(1, 2))) {
            (, p, r) = _seek(_canChallenge, false);
            expected = pools[p].terms.arbiter == address(0) ? IOutcomePool.NoArbiter.selector : _wrongState();
        } else if (deviates) expected = ANY;
        uint256 bond = pools[p].terms.bond;
        if (expected == 0) {
            token.freeze(who, false);
            _mint(who, bond);
            _approve(who, _pool(p), bond);
            _booksMove(who, _pool(p), bond);
            RoundBook storage b = books[p][r];
            (b.phase, b.since, b.challenger) = (IOutcomePool.Phase.Challenged, time, who);
            pools[p].bondsIn += bond;
        }
        bytes memory data = abi.encodeCall(IOutcomePool.challenge, (uint32(r), keccak256("reason")));
        _send(Action.Challenge, who, p, r, data, expected);
        return true;
    }

    // ---- ruling

    function _uphold() internal returns (bool) {
        return _rule(Action.Uphold, IOutcomePool.Ruling.Uphold, _canRule);
    }

    function _replace() internal returns (bool) {
        return _rule(Action.Replace, IOutcomePool.Ruling.Replace, _canRule);
    }

    function _void() internal returns (bool) {
        return _rule(Action.Void, IOutcomePool.Ruling.Void, _canVoid);
    }

    function _rule(
        Action action,
        IOutcomePool.Ruling ruling,
        function(uint256, uint256) view returns (bool) fits
    ) private returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(fits, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return false;
        if (!found || (deviates && _chance(1, 3))) (found, p, r) = (false, hotPool, hotRound);
        if (!found) (, p, r) = _seek(fits, false);
        Report memory m = Report(p, r, 0, "", "", 0);
        if (ruling == IOutcomePool.Ruling.Replace) (m.root, m.vector) = (bytes32(_draw()), _vector(p));
        address who = arbiter.account;
        if (pools[p].terms.arbiter == address(0)) m.expected = IOutcomePool.Unauthorized.selector;
        else if (!_canRule(p, r)) m.expected = _wrongState();
        else if (!found) m.expected = IOutcomePool.NothingToVoid.selector;
        else if (deviates) who = _misrule(m, ruling, who);
        if (m.expected == 0) _bookRuling(m, ruling);
        bytes memory data = abi.encodeCall(IOutcomePool.rule, (uint32(m.r), ruling, m.root, m.vector));
        _send(action, who, m.p, m.r, data, m.expected);
        if (m.expected == 0 && ruling == IOutcomePool.Ruling.Replace) _checkAccepted(m.p, m.r);
        return true;
    }

    function _misrule(Report memory m, IOutcomePool.Ruling ruling, address judge) private returns (address) {
        if (_chance(1, 2)) {
            m.expected = IOutcomePool.Unauthorized.selector;
            return _chance(1, 2) ? manager.account : books[m.p][m.r].challenger;
        }
        if (ruling == IOutcomePool.Ruling.Replace) {
            (m.root, m.expected) = (0, IOutcomePool.BadEvidenceRoot.selector);
        } else if (_chance(1, 2)) {
            (m.root, m.expected) = (bytes32(_draw()), IOutcomePool.BadEvidenceRoot.selector);
        } else {
            (m.vector, m.expected) = (_vector(m.p), IOutcomePool.BadVectorLength.selector);
        }
        return judge;
    }

    function _bookRuling(Report memory m, IOutcomePool.Ruling ruling) private {
        RoundBook storage b = books[m.p][m.r];
        if (ruling == IOutcomePool.Ruling.Replace) {
            _bookVector(m, IOutcomePool.Phase.Replaced);
            return;
        }
        b.since = time;
        b.phase = IOutcomePool.Phase.Upheld;
        if (ruling == IOutcomePool.Ruling.Void) {
            b.phase = IOutcomePool.Phase.Voided;
            (b.root, b.vector) = (0, "");
            _addUp(m.p, m.r);
        }
    }
}
