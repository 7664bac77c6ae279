// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Arithmetic of a round's money
/// @notice Pure, so that it can be proved: F = payouts + fee + repayment + refunds + dust. Amounts in base units of the token; every
/// division rounds down. Awards stay below 2^64 and amounts below 2^128, so no product overflows.
library RoundMoney {
    uint256 internal constant BPS = 10_000;

    /// @notice Fee and budget: φ = ⌊F · fee⌋ where an assessment stands, B = F − φ; B = F for silence that stands; B = F − bond
    /// where the arbiter overturned the outcome.
    function split(
        uint256 funded,
        uint256 feeBps,
        uint256 bond,
        bool assessed,
        bool overturned
    ) internal pure returns (uint256 budget, uint256 fee) {
        // No round goes ahead with less than the bond, and no fee is above a tenth.
        unchecked {
            if (overturned) return (funded - bond, 0);
            if (!assessed) return (funded, 0);
            fee = (funded * feeBps) / BPS;
            return (funded - fee, fee);
        }
    }

    /// @notice ⌊B · e / D⌋, or 0 where D is: a provider's payout, or with Σe the whole of V.
    function share(uint256 budget, uint256 award, uint256 denominator) internal pure returns (uint256 amount) {
        assembly ("memory-safe") {
            // The machine's division by zero gives zero, as the rule does.
            amount := div(mul(budget, award), denominator)
        }
    }

    /// @notice ⌊(B − V) · c / F⌋: what a buyer of c gets back.
    function refund(
        uint256 budget,
        uint256 spent,
        uint256 contribution,
        uint256 funded
    ) internal pure returns (uint256) {
        return ((budget - spent) * contribution) / funded;
    }
}
