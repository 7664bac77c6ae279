// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {OutcomePool} from "../../contracts/OutcomePool.sol";
import {Signing} from "./support/Signing.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/assess.tree, the part on signatures. Contracts that misbehave as signers are in hostile/Signers.t.sol.
contract SignaturesTest is TestBase {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private immutable key = uint256(keccak256("oracle"));
    bytes private vector = hex"271013880000";

    function setUp() public override {
        super.setUp();
        open();
        fund(alice, 1, FUNDS);
    }

    /// @dev The same pool with an account as its oracle.
    function _withAccount() private {
        IOutcomePool.Terms memory t = defaultTerms();
        t.oracle = vm.addr(key);
        pool = make(t);
        open();
        vm.warp(endOf(0));
    }

    function test_WhenAnAccountIsOracle_ItsSignatureCounts() public {
        _withAccount();
        bytes32 hash = _digest(0, ROOT, vector);
        expectEvent();
        emit IOutcomePool.Assessed(0, ROOT, vector);
        pool.assess(0, ROOT, vector, Signing.sign(key, hash));
    }

    function test_WhenTheQuorumIsOracle_ThreeSignaturesCountLikeTwo() public {
        vm.warp(endOf(0));
        pool.assess(0, ROOT, vector, Signing.quorum(nodeKeys, _digest(0, ROOT, vector)));
    }

    function test_WhenTheSenderIsTheOracle_ItsSignatureIsStillNeeded() public {
        _withAccount();
        bytes32 hash = _digest(0, ROOT, vector);
        address oracle = vm.addr(key);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadSignature.selector, oracle, hash));
        vm.prank(oracle);
        pool.assess(0, ROOT, vector, "");
    }

    function test_WhenRoundRootOrScoresDiffer_ItReverts() public {
        vm.warp(endOf(0));
        bytes memory signature = oracleSignature(0, ROOT, vector);
        _expectBad(0, OTHER_ROOT, vector, signature);
        _expectBad(0, ROOT, scores(10_000, 5_000, 1), signature);
        _expectBad(0, ROOT, bytes.concat(vector, hex"00"), signature);
        pool.assess(0, ROOT, vector, signature);
        vm.warp(endOf(1));
        _expectBad(1, ROOT, vector, signature);
    }

    function test_WhenSignedForAnotherPool_ItReverts() public {
        OutcomePool first = pool;
        IOutcomePool.Terms memory t = defaultTerms();
        t.specURI = "another";
        pool = make(t);
        open();
        vm.warp(endOf(0));
        bytes32 hash = Signing.digest(address(first), Signing.assessment(0, ROOT, vector));
        _expectBad(0, ROOT, vector, Signing.quorum(nodeKeys, hash));
    }

    function test_WhenTheChainForks_OldSignaturesAreRefused() public {
        vm.warp(endOf(0));
        bytes memory signature = oracleSignature(0, ROOT, vector);
        vm.chainId(777); // a constant: the optimizer takes the chain's id for one
        bytes32 hash = Signing.digestOn(777, address(pool), Signing.assessment(0, ROOT, vector));
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadSignature.selector, address(quorum), hash));
        pool.assess(0, ROOT, vector, signature);
        pool.assess(0, ROOT, vector, Signing.quorum(nodeKeys, hash));
    }

    function test_WhenNameVersionOrTypeDiffer_ItReverts() public {
        _withAccount();
        bytes32 message = Signing.assessment(0, ROOT, vector);
        _expectBad(0, ROOT, vector, _signIn("Guerdon", "2", message));
        _expectBad(0, ROOT, vector, _signIn("Other", "1", message));
        bytes32 otherType = keccak256(abi.encode(Signing.CLAIM_TO, uint32(0), ROOT, keccak256(vector)));
        _expectBad(0, ROOT, vector, _signIn("Guerdon", "1", otherType));
        pool.assess(0, ROOT, vector, _signIn("Guerdon", "1", message));
    }

    function test_WhenTheSignatureIsHighOrCompact_ItReverts() public {
        _withAccount();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(0, ROOT, vector));
        uint8 flipped = v == 27 ? 28 : 27;
        _expectBad(0, ROOT, vector, abi.encodePacked(r, ORDER - uint256(s), flipped));
        _expectBad(0, ROOT, vector, abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255))));
        _expectBad(0, ROOT, vector, abi.encodePacked(r, s, v - 27));
        _expectBad(0, ROOT, vector, abi.encodePacked(r, s, flipped));
        _expectBad(0, ROOT, vector, abi.encodePacked(r, s, v, uint8(0)));
        _expectBad(0, ROOT, vector, new bytes(65));
        _expectBad(0, ROOT, vector, "");
    }

    function test_WhenAnotherAccountSigned_ItReverts() public {
        _withAccount();
        bytes32 hash = _digest(0, ROOT, vector);
        _expectBad(0, ROOT, vector, Signing.sign(key + 1, hash));
    }

    function test_WhenTheQuorumSignatureIsShortOfOne_ItReverts() public {
        vm.warp(endOf(0));
        bytes32 hash = _digest(0, ROOT, vector);
        uint256[] memory keys = new uint256[](1);
        keys[0] = nodeKeys[0];
        _expectBad(0, ROOT, vector, Signing.quorum(keys, hash));
        keys = new uint256[](2);
        (keys[0], keys[1]) = (nodeKeys[1], nodeKeys[0]);
        _expectBad(0, ROOT, vector, Signing.quorum(keys, hash));
        keys[1] = nodeKeys[1];
        _expectBad(0, ROOT, vector, Signing.quorum(keys, hash));
        _expectBad(0, ROOT, vector, Signing.sign(nodeKeys[0], hash));
        _expectBad(0, ROOT, vector, new bytes(64));
    }

    function test_WhenTheSameVectorIsSentAgain_ItReverts() public {
        vm.warp(endOf(0));
        bytes memory signature = oracleSignature(0, ROOT, vector);
        pool.assess(0, ROOT, vector, signature);
        expectWrongState(0, IOutcomePool.RoundState.Assessed, endOf(0) + 3 days);
        pool.assess(0, ROOT, vector, signature);
    }

    function _digest(uint32 round, bytes32 root, bytes memory scores_) private view returns (bytes32) {
        return Signing.digest(address(pool), Signing.assessment(round, root, scores_));
    }

    function _signIn(string memory name, string memory version, bytes32 message) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(Signing.DOMAIN, keccak256(bytes(name)), keccak256(bytes(version)), block.chainid, address(pool))
        );
        return Signing.sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function _expectBad(uint32 round, bytes32 root, bytes memory scores_, bytes memory signature) private {
        address oracle = pool.terms().oracle;
        bytes32 hash = _digest(round, root, scores_);
        expectRevert(abi.encodeWithSelector(IOutcomePool.BadSignature.selector, oracle, hash));
        pool.assess(round, root, scores_, signature);
    }
}
