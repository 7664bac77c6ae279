// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token that keeps amounts in 96 bits and takes the largest allowance for an endless one
contract Uint96Token is MockToken {
    /// @notice The amount has more than 96 bits.
    error Exceeds96Bits(uint256 amount);

    /// @notice Refuses amounts above 96 bits, but for the largest of all.
    function approve(address spender, uint256 amount) public override returns (bool) {
        if (amount != type(uint256).max) _check(amount);
        return super.approve(spender, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        _check(value);
        super._update(from, to, value);
    }

    function _check(uint256 amount) private pure {
        if (amount > type(uint96).max) revert Exceeds96Bits(amount);
    }
}
