// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {PayoutCurve} from "../../contracts/libraries/PayoutCurve.sol";
import {PoolTermsLib} from "../../contracts/libraries/PoolTerms.sol";
import {Artifact} from "./support/Artifact.sol";
import {Asserts} from "./support/Asserts.sol";
import {LibraryHarness} from "./support/LibraryHarness.sol";
import {vm} from "./support/Vm.sol";

/// @notice Provider list and score vector against the plainest way to say the same.
contract ScoreVectorTest is Asserts {
    bytes32 private constant ROOT = keccak256("root");
    IOutcomePool.Terms private t;
    LibraryHarness private harness;
    LibraryHarness private code;

    function setUp() public {
        code = LibraryHarness(Artifact.deploy("LibraryHarness.sol:LibraryHarness", ""));
        (t.defaultRate, t.fullPayBar, t.specURI) = (4_321, 5_000, "uri");
    }

    function _make() private {
        harness = LibraryHarness(Clones.cloneWithImmutableArgs(address(code), PoolTermsLib.pack(t)));
    }

    /// @dev Three knots, the last two a step.
    function _curve() private {
        t.curve.push(IOutcomePool.Knot(2_000, 100));
        t.curve.push(IOutcomePool.Knot(7_000, 6_000));
        t.curve.push(IOutcomePool.Knot(7_000, 9_000));
    }

    function _weight(uint256 i) private pure returns (uint256) {
        return 1 + (uint256(keccak256(abi.encode("weight", i))) & 0xffff);
    }

    function _account(uint256 i) private pure returns (address) {
        return address(uint160(0xB00000 + 3 * i));
    }

    /// @dev Enrols in full batches.
    function _enrol(uint256 count) private {
        address last;
        for (uint256 from = 0; from < count; from += 1023) {
            uint256 n = count - from < 1023 ? count - from : 1023;
            bytes memory records = new bytes(24 * n);
            uint256 sum = 0;
            for (uint256 i = from; i < from + n; i++) {
                _put(records, 24 * (i - from), abi.encodePacked(_account(i), uint32(_weight(i))));
                sum += _weight(i);
            }
            uint256 weights;
            address piece;
            (last, weights, piece) = harness.append(records, from, last);
            assertEq(weights, sum, "weights");
            assertEq(piece.code, bytes.concat(hex"00", records), "piece");
        }
        assertEq(last, _account(count - 1), "last");
    }

    /// @dev A fifth abstain; the rest score anything.
    function _record(uint256 seed, uint256 i) private view returns (uint256 score, uint256 units) {
        uint256 word = uint256(keccak256(abi.encode(seed, i)));
        if (word % 5 == 0) return (65_535, 0);
        score = (word >> 8) % 10_001;
        if (t.metered) units = (word >> 128) % (_weight(i) + 1);
    }

    function _vector(uint256 seed, uint256 count) private view returns (bytes memory vector) {
        uint256 size = t.metered ? 6 : 2;
        vector = new bytes(size * count);
        for (uint256 i = 0; i < count; i++) {
            (uint256 score, uint256 units) = _record(seed, i);
            _put(vector, size * i, abi.encodePacked(uint16(score)));
            if (t.metered) _put(vector, size * i + 2, abi.encodePacked(uint32(units)));
        }
    }

    function _put(bytes memory target, uint256 offset, bytes memory part) private pure {
        for (uint256 i = 0; i < part.length; i++) target[offset + i] = part[i];
    }

    /// @dev e and n of one provider, as the design says it.
    function _award(uint256 seed, uint256 i) private view returns (uint256 e, uint256 n) {
        (uint256 score, uint256 units) = _record(seed, i);
        if (score == 65_535) return (_weight(i) * t.defaultRate, _weight(i) * 10_000);
        if (t.curve.length != 0) score = PayoutCurve.value(PayoutCurve.pack(t.curve), score);
        e = (t.metered ? units : _weight(i)) * score;
        n = e;
    }

    function _check(uint256 seed, uint256 count) private {
        _make();
        _enrol(count);
        bytes memory vector = _vector(seed, count);
        uint256 nonce = vm.getNonce(address(harness));
        harness.store(ROOT, vector);
        assertEq(harness.rootOf(nonce), ROOT, "root");
        uint256 totalAward;
        uint256 counted;
        for (uint256 i = 0; i < count; i++) {
            (uint256 e, uint256 n) = _award(seed, i);
            (totalAward, counted) = (totalAward + e, counted + n);
            (uint256 score, uint256 units) = harness.score(nonce, i);
            assertEq(abi.encode(score, units), abi.encode(_first(seed, i), _second(seed, i)), "record");
            assertEq(harness.award(_weight(i), score, units), e, "award");
            (address account, uint256 weight) = harness.provider(i);
            assertEq(abi.encode(account, weight), abi.encode(_account(i), _weight(i)), "provider");
        }
        (uint256 a, uint256 b) = harness.tally(vector, count);
        assertEq(a, totalAward, "total");
        assertEq(b, counted, "counted");
        _checkRange(seed, nonce, count / 3, count - count / 3);
    }

    function _checkRange(uint256 seed, uint256 nonce, uint256 from, uint256 count) private view {
        (address[] memory accounts, uint256[] memory weights) = harness.providers(from, count);
        (uint256[] memory list, uint256[] memory units) = harness.scores(nonce, from, count);
        for (uint256 i = 0; i < count; i++) {
            assertEq(accounts[i], _account(from + i), "account");
            assertEq(weights[i], _weight(from + i), "weight");
            assertEq(list[i], _first(seed, from + i), "score");
            assertEq(units[i], _second(seed, from + i), "units");
        }
    }

    function _first(uint256 seed, uint256 i) private view returns (uint256 score) {
        (score, ) = _record(seed, i);
    }

    function _second(uint256 seed, uint256 i) private view returns (uint256 units) {
        (, units) = _record(seed, i);
    }

    function testFuzz_WhenPlain(uint256 seed) public {
        _check(seed, 1 + (seed % 30));
    }

    function testFuzz_WhenCurved(uint256 seed) public {
        _curve();
        _check(seed, 1 + (seed % 30));
    }

    function testFuzz_WhenMetered(uint256 seed) public {
        t.metered = true;
        _check(seed, 1 + (seed % 30));
    }

    function testFuzz_WhenMeteredAndCurved(uint256 seed) public {
        t.metered = true;
        _curve();
        t.fullPayBar = 0;
        _check(seed, 1 + (seed % 30));
    }

    function test_WhenTheListHasSeveralPieces() public {
        _check(1, 1_030);
        t.metered = true;
        _check(2, 1_030);
        _curve();
        _check(3, 1_030);
    }

    function test_WhenARecordIsBad_ItIsNamed() public {
        _make();
        bytes memory records = bytes.concat(abi.encodePacked(_account(0), uint32(1)), abi.encodePacked(_account(1)));
        vm.expectRevert(abi.encodeWithSelector(IOutcomePool.BadProvider.selector, 6, _account(1), 0));
        harness.append(bytes.concat(records, bytes4(0)), 5, address(0));
        vm.expectRevert(abi.encodeWithSelector(IOutcomePool.ProviderOutOfOrder.selector, 5, _account(0), _account(0)));
        harness.append(bytes.concat(records, bytes4(uint32(1))), 5, _account(0));
    }

    function test_WhenAScoreIsBad_ItIsNamed() public {
        _make();
        _enrol(9);
        for (uint256 i = 0; i < 9; i++) {
            bytes memory vector = new bytes(18);
            (vector[2 * i], vector[2 * i + 1]) = (0x27, 0x11);
            vm.expectRevert(abi.encodeWithSelector(IOutcomePool.BadScore.selector, i, 10_001, 0, _weight(i)));
            harness.tally(vector, 9);
        }
        vm.expectRevert(abi.encodeWithSelector(IOutcomePool.BadVectorLength.selector, 17, 18));
        harness.tally(new bytes(17), 9);
    }
}
