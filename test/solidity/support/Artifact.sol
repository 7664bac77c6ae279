// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @title Contracts by their artifacts
/// @notice So that tests run the code that is deployed, and a change of a contract does not compile them again, as `new` would.
library Artifact {
    /// @param name As in `OutcomePool.sol:OutcomePool`.
    /// @return made Its address; the revert data of the constructor is passed on.
    function deploy(string memory name, bytes memory args) internal returns (address made) {
        bytes memory code = abi.encodePacked(vm.getCode(name), args);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
            if iszero(made) {
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
    }
}
