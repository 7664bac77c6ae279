// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token that calls anything in the middle of a transfer
/// @notice Tells afterwards how the call went.
contract HookToken is MockToken {
    address private _target;
    bytes private _data;
    /// @notice Calls made since the hook was set.
    uint256 public calls;
    /// @notice Whether the last call succeeded.
    bool public succeeded;
    /// @notice What the last call returned, or its error.
    bytes public result;

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
