// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "./IOutcomePool.sol";

/// @title Maker of pools
/// @notice A pool's terms are part of its code and so of its address: the same terms always give the same pool.
interface IOutcomePoolFactory {
    /// @notice A pool was made. `terms` are the packed terms as they stand in its code.
    event PoolCreated(address indexed pool, address indexed manager, address indexed token, bytes terms);

    /// @notice The term must be at least `min` and at most `max`.
    error TermOutOfRange(string term, uint256 value, uint256 min, uint256 max);
    /// @notice The term must be an account; for the token, one with code.
    error TermNotAnAccount(string term, address account);
    /// @notice The knot lies below its predecessor or above 10,000.
    error BadKnot(uint256 index, uint256 x, uint256 y);

    /// @notice Makes a pool, or returns the pool that has the same terms already.
    /// @dev Terms are checked against the limits that `IOutcomePool.Terms` states; the start must be at least `notice` ahead.
    function create(IOutcomePool.Terms calldata terms) external returns (address pool);

    /// @notice Address of the pool with these terms, made or not.
    function predict(IOutcomePool.Terms calldata terms) external view returns (address pool);

    /// @notice Whether this factory made the pool at that address.
    function isPool(address pool) external view returns (bool);

    /// @notice The code all pools of this factory run.
    function implementation() external view returns (address);
}
