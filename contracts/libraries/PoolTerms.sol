// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IOutcomePool} from "../interfaces/IOutcomePool.sol";
import {IOutcomePoolFactory} from "../interfaces/IOutcomePoolFactory.sol";
import {PayoutCurve} from "./PayoutCurve.sol";

/// @notice Terms of the executing pool, packed in memory as they stand in its code. Reading a field costs an `mload`.
type PoolTerms is uint256;

using PoolTermsLib for PoolTerms global;

/// @title Packing and reading of a pool's terms
/// @notice Layout, offsets in bytes: token 0, oracle 20, arbiter 40, manager 60, feeRecipient 80, specHash 100, start 132,
/// period 137, rounds 141, notice 143, assessmentWindow 147, challengeWindow 151, rulingWindow 155, bond 159, minimum 175,
/// feeBps 191, metered 193, fullPayBar 194, defaultRate 196, number of knots 198, curve 199, specURI 231 to the end.
library PoolTermsLib {
    uint256 internal constant FIXED_LENGTH = 231;

    /// @notice Packs terms; inverse of `unpack`. Refuses more knots than there is room for.
    function pack(IOutcomePool.Terms memory t) internal pure returns (bytes memory) {
        if (t.curve.length > PayoutCurve.MAX_KNOTS) {
            revert IOutcomePoolFactory.TermOutOfRange("curve", t.curve.length, 0, PayoutCurve.MAX_KNOTS);
        }
        bytes memory parties = abi.encodePacked(t.token, t.oracle, t.arbiter, t.manager, t.feeRecipient, t.specHash);
        bytes memory clock = abi.encodePacked(
            t.start,
            t.period,
            t.rounds,
            t.notice,
            t.assessmentWindow,
            t.challengeWindow,
            t.rulingWindow
        );
        bytes memory money = abi.encodePacked(t.bond, t.minimum, t.feeBps, t.metered, t.fullPayBar, t.defaultRate);
        return abi.encodePacked(parties, clock, money, uint8(t.curve.length), PayoutCurve.pack(t.curve), t.specURI);
    }

    /// @notice Reads the fixed part of the executing pool's terms into memory.
    function load() internal view returns (PoolTerms t) {
        assembly ("memory-safe") {
            t := mload(0x40)
            // A clone of OpenZeppelin's keeps its arguments behind 45 bytes of code.
            extcodecopy(address(), t, 0x2d, FIXED_LENGTH)
            mstore(0x40, add(t, 0x100))
        }
    }

    /// @notice All terms of the executing pool.
    function unpack() internal view returns (IOutcomePool.Terms memory r) {
        PoolTerms t = load();
        r.token = t.token();
        r.oracle = t.oracle();
        r.arbiter = t.arbiter();
        r.manager = t.manager();
        r.feeRecipient = t.feeRecipient();
        r.specHash = bytes32(t.word(100));
        r.start = uint40(t.start());
        r.period = uint32(t.period());
        r.rounds = uint16(t.rounds());
        r.notice = uint32(t.notice());
        r.assessmentWindow = uint32(t.assessmentWindow());
        r.challengeWindow = uint32(t.challengeWindow());
        r.rulingWindow = uint32(t.rulingWindow());
        r.bond = uint128(t.bond());
        r.minimum = uint128(t.minimum());
        r.feeBps = uint16(t.feeBps());
        r.metered = t.metered();
        r.fullPayBar = uint16(t.fullPayBar());
        r.defaultRate = uint16(t.defaultRate());
        r.curve = PayoutCurve.unpack(t.curve(), t.knots());
        bytes memory args = Clones.fetchCloneArgs(address(this));
        bytes memory uri = new bytes(args.length - FIXED_LENGTH);
        for (uint256 i = 0; i < uri.length; i++) uri[i] = args[FIXED_LENGTH + i];
        r.specURI = string(uri);
    }

    function token(PoolTerms t) internal pure returns (address) {
        return address(uint160(t.word(0) >> 96));
    }

    function oracle(PoolTerms t) internal pure returns (address) {
        return address(uint160(t.word(20) >> 96));
    }

    function arbiter(PoolTerms t) internal pure returns (address) {
        return address(uint160(t.word(40) >> 96));
    }

    function manager(PoolTerms t) internal pure returns (address) {
        return address(uint160(t.word(60) >> 96));
    }

    function feeRecipient(PoolTerms t) internal pure returns (address) {
        return address(uint160(t.word(80) >> 96));
    }

    function start(PoolTerms t) internal pure returns (uint256) {
        return t.word(132) >> 216;
    }

    function period(PoolTerms t) internal pure returns (uint256) {
        return t.word(137) >> 224;
    }

    function rounds(PoolTerms t) internal pure returns (uint256) {
        return t.word(141) >> 240;
    }

    function notice(PoolTerms t) internal pure returns (uint256) {
        return t.word(143) >> 224;
    }

    function assessmentWindow(PoolTerms t) internal pure returns (uint256) {
        return t.word(147) >> 224;
    }

    function challengeWindow(PoolTerms t) internal pure returns (uint256) {
        return t.word(151) >> 224;
    }

    function rulingWindow(PoolTerms t) internal pure returns (uint256) {
        return t.word(155) >> 224;
    }

    function bond(PoolTerms t) internal pure returns (uint256) {
        return t.word(159) >> 128;
    }

    function minimum(PoolTerms t) internal pure returns (uint256) {
        return t.word(175) >> 128;
    }

    function feeBps(PoolTerms t) internal pure returns (uint256) {
        return t.word(191) >> 240;
    }

    function metered(PoolTerms t) internal pure returns (bool) {
        return t.word(193) >> 248 != 0;
    }

    function fullPayBar(PoolTerms t) internal pure returns (uint256) {
        return t.word(194) >> 240;
    }

    function defaultRate(PoolTerms t) internal pure returns (uint256) {
        return t.word(196) >> 240;
    }

    function knots(PoolTerms t) internal pure returns (uint256) {
        return t.word(198) >> 248;
    }

    function curve(PoolTerms t) internal pure returns (uint256) {
        return t.word(199);
    }

    /// @notice The word that begins `offset` bytes into the packed terms.
    function word(PoolTerms t, uint256 offset) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(t, offset))
        }
    }
}
