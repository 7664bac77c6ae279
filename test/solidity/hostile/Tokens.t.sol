// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {BlockListToken} from "../../../contracts/mocks/tokens/BlockListToken.sol";
import {OddAuthorizationToken} from "../../../contracts/mocks/tokens/OddAuthorizationToken.sol";
import {PausableToken} from "../../../contracts/mocks/tokens/PausableToken.sol";
import {RebasingToken} from "../../../contracts/mocks/tokens/RebasingToken.sol";
import {TestStablecoin} from "../../../contracts/mocks/TestStablecoin.sol";
import {Uint96Token} from "../../../contracts/mocks/tokens/Uint96Token.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice What each hostile token does to what comes in, and to whom it is hostile: one payee, never the others.
contract TokensTest is TestBase {
    bytes private vector = hex"271013880000"; // two halves of 975
    IOutcomePool.Signature private none;

    function _expectFunding(bytes memory error_) private {
        give(alice, FUNDS);
        expectRevert(error_);
        vm.prank(alice);
        pool.fund(0, alice, 500e6);
        assertEq(pool.contributionOf(0, alice), 0, "nothing booked");
    }

    function _wrongAmount(uint256 received, uint256 expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOutcomePool.WrongAmountReceived.selector, received, expected);
    }

    function test_WhenItTakesAFee_FundingReverts() public {
        useToken("FeeToken.sol:FeeToken", "");
        _expectFunding(_wrongAmount(495e6, 500e6));
        expectRevert(_wrongAmount(495e6, 500e6));
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 500e6, 0, none);
    }

    function test_WhenItTakesAFee_ABondIsRefused() public {
        IOutcomePool.Terms memory t = defaultTerms();
        token = TestStablecoin(deploy("FeeToken.sol:FeeToken", ""));
        (t.token, t.minimum, t.bond) = (address(token), 100, 100);
        pool = make(t);
        enrol(defaultRecords());
        fund(alice, 0, 99); // so little that the fee rounds to nothing
        fund(alice, 0, 99);
        vm.warp(endOf(0) + 7 days);
        give(bob, 100);
        expectRevert(_wrongAmount(99, 100));
        vm.prank(bob);
        pool.challenge(0, REASON);
    }

    function test_WhenItSaysTrueAndMovesNothing_FundingReverts() public {
        useToken("TrueWithoutMovingToken.sol:TrueWithoutMovingToken", "");
        _expectFunding(_wrongAmount(0, 500e6));
    }

    function test_WhenItReturnsFalse_FundingReverts() public {
        useToken("ReturnsFalseToken.sol:ReturnsFalseToken", "");
        vm.prank(alice);
        expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token));
        pool.fund(0, alice, 1);
    }

    function test_WhenTheAmountExceedsItsBits_FundingReverts() public {
        useToken("Uint96Token.sol:Uint96Token", "");
        give(alice, 0);
        uint256 much = uint256(type(uint96).max) + 1;
        expectRevert(abi.encodeWithSelector(Uint96Token.Exceeds96Bits.selector, much));
        vm.prank(alice);
        pool.fund(0, alice, much);
        fund(alice, 0, type(uint96).max);
    }

    function test_WhenItKnowsNoPermits_TheAllowanceCounts() public {
        _permitless("MockToken.sol:MockToken");
    }

    function test_WhenItsPermitRevertsOrDoesNothing_TheAllowanceCounts() public {
        _permitless("RevertingPermitToken.sol:RevertingPermitToken");
        _permitless("DeafPermitToken.sol:DeafPermitToken");
    }

    function _permitless(string memory artifact) private {
        useToken(artifact, "");
        token.mint(alice, 5);
        expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(pool), 0, 5));
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 5, 0, none);
        give(alice, 0);
        vm.prank(alice);
        pool.fundWithPermit(0, alice, 5, 0, none);
        assertEq(pool.contributionOf(0, alice), 5, "contribution");
    }

    function test_WhenItKnowsNoAuthorizations_FundingReverts() public {
        useToken("MockToken.sol:MockToken", "");
        give(alice, 5);
        vm.expectRevert();
        pool.fundWithAuthorization(0, alice, 5, alice, 0, 0, 0, none);
        useToken("DeafPermitToken.sol:DeafPermitToken", "");
        give(alice, 5);
        expectRevert(_wrongAmount(0, 5));
        pool.fundWithAuthorization(0, alice, 5, alice, 0, 0, 0, none);
    }

    function test_WhenAnAuthorizationMovesAnotherAmount_FundingReverts() public {
        useToken("OddAuthorizationToken.sol:OddAuthorizationToken", "");
        token.mint(alice, 20);
        OddAuthorizationToken odd = OddAuthorizationToken(address(token));
        odd.setDifference(1);
        expectRevert(_wrongAmount(6, 5));
        pool.fundWithAuthorization(0, alice, 5, alice, 0, 0, 0, none);
        odd.setDifference(-1);
        expectRevert(_wrongAmount(4, 5));
        pool.fundWithAuthorization(0, alice, 5, alice, 0, 0, 0, none);
        odd.setDifference(0);
        pool.fundWithAuthorization(0, alice, 5, alice, 0, 0, 0, none);
    }

    function test_WhenItRebasesUp_EntitlementsStay() public {
        useToken("RebasingToken.sol:RebasingToken", "");
        openSettled(vector);
        RebasingToken(address(token)).rebase(200);
        assertPayout(0, 0, 487_500_000);
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)), 487_500_000, "first");
    }

    function test_WhenItRebasesDown_WhoComesFirstIsPaidAndNobodyMoreThanItsDue() public {
        useToken("RebasingToken.sol:RebasingToken", "");
        openSettled(vector);
        RebasingToken(address(token)).rebase(60);
        expectEvent();
        uint256[] memory skipped = new uint256[](1);
        skipped[0] = 1;
        emit IOutcomePool.Distributed(0, 0, 3, skipped);
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(0)), 487_500_000, "first");
        RebasingToken(address(token)).rebase(300); // 187.5 of the former units are left: 562.5
        pool.distribute(0, 0, 3);
        assertEq(balance(provider(1)), 487_500_000, "later");
    }

    function test_WhenDonationsArrive_NobodysDueChanges() public {
        openSettled(vector);
        token.mint(address(pool), 123e6);
        pool.distribute(0, 0, 3);
        pool.payFee(0);
        pool.refund(0, alice, alice);
        assertEq(balance(provider(0)) + balance(provider(1)), 975e6, "providers");
        assertEq(balance(alice), 0, "alice");
        assertEq(balance(address(pool)), 123e6, "the donation stays");
    }

    function _blocked(address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(BlockListToken.Blocked.selector, account);
    }

    function test_WhenPayeesAreBlocked_EachWaitsAlone() public {
        useToken("BlockListToken.sol:BlockListToken", "");
        BlockListToken list = BlockListToken(address(token));
        fund(carol, 0, 100e6);
        fund(alice, 1, FUNDS);
        openChallenged(vector);
        rule(0, IOutcomePool.Ruling.Void);
        address[4] memory payees = [alice, bob, arbiter, provider(0)];
        for (uint256 i = 0; i < 4; i++) list.setBlocked(payees[i], true);
        expectRevert(_blocked(alice));
        pool.refund(0, alice, alice);
        expectRevert(_blocked(bob));
        pool.payBond(0);
        expectRevert(_blocked(arbiter));
        pool.payArbiter(0);
        expectRevert(_blocked(payees[3]));
        pool.claim(0, one(0));
        // All others are paid; a buyer and a provider can be paid elsewhere.
        pool.refund(0, carol, carol);
        pool.distribute(0, 0, 3);
        vm.prank(alice);
        pool.refund(0, alice, stranger);
        vm.prank(payees[3]);
        pool.claimTo(0, one(0), numbered(0));
        // Who is freed is paid.
        for (uint256 i = 0; i < 4; i++) list.setBlocked(payees[i], false);
        pool.payBond(0);
        pool.payArbiter(0);
        // F = 1,100, B = 1,050: 87.5, 175 and 262.5 to providers, 477.272727 and 47.727272 to buyers... and 50 to each party.
        assertEq(balance(numbered(0)), 87_500_000, "provider, elsewhere");
        assertEq(balance(address(pool)), FUNDS + 1, "round 1, and dust");
    }

    function test_WhenTheFeeRecipientIsBlocked_OnlyTheFeeWaits() public {
        useToken("BlockListToken.sol:BlockListToken", "");
        openSettled(vector);
        BlockListToken(address(token)).setBlocked(collector, true);
        expectRevert(_blocked(collector));
        pool.payFee(0);
        pool.distribute(0, 0, 3);
        pool.refund(0, alice, alice);
        BlockListToken(address(token)).setBlocked(collector, false);
        pool.payFee(0);
        assertEq(balance(address(pool)), 0, "empty");
    }

    function test_WhenItIsPaused_AllWaitsAndNothingIsLost() public {
        useToken("PausableToken.sol:PausableToken", "");
        openSettled(vector);
        PausableToken(address(token)).setPaused(true);
        bytes memory paused = abi.encodeWithSelector(PausableToken.Paused.selector);
        expectRevert(paused);
        pool.claim(0, one(0));
        expectRevert(paused);
        pool.payFee(0);
        uint256[] memory skipped = new uint256[](2);
        skipped[1] = 1;
        expectEvent();
        emit IOutcomePool.Distributed(0, 0, 3, skipped);
        pool.distribute(0, 0, 3);
        PausableToken(address(token)).setPaused(false);
        pool.distribute(0, 0, 3);
        pool.payFee(0);
        assertEq(balance(address(pool)), 0, "empty");
    }
}
