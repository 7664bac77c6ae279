// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../interfaces/IOutcomePool.sol";
import {CodeStore} from "./CodeStore.sol";

/// @title Provider list as contract code
/// @notice Records of 24 bytes (address, weight as `uint32`), 1,023 to a piece of code. Piece k is what the executing pool created
/// with nonce k + 1, so no storage points to it.
library ProviderList {
    uint256 internal constant RECORD = 24;
    uint256 internal constant BATCH = 1023;

    /// @notice Checks a batch and stores it as the next piece of code.
    /// @param firstIndex Index of its first provider.
    /// @param previous Last address enrolled before, zero if none.
    /// @return last Its last address.
    /// @return weights Sum of its weights.
    /// @return code Where it is stored.
    function append(
        bytes calldata records,
        uint256 firstIndex,
        address previous
    ) internal returns (address last, uint256 weights, address code) {
        last = previous;
        bool good;
        assembly ("memory-safe") {
            // All differences below are negative in good records: their signs are collected and looked at once.
            let signs := not(0)
            let end := add(records.offset, records.length)
            for {
                let next := records.offset
            } lt(next, end) {
                next := add(next, 24)
            } {
                let record := calldataload(next)
                let account := shr(96, record)
                let weight := and(shr(64, record), 0xffffffff)
                weights := add(weights, weight)
                signs := and(signs, and(sub(last, account), and(sub(0, weight), sub(0, xor(account, address())))))
                last := account
            }
            good := shr(255, signs)
        }
        if (!good) _revertAtBadRecord(records, firstIndex, previous);
        code = CodeStore.write(records);
    }

    /// @notice Provider at `index`. The caller has checked that there is one: behind the list's last piece of code comes other code.
    function read(uint256 index) internal view returns (address account, uint256 weight) {
        address piece = pieceAt(index / BATCH);
        assembly ("memory-safe") {
            extcodecopy(piece, 0, add(1, mul(mod(index, 1023), 24)), 24)
            let record := mload(0)
            account := shr(96, record)
            weight := and(shr(64, record), 0xffffffff)
        }
    }

    /// @notice Copies `count` records from index `from` into memory, packed.
    /// @dev The caller has checked the range.
    function load(uint256 from, uint256 count) internal view returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := mload(0x40)
            mstore(0x40, add(ptr, and(add(mul(count, RECORD), 63), not(31))))
        }
        uint256 target = ptr;
        while (count > 0) {
            uint256 skip = from % BATCH;
            uint256 taken = BATCH - skip;
            if (taken > count) taken = count;
            address piece = pieceAt(from / BATCH);
            assembly ("memory-safe") {
                extcodecopy(piece, target, add(1, mul(skip, RECORD)), mul(taken, RECORD))
            }
            unchecked {
                target += taken * RECORD;
                from += taken;
                count -= taken;
            }
        }
    }

    /// @notice Record `i` of those that `load` put at `ptr`.
    function recordAt(uint256 ptr, uint256 i) internal pure returns (address account, uint256 weight) {
        assembly ("memory-safe") {
            let record := mload(add(ptr, mul(i, RECORD)))
            account := shr(96, record)
            weight := and(shr(64, record), 0xffffffff)
        }
    }

    /// @dev Names the first record that breaks a rule.
    function _revertAtBadRecord(bytes calldata records, uint256 index, address previous) private view {
        for (uint256 offset = 0; ; offset += RECORD) {
            address account = address(bytes20(records[offset:]));
            uint256 weight = uint32(bytes4(records[offset + 20:]));
            if (account <= previous) revert IOutcomePool.ProviderOutOfOrder(index, account, previous);
            if (weight == 0 || account == address(this)) revert IOutcomePool.BadProvider(index, account, weight);
            previous = account;
            index++;
        }
    }

    /// @notice Address of a piece of code of the executing pool.
    function pieceAt(uint256 piece) internal view returns (address) {
        return CodeStore.addressOf(piece + 1);
    }
}
