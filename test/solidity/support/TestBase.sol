// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {OutcomePoolFactory} from "../../../contracts/OutcomePoolFactory.sol";
import {OutcomePool} from "../../../contracts/OutcomePool.sol";
import {OracleQuorum} from "../../../contracts/OracleQuorum.sol";
import {TestStablecoin} from "../../../contracts/mocks/TestStablecoin.sol";
import {Artifact} from "./Artifact.sol";
import {Asserts} from "./Asserts.sol";
import {Signing} from "./Signing.sol";
import {vm} from "./Vm.sol";

/// @title One pool and those around it
/// @notice Three providers with keys (weights 100, 200, 300), a quorum of 2 of 3 nodes, a token of 6 decimals, a fee of 2.5%, a bond
/// of 50 and a minimum of 100. A test that wants other terms changes `defaultTerms()` and calls `make`.
abstract contract TestBase is Asserts {
    uint256 internal constant UNIT = 1e6;
    uint256 internal constant FUNDS = 1_000e6;
    uint256 internal constant BOND = 50e6;
    uint16 internal constant ABSTAINED = 65_535;
    bytes32 internal constant ROOT = keccak256("evidence");
    bytes32 internal constant OTHER_ROOT = keccak256("other evidence");
    bytes32 internal constant REASON = keccak256("reason");
    uint256 internal constant GENESIS = 1_800_000_000;

    address internal immutable alice = vm.addr(uint256(keccak256("alice")));
    address internal immutable bob = vm.addr(uint256(keccak256("bob")));
    address internal immutable carol = vm.addr(uint256(keccak256("carol")));
    address internal immutable manager = vm.addr(uint256(keccak256("manager")));
    address internal immutable arbiter = vm.addr(uint256(keccak256("arbiter")));
    address internal immutable collector = vm.addr(uint256(keccak256("collector")));
    address internal immutable stranger = vm.addr(uint256(keccak256("stranger")));

    TestStablecoin internal token;
    OutcomePoolFactory internal factory;
    OracleQuorum internal quorum;
    OutcomePool internal pool;
    /// @dev Of the quorum, sorted as its signatures want them.
    uint256[] internal nodeKeys;
    /// @dev Of the default providers, by index.
    uint256[] internal providerKeys;

    function setUp() public virtual {
        vm.warp(GENESIS);
        factory = OutcomePoolFactory(deploy("OutcomePoolFactory.sol:OutcomePoolFactory", ""));
        token = TestStablecoin(deploy("TestStablecoin.sol:TestStablecoin", ""));
        nodeKeys = Signing.sortByHash(Signing.keys("node", 3));
        providerKeys = Signing.sortByAddress(Signing.keys("provider", 3));
        quorum = makeQuorum(nodeKeys, 2);
        pool = make(defaultTerms());
    }

    function deploy(string memory artifact, bytes memory args) internal returns (address) {
        return Artifact.deploy(artifact, args);
    }

    // ---- terms and pools

    function defaultTerms() internal view returns (IOutcomePool.Terms memory t) {
        t.token = address(token);
        t.oracle = address(quorum);
        t.arbiter = arbiter;
        t.manager = manager;
        t.feeRecipient = collector;
        t.specHash = keccak256("spec");
        t.start = uint40(GENESIS + 2 days);
        t.period = 30 days;
        t.rounds = 3;
        t.notice = 1 days;
        t.assessmentWindow = 7 days;
        t.challengeWindow = 3 days;
        t.rulingWindow = 14 days;
        t.bond = uint128(BOND);
        t.minimum = 100e6;
        t.feeBps = 250;
        t.defaultRate = 5_000;
        t.specURI = "ipfs://spec";
    }

    function make(IOutcomePool.Terms memory t) internal returns (OutcomePool) {
        return OutcomePool(factory.create(t));
    }

    /// @dev Puts a mock in the token's place and makes a pool for it. Mocks have `mint`, `approve` and `balanceOf`.
    function useToken(string memory artifact, bytes memory args) internal {
        token = TestStablecoin(deploy(artifact, args));
        pool = make(defaultTerms());
    }

    function makeQuorum(uint256[] memory keys, uint64 threshold) internal returns (OracleQuorum) {
        bytes[] memory signers = new bytes[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) signers[i] = Signing.signer(keys[i]);
        return OracleQuorum(deploy("OracleQuorum.sol:OracleQuorum", abi.encode(signers, threshold)));
    }

    function startOf(uint256 round) internal view returns (uint256) {
        IOutcomePool.Terms memory t = pool.terms();
        return uint256(t.start) + round * t.period;
    }

    function endOf(uint256 round) internal view returns (uint256) {
        return startOf(round + 1);
    }

    // ---- enrolment

    function provider(uint256 index) internal view returns (address) {
        return vm.addr(providerKeys[index]);
    }

    function record(address account, uint256 weight) internal pure returns (bytes memory) {
        return abi.encodePacked(account, uint32(weight));
    }

    /// @dev The three default providers.
    function defaultRecords() internal view returns (bytes memory) {
        return abi.encodePacked(record(provider(0), 100), record(provider(1), 200), record(provider(2), 300));
    }

    /// @dev Address of provider `index` in lists made by `manyRecords`.
    function numbered(uint256 index) internal pure returns (address) {
        return address(uint160(0xA000000000 + index));
    }

    /// @dev `count` records from index `from`, all of one weight.
    function manyRecords(uint256 from, uint256 count, uint256 weight) internal pure returns (bytes memory records) {
        records = new bytes(count * 24);
        for (uint256 i = 0; i < count; i++) {
            uint256 word = (uint256(uint160(numbered(from + i))) << 96) | (weight << 64);
            assembly ("memory-safe") {
                let at := add(add(records, 32), mul(i, 24))
                // The last record's tail must not run over what lies behind.
                switch eq(add(i, 1), count)
                case 0 {
                    mstore(at, word)
                }
                default {
                    let kept := and(mload(sub(at, 8)), shl(192, 0xffffffffffffffff))
                    mstore(sub(at, 8), or(kept, shr(64, word)))
                }
            }
        }
    }

    function enrol(bytes memory records) internal {
        vm.prank(manager);
        pool.enrol(records);
    }

    /// @dev `count` providers of one weight, in full batches.
    function enrolMany(uint256 count, uint256 weight) internal {
        for (uint256 from = 0; from < count; from += 1023) {
            enrol(manyRecords(from, count - from < 1023 ? count - from : 1023, weight));
        }
    }

    // ---- money

    function fund(address buyer, uint32 round, uint256 amount) internal {
        give(buyer, amount);
        vm.prank(buyer);
        pool.fund(round, buyer, amount);
    }

    /// @dev Tokens and an unlimited allowance to the pool.
    function give(address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        // Some tokens return nothing.
        (bool success, ) = address(token).call(abi.encodeCall(token.approve, (address(pool), type(uint256).max)));
        assertTrue(success, "approve");
    }

    function balance(address account) internal view returns (uint256) {
        return token.balanceOf(account);
    }

    // ---- scores

    function scores(uint16 a, uint16 b, uint16 c) internal pure returns (bytes memory) {
        return abi.encodePacked(a, b, c);
    }

    /// @dev `count` equal plain scores.
    function manyScores(uint256 count, uint16 score) internal pure returns (bytes memory vector) {
        vector = new bytes(count * 2);
        for (uint256 i = 0; i < vector.length; i += 2) {
            vector[i] = bytes1(uint8(score >> 8));
            vector[i + 1] = bytes1(uint8(score));
        }
    }

    function oracleSignature(uint32 round, bytes32 root, bytes memory vector) internal view returns (bytes memory) {
        uint256[] memory two = new uint256[](2);
        (two[0], two[1]) = (nodeKeys[0], nodeKeys[1]);
        return Signing.quorum(two, Signing.digest(address(pool), Signing.assessment(round, root, vector)));
    }

    /// @dev The same by one account.
    function oracleSignatureBy(
        uint256 key,
        uint32 round,
        bytes32 root,
        bytes memory vector
    ) internal view returns (bytes memory) {
        return Signing.sign(key, Signing.digest(address(pool), Signing.assessment(round, root, vector)));
    }

    // ---- steps of a round's life

    /// @dev Providers enrolled and `FUNDS` of Alice in round 0.
    function open() internal {
        enrol(defaultRecords());
        fund(alice, 0, FUNDS);
    }

    /// @dev The oracle's assessment at the present time.
    function assess(uint32 round, bytes memory vector) internal {
        pool.assess(round, ROOT, vector, oracleSignature(round, ROOT, vector));
    }

    /// @dev Opens round 0, assesses it at its end.
    function openAssessed(bytes memory vector) internal {
        open();
        vm.warp(endOf(0));
        assess(0, vector);
    }

    /// @dev Opens round 0, assesses it and lets the challenge window pass.
    function openSettled(bytes memory vector) internal {
        openAssessed(vector);
        vm.warp(endOf(0) + 3 days);
    }

    /// @dev Bob challenges at the present time.
    function challenge(uint32 round) internal {
        give(bob, pool.terms().bond);
        vm.prank(bob);
        pool.challenge(round, REASON);
    }

    /// @dev Opens round 0, assesses it; Bob challenges at once.
    function openChallenged(bytes memory vector) internal {
        openAssessed(vector);
        challenge(0);
    }

    function rule(uint32 round, IOutcomePool.Ruling ruling) internal {
        vm.prank(arbiter);
        pool.rule(round, ruling, 0, "");
    }

    function replace(uint32 round, bytes memory vector) internal {
        vm.prank(arbiter);
        pool.rule(round, IOutcomePool.Ruling.Replace, OTHER_ROOT, vector);
    }

    function one(uint32 round) internal pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = round;
    }

    // ---- expectations

    function expectRevert(bytes memory error_) internal {
        vm.expectRevert(error_);
    }

    /// @dev The next event of the pool, all topics and data.
    function expectEvent() internal {
        vm.expectEmit(true, true, true, true, address(pool));
    }

    /// @dev `WrongState` with these figures.
    function expectWrongState(uint256 round, IOutcomePool.RoundState state, uint256 deadline) internal {
        vm.expectRevert(abi.encodeWithSelector(IOutcomePool.WrongState.selector, round, state, deadline));
    }

    function assertState(uint32 round, IOutcomePool.RoundState state, uint256 deadline) internal view {
        (IOutcomePool.RoundState actual, uint256 until) = pool.roundState(round);
        assertEq(uint256(actual), uint256(state), "state");
        assertEq(until, deadline, "deadline");
    }

    function assertPayout(uint32 round, uint256 index, uint256 amount) internal view {
        (, uint256 actual, ) = pool.payoutOf(round, index);
        assertEq(actual, amount, "payout");
    }
}
