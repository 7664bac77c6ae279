// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Contract that always gives the answer it was made with
/// @notice For ERC-1271 signers with a wrong, short or sloppy magic value.
contract Answer {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    /// @notice Answers.
    fallback() external {
        bytes memory answer = _answer;
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
