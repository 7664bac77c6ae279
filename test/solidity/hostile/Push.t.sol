// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {BlockListToken} from "../../../contracts/mocks/tokens/BlockListToken.sol";
import {NotifyingToken} from "../../../contracts/mocks/tokens/NotifyingToken.sol";
import {OddReturnToken} from "../../../contracts/mocks/tokens/OddReturnToken.sol";
import {ReturnBombToken} from "../../../contracts/mocks/tokens/ReturnBombToken.sol";
import {ReturnsFalseToken} from "../../../contracts/mocks/tokens/ReturnsFalseToken.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice A batch pays all who can be paid, tells who could not, and lets nobody stop it.
contract PushTest is TestBase {
    uint256 private constant EACH = 20e6;
    bytes private constant BURN = hex"fe";
    uint256[] private expected;

    function _settle(string memory artifact, uint256 count) private {
        useToken(artifact, "");
        enrolMany(count, 1);
        fund(alice, 0, 2 * EACH * count); // silence pays half
        vm.warp(endOf(0) + 10 days);
    }

    function _expectSkipped(uint256 from, uint256 count) private {
        expectEvent();
        emit IOutcomePool.Distributed(0, from, count, expected);
        pool.distribute(0, from, count);
    }

    function _expectOnlySkippedUnpaid(uint256 count) private view {
        uint256 next = 0;
        for (uint256 i = 0; i < count; i++) {
            bool skipped = next < expected.length && expected[next] == i;
            if (skipped) next++;
            (, uint256 amount, bool claimed) = pool.payoutOf(0, i);
            assertEq(amount, EACH, "amount");
            assertTrue(claimed != skipped, "claimed");
            assertEq(balance(numbered(i)), skipped ? 0 : EACH, "balance");
        }
    }

    function test_WhenSomeAreBlocked_TheyAreSkippedAndTold() public {
        _settle("BlockListToken.sol:BlockListToken", 520);
        expected = [0, 1, 254, 255, 256, 300, 511, 512, 519];
        for (uint256 i = 0; i < expected.length; i++) _block(expected[i], true);
        _expectSkipped(0, 520);
        _expectOnlySkippedUnpaid(520);
        for (uint256 i = 0; i < expected.length; i++) _block(expected[i], false);
        delete expected;
        _expectSkipped(0, 520);
        _expectOnlySkippedUnpaid(520);
        assertEq(balance(address(pool)), 520 * EACH, "the buyer's half");
    }

    function test_WhenOneWasPaidAndOneIsBlockedInAWord_OnlyTheBlockedIsOpen() public {
        _settle("BlockListToken.sol:BlockListToken", 10);
        pool.claim(4, one(0));
        _block(5, true);
        expected = [5];
        _expectSkipped(2, 6);
        (, , bool claimed) = pool.payoutOf(0, 4);
        assertTrue(claimed, "paid before");
        (, , claimed) = pool.payoutOf(0, 1);
        assertFalse(claimed, "outside the range");
        _expectSkipped(2, 6);
    }

    function test_WhenABlockedOneNamesAnotherAddress_ItIsPaidThere() public {
        _settle("BlockListToken.sol:BlockListToken", 3);
        _block(1, true);
        pool.distribute(0, 0, 3);
        vm.prank(numbered(1));
        pool.claimTo(1, one(0), carol);
        assertEq(balance(carol), EACH, "carol");
    }

    function test_WhenTheTokenReturnsFalse_TheTransferIsSkipped() public {
        _settle("ReturnsFalseToken.sol:ReturnsFalseToken", 4);
        ReturnsFalseToken(address(token)).setRefused(numbered(2), true);
        expected = [2];
        _expectSkipped(0, 4);
        _expectOnlySkippedUnpaid(4);
    }

    function test_WhenTheTokenReturnsNothing_TheTransferCounts() public {
        _settle("NoReturnToken.sol:NoReturnToken", 4);
        _expectSkipped(0, 4);
        _expectOnlySkippedUnpaid(4);
    }

    function test_WhenTheTokenAnswersOddly_OnlyTrueCounts() public {
        _settle("OddReturnToken.sol:OddReturnToken", 6);
        OddReturnToken odd = OddReturnToken(address(token));
        odd.setAnswer(numbered(0), abi.encode(0));
        odd.setAnswer(numbered(1), abi.encode(2));
        odd.setAnswer(numbered(2), hex"01");
        odd.setAnswer(numbered(3), abi.encodePacked(type(uint248).max)); // 31 bytes
        odd.setAnswer(numbered(4), new bytes(64));
        expected = [0, 1, 2, 3, 4];
        _expectSkipped(0, 6);
        _expectOnlySkippedUnpaid(6);
    }

    function test_WhenTheTokenBombs_TheBatchGoesOn() public {
        _settle("ReturnBombToken.sol:ReturnBombToken", 5);
        ReturnBombToken(address(token)).setBombed(numbered(1), true);
        expected = [1];
        _expectSkipped(0, 5);
        _expectOnlySkippedUnpaid(5);
    }

    function test_WhenRecipientsRevertOrBurnGas_TheBatchGoesOn() public {
        _settle("NotifyingToken.sol:NotifyingToken", 40);
        _code(3, hex"5f5ffd"); // reverts
        for (uint256 i = 10; i < 20; i++) _code(i, BURN);
        expected = [3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
        uint256 before = gasleft();
        _expectSkipped(0, 40);
        // 200,000 for each that burns, and what the others need.
        assertLe(before - gasleft(), 10 * 200_000 + 40 * 60_000, "gas");
        _expectOnlySkippedUnpaid(40);
    }

    function test_WhenABurnerLeavesTooLittleGas_AllRevertsInsteadOfSkipping() public {
        _settle("NotifyingToken.sol:NotifyingToken", 4);
        _code(1, BURN);
        bytes memory call_ = abi.encodeCall(pool.distribute, (0, 0, 4));
        bool once = false;
        for (uint256 gas_ = 240_000; gas_ < 700_000; gas_ += 20_000) {
            uint256 id = vm.snapshotState();
            (bool success, bytes memory data) = address(pool).call{gas: gas_}(call_);
            if (success) {
                expected = [1];
                _expectOnlySkippedUnpaid(4);
                once = true;
            } else {
                assertEq(bytes32(bytes4(data)), bytes32(IOutcomePool.InsufficientGas.selector), "error");
                assertEq(balance(numbered(0)), 0, "nothing happened");
            }
            vm.revertToState(id);
            expected = new uint256[](0);
        }
        (bool enough, ) = address(pool).call{gas: 1_500_000}(call_);
        assertTrue(enough || once, "with enough gas it works");
        expected = [1];
        _expectOnlySkippedUnpaid(4);
    }

    function test_WhenABurnerIsClaimedFor_OnlyThatClaimFails() public {
        _settle("NotifyingToken.sol:NotifyingToken", 3);
        _code(1, BURN);
        vm.expectRevert();
        pool.claim{gas: 500_000}(1, one(0));
        pool.claim(0, one(0));
        pool.claim(2, one(0));
        vm.prank(numbered(1));
        pool.claimTo(1, one(0), carol);
        assertEq(balance(carol), EACH, "elsewhere");
    }

    /// @dev A recipient with code that wants to be told.
    function _code(uint256 index, bytes memory code) private {
        vm.etch(numbered(index), code);
        NotifyingToken(address(token)).setNotified(numbered(index), true);
    }

    function _block(uint256 index, bool value) private {
        BlockListToken(address(token)).setBlocked(numbered(index), value);
    }
}
