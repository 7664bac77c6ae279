// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @notice Every operation at the largest sizes stays below 8 million gas, transaction and calldata included.
/// @dev Needs the optimizer: not run for branch coverage.
contract LargestGasTest is TestBase {
    uint256 private constant LIMIT = 8_000_000;
    /// @dev Providers in one call to `distribute` that stay below the limit, first payments into empty balances.
    uint256 private constant RANGE = 200;

    /// @dev Sends the call and holds it to the limit.
    function _within(address sender, bytes memory data, string memory what) private {
        uint256 before = gasleft();
        vm.prank(sender);
        (bool success, bytes memory result) = address(pool).call(data);
        uint256 used = before - gasleft();
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        for (uint256 i = 0; i < data.length; i++) used += data[i] == 0 ? 4 : 16;
        assertLe(used + 21_000, LIMIT, what);
    }

    function _enrolAll(uint256 count, uint256 weight) private returns (uint256 batches) {
        for (uint256 from = 0; from < count; from += 1023) {
            bytes memory records = manyRecords(from, count - from < 1023 ? count - from : 1023, weight);
            _within(manager, abi.encodeCall(pool.enrol, (records)), "enrol");
            batches++;
        }
    }

    function _settleAll(bytes memory vector) private {
        fund(alice, 0, FUNDS * 1000);
        vm.warp(endOf(0));
        bytes memory signature = oracleSignature(0, ROOT, vector);
        _within(stranger, abi.encodeCall(pool.assess, (0, ROOT, vector, signature)), "assess");
    }

    function _payAll(uint256 count, uint256 amount) private {
        for (uint256 from = count - (count % RANGE); ; from -= RANGE) {
            uint256 n = count - from < RANGE ? count - from : RANGE;
            _within(stranger, abi.encodeCall(pool.distribute, (0, from, n)), "distribute");
            for (uint256 i = from; i < from + n; i++) assertEq(balance(numbered(i)), amount, "paid");
            if (from == 0) break;
        }
    }

    function test_WhenPlainAndLargest_EveryCallStaysWithinTheLimit() public {
        assertEq(_enrolAll(8_191, type(uint32).max), 9, "batches");
        _settleAll(manyScores(8_191, 10_000));
        give(bob, BOND);
        _within(bob, abi.encodeCall(pool.challenge, (0, REASON)), "challenge");
        IOutcomePool.Ruling ruling = IOutcomePool.Ruling.Replace;
        bytes memory other = manyScores(8_191, 9_999);
        _within(arbiter, abi.encodeCall(pool.rule, (0, ruling, OTHER_ROOT, other)), "rule");
        _within(stranger, abi.encodeCall(pool.claim, (8_190, one(0))), "claim");
        _payAll(8_191, (uint256(FUNDS) * 1000 - BOND) / 8_191);
        _within(stranger, abi.encodeCall(pool.refund, (0, alice, alice)), "refund");
        pool.payBond(0);
        pool.payArbiter(0);
        assertLe(balance(address(pool)), 8_191, "dust");
    }

    function test_WhenScoresAreMixed_TheSlowWayStaysWithinTheLimit() public {
        _enrolAll(8_191, 1);
        bytes memory vector = manyScores(8_191, 10_000);
        for (uint256 i = 0; i < vector.length; i += 8) (vector[i], vector[i + 1]) = (0xff, 0xff);
        _settleAll(vector);
    }

    function test_WhenCurvedAndLargest_SettlingStaysWithinTheLimit() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.curve = new IOutcomePool.Knot[](8);
        for (uint16 i = 0; i < 8; i++) t.curve[i] = IOutcomePool.Knot(1_000 * i, 1_200 * i);
        pool = make(t);
        _enrolAll(8_191, 1);
        _settleAll(manyScores(8_191, 6_543));
    }

    function test_WhenMeteredAndLargest_EveryCallStaysWithinTheLimit() public {
        IOutcomePool.Terms memory t = defaultTerms();
        (t.metered, t.feeBps, t.feeRecipient) = (true, 0, address(0));
        t.curve = new IOutcomePool.Knot[](8);
        for (uint16 i = 0; i < 8; i++) t.curve[i] = IOutcomePool.Knot(1_000 * i, 1_200 * i);
        pool = make(t);
        assertEq(_enrolAll(4_090, 1), 4, "batches");
        bytes memory vector = new bytes(4_090 * 6);
        for (uint256 i = 0; i < vector.length; i += 6) {
            (vector[i], vector[i + 1]) = (0x0f, 0xff);
            (vector[i + 2], vector[i + 3], vector[i + 4], vector[i + 5]) = (0xff, 0xff, 0xff, 0xff);
        }
        _settleAll(vector);
        vm.warp(endOf(0) + 3 days);
        _within(stranger, abi.encodeCall(pool.claim, (4_089, one(0))), "claim");
        _payAll(4_090, (uint256(FUNDS) * 1000) / 4_090);
    }

    function test_WhenABadScoreIsLast_NamingItStaysWithinABlock() public {
        _enrolAll(8_191, 1);
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0));
        bytes memory vector = manyScores(8_191, 0);
        vector[16_380] = 0x80;
        bytes memory signature = oracleSignature(0, ROOT, vector);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadScore.selector, 8_190, 32_768, 0, 1));
        pool.assess{gas: 16_777_216}(0, ROOT, vector, signature);
    }
}
