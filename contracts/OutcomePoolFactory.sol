// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {IOutcomePoolFactory} from "./interfaces/IOutcomePoolFactory.sol";
import {PoolTermsLib} from "./libraries/PoolTerms.sol";
import {TermsCheck} from "./libraries/TermsCheck.sol";
import {OutcomePool} from "./OutcomePool.sol";

/// @title Maker of pools
/// @notice Has no owner and keeps no state: whether a pool is genuine follows from its address.
contract OutcomePoolFactory is IOutcomePoolFactory {
    /// @inheritdoc IOutcomePoolFactory
    address public immutable implementation = address(new OutcomePool());

    /// @inheritdoc IOutcomePoolFactory
    function create(IOutcomePool.Terms calldata terms) external returns (address pool) {
        bytes memory args = PoolTermsLib.pack(terms);
        pool = _addressFor(args);
        if (pool.code.length != 0) return pool;
        TermsCheck.check(terms);
        Clones.cloneDeterministicWithImmutableArgs(implementation, args, 0);
        emit PoolCreated(pool, terms.manager, terms.token, args);
    }

    /// @inheritdoc IOutcomePoolFactory
    function predict(IOutcomePool.Terms calldata terms) external view returns (address) {
        return _addressFor(PoolTermsLib.pack(terms));
    }

    /// @inheritdoc IOutcomePoolFactory
    function isPool(address pool) external view returns (bool) {
        // Shorter code can be no clone with terms; fetching its arguments would fail.
        if (pool.code.length < 45 + PoolTermsLib.FIXED_LENGTH) return false;
        return _addressFor(Clones.fetchCloneArgs(pool)) == pool;
    }

    function _addressFor(bytes memory args) private view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(implementation, args, 0);
    }
}
