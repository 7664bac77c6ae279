// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token whose fallback accepts every permit and authorization, and does nothing
contract DeafPermitToken is MockToken {
    /// @notice Does nothing, without complaint.
    fallback() external {}
}
