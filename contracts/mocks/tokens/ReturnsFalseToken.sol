// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token that returns false instead of reverting
contract ReturnsFalseToken is MockToken {
    /// @notice Whether transfers to an account fail.
    mapping(address account => bool) public refused;

    /// @notice Lets transfers to an account fail, or succeed again.
    function setRefused(address account, bool value) external {
        refused[account] = value;
    }

    /// @notice Moves nothing and returns false where the recipient is refused or funds are short.
    function transfer(address to, uint256 amount) public override returns (bool) {
        if (refused[to] || balanceOf(msg.sender) < amount) return false;
        return super.transfer(to, amount);
    }

    /// @notice Moves nothing and returns false where the recipient is refused or funds or allowance are short.
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (refused[to] || balanceOf(from) < amount || allowance(from, msg.sender) < amount) return false;
        return super.transferFrom(from, to, amount);
    }
}
