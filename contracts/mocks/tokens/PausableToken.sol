// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose issuer can pause all transfers
contract PausableToken is MockToken {
    /// @notice Whether transfers are paused.
    bool public paused;

    /// @notice Transfers are paused.
    error Paused();

    /// @notice Pauses or resumes transfers.
    function setPaused(bool value) external {
        paused = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (paused) revert Paused();
        super._update(from, to, value);
    }
}
