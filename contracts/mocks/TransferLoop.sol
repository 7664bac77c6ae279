// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title A bare loop of transfers
/// @notice Like Disperse: no accounting, and one failing transfer fails all. Only here so that gas is compared on the same chain.
contract TransferLoop {
    using SafeERC20 for IERC20;

    /// @notice Takes the sum of `amounts` from the caller and passes `amounts[i]` base units on to `accounts[i]`.
    function disperse(IERC20 token, address[] calldata accounts, uint256[] calldata amounts) external {
        uint256 total = 0;
        for (uint256 i = 0; i < amounts.length; i++) total += amounts[i];
        token.safeTransferFrom(msg.sender, address(this), total);
        for (uint256 i = 0; i < accounts.length; i++) token.safeTransfer(accounts[i], amounts[i]);
    }
}
