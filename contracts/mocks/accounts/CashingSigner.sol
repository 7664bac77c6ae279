// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Signer that tries to act in the middle of its own signature check
/// @notice A signature is a target and a call; the check is a static call, so nothing it calls may write.
contract CashingSigner is IERC1271 {
    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata signature) external view returns (bytes4) {
        (address target, bytes memory data) = abi.decode(signature, (address, bytes));
        (bool success, ) = target.staticcall(data);
        return success ? bytes4(0xffffffff) : IERC1271.isValidSignature.selector;
    }
}
