// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {IOutcomePoolFactory} from "../../../contracts/interfaces/IOutcomePoolFactory.sol";
import {Artifact} from "../support/Artifact.sol";
import {Signing} from "../support/Signing.sol";
import {vm} from "../support/Vm.sol";
import {Checks} from "./Checks.sol";
import {FreezableToken} from "./FreezableToken.sol";

/// @title Accounts and pools of a campaign
/// @notice A season has three pools of different terms, all open at once.
abstract contract Season is Checks {
    uint256 internal constant PROFILES = 6;
    uint256 private constant KEYED = 12;
    uint256 private constant GENESIS = 1_800_000_000;

    IOutcomePoolFactory private _factory;
    uint256[] private _nodes;
    address private _quorum;
    uint256[] private _judge;

    /// @dev Once, before the first season.
    function _populate() internal {
        time = GENESIS;
        vm.warp(time);
        _factory = IOutcomePoolFactory(Artifact.deploy("OutcomePoolFactory.sol:OutcomePoolFactory", ""));
        token = new FreezableToken();
        for (uint256 i = 0; i < BUYERS + 4; i++) people.push(_account("person", i));
        arbiter = _account("arbiter", 0);
        manager = _account("manager", 0);
        collector = _account("collector", 0);
        _judge.push(uint256(keccak256("judge")));
        uint256[] memory keys = new uint256[](KEYED);
        for (uint256 i = 0; i < KEYED; i++) keys[i] = _account("provider", i).key;
        keys = Signing.sortByAddress(keys);
        for (uint256 i = 0; i < KEYED; i++) keyed.push(Account(vm.addr(keys[i]), keys[i]));
        _makeQuorum();
    }

    /// @dev Begins a season: pools of three profiles, of which one may have many providers.
    /// @param many Providers of the season's first pool; 0: few, as the others have.
    function _openSeason(uint256 seed, uint256 many) internal {
        _roll(seed);
        time += 1 days;
        vm.warp(time);
        first = pools.length;
        uint256 profile = _below(PROFILES);
        for (uint256 i = 0; i < 3; i++) {
            _makePool(seed, profile, i == 0 ? many : 0);
            profile = (profile + 1 + _below(2)) % PROFILES;
        }
        (hotPool, hotRound) = (first, 0);
    }

    function _makePool(uint256 seed, uint256 profile, uint256 many) private {
        uint256 p = pools.length;
        PoolBook storage k = pools.push();
        IOutcomePool.Terms memory t = _terms(profile);
        t.specHash = keccak256(abi.encode(seed, p));
        _keepTerms(k.terms, t);
        k.nodes = t.oracle == _quorum ? _nodes : _judge;
        k.escrow = IOutcomePool(_factory.create(t));
        assertEq(address(k.escrow), _factory.predict(t), "address of a pool");
        _plan(k, many == 0 ? 3 + _below(KEYED - 2) : many);
    }

    /// @dev Field by field, as a list of structs cannot be copied into storage by every compiler pipeline.
    function _keepTerms(IOutcomePool.Terms storage k, IOutcomePool.Terms memory t) private {
        (k.arbiter, k.start, k.period, k.rounds, k.notice) = (t.arbiter, t.start, t.period, t.rounds, t.notice);
        k.assessmentWindow = t.assessmentWindow;
        k.challengeWindow = t.challengeWindow;
        k.rulingWindow = t.rulingWindow;
        (k.bond, k.minimum, k.feeBps) = (t.bond, t.minimum, t.feeBps);
        (k.metered, k.fullPayBar, k.defaultRate) = (t.metered, t.fullPayBar, t.defaultRate);
        for (uint256 i = 0; i < t.curve.length; i++) k.curve.push(t.curve[i]);
    }

    /// @dev Six kinds of pool.
    function _terms(uint256 profile) private returns (IOutcomePool.Terms memory t) {
        t.token = address(token);
        t.oracle = profile % 2 == 0 ? _quorum : vm.addr(_judge[0]);
        t.manager = manager.account;
        t.notice = 1 hours;
        t.start = uint40(time + 1 hours + _below(3 hours));
        t.period = [uint32(1 minutes), 47 minutes, 3 hours, 2 days][_below(4)];
        t.rounds = uint16(3 + _below(MAX_ROUNDS - 2));
        t.assessmentWindow = 1 hours + uint32(_below(4 hours));
        t.challengeWindow = 1 hours + uint32(_below(4 hours));
        t.rulingWindow = 1 days;
        t.minimum = 1_000;
        if (profile == 0) _set(t, true, 250, false, 0, 5_000);
        else if (profile == 1) _set(t, false, 0, false, 10_000, 10_000);
        else if (profile == 2) _set(t, true, 1_000, true, 6_000, 7_500);
        else if (profile == 3) _set(t, true, 0, false, 0, 0);
        else if (profile == 4) _set(t, false, 333, true, 0, 3_333);
        else _set(t, true, 1, true, 10_000, 9_999);
        if (profile == 1) t.curve = _knots([2_000, 0, 5_000, 4_000, 5_000, 7_000, 9_000, 10_000]);
        if (profile == 4) t.curve = _knots([0, 500, 3_333, 3_334, 7_777, 8_001, 10_000, 9_999]);
        if (profile == 5) t.curve = _knots([0, 0, 1_234, 5_432, 1_234, 6_000, 8_888, 8_888]);
    }

    function _set(
        IOutcomePool.Terms memory t,
        bool judged,
        uint16 feeBps,
        bool metered,
        uint16 bar,
        uint16 rate
    ) private returns (IOutcomePool.Terms memory) {
        if (judged) {
            t.arbiter = arbiter.account;
            t.bond = _chance(1, 4) ? t.minimum : uint128(1 + _below(t.minimum));
        }
        if (feeBps != 0) t.feeRecipient = collector.account;
        (t.feeBps, t.metered, t.fullPayBar, t.defaultRate) = (feeBps, metered, bar, rate);
        return t;
    }

    function _knots(uint16[8] memory xy) private pure returns (IOutcomePool.Knot[] memory knots) {
        knots = new IOutcomePool.Knot[](4);
        for (uint256 i = 0; i < 4; i++) knots[i] = IOutcomePool.Knot(xy[2 * i], xy[2 * i + 1]);
    }

    /// @dev Providers by ascending address, the last ones with keys, weights of every size.
    function _plan(PoolBook storage k, uint256 count) private {
        uint256 withKey = count < KEYED ? count : KEYED;
        for (uint256 i = 0; i < count - withKey; i++) {
            k.plan.push(IOutcomePool.Provider(address(uint160(0xA000000000 + 3 * i)), _weight()));
            k.keys.push(0);
        }
        uint256 from = _below(KEYED - withKey + 1);
        for (uint256 i = from; i < from + withKey; i++) {
            k.plan.push(IOutcomePool.Provider(keyed[i].account, _weight()));
            k.keys.push(keyed[i].key);
        }
    }

    function _weight() private returns (uint32) {
        return uint32(_amount(32) - 1) | 1;
    }

    function _account(string memory role, uint256 i) private pure returns (Account memory) {
        uint256 key = uint256(keccak256(abi.encode(role, i)));
        return Account(vm.addr(key), key);
    }

    function _makeQuorum() private {
        uint256[] memory keys = new uint256[](3);
        for (uint256 i = 0; i < 3; i++) keys[i] = _account("node", i).key;
        _nodes = Signing.sortByHash(keys);
        bytes[] memory signers = new bytes[](3);
        for (uint256 i = 0; i < 3; i++) signers[i] = Signing.signer(_nodes[i]);
        _quorum = Artifact.deploy("OracleQuorum.sol:OracleQuorum", abi.encode(signers, uint64(2)));
    }
}
