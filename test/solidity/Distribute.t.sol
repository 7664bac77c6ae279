// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TokenPush} from "../../contracts/libraries/TokenPush.sol";
import {TestBase} from "./support/TestBase.sol";
import {Vm, vm} from "./support/Vm.sol";

/// @dev trees/distribute.tree; failing transfers are in hostile/Push.t.sol.
contract DistributeTest is TestBase {
    bytes private vector = hex"271013880000"; // 10,000, 5,000, 0: two halves of 975

    function test_WhenSettled_AnyoneMayPayAll() public {
        openSettled(vector);
        expectEvent();
        emit IOutcomePool.Distributed(0, 0, 3, new uint256[](0));
        vm.prank(stranger);
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)), 487_500_000, "first");
        assertEq(balance(provider(1)), 487_500_000, "second");
        assertEq(balance(provider(2)), 0, "third");
        _expectClaimed(0, 3, true);
    }

    function test_WhenARangeIsGiven_OnlyThatIsPaid() public {
        openSettled(vector);
        pool.distribute(0, 1, 1);
        assertEq(balance(provider(0)), 0, "first");
        assertEq(balance(provider(1)), 487_500_000, "second");
        _expectClaimed(1, 1, true);
        _expectClaimed(0, 1, false);
        _expectClaimed(2, 1, false);
    }

    function test_WhenSomeArePaid_TheyArePassedOver() public {
        openSettled(vector);
        pool.claim(0, one(0));
        expectEvent();
        emit IOutcomePool.Distributed(0, 0, 3, new uint256[](0));
        pool.distribute(0, 0, 3);
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)), 487_500_000, "once");
        assertEq(balance(provider(1)), 487_500_000, "once");
    }

    function test_WhenSilent_TheDefaultRateIsPaid() public {
        open();
        vm.warp(endOf(0) + 10 days);
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)), 83_333_333, "1,000 / 6 / 2, down");
        assertEq(balance(provider(1)), 166_666_666, "1,000 / 3 / 2, down");
        assertEq(balance(provider(2)), 250e6, "1,000 / 2 / 2");
    }

    function test_WhenMetered_UnitsArePaid() public {
        IOutcomePool.Terms memory t = defaultTerms();
        (t.metered, t.feeBps) = (true, 0);
        pool = make(t);
        openSettled(abi.encodePacked(uint16(10_000), uint32(1), uint16(5_000), uint32(6), uint48(0)));
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)), 250e6, "1 of 4");
        assertEq(balance(provider(1)), 750e6, "3 of 4");
    }

    function test_WhenCountIsZero_ItReverts() public {
        openSettled(vector);
        expectRevert(abi.encodeWithSelector(IOutcomePool.ZeroAmount.selector));
        pool.distribute(0, 0, 0);
    }

    function test_WhenTheRangeExceedsTheList_ItReverts() public {
        openSettled(vector);
        _expectIndex(0, 4);
        _expectIndex(3, 1);
        _expectIndex(2, 2);
        _expectIndex(type(uint256).max, 1);
        _expectIndex(1, type(uint256).max);
        _expectIndex(type(uint256).max, type(uint256).max);
    }

    function test_WhenNotSettled_ItReverts() public {
        openAssessed(vector);
        expectWrongState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        pool.distribute(0, 0, 3);
        challenge(0);
        expectWrongState(0, IOutcomePool.RoundState.Challenged, endOf(0) + 14 days);
        pool.distribute(0, 0, 3);
        vm.warp(endOf(1));
        expectWrongState(1, IOutcomePool.RoundState.Cancelled, 0);
        pool.distribute(1, 0, 3);
    }

    function test_WhenThereIsNoSuchRound_ItReverts() public {
        openSettled(vector);
        expectRevert(abi.encodeWithSelector(IOutcomePool.RoundOutOfRange.selector, 3, 3));
        pool.distribute(3, 0, 3);
    }

    function test_WhenGasIsShort_ItRevertsInsteadOfSkipping() public {
        openSettled(vector);
        uint256 needed = TokenPush.GAS + TokenPush.GAS / 32;
        assertEq(needed, 206_250, "needed");
        (bool success, bytes memory data) = address(pool).call{gas: 200_000}(
            abi.encodeCall(IOutcomePool.distribute, (0, 0, 3))
        );
        assertFalse(success, "reverts");
        assertEq(bytes32(bytes4(data)), bytes32(IOutcomePool.InsufficientGas.selector), "error");
        (uint256 left, uint256 wanted) = this.decode(data);
        assertEq(wanted, needed, "wanted");
        assertTrue(left < needed, "left");
        _expectClaimed(0, 3, false);
    }

    function decode(bytes calldata data) external pure returns (uint256, uint256) {
        return abi.decode(data[4:], (uint256, uint256));
    }

    function test_WhenOneWordIsFull_AllAreMarkedAndPaid() public {
        _silentMany(256);
        pool.distribute(0, 0, 256);
        _expectClaimed(0, 256, true);
        _expectBalances(0, 256, FUNDS / 512);
    }

    function test_WhenAllWordsAreFull_AllArePaid() public {
        _silentMany(512);
        pool.distribute(0, 0, 512);
        _expectBalances(0, 512, FUNDS / 1024);
    }

    function test_WhenTheRangeCrossesAWord_ItsNeighboursStayUnpaid() public {
        _silentMany(600);
        pool.distribute(0, 255, 2);
        _expectClaimed(254, 1, false);
        _expectClaimed(255, 2, true);
        _expectClaimed(257, 1, false);
        pool.distribute(0, 250, 270); // over two ends of words, two paid already
        _expectClaimed(249, 1, false);
        _expectClaimed(250, 270, true);
        _expectClaimed(520, 1, false);
        _expectBalances(250, 270, FUNDS / 1200);
    }

    function test_WhenTheRangeCrossesAPieceOfTheList_AllArePaid() public {
        _silentMany(1030);
        pool.distribute(0, 1021, 4);
        _expectClaimed(1020, 1, false);
        _expectClaimed(1021, 4, true);
        _expectClaimed(1025, 1, false);
        _expectBalances(1021, 4, FUNDS / 2060);
        pool.distribute(0, 1023, 7);
        _expectBalances(1021, 9, FUNDS / 2060);
    }

    function test_WhenTheRangeEndsAtAWord_TheNextIsUntouched() public {
        _silentMany(300);
        pool.distribute(0, 200, 56);
        _expectClaimed(199, 1, false);
        _expectClaimed(200, 56, true);
        _expectClaimed(256, 1, false);
    }

    function test_WhenInParts_ItPaysTheSameAsAtOnce() public {
        openSettled(vector);
        pool.distribute(0, 2, 1);
        pool.distribute(0, 0, 1);
        pool.claim(1, one(0));
        assertEq(balance(provider(0)), 487_500_000, "first");
        assertEq(balance(provider(1)), 487_500_000, "second");
        assertEq(balance(address(pool)), 25e6, "the fee is left");
    }

    function _silentMany(uint256 count) private {
        enrolMany(count, 1);
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0) + 10 days);
    }

    function _expectBalances(uint256 from, uint256 count, uint256 amount) private view {
        for (uint256 i = from; i < from + count; i++) assertEq(balance(numbered(i)), amount, "balance");
    }

    function _expectClaimed(uint256 from, uint256 count, bool expected) private view {
        for (uint256 i = from; i < from + count; i++) {
            (, , bool claimed) = pool.payoutOf(0, i);
            assertTrue(claimed == expected, "claimed");
        }
    }

    function _expectIndex(uint256 from, uint256 count) private {
        expectRevert(abi.encodeWithSelector(IOutcomePool.IndexOutOfRange.selector, from, 3));
        pool.distribute(0, from, count);
    }
}
