// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../../contracts/interfaces/IOutcomePool.sol";
import {TestBase} from "./support/TestBase.sol";
import {vm} from "./support/Vm.sol";

/// @dev trees/enrol.tree
contract EnrolTest is TestBase {
    uint256 private constant LIMIT = 24_552;

    function test_WhenTheListIsGood_ItIsStoredAsCode() public {
        address list = vm.computeCreateAddress(address(pool), 1);
        expectEvent();
        emit IOutcomePool.Enrolled(0, 3, 600, list);
        enrol(defaultRecords());
        assertEq(list.code, abi.encodePacked(hex"00", defaultRecords()), "code");
        (uint256 count, uint256 totalWeight) = pool.enrolment();
        assertEq(count, 3, "count");
        assertEq(totalWeight, 600, "weight");
    }

    function test_WhenASecondBatchFollowsAFullOne_ItIsAdded() public {
        enrol(manyRecords(0, 1023, 5));
        expectEvent();
        emit IOutcomePool.Enrolled(1023, 2, 5_129, vm.computeCreateAddress(address(pool), 2));
        enrol(manyRecords(1023, 2, 7));
    }

    function test_WhenWeightsAreLargest_TheirSumFits() public {
        enrol(manyRecords(0, 1023, type(uint32).max));
        (, uint256 totalWeight) = pool.enrolment();
        assertEq(totalWeight, 1023 * uint256(type(uint32).max), "weight");
    }

    function test_WhenTheCallerIsNotTheManager_ItReverts() public {
        expectRevert(abi.encodeWithSelector(IOutcomePool.Unauthorized.selector, stranger, manager));
        vm.prank(stranger);
        pool.enrol(defaultRecords());
    }

    function test_WhenTheNoticeHasBegun_ItReverts() public {
        uint256 deadline = startOf(0) - 1 days;
        for (uint256 time = deadline; time < deadline + 2; time++) {
            vm.warp(time);
            bytes memory records = defaultRecords();
            expectRevert(abi.encodeWithSelector(IOutcomePool.EnrolmentClosed.selector, time, deadline));
            vm.prank(manager);
            pool.enrol(records);
        }
    }

    function test_WhenTheNoticeIsOneSecondAway_ItIsStored() public {
        vm.warp(startOf(0) - 1 days - 1);
        enrol(defaultRecords());
    }

    function test_WhenTheLengthIsWrong_ItReverts() public {
        _expect("", abi.encodeWithSelector(IOutcomePool.BadBatchLength.selector, 0, LIMIT));
        _expect(new bytes(23), abi.encodeWithSelector(IOutcomePool.BadBatchLength.selector, 23, LIMIT));
        _expect(new bytes(25), abi.encodeWithSelector(IOutcomePool.BadBatchLength.selector, 25, LIMIT));
        _expect(
            manyRecords(0, 1024, 1),
            abi.encodeWithSelector(IOutcomePool.BadBatchLength.selector, LIMIT + 24, LIMIT)
        );
    }

    function test_WhenTheLastBatchWasNotFull_ItReverts() public {
        enrol(manyRecords(0, 1022, 1));
        _expect(manyRecords(2000, 1, 1), abi.encodeWithSelector(IOutcomePool.LastBatchNotFull.selector, 1022, 1023));
    }

    function test_WhenThereAreTooManyProviders_ItReverts() public {
        enrolMany(8184, 1);
        _expect(manyRecords(8184, 8, 1), abi.encodeWithSelector(IOutcomePool.TooManyProviders.selector, 8192, 8191));
        enrol(manyRecords(8184, 7, 1));
    }

    function test_WhenAMeteredPoolHasTooManyProviders_ItReverts() public {
        IOutcomePool.Terms memory t = defaultTerms();
        t.metered = true;
        pool = make(t);
        enrolMany(3069, 1);
        _expect(manyRecords(3069, 1022, 1), abi.encodeWithSelector(IOutcomePool.TooManyProviders.selector, 4091, 4090));
        enrol(manyRecords(3069, 1021, 1));
    }

    function test_WhenAddressesDoNotAscend_ItReverts() public {
        bytes memory first = record(provider(0), 1);
        bytes memory second = record(provider(1), 1);
        _expect(record(address(0), 1), _outOfOrder(0, address(0), address(0)));
        _expect(bytes.concat(first, second, second), _outOfOrder(2, provider(1), provider(1)));
        _expect(bytes.concat(second, first), _outOfOrder(1, provider(0), provider(1)));
        _expect(bytes.concat(second, record(address(0), 1)), _outOfOrder(1, address(0), provider(1)));
    }

    function test_WhenAddressesDoNotAscendOverBatches_ItReverts() public {
        enrolMany(1023, 1);
        _expect(manyRecords(1022, 1, 1), _outOfOrder(1023, numbered(1022), numbered(1022)));
        _expect(manyRecords(5, 1, 1), _outOfOrder(1023, numbered(5), numbered(1022)));
    }

    function test_WhenAddressesAreAtTheEndsOfTheirRange_TheyAreStored() public {
        enrol(bytes.concat(record(address(1), 1), record(address(type(uint160).max), 1)));
        assertEq(pool.providers(1, 1)[0].account, address(type(uint160).max), "last");
    }

    function test_WhenAWeightIsZero_ItReverts() public {
        bytes memory records = bytes.concat(record(provider(0), 1), record(provider(1), 0), record(provider(2), 1));
        _expect(records, abi.encodeWithSelector(IOutcomePool.BadProvider.selector, 1, provider(1), 0));
    }

    function test_WhenAProviderIsThePool_ItReverts() public {
        _expect(
            record(address(pool), 9),
            abi.encodeWithSelector(IOutcomePool.BadProvider.selector, 0, address(pool), 9)
        );
    }

    function test_WhenTheLastOfAFullBatchIsBad_ItIsNamed() public {
        bytes memory records = bytes.concat(manyRecords(0, 1022, 1), record(numbered(1021), 1));
        _expect(records, _outOfOrder(1022, numbered(1021), numbered(1021)));
    }

    function test_WhenRefused_NothingChanges() public {
        _expect(record(address(0), 1), _outOfOrder(0, address(0), address(0)));
        (uint256 count, uint256 totalWeight) = pool.enrolment();
        assertEq(count + totalWeight, 0, "nothing");
        assertEq(vm.getNonce(address(pool)), 1, "no code");
    }

    function _expect(bytes memory records, bytes memory error_) private {
        expectRevert(error_);
        vm.prank(manager);
        pool.enrol(records);
    }

    function _outOfOrder(uint256 index, address account, address previous) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOutcomePool.ProviderOutOfOrder.selector, index, account, previous);
    }
}
