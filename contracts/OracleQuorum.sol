// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {MultiSignerERC7913} from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913.sol";

/// @title Quorum of oracle nodes
/// @notice M of N signers, fixed at construction, as one ERC-1271 signer. Each signer is an ERC-7913 signer: 20 bytes for an account,
/// or a verifier's address and a key. A signature is `abi.encode(bytes[] signers, bytes[] signatures)`, at least M of them, signers
/// in strictly ascending order of their keccak256 hash.
contract OracleQuorum is MultiSignerERC7913, IERC1271 {
    /// @param signers The N signers, distinct, at least 20 bytes each.
    /// @param threshold M, 1 to N.
    constructor(bytes[] memory signers, uint64 threshold) MultiSignerERC7913(signers, threshold) {}

    /// @inheritdoc IERC1271
    /// @dev Returns 0xffffffff, or reverts on a malformed encoding, where fewer than M signers signed `hash`.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return _rawSignatureValidation(hash, signature) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// @dev Order makes a second form of the same signature impossible and the check for duplicates linear.
    function _validateSignatures(
        bytes32 hash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) internal view override returns (bool) {
        bytes32 last = 0;
        for (uint256 i = 0; i < signers.length; i++) {
            bytes32 id = keccak256(signers[i]);
            if (id <= last) return false;
            last = id;
        }
        return super._validateSignatures(hash, signers, signatures);
    }
}
