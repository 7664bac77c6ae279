// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Action} from "./Book.sol";
import {PayoutActions} from "./PayoutActions.sol";

/// @title Payment of buyers, fee recipient, challenger and arbiter
/// @notice Each action makes at most one call and says whether it did.
abstract contract OtherActions is PayoutActions {
    function _refund() internal returns (bool) {
        return _refundBy(Action.Refund, false);
    }

    function _refundTo() internal returns (bool) {
        return _refundBy(Action.RefundTo, true);
    }

    function _refundBy(Action action, bool elsewhere) private returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canRefund, true);
        bool deviates = _deviates(found);
        if (!found && !deviates) return false;
        if (!found) (, p, r) = _seek(_canRefund, false);
        address buyer = _openBuyer(p, r);
        address to = elsewhere ? people[BUYERS + _below(4)].account : buyer;
        address who = elsewhere ? buyer : _person();
        bytes4 expected = _onRefund(p, r, buyer);
        uint256 amount = expected == 0 ? _refundDue(p, r, buyer) : 0;
        if (expected == 0) expected = _onSend(to, amount);
        if (deviates && found) {
            if (elsewhere) (who, expected) = (to, IOutcomePool.Unauthorized.selector);
            else (who, to, expected) = (buyer, _pool(p), IOutcomePool.BadAccount.selector);
        }
        _call(action, who, _pool(p), abi.encodeCall(IOutcomePool.refund, (uint32(r), buyer, to)), expected);
        if (expected == 0) _bookRefund(p, r, buyer, to, amount);
        _check(p, r);
        _checkBuyer(p, r, buyer);
        return true;
    }

    /// @dev A buyer with an open refund, if there is one.
    function _openBuyer(uint256 p, uint256 r) private returns (address buyer) {
        uint256 offset = _below(BUYERS);
        for (uint256 i = 0; i < BUYERS; i++) {
            buyer = people[(offset + i) % BUYERS].account;
            if (contributed[p][r][buyer] != 0 && !refunded[p][r][buyer]) break;
        }
    }

    function _onRefund(uint256 p, uint256 r, address buyer) internal view returns (bytes4) {
        if (!books[p][r].closed) return _wrongState();
        bool open = contributed[p][r][buyer] != 0 && !refunded[p][r][buyer];
        return open ? bytes4(0) : IOutcomePool.NothingToPay.selector;
    }

    function _bookRefund(uint256 p, uint256 r, address buyer, address to, uint256 amount) internal {
        assertFalse(refunded[p][r][buyer], "invariant 6: refunded twice");
        refunded[p][r][buyer] = true;
        books[p][r].dueBuyers -= amount;
        _bookPayment(p, to, amount);
    }

    // ---- fee, bond, arbiter

    function _payFee() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canPayFee, true);
        if (!found && !_deviates(found)) return false;
        if (!found) (, p, r) = _seek(_canPayFee, false);
        RoundBook storage b = books[p][r];
        bytes4 expected = found ? bytes4(0) : _nothing(p, r);
        if (found) {
            expected = _onSend(collector.account, b.fee);
        }
        _call(Action.PayFee, _person(), _pool(p), abi.encodeCall(IOutcomePool.payFee, (uint32(r))), expected);
        if (expected == 0) _bookFee(p, r);
        _check(p, r);
        return true;
    }

    function _bookFee(uint256 p, uint256 r) internal {
        RoundBook storage b = books[p][r];
        b.feePaid = true;
        b.dueOthers -= b.fee;
        _bookPayment(p, collector.account, b.fee);
    }

    function _payBond() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canPayBond, true);
        if (!found && !_deviates(found)) return false;
        if (!found) (, p, r) = _seek(_canPayBond, false);
        address to = books[p][r].challenger;
        bytes4 expected = found ? _onSend(to, pools[p].terms.bond) : _nothing(p, r);
        _call(Action.PayBond, _person(), _pool(p), abi.encodeCall(IOutcomePool.payBond, (uint32(r))), expected);
        if (expected == 0) _bookBond(p, r);
        _check(p, r);
        return true;
    }

    function _bookBond(uint256 p, uint256 r) internal {
        RoundBook storage b = books[p][r];
        uint256 bond = pools[p].terms.bond;
        b.bondPaid = true;
        b.dueOthers -= bond;
        // An overturned round repays the challenger out of its funds; the bond itself goes to the arbiter.
        if (b.phase == IOutcomePool.Phase.Challenged) pools[p].bondsOut += bond;
        _bookPayment(p, b.challenger, bond);
    }

    function _payArbiter() internal returns (bool) {
        (bool found, uint256 p, uint256 r) = _seek(_canPayArbiter, true);
        if (!found && !_deviates(found)) return false;
        if (!found) (, p, r) = _seek(_canPayArbiter, false);
        bytes4 expected = found ? _onSend(arbiter.account, pools[p].terms.bond) : IOutcomePool.NothingToPay.selector;
        _call(Action.PayArbiter, _person(), _pool(p), abi.encodeCall(IOutcomePool.payArbiter, (uint32(r))), expected);
        if (expected == 0) _bookArbiter(p, r);
        _check(p, r);
        return true;
    }

    function _bookArbiter(uint256 p, uint256 r) internal {
        RoundBook storage b = books[p][r];
        uint256 bond = pools[p].terms.bond;
        b.arbiterPaid = true;
        b.dueOthers -= bond;
        pools[p].bondsOut += bond;
        _bookPayment(p, arbiter.account, bond);
    }

    /// @dev Why a fee or a bond is not paid.
    function _nothing(uint256 p, uint256 r) private view returns (bytes4) {
        return _isSettled(p, r) ? IOutcomePool.NothingToPay.selector : _wrongState();
    }
}
