// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Plain ERC-20 that anyone may mint
/// @notice Knows neither permits nor authorizations. What the hostile tokens beside it have in common.
contract MockToken is ERC20 {
    constructor() ERC20("Mock", "MOCK") {}

    /// @notice Gives `amount` base units to `to`.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
