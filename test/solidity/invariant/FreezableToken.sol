// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestStablecoin} from "../../../contracts/mocks/TestStablecoin.sol";

/// @title A stablecoin whose issuer freezes accounts
/// @notice A frozen account can neither send nor receive.
contract FreezableToken is TestStablecoin {
    error Frozen(address account);

    mapping(address account => bool) public frozen;

    function freeze(address account, bool on) external {
        frozen[account] = on;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (frozen[from]) revert Frozen(from);
        if (frozen[to]) revert Frozen(to);
        super._update(from, to, value);
    }
}
