// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose `transferFrom` says true and moves nothing
contract TrueWithoutMovingToken is MockToken {
    /// @notice Says true.
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return true;
    }
}
