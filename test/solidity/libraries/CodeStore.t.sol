// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LibRLP} from "solady/src/utils/LibRLP.sol";
import {CodeStore} from "../../../contracts/libraries/CodeStore.sol";
import {Asserts} from "../support/Asserts.sol";
import {vm} from "../support/Vm.sol";

/// @notice Addresses of pieces of code against two other derivations, and against what is really created.
contract CodeStoreTest is Asserts {
    function test_WhenNonceIsAnyAPoolReaches_TheAddressIsRight() public view {
        for (uint256 nonce = 1; nonce <= 1_100; nonce++) {
            address code = CodeStore.addressOf(nonce);
            assertEq(code, LibRLP.computeAddress(address(this), nonce), "solady");
            assertEq(code, vm.computeCreateAddress(address(this), nonce), "cheat code");
        }
    }

    function testFuzz_WhenNonceFits16Bits_TheAddressIsRight(uint16 nonce) public view {
        if (nonce == 0) return;
        assertEq(CodeStore.addressOf(nonce), vm.computeCreateAddress(address(this), nonce), "address");
    }

    function test_WhenWritten_TheCodeLiesThere() public {
        vm.setNonce(address(this), 1_000);
        bytes memory data = "some data";
        address code = CodeStore.write(data);
        assertEq(code, CodeStore.addressOf(1_000), "address");
        assertEq(code.code, bytes.concat(hex"00", data), "code");
        assertEq(CodeStore.write(""), CodeStore.addressOf(1_001), "next");
    }

    function test_WhenLargest_TheCodeIsStored() public {
        bytes memory data = new bytes(24_575);
        data[24_574] = 0x01;
        assertEq(CodeStore.write(data).code, bytes.concat(hex"00", data), "code");
    }
}
