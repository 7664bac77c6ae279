// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Contract wallet that accepts its owner's signatures, until it changes its mind
contract Wallet1271 is IERC1271 {
    address private immutable _owner;
    /// @notice Whether it accepts nothing any more.
    bool public closed;

    constructor(address owner) {
        _owner = owner;
    }

    /// @notice Changes its mind.
    function setClosed(bool value) external {
        closed = value;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        return !closed && signer == _owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
