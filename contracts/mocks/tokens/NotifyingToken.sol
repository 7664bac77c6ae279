// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Recipient that wants to know
interface INotified {
    /// @notice Tokens are about to arrive.
    function tokensReceived(address from, uint256 amount) external;
}

/// @title Token that tells recipients that asked for it, with all gas there is, and fails if they do
contract NotifyingToken is MockToken {
    /// @notice Who is told.
    mapping(address account => bool) public notified;

    /// @notice Asks for it, or no more.
    function setNotified(address account, bool value) external {
        notified[account] = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (notified[to]) INotified(to).tokensReceived(from, value);
    }
}
