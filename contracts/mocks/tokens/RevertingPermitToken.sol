// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose permit always reverts
contract RevertingPermitToken is MockToken {
    /// @notice Always.
    error NoPermits();

    /// @notice Reverts.
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external pure {
        revert NoPermits();
    }
}
