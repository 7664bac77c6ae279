// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IOutcomePool} from "../../../contracts/interfaces/IOutcomePool.sol";
import {PoolTermsLib} from "../../../contracts/libraries/PoolTerms.sol";
import {MockToken} from "../../../contracts/mocks/tokens/MockToken.sol";
import {NoReturnToken} from "../../../contracts/mocks/tokens/NoReturnToken.sol";
import {ReturnsFalseToken} from "../../../contracts/mocks/tokens/ReturnsFalseToken.sol";
import {Artifact} from "../support/Artifact.sol";
import {Asserts} from "../support/Asserts.sol";
import {LibraryHarness} from "../support/LibraryHarness.sol";

/// @notice Terms, money and transfers on their own.
contract PiecesTest is Asserts {
    LibraryHarness private harness = LibraryHarness(Artifact.deploy("LibraryHarness.sol:LibraryHarness", ""));

    function testFuzz_WhenTermsArePacked_TheyUnpack(IOutcomePool.Terms memory t, uint256 knots) public {
        t.curve = new IOutcomePool.Knot[](knots % 9);
        for (uint256 i = 0; i < t.curve.length; i++) {
            t.curve[i] = IOutcomePool.Knot(uint16(knots >> (8 + 16 * i)), uint16(knots >> (16 + 16 * i)));
        }
        if (bytes(t.specURI).length > 96) t.specURI = "";
        address clone = Clones.cloneWithImmutableArgs(address(harness), PoolTermsLib.pack(t));
        assertEq(abi.encode(LibraryHarness(clone).terms()), abi.encode(t), "terms");
    }

    function testFuzz_WhenShared_ItRoundsDown(uint128 budget, uint64 award, uint64 denominator) public view {
        uint256 amount = harness.share(budget, award, denominator);
        if (denominator == 0) return assertEq(amount, 0, "none");
        assertLe(amount * denominator, uint256(budget) * award, "not more");
        assertTrue((amount + 1) * denominator > uint256(budget) * award, "not less");
    }

    function testFuzz_WhenAVectorIsStored_ItReadsBack(bytes32 root, uint16[5] memory list, bool metered) public {
        IOutcomePool.Terms memory t;
        (t.metered, t.defaultRate) = (metered, 1_234);
        LibraryHarness h = LibraryHarness(Clones.cloneWithImmutableArgs(address(harness), PoolTermsLib.pack(t)));
        bytes memory vector;
        for (uint256 i = 0; i < 5; i++) {
            vector = bytes.concat(vector, abi.encodePacked(list[i]));
            if (metered) vector = bytes.concat(vector, abi.encodePacked(uint32(i + 1)));
        }
        h.store(root, vector);
        assertEq(h.rootOf(1), root, "root");
        (uint256[] memory all, uint256[] memory units) = h.scores(1, 1, 4);
        for (uint256 i = 1; i < 5; i++) {
            (uint256 score, uint256 unit) = h.score(1, i);
            assertEq(score, list[i], "score");
            assertEq(all[i - 1], score, "range");
            assertEq(unit, metered ? i + 1 : 0, "units");
            assertEq(units[i - 1], unit, "range of units");
            uint256 expected = score > 10_000 ? 7 * 1_234 : (metered ? unit : 7) * score;
            assertEq(h.award(7, score, unit), expected, "award");
        }
        (bool success, ) = address(h).staticcall(abi.encodeCall(h.score, (1, 5)));
        assertFalse(success, "nothing behind its end");
    }

    function test_WhenPushed_TheAnswerIsWhetherItMoved() public {
        MockToken plain = new MockToken();
        plain.mint(address(harness), 5);
        assertTrue(harness.push(address(plain), address(1), 5), "plain");
        assertFalse(harness.push(address(plain), address(1), 1), "no funds");
        NoReturnToken silent = new NoReturnToken();
        silent.mint(address(harness), 5);
        assertTrue(harness.push(address(silent), address(1), 5), "returns nothing");
        ReturnsFalseToken polite = new ReturnsFalseToken();
        assertFalse(harness.push(address(polite), address(1), 1), "returns false");
    }

    function test_WhenGasIsShort_ItReverts() public {
        (bool success, bytes memory data) = address(harness).call{gas: 100_000}(
            abi.encodeCall(harness.push, (address(1), address(2), 3))
        );
        assertFalse(success, "reverts");
        assertEq(bytes32(bytes4(data)), bytes32(IOutcomePool.InsufficientGas.selector), "error");
    }
}
