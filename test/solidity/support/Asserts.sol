// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a test may claim
/// @notice Each failure names both values.
abstract contract Asserts {
    error NotTrue(string what);
    error NumbersDiffer(uint256 actual, uint256 expected, string what);
    error AddressesDiffer(address actual, address expected, string what);
    error WordsDiffer(bytes32 actual, bytes32 expected, string what);
    error BytesDiffer(bytes actual, bytes expected, string what);
    error AboveLimit(uint256 actual, uint256 limit, string what);

    function assertTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    function assertFalse(bool condition, string memory what) internal pure {
        if (condition) revert NotTrue(what);
    }

    function assertEq(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert NumbersDiffer(actual, expected, what);
    }

    function assertEq(address actual, address expected, string memory what) internal pure {
        if (actual != expected) revert AddressesDiffer(actual, expected, what);
    }

    function assertEq(bytes32 actual, bytes32 expected, string memory what) internal pure {
        if (actual != expected) revert WordsDiffer(actual, expected, what);
    }

    function assertEq(bytes memory actual, bytes memory expected, string memory what) internal pure {
        if (keccak256(actual) != keccak256(expected)) revert BytesDiffer(actual, expected, what);
    }

    function assertLe(uint256 actual, uint256 limit, string memory what) internal pure {
        if (actual > limit) revert AboveLimit(actual, limit, what);
    }
}
