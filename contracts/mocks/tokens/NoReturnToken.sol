// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Token whose transfers return nothing, as one of the largest stablecoins does
contract NoReturnToken {
    /// @notice Balance, base units.
    mapping(address account => uint256) public balanceOf;
    /// @notice What `spender` may move of `owner`, base units.
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    /// @notice Gives `amount` base units to `to`.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Allows `spender` to move `amount`.
    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    /// @notice Moves `amount` to `to`.
    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    /// @notice Moves `amount` from `from` to `to`.
    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
