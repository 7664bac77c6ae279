// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Contract that reverts whatever it is asked
contract RevertingAccount {
    /// @notice Always.
    error Never();

    /// @notice Reverts.
    fallback() external {
        revert Never();
    }
}
