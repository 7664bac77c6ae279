// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {console} from "hardhat/console.sol";
import {Action} from "./Book.sol";
import {Handler} from "./Handler.sol";

interface Environment {
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
}

/// @title Campaigns of random calls
/// @notice Each test plays seasons until it has made its number of calls; each season ends with a drain. Everything follows from the
/// seed. Environment: `CAMPAIGN_SEED` (1) picks other seasons, `CAMPAIGN_PERCENT` (100) scales the number of calls,
/// `CAMPAIGN_REPORT=1` prints calls and successes of each action.
abstract contract CampaignBase {
    Environment private constant ENVIRONMENT = Environment(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    error TooFewSuccesses(uint256 action, uint256 successes, uint256 calls);
    error WrongNumberOfCalls(uint256 made, uint256 expected);

    /// @param calls How many to make, before the environment scales it.
    /// @param many Providers of the first pool of each season; 0: few.
    function _play(string memory name, uint256 salt, uint256 calls, uint256 many) internal {
        Handler handler = new Handler();
        uint256 seed = ENVIRONMENT.envOr("CAMPAIGN_SEED", 1);
        calls = (calls * ENVIRONMENT.envOr("CAMPAIGN_PERCENT", 100)) / 100;
        uint256 made = 0;
        for (uint256 season = 0; made < calls; season++) {
            handler.open(uint256(keccak256(abi.encode(seed, salt, season))), many);
            while (made < calls && !handler.over()) {
                try handler.step() {
                    made++;
                } catch (bytes memory reason) {
                    _fail(name, season, made, reason);
                }
            }
            for (uint256 p = 0; p < handler.size(); p++) {
                try handler.drain(p) {} catch (bytes memory reason) {
                    _fail(name, season, made, reason);
                }
            }
        }
        _report(name, handler, calls);
    }

    function _fail(string memory name, uint256 season, uint256 made, bytes memory reason) private pure {
        console.log("campaign %s: season %s, after %s calls", name, season, made);
        console.logBytes(reason);
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @dev Requires the number of calls, and that of each action at least three in ten succeeded.
    function _report(string memory name, Handler handler, uint256 expected) private view {
        bool print = ENVIRONMENT.envOr("CAMPAIGN_REPORT", 0) != 0;
        uint256 total = 0;
        for (uint256 a = 0; a <= uint256(type(Action).max); a++) {
            (uint256 calls, uint256 successes) = (handler.calls(a), handler.successes(a));
            total += calls;
            if (print) console.log("campaign action %s: %s calls, %s succeeded", a, calls, successes);
            // A few calls prove nothing about the odds.
            bool enough = calls >= 40;
            if (enough ? successes * 10 < calls * 3 : expected >= 10_000) revert TooFewSuccesses(a, successes, calls);
        }
        if (total != expected) revert WrongNumberOfCalls(total, expected);
        console.log("campaign %s: %s calls, %s warps", name, total, handler.warps());
        if (print) console.log("campaign drain: %s calls", handler.drainCalls());
    }
}

/// @notice Three pools of 3 to 12 providers each season.
contract SmallCampaignTest is CampaignBase {
    function test_CampaignOfSmallPoolsA() external {
        _play("small A", 1, 22_000, 0);
    }

    function test_CampaignOfSmallPoolsB() external {
        _play("small B", 2, 22_000, 0);
    }

    function test_CampaignOfSmallPoolsC() external {
        _play("small C", 3, 22_000, 0);
    }

    function test_CampaignOfSmallPoolsD() external {
        _play("small D", 4, 22_000, 0);
    }
}

/// @notice One of the season's three pools has so many providers that their claims fill several words, or their list two pieces.
contract LargeCampaignTest is CampaignBase {
    function test_CampaignOfPoolsOfSeveralWords() external {
        _play("words", 5, 10_000, 523);
    }

    function test_CampaignOfPoolsOfTwoPieces() external {
        _play("pieces", 6, 2_500, 1_031);
    }
}
