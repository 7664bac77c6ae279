// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {MultiSignerERC7913} from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913.sol";

/// @title Quorum of oracle nodes
/// @notice M of N signers, fixed at construction, as one ERC-1271 signer. Each signer is an ERC-7913 signer: 20 bytes for an account,
/// or a verifier's address and a key. A signature is `abi.encode(bytes[] signers, bytes[] signatures)`, at least M of them, signers
/// in strictly ascending order of their keccak256 hash. Who makes a quorum chooses its signers: two encodings of one key are two
/// signers, and a quorum that counts itself may never be reached.
contract OracleQuorum is MultiSignerERC7913, IERC1271 {
    /// @notice The verifier has no code; a precompile could pass for one that accepts everything.
    error VerifierWithoutCode(bytes signer);

    /// @param signers The N signers, distinct, at least 20 bytes each; a verifier must have code.
    /// @param threshold M, 1 to N.
    constructor(bytes[] memory signers, uint64 threshold) MultiSignerERC7913(signers, threshold) {
        for (uint256 i = 0; i < signers.length; i++) {
            bytes memory signer = signers[i];
            if (signer.length > 20 && address(bytes20(signer)).code.length == 0) revert VerifierWithoutCode(signer);
        }
    }

    /// @inheritdoc IERC1271
    /// @dev Returns 0xffffffff, or reverts on a malformed encoding, where fewer than M signers signed `hash`.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return _rawSignatureValidation(hash, signature) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// @dev Strict order makes the check for duplicates linear. An account is tried by key first, then by contract, as the pool
    /// does: one that delegates its code (EIP-7702) still signs with its key.
    function _validateSignatures(
        bytes32 hash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) internal view override returns (bool) {
        if (signers.length != signatures.length) return false;
        bytes32 last = 0;
        for (uint256 i = 0; i < signers.length; i++) {
            bytes32 id = keccak256(signers[i]);
            if (id <= last || !isSigner(signers[i]) || !_signed(hash, signers[i], signatures[i])) return false;
            last = id;
        }
        return true;
    }

    function _signed(bytes32 hash, bytes calldata signer, bytes calldata signature) private view returns (bool) {
        if (signer.length == 20) {
            (address recovered, ECDSA.RecoverError err, ) = ECDSA.tryRecoverCalldata(hash, signature);
            if (err == ECDSA.RecoverError.NoError && recovered == address(bytes20(signer))) return true;
        }
        return SignatureChecker.isValidSignatureNow(signer, hash, signature);
    }
}
