// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";

/// @title Data as contract code, found by creation nonce
/// @notice A contract's k-th creation has nonce k, from 1, and its address follows from that: no storage points to it.
library CodeStore {
    /// @notice Bytes a piece of code begins with before the data: a STOP, so that it cannot run.
    uint256 internal constant PREFIX = 1;

    /// @notice Stores `data`, at most 24,575 bytes, as the executing contract's next creation.
    function write(bytes memory data) internal returns (address) {
        return SSTORE2.write(data);
    }

    /// @notice Address of the executing contract's creation with `nonce`, 1 to 65,535: the hash of the RLP list of creator and nonce.
    /// @dev Solady's LibRLP does the same for any nonce at three times the cost.
    function addressOf(uint256 nonce) internal view returns (address code) {
        assembly ("memory-safe") {
            // List head, 0x94 for 20 bytes, the creator, then the nonce: itself up to 0x7f, else behind its length.
            let head := shl(80, address())
            switch gt(nonce, 0x7f)
            case 0 {
                mstore(0, or(or(shl(240, 0xd694), head), shl(72, nonce)))
                code := keccak256(0, 23)
            }
            default {
                let bytes_ := add(1, gt(nonce, 0xff))
                let tail := or(shl(shl(3, bytes_), add(0x80, bytes_)), nonce)
                mstore(0, or(or(shl(240, add(0xd694, shl(8, bytes_))), head), shl(sub(72, shl(3, bytes_)), tail)))
                code := keccak256(0, add(23, bytes_))
            }
            code := and(code, 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }
}
