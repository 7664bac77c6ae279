// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @title No index reaches anything but a provider
/// @dev The pool finds lists and vectors by creation nonce: an index past the list must not make it read a vector, or another
/// contract's code, as if it were the list. An audit of this project drained pools that way.
contract IndexBoundsTest is TestBase {
    address private constant THIEF = address(0xBADBADBAD);

    function test_WhenTheRoundIsAssessed_NoIndexPastTheListPays() public {
        openSettled(scores(9_000, 9_000, 9_000));
        _expectNoPhantoms(0);
    }

    function test_WhenTheRoundIsSilent_NoIndexPastTheListPays() public {
        open();
        fund(alice, 1, FUNDS);
        vm.warp(endOf(0));
        // Round 0's evidence root is shaped like a provider's record: the thief, and a weight that takes everything.
        bytes32 root = bytes32(abi.encodePacked(THIEF, uint32(3_600), uint64(1)));
        bytes memory vector = scores(9_000, 9_000, 9_000);
        pool.assess(0, root, vector, oracleSignature(0, root, vector));
        vm.warp(endOf(1) + 10 days);
        assertState(1, IOutcomePool.RoundState.Settled, 0);
        _expectNoPhantoms(1);
        assertEq(balance(THIEF), 0, "thief");
    }

    function test_WhenTheRoundIsReplacedOrVoided_NoIndexPastTheListPays() public {
        openChallenged(scores(9_000, 9_000, 9_000));
        fund(alice, 1, FUNDS);
        bytes32 root = bytes32(abi.encodePacked(arbiter, uint32(1_200), uint64(1)));
        vm.prank(arbiter);
        pool.rule(0, IOutcomePool.Ruling.Replace, root, scores(0, 0, 0));
        _expectNoPhantoms(0);
        vm.warp(endOf(1));
        assess(1, scores(1, 2, 3));
        challenge(1);
        rule(1, IOutcomePool.Ruling.Void);
        _expectNoPhantoms(1);
    }

    function testFuzz_WhenTheIndexIsPastTheList_ItIsRefused(uint256 index) public {
        vm.assume(index > 2);
        openSettled(scores(9_000, 9_000, 9_000));
        _expectRefused(0, index);
    }

    function test_WhenARangeHoldsWholeWindowsOf256_AllArePaid() public {
        enrolMany(600, 1);
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0));
        assess(0, manyScores(600, 10_000));
        vm.warp(endOf(0) + 3 days);
        pool.distribute(0, 0, 256);
        pool.distribute(0, 256, 344);
        for (uint256 i = 0; i < 600; i++) assertEq(balance(numbered(i)), (975e6 * 1) / uint256(600), "paid");
    }

    function _expectNoPhantoms(uint32 round) private {
        for (uint256 piece = 1; piece < 6; piece++) {
            for (uint256 offset = 0; offset < 6; offset++) _expectRefused(round, piece * 1023 + offset);
        }
        _expectRefused(round, 3);
        _expectRefused(round, 2 ** 32);
        _expectRefused(round, 2 ** 255);
        _expectRefused(round, type(uint256).max);
        // A nonce that would forge the creator's address in the hash that gives the code's place.
        uint256 forged = uint256(uint160(type(uint160).max)) << 24;
        _expectRefused(round, ((forged | 0x820100) - 1) * 1023);
    }

    function _expectRefused(uint32 round, uint256 index) private {
        uint256 before = balance(address(pool));
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, index, 3));
        pool.claim(index, one(round));
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, index, 3));
        pool.payoutOf(round, index);
        assertEq(balance(address(pool)), before, "pool");
    }
}
