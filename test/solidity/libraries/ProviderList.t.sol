// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Artifact} from "../support/Artifact.sol";
import {Asserts} from "../support/Asserts.sol";
import {LibraryHarness} from "../support/LibraryHarness.sol";
import {vm} from "../support/Vm.sol";

/// @notice The provider list against the plainest way to say the same.
contract ProviderListTest is Asserts {
    LibraryHarness private harness;

    function setUp() public {
        harness = LibraryHarness(Artifact.deploy("LibraryHarness.sol:LibraryHarness", ""));
    }

    function _account(uint256 seed, uint256 i) private pure returns (address) {
        return address(uint160(((i + 1) << 140) | (uint256(keccak256(abi.encode(seed, i))) >> 116)));
    }

    function _weight(uint256 seed, uint256 i) private pure returns (uint256) {
        return 1 + (uint256(keccak256(abi.encode(seed, i, "weight"))) % type(uint32).max);
    }

    function _records(uint256 seed, uint256 from, uint256 count) private pure returns (bytes memory records) {
        records = new bytes(24 * count);
        for (uint256 i = 0; i < count; i++) {
            bytes memory one = abi.encodePacked(_account(seed, from + i), uint32(_weight(seed, from + i)));
            for (uint256 j = 0; j < 24; j++) records[24 * i + j] = one[j];
        }
    }

    function _checkRange(uint256 seed, uint256 from, uint256 count) private view {
        (address[] memory accounts, uint256[] memory weights) = harness.providers(from, count);
        for (uint256 i = 0; i < count; i++) {
            assertEq(accounts[i], _account(seed, from + i), "account");
            assertEq(weights[i], _weight(seed, from + i), "weight");
            (address account, uint256 weight) = harness.provider(from + i);
            assertEq(account, accounts[i], "the same account");
            assertEq(weight, weights[i], "the same weight");
        }
    }

    function testFuzz_WhenAppended_ItReadsBack(uint256 seed) public {
        uint256 count = 1 + (seed % 40);
        bytes memory records = _records(seed, 0, count);
        (address last, uint256 weights, address code) = harness.append(records, 0, address(0));
        uint256 sum = 0;
        for (uint256 i = 0; i < count; i++) sum += _weight(seed, i);
        assertEq(last, _account(seed, count - 1), "last");
        assertEq(weights, sum, "sum");
        assertEq(code.code, bytes.concat(hex"00", records), "code");
        _checkRange(seed, 0, count);
        _checkRange(seed, count / 4, count - count / 4);
        (address none, uint256 nothing) = harness.provider(count);
        assertEq(uint160(none) + nothing, 0, "nothing behind its end");
    }

    function test_WhenThereAreThreePieces_RangesCrossThem() public {
        harness.append(_records(7, 0, 1023), 0, address(0));
        harness.append(_records(7, 1023, 1023), 1023, _account(7, 1022));
        harness.append(_records(7, 2046, 5), 2046, _account(7, 2045));
        _checkRange(7, 1022, 2);
        _checkRange(7, 1020, 1030);
        _checkRange(7, 2045, 6);
        _checkRange(7, 1023, 900);
        (address[] memory accounts, ) = harness.providers(1023, 0);
        assertEq(accounts.length, 0, "empty");
    }

    function test_WhenARecordIsBad_ItIsNamed() public {
        bytes memory good = _records(3, 0, 5);
        _expect(
            bytes.concat(good, abi.encodePacked(_account(3, 5), uint32(0))),
            abi.encodeWithSelector(IOutcomePool.BadProvider.selector, 15, _account(3, 5), 0)
        );
        _expect(
            bytes.concat(good, abi.encodePacked(_account(3, 4), uint32(1))),
            abi.encodeWithSelector(IOutcomePool.ProviderOutOfOrder.selector, 15, _account(3, 4), _account(3, 4))
        );
        _expect(
            abi.encodePacked(address(harness), uint32(1)),
            abi.encodeWithSelector(IOutcomePool.BadProvider.selector, 10, address(harness), 1)
        );
        _expect(
            abi.encodePacked(address(0), uint32(1)),
            abi.encodeWithSelector(IOutcomePool.ProviderOutOfOrder.selector, 10, address(0), address(0))
        );
    }

    function _expect(bytes memory records, bytes memory error_) private {
        vm.expectRevert(error_);
        harness.append(records, 10, address(0));
    }
}
