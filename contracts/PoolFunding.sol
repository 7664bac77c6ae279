// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOutcomePool} from "./interfaces/IOutcomePool.sol";
import {PoolViews} from "./PoolViews.sol";
import {PoolTerms} from "./libraries/PoolTerms.sol";
import {ProviderList} from "./libraries/ProviderList.sol";
import {RoundClock} from "./libraries/RoundClock.sol";
import {RoundWord} from "./libraries/RoundWord.sol";

/// @title Providers in, money in
/// @notice Documented in `IOutcomePool`.
abstract contract PoolFunding is PoolViews {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @inheritdoc IOutcomePool
    function enrol(bytes calldata records) external nonReentrant {
        PoolTerms t = _terms();
        _only(t.manager());
        uint256 deadline = t.start() - t.notice();
        if (block.timestamp >= deadline) revert EnrolmentClosed(block.timestamp, deadline);
        Enrolment memory e = _enrolment;
        uint256 first = e.count;
        e.count = _countAfter(t, first, records.length).toUint16();
        uint256 weights;
        address code;
        (e.last, weights, code) = ProviderList.append(records, first, e.last);
        e.totalWeight = (e.totalWeight + weights).toUint48();
        e.nonce += 1;
        _enrolment = e;
        emit Enrolled(first, e.count - first, e.totalWeight, code);
    }

    /// @inheritdoc IOutcomePool
    function fund(uint32 round, address buyer, uint256 amount) external nonReentrant {
        PoolTerms t = _terms();
        _credit(t, round, buyer, amount);
        _pull(t.token(), amount);
    }

    /// @inheritdoc IOutcomePool
    function fundWithPermit(
        uint32 round,
        address buyer,
        uint256 amount,
        uint256 deadline,
        Signature calldata signature
    ) external nonReentrant {
        PoolTerms t = _terms();
        _credit(t, round, buyer, amount);
        // Whoever saw this transaction may have spent the permit already; the allowance is what counts.
        try
            IERC20Permit(t.token()).permit(
                msg.sender,
                address(this),
                amount,
                deadline,
                signature.v,
                signature.r,
                signature.s
            )
        {} catch {}
        _pull(t.token(), amount);
    }

    /// @inheritdoc IOutcomePool
    function fundWithAuthorization(
        uint32 round,
        address buyer,
        uint256 amount,
        address payer,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        Signature calldata signature
    ) external nonReentrant {
        PoolTerms t = _terms();
        _credit(t, round, buyer, amount);
        uint256 balance = IERC20(t.token()).balanceOf(address(this));
        bytes32 nonce = keccak256(abi.encode(round, buyer, salt));
        _receive(t.token(), payer, amount, validAfter, validBefore, nonce, signature);
        _requireReceived(t.token(), balance, amount);
    }

    /// @inheritdoc IOutcomePool
    function withdraw(uint32 round, uint256 amount, address to) external nonReentrant {
        PoolTerms t = _terms();
        RoundWord k = _round(t, round);
        _requireState(t, round, k, RoundState.Upcoming);
        _requireReceivable(to);
        if (amount == 0) revert ZeroAmount();
        uint256 key = _contributionKey(round, msg.sender);
        uint256 available = _contributions[key];
        if (amount > available) revert ContributionTooSmall(amount, available);
        _contributions[key] = available - amount;
        _rounds[round] = k.withFunded(k.funded() - amount);
        emit Withdrawn(round, msg.sender, to, amount);
        _send(t, to, amount);
    }

    function _receive(
        address token,
        address payer,
        uint256 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        Signature calldata signature
    ) private {
        IERC3009(token).receiveWithAuthorization(
            payer,
            address(this),
            amount,
            validAfter,
            validBefore,
            nonce,
            signature.v,
            signature.r,
            signature.s
        );
    }

    /// @dev Number of providers after a batch of `length` bytes; checks its size.
    function _countAfter(PoolTerms t, uint256 first, uint256 length) private pure returns (uint256 count) {
        uint256 limit = ProviderList.BATCH * ProviderList.RECORD;
        if (length == 0 || length > limit || length % ProviderList.RECORD != 0) revert BadBatchLength(length, limit);
        if (first % ProviderList.BATCH != 0) revert LastBatchNotFull(first, ProviderList.BATCH);
        count = first + length / ProviderList.RECORD;
        uint256 most = t.metered() ? MAX_METERED_PROVIDERS : MAX_PROVIDERS;
        if (count > most) revert TooManyProviders(count, most);
    }

    /// @dev Books a contribution; the tokens follow in the same call.
    function _credit(PoolTerms t, uint32 round, address buyer, uint256 amount) private {
        RoundWord k = _round(t, round);
        if (block.timestamp >= RoundClock.startOf(t, uint256(round) + 1)) {
            (RoundState state, uint256 deadline) = _stateOf(t, round, k);
            revert WrongState(round, state, deadline);
        }
        _requireReceivable(buyer);
        if (amount == 0) revert ZeroAmount();
        _rounds[round] = k.withFunded(k.funded() + amount);
        // At most the sum over all buyers, which fits.
        unchecked {
            _contributions[_contributionKey(round, buyer)] += amount;
        }
        emit Funded(round, buyer, amount);
    }

    /// @dev Takes tokens of the caller; refuses a token that moves another amount.
    function _pull(address token, uint256 amount) internal {
        uint256 balance = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _requireReceived(token, balance, amount);
    }

    function _requireReceived(address token, uint256 balance, uint256 amount) private view {
        uint256 received = IERC20(token).balanceOf(address(this)) - balance;
        if (received != amount) revert WrongAmountReceived(received, amount);
    }
}
