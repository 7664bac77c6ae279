// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose authorizations move another amount than they say
contract OddAuthorizationToken is MockToken {
    /// @notice Base units it moves more (or fewer) than asked.
    int256 public difference;

    /// @notice Sets the difference.
    function setDifference(int256 value) external {
        difference = value;
    }

    /// @notice Checks nothing at all.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256,
        uint256,
        bytes32,
        uint8,
        bytes32,
        bytes32
    ) external {
        _transfer(from, to, uint256(int256(value) + difference));
    }
}
