// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {OutcomePool} from "../../contracts/OutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";

/// @dev The code all pools run is no pool itself.
contract ImplementationTest is TestBase {
    OutcomePool private code;
    IOutcomePool.Signature private none;

    function setUp() public override {
        super.setUp();
        code = OutcomePool(factory.implementation());
    }

    function test_WhenItsStateWouldChange_ItReverts() public {
        _expect(abi.encodeCall(code.enrol, (defaultRecords())));
        _expect(abi.encodeCall(code.fund, (0, alice, 1)));
        _expect(abi.encodeCall(code.fundWithPermit, (0, alice, 1, 0, none)));
        _expect(abi.encodeCall(code.fundWithAuthorization, (0, alice, 1, bob, 0, 0, 0, none)));
        _expect(abi.encodeCall(code.withdraw, (0, 1, alice)));
        _expect(abi.encodeCall(code.assess, (0, ROOT, "", "")));
        _expect(abi.encodeCall(code.challenge, (0, REASON)));
        _expect(abi.encodeCall(code.rule, (0, IOutcomePool.Ruling.Uphold, 0, "")));
        _expect(abi.encodeCall(code.claim, (0, one(0))));
        _expect(abi.encodeCall(code.claimTo, (0, one(0), alice)));
        _expect(abi.encodeCall(code.claimToWithSignature, (0, one(0), alice, type(uint256).max, "")));
        _expect(abi.encodeCall(code.distribute, (0, 0, 1)));
        _expect(abi.encodeCall(code.refund, (0, alice, alice)));
        _expect(abi.encodeCall(code.payFee, (0)));
        _expect(abi.encodeCall(code.payBond, (0)));
        _expect(abi.encodeCall(code.payArbiter, (0)));
    }

    function test_WhenItsTermsOrRoundsAreRead_ItReverts() public {
        _expect(abi.encodeCall(code.terms, ()));
        _expect(abi.encodeCall(code.roundState, (0)));
        _expect(abi.encodeCall(code.roundInfo, (0)));
        _expect(abi.encodeCall(code.scores, (0, 0, 0)));
        _expect(abi.encodeCall(code.payoutOf, (0, 0)));
        _expect(abi.encodeCall(code.refundOf, (0, alice)));
        _expect(abi.encodeCall(code.enrolment, ()));
        _expect(abi.encodeCall(code.providers, (0, 0)));
        _expect(abi.encodeCall(code.contributionOf, (0, alice)));
    }

    function test_WhenCalledInBulk_ItReverts() public {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(code.payFee, (0));
        _expect(abi.encodeCall(code.multicall, (calls)));
    }

    function _expect(bytes memory data) private {
        (bool success, bytes memory result) = address(code).call(data);
        assertFalse(success, "must revert");
        assertEq(result, abi.encodeWithSelector(IOutcomePool.NotAPool.selector), "error");
    }
}
