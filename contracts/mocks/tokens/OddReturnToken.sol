// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title Token that moves nothing and returns chosen bytes to chosen recipients
contract OddReturnToken is MockToken {
    mapping(address account => bytes) private _answers;

    /// @notice Transfers to `account` move nothing and return `answer`, which must not be empty.
    function setAnswer(address account, bytes calldata answer) external {
        _answers[account] = answer;
    }

    /// @notice Moves, unless an answer is set.
    function transfer(address to, uint256 amount) public override returns (bool) {
        bytes memory answer = _answers[to];
        if (answer.length == 0) return super.transfer(to, amount);
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
