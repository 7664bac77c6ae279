// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {Wallet1271} from "../../../contracts/mocks/accounts/Wallet1271.sol";
import {Signing} from "../support/Signing.sol";
import {TestBase} from "../support/TestBase.sol";
import {vm} from "../support/Vm.sol";

/// @notice Contracts as oracle, as provider and as quorum node: what they say counts, how they misbehave hurts only who sends it.
contract SignersTest is TestBase {
    uint256 private constant KEY = uint256(keccak256("owner"));
    bytes private vector = hex"271013880000";

    function _withOracle(address oracle) private {
        IOutcomePool.Terms memory t = defaultTerms();
        t.oracle = oracle;
        vm.warp(GENESIS);
        pool = make(t);
        open();
        vm.warp(endOf(0));
    }

    function _digest() private view returns (bytes32) {
        return Signing.digest(address(pool), Signing.assessment(0, ROOT, vector));
    }

    function _expectRefused(bytes memory signature) private {
        bytes memory error_ = abi.encodeWithSelector(
            IOutcomePool.BadSignature.selector,
            pool.terms().oracle,
            _digest()
        );
        expectRevert(error_);
        pool.assess{gas: 10_000_000}(0, ROOT, vector, signature);
    }

    function test_WhenAWalletSigns_ItCounts() public {
        _withOracle(deploy("Wallet1271.sol:Wallet1271", abi.encode(vm.addr(KEY))));
        _expectRefused(Signing.sign(KEY + 1, _digest()));
        _expectRefused("");
        pool.assess(0, ROOT, vector, Signing.sign(KEY, _digest()));
    }

    function test_WhenAWalletChangesItsMind_TheLastWordCountsUntilAccepted() public {
        Wallet1271 wallet = Wallet1271(deploy("Wallet1271.sol:Wallet1271", abi.encode(vm.addr(KEY))));
        _withOracle(address(wallet));
        bytes memory signature = Signing.sign(KEY, _digest());
        wallet.setClosed(true);
        _expectRefused(signature);
        wallet.setClosed(false);
        pool.assess(0, ROOT, vector, signature);
        wallet.setClosed(true);
        vm.warp(endOf(0) + 3 days);
        assertState(0, IOutcomePool.RoundState.Settled, 0);
    }

    function test_WhenTheSignerReverts_ItIsRefused() public {
        _withOracle(deploy("RevertingAccount.sol:RevertingAccount", ""));
        _expectRefused("x");
    }

    function test_WhenTheSignerBurnsAllGas_ItIsRefused() public {
        _withOracle(deploy("GasBurner.sol:GasBurner", ""));
        _expectRefused("x");
    }

    function test_WhenTheSignerReturnsABomb_ItIsRefused() public {
        _withOracle(deploy("Bomb.sol:Bomb", ""));
        _expectRefused("x");
    }

    function test_WhenTheAnswerIsWrongShortOrSloppy_ItIsRefused() public {
        bytes[7] memory answers = [
            bytes(""),
            hex"1626ba7e",
            abi.encodePacked(hex"1626ba7e", new bytes(27)),
            abi.encodePacked(bytes32(uint256(0x1626ba7e))),
            abi.encodePacked(hex"1626ba7e", new bytes(27), hex"01"),
            abi.encode(true),
            abi.encodePacked(bytes32(hex"ffffffff"))
        ];
        for (uint256 i = 0; i < answers.length; i++) {
            _withOracle(deploy("Answer.sol:Answer", abi.encode(answers[i])));
            _expectRefused("x");
        }
        _withOracle(deploy("Answer.sol:Answer", abi.encode(abi.encode(bytes4(0x1626ba7e)))));
        pool.assess(0, ROOT, vector, "x");
    }

    function test_WhenTheSignerHasNoCode_OnlyItsKeyCounts() public {
        _withOracle(vm.addr(KEY));
        _expectRefused("x");
        pool.assess(0, ROOT, vector, Signing.sign(KEY, _digest()));
    }

    /// @dev EIP-7702: an account whose key still signs, with code that refuses.
    function test_WhenAnAccountDelegatesItsCode_ItsKeyStillSigns() public {
        address account = vm.addr(KEY);
        vm.etch(account, deploy("RevertingAccount.sol:RevertingAccount", "").code);
        _withOracle(account);
        _expectRefused(Signing.sign(KEY + 1, _digest()));
        pool.assess(0, ROOT, vector, Signing.sign(KEY, _digest()));
    }

    /// @dev EIP-7702: the delegated code accepts too.
    function test_WhenAnAccountDelegatesItsCode_TheCodeMaySignAsWell() public {
        address account = vm.addr(KEY);
        vm.etch(account, deploy("Wallet1271.sol:Wallet1271", abi.encode(vm.addr(KEY + 1))).code);
        _withOracle(account);
        pool.assess(0, ROOT, vector, Signing.sign(KEY + 1, _digest()));
    }

    function test_WhenTheSignerActsWithinTheCheck_NothingChanges() public {
        _withOracle(deploy("CashingSigner.sol:CashingSigner", ""));
        bytes[3] memory calls = [
            abi.encodeCall(pool.withdraw, (1, 1, alice)),
            abi.encodeCall(pool.assess, (0, OTHER_ROOT, vector, "")),
            abi.encodeCall(pool.refund, (0, alice, alice))
        ];
        for (uint256 i = 0; i < 3; i++) {
            uint256 id = vm.snapshotState();
            // It signs only if its call failed.
            pool.assess(0, ROOT, vector, abi.encode(address(pool), calls[i]));
            assertEq(pool.roundInfo(0).evidenceRoot, ROOT, "only what was sent");
            vm.revertToState(id);
        }
        _expectRefused(abi.encode(address(pool), abi.encodeCall(pool.contributionOf, (0, alice))));
    }

    function test_WhenAProviderIsAWallet_ItsSignatureDirectsItsPay() public {
        address wallet = deploy("Wallet1271.sol:Wallet1271", abi.encode(vm.addr(KEY)));
        enrol(record(wallet, 1));
        fund(alice, 0, FUNDS);
        vm.warp(endOf(0) + 10 days);
        uint256 until = endOf(0) + 11 days;
        bytes32 hash = Signing.digest(address(pool), Signing.claimTo(one(0), 0, carol, until));
        Wallet1271(wallet).setClosed(true);
        bytes memory signature = Signing.sign(KEY, hash);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadSignature.selector, wallet, hash));
        pool.claimToWithSignature(0, one(0), carol, until, signature);
        Wallet1271(wallet).setClosed(false);
        pool.claimToWithSignature(0, one(0), carol, until, signature);
        assertEq(balance(carol), 500e6, "carol");
    }

    function test_WhenANodeIsAWalletOrMisbehaves_TheOthersStillSign() public {
        bytes[] memory signers = new bytes[](3);
        signers[0] = abi.encodePacked(deploy("Wallet1271.sol:Wallet1271", abi.encode(vm.addr(KEY))));
        signers[1] = abi.encodePacked(deploy("GasBurner.sol:GasBurner", ""));
        signers[2] = Signing.signer(KEY + 7);
        _withOracle(deploy("OracleQuorum.sol:OracleQuorum", abi.encode(signers, uint64(2))));
        bytes memory fromWallet = Signing.sign(KEY, _digest());
        bytes memory fromKey = Signing.sign(KEY + 7, _digest());
        _expectRefused(_pair(signers[0], fromWallet, signers[1], fromWallet));
        _expectRefused(_pair(signers[0], fromWallet, signers[2], fromWallet));
        pool.assess(0, ROOT, vector, _pair(signers[0], fromWallet, signers[2], fromKey));
    }

    /// @dev Two signers in the order of their hashes.
    function _pair(
        bytes memory a,
        bytes memory signatureA,
        bytes memory b,
        bytes memory signatureB
    ) private pure returns (bytes memory) {
        bytes[] memory signers = new bytes[](2);
        bytes[] memory signatures = new bytes[](2);
        uint256 first = keccak256(a) < keccak256(b) ? 0 : 1;
        (signers[first], signatures[first]) = (a, signatureA);
        (signers[1 - first], signatures[1 - first]) = (b, signatureB);
        return abi.encode(signers, signatures);
    }
}
