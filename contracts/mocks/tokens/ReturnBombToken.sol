// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token that answers transfers to chosen accounts with 100,000 bytes
contract ReturnBombToken is MockToken {
    /// @notice Accounts whose transfers fail with a bomb.
    mapping(address account => bool) public bombed;

    /// @notice Chooses an account, or lets it go.
    function setBombed(address account, bool value) external {
        bombed[account] = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (bombed[to]) {
            assembly ("memory-safe") {
                revert(mload(0x40), 100000)
            }
        }
        super._update(from, to, value);
    }
}
