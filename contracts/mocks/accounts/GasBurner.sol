// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Contract that uses up all gas it is given
contract GasBurner {
    /// @notice Burns.
    fallback() external {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
