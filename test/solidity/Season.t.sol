// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @notice The longest season: 520 rounds, each assessed and replaced, so that creation nonces pass 127, 255 and 1,000.
contract SeasonTest is TestBase {
    uint32 private constant ROUNDS = 520;

    function setUp() public override {
        super.setUp();
        IOutcomePool.Terms memory t = defaultTerms();
        (t.rounds, t.period, t.bond, t.minimum, t.feeBps) = (uint16(ROUNDS), 60, 1, 1, 0);
        (t.assessmentWindow, t.oracle) = (1 days, vm.addr(1));
        pool = make(t);
        enrol(defaultRecords());
        give(alice, 1_000_000);
        give(bob, ROUNDS);
        for (uint32 r = 0; r < ROUNDS; r++) {
            vm.prank(alice);
            pool.fund(r, alice, 601);
        }
    }

    /// @dev Round r pays all to provider r mod 3, by score r + 1 (before) or 9,999 - r (after).
    function _vector(uint256 r, uint16 score) private pure returns (bytes memory) {
        return scores(r % 3 == 0 ? score : 0, r % 3 == 1 ? score : 0, r % 3 == 2 ? score : 0);
    }

    function _checkAll(bytes32 root, bool replaced) private view {
        for (uint32 r = 0; r < ROUNDS; r++) {
            uint16 score = uint16(replaced ? 9_999 - r : r + 1);
            assertEq(pool.scores(r, r % 3, 1)[0].score, score, "score");
            assertEq(pool.roundInfo(r).evidenceRoot, bytes32(uint256(root) + r), "root");
        }
    }

    function test_WhenEveryRoundIsAssessedAndReplaced_EachKeepsItsVector() public {
        vm.warp(endOf(ROUNDS - 1));
        for (uint32 r = 0; r < ROUNDS; r++) {
            bytes memory vector = _vector(r, uint16(r + 1));
            bytes32 root = bytes32(uint256(ROOT) + r);
            pool.assess(r, root, vector, _signature(r, root, vector));
        }
        _checkAll(ROOT, false);
        assertEq(vm.getNonce(address(pool)), 522, "pieces");
        for (uint32 r = 0; r < ROUNDS; r++) {
            vm.prank(bob);
            pool.challenge(r, REASON);
            bytes memory vector = _vector(r, uint16(9_999 - r));
            vm.prank(arbiter);
            pool.rule(r, IOutcomePool.Ruling.Replace, bytes32(uint256(OTHER_ROOT) + r), vector);
        }
        _checkAll(OTHER_ROOT, true);
        assertEq(vm.getNonce(address(pool)), 1_042, "pieces");
        _drain();
    }

    /// @dev One claim for all rounds of a provider: 600 in every third of them.
    function _drain() private {
        uint32[] memory rounds = new uint32[](ROUNDS);
        for (uint32 r = 0; r < ROUNDS; r++) rounds[r] = r;
        for (uint256 i = 0; i < 3; i++) {
            pool.claim(i, rounds);
            assertEq(balance(provider(i)), uint256(600) * (i == 0 ? 174 : 173), "provider");
        }
        for (uint32 r = 0; r < ROUNDS; r++) {
            pool.refund(r, alice, alice);
            pool.payBond(r);
            pool.payArbiter(r);
        }
        assertEq(balance(bob), ROUNDS, "bob");
        assertEq(balance(arbiter), ROUNDS, "arbiter");
        assertEq(balance(address(pool)), 0, "empty");
    }

    function _signature(uint32 round, bytes32 root, bytes memory vector) private view returns (bytes memory) {
        return oracleSignatureBy(1, round, root, vector);
    }
}
