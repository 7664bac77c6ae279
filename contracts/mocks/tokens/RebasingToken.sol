// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose balances can be scaled at any time
contract RebasingToken is MockToken {
    /// @notice Percent of the shares that balances show.
    uint256 public scale = 100;

    /// @notice Makes all balances `percent` of what was minted and moved.
    function rebase(uint256 percent) external {
        scale = percent;
    }

    /// @notice Scaled balance.
    function balanceOf(address account) public view override returns (uint256) {
        return (super.balanceOf(account) * scale) / 100;
    }

    /// @dev Amounts are scaled, shares are kept.
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, (value * 100) / scale);
    }
}
