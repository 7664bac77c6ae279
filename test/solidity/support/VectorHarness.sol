// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PoolTermsLib} from "../../../contracts/libraries/PoolTerms.sol";
import {ScoreVector} from "../../../contracts/libraries/ScoreVector.sol";
import {LibraryHarness} from "./LibraryHarness.sol";

/// @title The same with the check of a vector
/// @notice Which the legacy code generator cannot compile.
contract VectorHarness is LibraryHarness {
    function tally(bytes calldata scores, uint256 count) external view returns (uint256 totalAward, uint256 counted) {
        return ScoreVector.tally(PoolTermsLib.load(), scores, count);
    }
}
