// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IOutcomePool} from "../interfaces/IOutcomePool.sol";

/// @title Token transfer that cannot stop a batch
/// @notice Like OpenZeppelin's `trySafeTransfer`, with a limit on the gas that token and recipient may use: without it, one
/// recipient with a costly hook could burn the gas of all that come after it.
library TokenPush {
    /// @notice Gas for one transfer: several times what the dearest stablecoins use.
    uint256 internal constant GAS = 200_000;

    /// @notice Sends `amount` of `token`, a contract, to `to`; false where that fails, returns false or takes more gas.
    /// @dev Reverts where the caller left too little gas to know: else a low gas limit would look like a failing recipient.
    function tryTransfer(address token, address to, uint256 amount) internal returns (bool success) {
        // A call passes on at most 63/64 of what is left.
        if (gasleft() < GAS + GAS / 32) revert IOutcomePool.InsufficientGas(gasleft(), GAS + GAS / 32);
        bytes4 selector = IERC20.transfer.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(0x00, selector)
            mstore(0x04, to)
            mstore(0x24, amount)
            success := call(GAS, token, 0, 0x00, 0x44, 0x00, 0x20)
            // No return value counts as success, any but `true` as failure.
            success := and(success, or(iszero(returndatasize()), and(gt(returndatasize(), 31), eq(mload(0x00), 1))))
            mstore(0x40, free)
        }
    }
}
