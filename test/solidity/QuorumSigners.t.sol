// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {OracleQuorum} from "../../contracts/OracleQuorum.sol";
import {Signing} from "./support/Signing.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @title Kinds of signers of a quorum
/// @dev trees/quorum.tree
contract QuorumSignersTest is TestBase {
    bytes32 private constant HASH = keccak256("anything");

    function test_WhenAVerifierHasNoCode_TheQuorumIsNotMade() public {
        // The identity precompile echoes its input, which would pass for the answer of a verifier that accepts everything.
        bytes[] memory signers = new bytes[](1);
        signers[0] = abi.encodePacked(address(4), hex"00");
        expectRevert(abi.encodeWithSelector(OracleQuorum.VerifierWithoutCode.selector, signers[0]));
        this.make_(signers);
    }

    function test_WhenAVerifierHasCode_TheQuorumIsMade() public {
        bytes[] memory signers = new bytes[](1);
        signers[0] = abi.encodePacked(address(token), hex"00");
        OracleQuorum made = this.make_(signers);
        bytes[] memory none = new bytes[](1);
        bytes4 answer = made.isValidSignature(HASH, abi.encode(signers, none));
        assertEq(uint256(uint32(answer)), 0xffffffff, "a token verifies nothing");
    }

    function test_WhenANodeDelegatesItsCode_ItsKeyStillSigns() public {
        // EIP-7702: an account with a key gets code that answers no ERC-1271 question.
        vm.etch(vm.addr(nodeKeys[0]), hex"00");
        uint256[] memory two = new uint256[](2);
        (two[0], two[1]) = (nodeKeys[0], nodeKeys[1]);
        bytes4 answer = quorum.isValidSignature(HASH, Signing.quorum(two, HASH));
        assertEq(uint256(uint32(answer)), uint256(uint32(IERC1271.isValidSignature.selector)), "good");
    }

    function test_WhenSignersAndSignaturesDifferInNumber_ItIsBad() public view {
        bytes[] memory signers = new bytes[](2);
        (signers[0], signers[1]) = (Signing.signer(nodeKeys[0]), Signing.signer(nodeKeys[1]));
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = Signing.sign(nodeKeys[0], HASH);
        bytes4 answer = quorum.isValidSignature(HASH, abi.encode(signers, signatures));
        assertEq(uint256(uint32(answer)), 0xffffffff, "bad");
    }

    /// @dev External, so that its revert can be expected.
    function make_(bytes[] memory signers) external returns (OracleQuorum) {
        return OracleQuorum(deploy("OracleQuorum.sol:OracleQuorum", abi.encode(signers, uint64(1))));
    }
}
