// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Asserts} from "../support/Asserts.sol";
import {vm} from "../support/Vm.sol";
import {FreezableToken} from "./FreezableToken.sol";

/// @notice What a step of a campaign can do. Moving the clock is not among them: it is no call.
enum Action {
    Enrol,
    Fund,
    FundFor,
    FundWithPermit,
    FundWithAuthorization,
    Withdraw,
    Assess,
    Challenge,
    Uphold,
    Replace,
    Void,
    Claim,
    ClaimTo,
    ClaimToWithSignature,
    Multicall,
    Distribute,
    Refund,
    RefundTo,
    PayFee,
    PayBond,
    PayArbiter,
    Donate,
    Freeze
}

/// @title The campaign's own books
/// @notice What should be true of every pool, round and account, kept without asking the contracts; and the dice.
/// @dev Contributions are kept here for ever, while a refund deletes them on chain.
abstract contract Book is Asserts {
    struct Account {
        address account;
        uint256 key;
    }

    /// @param plan Providers to enrol, in order; the first `enrolled` of them are.
    /// @param keys Of the providers in `plan`; 0 where there is none.
    /// @param nodes Keys of the oracle: one for an account, three for a quorum of two.
    struct PoolBook {
        IOutcomePool escrow;
        IOutcomePool.Terms terms;
        IOutcomePool.Provider[] plan;
        uint256[] keys;
        uint256 enrolled;
        uint256 totalWeight;
        uint256[] nodes;
        uint256 donated;
        uint256 bondsIn;
        uint256 bondsOut;
    }

    /// @param closed The round is settled or cancelled and the figures behind this one are final.
    /// @param dueProviders Σ of unpaid payouts; `dueBuyers`: of open refunds; `dueOthers`: of fee, bond, repayment and arbiter.
    struct RoundBook {
        uint256 funded;
        IOutcomePool.Phase phase;
        uint256 since;
        bytes vector;
        bytes32 root;
        address challenger;
        bool feePaid;
        bool bondPaid;
        bool arbiterPaid;
        IOutcomePool.RoundState lastState;
        uint256 award;
        uint256 counted;
        bool closed;
        uint256 budget;
        uint256 fee;
        uint256 denominator;
        uint256 spent;
        uint256 dust;
        uint256 dueProviders;
        uint256 dueBuyers;
        uint256 dueOthers;
    }

    uint256 internal constant BUYERS = 5;
    uint256 internal constant MAX_ROUNDS = 5;
    uint256 internal constant BATCH = 1023;
    uint256 internal constant BPS = 10_000;
    uint256 internal constant ABSTAINED = 65_535;
    uint256 internal constant ACTIONS = 23;
    /// @dev Any reason will do.
    bytes4 internal constant ANY = 0xffffffff;

    error Refused(Action action, address target, bytes data, bytes reason);
    error Permitted(Action action, address target, bytes data, bytes4 expected);
    error OtherReason(Action action, address target, bytes data, bytes4 expected, bytes reason);

    FreezableToken internal token;
    /// @dev Buyers first, then two challengers, a stranger and an account to be paid elsewhere.
    Account[] internal people;
    Account internal arbiter;
    Account internal manager;
    Account internal collector;
    /// @dev Providers with keys, by ascending address.
    Account[] internal keyed;

    PoolBook[] internal pools;
    /// @dev First pool of the present season.
    uint256 internal first;
    mapping(uint256 pool => mapping(uint256 round => RoundBook)) internal books;
    mapping(uint256 pool => mapping(uint256 round => mapping(address buyer => uint256))) internal contributed;
    mapping(uint256 pool => mapping(uint256 round => mapping(address buyer => bool))) internal refunded;
    mapping(uint256 pool => mapping(uint256 round => mapping(uint256 index => bool))) internal paid;
    /// @dev What each account should hold of the token.
    mapping(address account => uint256) internal held;
    address[] internal frozen;

    /// @dev Kept here, as a compiler may take the block's own time for constant within a call.
    uint256 internal time;
    /// @dev The cell whose deadline is near, and whether the next call is to try what that deadline decides.
    uint256 internal hotPool;
    uint256 internal hotRound;
    bool internal urged;

    uint256[ACTIONS] public calls;
    uint256[ACTIONS] public successes;
    uint256 public warps;
    uint256 public drainCalls;

    uint256 private _dice;

    // ---- dice

    function _roll(uint256 seed) internal {
        _dice = uint256(keccak256(abi.encode("campaign", seed)));
    }

    function _draw() internal returns (uint256) {
        return _dice = uint256(keccak256(abi.encode(_dice)));
    }

    function _below(uint256 n) internal returns (uint256) {
        return _draw() % n;
    }

    function _chance(uint256 times, uint256 outOf) internal returns (bool) {
        return _below(outOf) < times;
    }

    /// @dev From 1 up, as often small as large.
    function _amount(uint256 bits) internal returns (uint256) {
        return 1 + (_draw() % (1 << (1 + _below(bits))));
    }

    function _person() internal returns (address) {
        return people[_below(people.length)].account;
    }

    function _buyer() internal returns (Account storage) {
        return people[_below(BUYERS)];
    }

    // ---- calls

    /// @dev Makes one call and requires that it ends as foretold: with success where `expected` is 0, else with that error.
    function _call(Action action, address who, address target, bytes memory data, bytes4 expected) internal {
        calls[uint256(action)]++;
        vm.prank(who);
        (bool success, bytes memory result) = target.call(data);
        if (expected == 0) {
            if (!success) revert Refused(action, target, data, result);
            successes[uint256(action)]++;
        } else {
            if (success) revert Permitted(action, target, data, expected);
            if (expected != ANY && bytes4(result) != expected) {
                revert OtherReason(action, target, data, expected, result);
            }
        }
    }

    function _pool(uint256 p) internal view returns (address) {
        return address(pools[p].escrow);
    }

    // ---- tokens

    function _mint(address to, uint256 amount) internal {
        token.mint(to, amount);
        held[to] += amount;
    }

    function _approve(address from, address to, uint256 amount) internal {
        vm.prank(from);
        token.approve(to, amount);
    }

    function _booksMove(address from, address to, uint256 amount) internal {
        held[from] -= amount;
        held[to] += amount;
    }

    /// @dev Books what a pool should have paid, and looks whether it arrived.
    function _bookPayment(uint256 p, address to, uint256 amount) internal {
        _booksMove(_pool(p), to, amount);
        assertEq(token.balanceOf(to), held[to], "invariant 20: balance of who was paid");
    }

    /// @dev What a transfer of the token by the pool ends with.
    function _onSend(address to, uint256 amount) internal view returns (bytes4) {
        return amount != 0 && token.frozen(to) ? FreezableToken.Frozen.selector : bytes4(0);
    }
}
