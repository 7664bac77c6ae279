// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @title Keys and signatures of the tests
/// @notice States the typed data anew, so that a changed digest in the contracts is seen.
library Signing {
    bytes32 internal constant DOMAIN = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 internal constant ASSESSMENT = keccak256("Assessment(uint32 round,bytes32 evidenceRoot,bytes scores)");
    bytes32 internal constant AUTHORIZATION = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 internal constant CLAIM_TO = keccak256(
        "ClaimTo(uint32[] rounds,uint256 index,address to,uint256 deadline)"
    );

    /// @notice EIP-712 digest of a struct in a pool's domain.
    function digest(address pool, bytes32 structHash) internal view returns (bytes32) {
        return digestOn(block.chainid, pool, structHash);
    }

    /// @notice The same on any chain.
    function digestOn(uint256 chain, address pool, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN, keccak256("Guerdon"), keccak256("1"), chain, pool));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @notice EIP-3009 authorization of the key's account, good at any time.
    /// @param domain Of the token.
    function authorization(
        uint256 key,
        bytes32 domain,
        address to,
        uint256 amount,
        bytes32 nonce
    ) internal pure returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 content = keccak256(abi.encode(AUTHORIZATION, vm.addr(key), to, amount, 0, type(uint256).max, nonce));
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, content)));
    }

    function assessment(uint32 round, bytes32 root, bytes memory scores) internal pure returns (bytes32) {
        return keccak256(abi.encode(ASSESSMENT, round, root, keccak256(scores)));
    }

    function claimTo(
        uint32[] memory rounds,
        uint256 index,
        address to,
        uint256 deadline
    ) internal pure returns (bytes32) {
        // An array's encoding in typed data is its members as words.
        bytes memory list;
        for (uint256 i = 0; i < rounds.length; i++) list = abi.encodePacked(list, uint256(rounds[i]));
        return keccak256(abi.encode(CLAIM_TO, keccak256(list), index, to, deadline));
    }

    /// @notice 65 bytes: r, s, v.
    function sign(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    /// @notice An account as ERC-7913 signer.
    function signer(uint256 key) internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(key));
    }

    /// @notice Quorum signature by the keys, in the order given.
    function quorum(uint256[] memory by, bytes32 hash) internal pure returns (bytes memory) {
        bytes[] memory signers = new bytes[](by.length);
        bytes[] memory signatures = new bytes[](by.length);
        for (uint256 i = 0; i < by.length; i++) {
            signers[i] = signer(by[i]);
            signatures[i] = sign(by[i], hash);
        }
        return abi.encode(signers, signatures);
    }

    /// @notice Sorts keys by the hash of their signer, as a quorum signature wants them.
    function sortByHash(uint256[] memory list) internal pure returns (uint256[] memory) {
        for (uint256 i = 1; i < list.length; i++) {
            for (uint256 j = i; j > 0 && keccak256(signer(list[j])) < keccak256(signer(list[j - 1])); j--) {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
        return list;
    }

    /// @notice Sorts keys by address, as providers are enrolled.
    function sortByAddress(uint256[] memory list) internal pure returns (uint256[] memory) {
        for (uint256 i = 1; i < list.length; i++) {
            for (uint256 j = i; j > 0 && vm.addr(list[j]) < vm.addr(list[j - 1]); j--) {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
        return list;
    }

    /// @notice Keys of a role, made of its name.
    function keys(string memory role, uint256 count) internal pure returns (uint256[] memory list) {
        list = new uint256[](count);
        for (uint256 i = 0; i < count; i++) list[i] = uint256(keccak256(abi.encode(role, i)));
    }
}
