// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token that refuses to move nothing
contract RevertOnZeroToken is MockToken {
    /// @notice The amount was zero.
    error NothingToMove();

    function _update(address from, address to, uint256 value) internal override {
        if (value == 0) revert NothingToMove();
        super._update(from, to, value);
    }
}
