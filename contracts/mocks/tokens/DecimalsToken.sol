// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token with any number of decimals
contract DecimalsToken is MockToken {
    uint8 private immutable _decimals;

    constructor(uint8 decimals_) {
        _decimals = decimals_;
    }

    /// @notice As chosen.
    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
