// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {MockToken} from "./MockToken.sol";

/// @title Token that calls anything in the middle of a transfer
/// @notice Tells afterwards how the call went. Knows ERC-2612 and EIP-3009, as the stablecoin does.
contract HookToken is MockToken, ERC20Permit, ERC3009 {
    address private _target;
    bytes private _data;
    /// @notice Calls made since the hook was set.
    uint256 public calls;
    /// @notice Whether the last call succeeded.
    bool public succeeded;
    /// @notice What the last call returned, or its error.
    bytes public result;

    constructor() ERC20Permit("Mock") {}

    /// @notice From now on every transfer calls `target` with `data`.
    function arm(address target, bytes calldata data) external {
        (_target, _data, calls) = (target, data, 0);
    }

    /// @notice No more calls.
    function disarm() external {
        _target = address(0);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (_target != address(0)) {
            calls++;
            (succeeded, result) = _target.call(_data);
        }
        super._update(from, to, value);
    }
}
