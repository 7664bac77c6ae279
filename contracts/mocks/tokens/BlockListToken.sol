// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose issuer can block accounts, as large stablecoins do
contract BlockListToken is MockToken {
    /// @notice Whether an account can neither send nor receive.
    mapping(address account => bool) public blocked;

    /// @notice The account can neither send nor receive.
    error Blocked(address account);

    /// @notice Blocks or frees an account.
    function setBlocked(address account, bool value) external {
        blocked[account] = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (blocked[from]) revert Blocked(from);
        if (blocked[to]) revert Blocked(to);
        super._update(from, to, value);
    }
}
