// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Signing} from "../support/Signing.sol";
import {vm} from "../support/Vm.sol";
import {Action} from "./Book.sol";
import {Targets} from "./Targets.sol";

/// @title Providers in, money in
/// @notice Each action makes at most one call and says whether it did.
abstract contract FundingActions is Targets {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    /// @dev One way of funding, as chosen by the dice.
    struct Payment {
        uint256 p;
        uint256 round;
        address buyer;
        uint256 amount;
        bytes4 expected;
    }

    // ---- enrolment

    function _enrol() internal returns (bool) {
        (bool found, uint256 p, ) = _seek(_canEnrol, true);
        if (_deviates(found)) return _enrolForbidden(found, p);
        if (!found) return false;
        PoolBook storage k = pools[p];
        uint256 count = k.plan.length - k.enrolled;
        if (count > BATCH) count = BATCH;
        bytes memory records = _records(p, k.enrolled, count);
        for (uint256 i = k.enrolled; i < k.enrolled + count; i++) k.totalWeight += k.plan[i].weight;
        k.enrolled += count;
        _send(Action.Enrol, manager.account, p, 0, abi.encodeCall(IOutcomePool.enrol, (records)), 0);
        return true;
    }

    function _enrolForbidden(bool possible, uint256 p) private returns (bool) {
        if (!possible) (, p, ) = _seek(_canEnrol, false);
        PoolBook storage k = pools[p];
        address who = manager.account;
        bytes memory records = _records(p, k.enrolled < k.plan.length ? k.enrolled : 0, 1);
        bytes4 expected;
        if (time >= _enrolmentEnd(p)) expected = IOutcomePool.EnrolmentClosed.selector;
        else if (k.enrolled == k.plan.length) expected = IOutcomePool.LastBatchNotFull.selector;
        else {
            uint256 kind = _kind(4);
            if (kind == 0) (who, expected) = (_person(), IOutcomePool.Unauthorized.selector);
            if (kind == 1) (records, expected) = (_twice(records), IOutcomePool.ProviderOutOfOrder.selector);
            if (kind == 2) (records, expected) = (_weightless(records), IOutcomePool.BadProvider.selector);
            if (kind == 3)
                (records, expected) = (abi.encodePacked(records, uint8(1)), IOutcomePool.BadBatchLength.selector);
        }
        _send(Action.Enrol, who, p, 0, abi.encodeCall(IOutcomePool.enrol, (records)), expected);
        return true;
    }

    function _records(uint256 p, uint256 from, uint256 count) private view returns (bytes memory records) {
        records = new bytes(24 * count);
        for (uint256 i = 0; i < count; i++) {
            IOutcomePool.Provider memory one = pools[p].plan[from + i];
            bytes24 record = bytes24(abi.encodePacked(one.account, one.weight));
            for (uint256 j = 0; j < 24; j++) records[24 * i + j] = record[j];
        }
    }

    function _twice(bytes memory records) private pure returns (bytes memory) {
        return abi.encodePacked(records, records);
    }

    function _weightless(bytes memory records) private pure returns (bytes memory) {
        for (uint256 i = 20; i < 24; i++) records[i] = 0;
        return records;
    }

    // ---- funding

    function _fund() internal returns (bool) {
        (bool chosen, Payment memory m) = _choose();
        if (!chosen) return false;
        address payer = m.expected == 0 ? m.buyer : _person();
        bool poor = m.expected == 0 && _chance(1, 12);
        if (poor) m.expected = ANY;
        else _provide(m, payer, true);
        _booksFund(m, payer);
        bytes memory data = abi.encodeCall(IOutcomePool.fund, (uint32(m.round), m.buyer, m.amount));
        _send(Action.Fund, payer, m.p, m.round, data, m.expected);
        return true;
    }

    function _fundFor() internal returns (bool) {
        (bool chosen, Payment memory m) = _choose();
        if (!chosen) return false;
        address payer = people[BUYERS + _below(4)].account;
        _provide(m, payer, true);
        _booksFund(m, payer);
        bytes memory data = abi.encodeCall(IOutcomePool.fund, (uint32(m.round), m.buyer, m.amount));
        _send(Action.FundFor, payer, m.p, m.round, data, m.expected);
        return true;
    }

    function _fundWithPermit() internal returns (bool) {
        (bool chosen, Payment memory m) = _choose();
        if (!chosen) return false;
        Account memory payer = people[_below(people.length)];
        _provide(m, payer.account, false);
        bool wrong = m.expected == 0 && _chance(1, 10);
        // A permit signed by another gives no allowance; one that somebody spent before does no harm.
        if (wrong) m.expected = ANY;
        IOutcomePool.Signature memory s = _permit(wrong ? manager : payer, payer.account, m);
        bool spent = m.expected == 0 && _chance(1, 4);
        if (spent) {
            IPermit(address(token)).permit(payer.account, _pool(m.p), m.amount, time + 1, s.v, s.r, s.s);
        }
        _booksFund(m, payer.account);
        bytes memory data = abi.encodeCall(
            IOutcomePool.fundWithPermit,
            (uint32(m.round), m.buyer, m.amount, time + 1, s)
        );
        _send(Action.FundWithPermit, payer.account, m.p, m.round, data, m.expected);
        return true;
    }

    function _fundWithAuthorization() internal returns (bool) {
        (bool chosen, Payment memory m) = _choose();
        if (!chosen) return false;
        Account memory payer = people[_below(people.length)];
        _provide(m, payer.account, false);
        bytes32 salt = bytes32(_draw());
        IOutcomePool.Signature memory s = _authorize(payer, m, salt);
        uint256 kind = m.expected == 0 ? _below(16) : 16;
        // What the payer signed names amount, round and buyer.
        if (kind < 3) m.expected = ANY;
        if (kind == 0) m.amount += 1;
        if (kind == 1) salt = bytes32(_draw());
        if (kind == 2) m.buyer = arbiter.account;
        _booksFund(m, payer.account);
        bytes memory data = abi.encodeCall(
            IOutcomePool.fundWithAuthorization,
            (uint32(m.round), m.buyer, m.amount, payer.account, time - 1, time + 1, salt, s)
        );
        _send(Action.FundWithAuthorization, _person(), m.p, m.round, data, m.expected);
        return true;
    }

    /// @dev Round, buyer and amount of a funding, perhaps a forbidden one.
    function _choose() private returns (bool chosen, Payment memory m) {
        (chosen, m.p, m.round) = _seek(_canFund, true);
        m.buyer = _buyer().account;
        uint256 size = _below(3);
        m.amount =
            size == 0
                ? _amount(9)
                : size == 1
                    ? 1_000 + _below(200_000)
                    : _amount(84);
        if (!_deviates(chosen)) return (chosen, m);
        uint256 kind = _kind(4);
        if (kind == 0 || !chosen) {
            (chosen, m.p, m.round) = _seek(_canFund, false);
            m.expected = _wrongState();
        } else if (kind == 1) (m.amount, m.expected) = (0, IOutcomePool.ZeroAmount.selector);
        else if (kind == 2) (m.buyer, m.expected) = (_pool(m.p), IOutcomePool.BadAccount.selector);
        else (m.round, m.expected) = (pools[m.p].terms.rounds, IOutcomePool.RoundOutOfRange.selector);
    }

    function _provide(Payment memory m, address payer, bool approved) private {
        if (m.expected != 0) return;
        // An issuer that froze a payer lets it go first: this campaign freezes those who are to be paid.
        token.freeze(payer, false);
        _mint(payer, m.amount);
        _approve(payer, _pool(m.p), approved ? m.amount : 0);
    }

    function _booksFund(Payment memory m, address payer) private {
        if (m.expected != 0) return;
        _booksMove(payer, _pool(m.p), m.amount);
        books[m.p][m.round].funded += m.amount;
        contributed[m.p][m.round][m.buyer] += m.amount;
    }

    function _permit(
        Account memory signer,
        address owner,
        Payment memory m
    ) private view returns (IOutcomePool.Signature memory) {
        uint256 nonce = IPermit(address(token)).nonces(owner);
        return _signToken(signer.key, keccak256(abi.encode(PERMIT, owner, _pool(m.p), m.amount, nonce, time + 1)));
    }

    function _authorize(
        Account memory payer,
        Payment memory m,
        bytes32 salt
    ) private view returns (IOutcomePool.Signature memory) {
        bytes32 nonce = keccak256(abi.encode(m.round, m.buyer, salt));
        bytes32 content = keccak256(
            abi.encode(Signing.AUTHORIZATION, payer.account, _pool(m.p), m.amount, time - 1, time + 1, nonce)
        );
        return _signToken(payer.key, content);
    }

    function _signToken(uint256 key, bytes32 content) private view returns (IOutcomePool.Signature memory s) {
        bytes32 domain = IPermit(address(token)).DOMAIN_SEPARATOR();
        (s.v, s.r, s.s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, content)));
    }

    // ---- withdrawal and gifts

    function _withdraw() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canWithdraw, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return false;
        if (!found || (deviates && !urged && _chance(1, 3))) (, p, r) = _seek(_canWithdraw, false);
        address buyer = _buyer().account;
        for (uint256 i = 0; i < BUYERS && contributed[p][r][buyer] == 0; i++) buyer = people[i].account;
        uint256 available = contributed[p][r][buyer];
        uint256 amount = _chance(1, 2) || available == 0 ? available : 1 + _below(available);
        if (amount == 0) amount = 1;
        address to = _chance(1, 2) ? buyer : _person();
        bytes4 expected = _onSend(to, amount);
        if (deviates) {
            (amount, to) = _chance(1, 2) ? (amount, _pool(p)) : (available + 1, buyer);
            expected = to == _pool(p) ? IOutcomePool.BadAccount.selector : IOutcomePool.ContributionTooSmall.selector;
        }
        if (time >= _start(p, r)) expected = _wrongState();
        if (expected == 0) {
            contributed[p][r][buyer] -= amount;
            books[p][r].funded -= amount;
        }
        _send(Action.Withdraw, buyer, p, r, abi.encodeCall(IOutcomePool.withdraw, (uint32(r), amount, to)), expected);
        if (expected == 0) _bookPayment(p, to, amount);
        _check(p, r);
        return true;
    }

    /// @dev A plain transfer to a pool changes nobody's entitlement.
    function _donate() internal returns (bool) {
        uint256 p = first + _below(pools.length - first);
        address who = _person();
        token.freeze(who, false);
        uint256 amount = _amount(40);
        _mint(who, amount);
        _booksMove(who, _pool(p), amount);
        pools[p].donated += amount;
        _call(Action.Donate, who, address(token), abi.encodeCall(IPermit.transfer, (_pool(p), amount)), 0);
        _check(p, 0);
        return true;
    }

    /// @dev The issuer freezes a provider, or lets one go.
    function _freeze() internal returns (bool) {
        bool on = frozen.length == 0 || (frozen.length < 6 && _chance(1, 2));
        address account;
        if (on) {
            PoolBook storage k = pools[first + _below(pools.length - first)];
            account = _chance(1, 5) ? _person() : k.plan[_below(k.plan.length)].account;
            frozen.push(account);
        } else {
            uint256 i = _below(frozen.length);
            account = frozen[i];
            frozen[i] = frozen[frozen.length - 1];
            frozen.pop();
        }
        _call(Action.Freeze, address(this), address(token), abi.encodeCall(token.freeze, (account, on)), 0);
        return true;
    }

    /// @dev A call on a pool, with the checks that follow where it moves no money out.
    function _send(Action action, address who, uint256 p, uint256 r, bytes memory data, bytes4 expected) internal {
        _call(action, who, _pool(p), data, expected);
        if (action != Action.Withdraw) _check(p, r);
    }
}

/// @dev What the campaign asks of the token besides.
interface IPermit {
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function transfer(address to, uint256 amount) external returns (bool);
}
