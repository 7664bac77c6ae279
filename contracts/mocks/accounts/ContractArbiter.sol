// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../interfaces/IOutcomePool.sol";

/// @title Arbiter that is a contract and refuses whatever it is not told to do
contract ContractArbiter {
    /// @notice Not what it is for.
    error Refused();

    /// @notice Rules, as often as it is asked.
    function rule(IOutcomePool pool, uint32 round, IOutcomePool.Ruling ruling, uint256 times) external {
        for (uint256 i = 0; i < times; i++) pool.rule(round, ruling, 0, "");
    }

    /// @notice Refuses, tokens that notify it among others.
    fallback() external {
        revert Refused();
    }
}
