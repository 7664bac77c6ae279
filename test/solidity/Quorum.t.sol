// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MultiSignerERC7913} from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Signing} from "./support/Signing.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/quorum.tree
contract QuorumTest is TestBase {
    bytes32 private constant HASH = keccak256("anything");
    bytes4 private constant GOOD = IERC1271.isValidSignature.selector;
    bytes4 private constant BAD = 0xffffffff;

    function test_WhenMade_ItKnowsItsSigners() public view {
        assertEq(quorum.threshold(), 2, "threshold");
        assertEq(quorum.getSignerCount(), 3, "count");
        for (uint256 i = 0; i < 3; i++) assertTrue(quorum.isSigner(Signing.signer(nodeKeys[i])), "signer");
        assertFalse(quorum.isSigner(abi.encodePacked(stranger)), "stranger");
    }

    function test_WhenTheThresholdIsZero_ItIsNotMade() public {
        _expectNotMade(
            nodeKeys,
            0,
            abi.encodeWithSelector(MultiSignerERC7913.MultiSignerERC7913ZeroThreshold.selector)
        );
    }

    function test_WhenTheThresholdExceedsTheSigners_ItIsNotMade() public {
        _expectNotMade(
            nodeKeys,
            4,
            abi.encodeWithSelector(MultiSignerERC7913.MultiSignerERC7913UnreachableThreshold.selector, 3, 4)
        );
        makeQuorum(nodeKeys, 3);
    }

    function test_WhenASignerComesTwice_ItIsNotMade() public {
        uint256[] memory keys = _pick(0, 1);
        keys[1] = keys[0];
        _expectNotMade(
            keys,
            1,
            abi.encodeWithSelector(MultiSignerERC7913.MultiSignerERC7913AlreadyExists.selector, Signing.signer(keys[0]))
        );
    }

    function test_WhenASignerIsTooShort_ItIsNotMade() public {
        bytes[] memory signers = new bytes[](1);
        signers[0] = new bytes(19);
        expectRevert(abi.encodeWithSelector(MultiSignerERC7913.MultiSignerERC7913InvalidSigner.selector, signers[0]));
        this.make_(signers, 1);
    }

    function test_WhenEnoughSigned_AnyPairOrAllAreGood() public view {
        _expect(Signing.quorum(_pick(0, 1), HASH), GOOD);
        _expect(Signing.quorum(_pick(0, 2), HASH), GOOD);
        _expect(Signing.quorum(_pick(1, 2), HASH), GOOD);
        _expect(Signing.quorum(nodeKeys, HASH), GOOD);
    }

    function test_WhenTooFewSigned_ItIsBad() public view {
        uint256[] memory keys = new uint256[](1);
        keys[0] = nodeKeys[0];
        _expect(Signing.quorum(keys, HASH), BAD);
    }

    function test_WhenListsAreEmpty_ItIsBad() public view {
        _expect("", BAD);
        _expect(abi.encode(new bytes[](0), new bytes[](0)), BAD);
        _expect(new bytes(64), BAD);
    }

    function test_WhenUnsorted_ItIsBad() public view {
        _expect(Signing.quorum(_pick(1, 0), HASH), BAD);
    }

    function test_WhenASignerSignsTwice_ItIsBad() public view {
        _expect(Signing.quorum(_pick(0, 0), HASH), BAD);
        uint256[] memory keys = new uint256[](3);
        (keys[0], keys[1], keys[2]) = (nodeKeys[0], nodeKeys[1], nodeKeys[0]);
        _expect(Signing.quorum(keys, HASH), BAD);
    }

    function test_WhenAStrangerSignsToo_ItIsBad() public view {
        uint256[] memory keys = new uint256[](3);
        (keys[0], keys[1], keys[2]) = (nodeKeys[0], nodeKeys[1], uint256(keccak256("stranger")));
        _expect(Signing.quorum(Signing.sortByHash(keys), HASH), BAD);
    }

    function test_WhenASignatureIsForAnotherHash_ItIsBad() public view {
        _expect(Signing.quorum(_pick(0, 1), keccak256("other")), BAD);
        (bytes[] memory signers, bytes[] memory signatures) = _parts();
        signatures[1] = Signing.sign(nodeKeys[1], keccak256("other"));
        _expect(abi.encode(signers, signatures), BAD);
    }

    function test_WhenSignaturesAreMissing_ItIsBad() public view {
        (bytes[] memory signers, bytes[] memory signatures) = _parts();
        bytes[] memory fewer = new bytes[](1);
        fewer[0] = signatures[0];
        _expect(abi.encode(signers, fewer), BAD);
        (signatures[0], signatures[1]) = (signatures[1], signatures[0]);
        _expect(abi.encode(signers, signatures), BAD);
    }

    function test_WhenASignerIsTooShortInTheSignature_ItIsBad() public view {
        (bytes[] memory signers, bytes[] memory signatures) = _parts();
        signers[0] = new bytes(19);
        _expect(abi.encode(signers, signatures), BAD);
    }

    function test_WhenTheEncodingIsMalformed_ItIsNeverGood() public view {
        bytes memory good = Signing.quorum(_pick(0, 1), HASH);
        // Up to the last byte that says something: 31 of padding follow.
        for (uint256 length = 0; length < good.length - 31; length++) {
            bytes memory cut = new bytes(length);
            for (uint256 i = 0; i < length; i++) cut[i] = good[i];
            _expectNotGood(cut);
        }
        _expectNotGood(abi.encode(type(uint256).max, type(uint256).max));
        _expectNotGood(abi.encode(uint256(64), uint256(64), type(uint256).max));
    }

    function test_WhenSignaturesAreHighOrCompact_ItIsBad() public view {
        (bytes[] memory signers, bytes[] memory signatures) = _parts();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(nodeKeys[0], HASH);
        bytes32 high = bytes32(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141 - uint256(s));
        signatures[0] = abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27));
        _expect(abi.encode(signers, signatures), BAD);
        signatures[0] = abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
        _expect(abi.encode(signers, signatures), BAD);
    }

    function make_(bytes[] memory signers, uint64 threshold) external {
        deploy("OracleQuorum.sol:OracleQuorum", abi.encode(signers, threshold));
    }

    function _expectNotMade(uint256[] memory keys, uint64 threshold, bytes memory error_) private {
        bytes[] memory signers = new bytes[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) signers[i] = Signing.signer(keys[i]);
        expectRevert(error_);
        this.make_(signers, threshold);
    }

    function _pick(uint256 a, uint256 b) private view returns (uint256[] memory keys) {
        keys = new uint256[](2);
        (keys[0], keys[1]) = (nodeKeys[a], nodeKeys[b]);
    }

    /// @dev A good signature of the first two, in parts.
    function _parts() private view returns (bytes[] memory signers, bytes[] memory signatures) {
        return abi.decode(Signing.quorum(_pick(0, 1), HASH), (bytes[], bytes[]));
    }

    function _expect(bytes memory signature, bytes4 expected) private view {
        assertEq(bytes32(quorum.isValidSignature(HASH, signature)), bytes32(expected), "answer");
    }

    function _expectNotGood(bytes memory signature) private view {
        try quorum.isValidSignature(HASH, signature) returns (bytes4 answer) {
            assertEq(bytes32(answer), bytes32(BAD), "answer");
        } catch {}
    }
}
