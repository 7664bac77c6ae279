// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Contract that answers with 100,000 bytes of zeros
contract Bomb {
    /// @notice Answers.
    fallback() external {
        assembly ("memory-safe") {
            return(mload(0x40), 100000)
        }
    }
}
