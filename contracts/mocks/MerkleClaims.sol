// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

/// @title Claims against a Merkle root
/// @notice The usual alternative to a stored list, in its usual form; only here so that gas is compared on the same chain.
contract MerkleClaims {
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    /// @notice Root over leaves of (index, account, amount), hashed twice as OpenZeppelin's standard tree does.
    bytes32 public immutable root;
    /// @notice What is paid out.
    IERC20 public immutable token;

    BitMaps.BitMap private _claimed;

    /// @notice `account` got `amount` base units.
    event Claimed(uint256 index, address account, uint256 amount);

    /// @notice The entry has been paid.
    error AlreadyClaimed(uint256 index);
    /// @notice The proof does not lead from the entry to the root.
    error BadProof(uint256 index);

    /// @param token_ What is paid out.
    /// @param root_ Root of the tree.
    constructor(IERC20 token_, bytes32 root_) {
        token = token_;
        root = root_;
    }

    /// @notice Pays one entry of the tree.
    function claim(uint256 index, address account, uint256 amount, bytes32[] calldata proof) external {
        if (_claimed.get(index)) revert AlreadyClaimed(index);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(index, account, amount))));
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert BadProof(index);
        _claimed.set(index);
        emit Claimed(index, account, amount);
        token.safeTransfer(account, amount);
    }
}
