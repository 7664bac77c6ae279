// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOutcomePool} from "../interfaces/IOutcomePool.sol";
import {PoolTerms} from "./PoolTerms.sol";
import {RoundWord, RoundWordLib} from "./RoundWord.sol";

/// @title Round clock
/// @notice A round's state follows from the clock and from what was written of it; no keeper moves it.
/// @dev Terms keep every time below 2^43, so sums of times cannot overflow.
library RoundClock {
    /// @notice Beginning of a round, seconds.
    function startOf(PoolTerms t, uint256 round) internal pure returns (uint256) {
        unchecked {
            return t.start() + round * t.period();
        }
    }

    /// @notice When a round of which something was written settles, or 0 where it already has.
    function openUntil(PoolTerms t, RoundWord k) internal pure returns (uint256) {
        unchecked {
            if (k.phase() == RoundWordLib.ASSESSED) return k.since() + t.challengeWindow();
            if (k.phase() == RoundWordLib.CHALLENGED) return k.since() + t.rulingWindow();
            return 0;
        }
    }

    /// @notice State at `time` of a round of which nothing was written, and when it leaves it (0: never).
    /// @param goesAhead Whether it has the minimum of funds and a provider.
    function unwritten(
        PoolTerms t,
        uint256 round,
        bool goesAhead,
        uint256 time
    ) internal pure returns (IOutcomePool.RoundState, uint256) {
        uint256 deadline = startOf(t, round);
        if (time < deadline) return (IOutcomePool.RoundState.Upcoming, deadline);
        deadline += t.period();
        if (time < deadline) return (IOutcomePool.RoundState.Running, deadline);
        if (!goesAhead) return (IOutcomePool.RoundState.Cancelled, 0);
        deadline += t.assessmentWindow();
        if (time < deadline) return (IOutcomePool.RoundState.Assessing, deadline);
        deadline += t.challengeWindow();
        if (time < deadline) return (IOutcomePool.RoundState.Silent, deadline);
        return (IOutcomePool.RoundState.Settled, 0);
    }
}
