// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The escrow of one pool
/// @notice Buyers fund rounds, an oracle assesses what each provider achieved, the pool pays in proportion and returns the rest.
///
/// Amounts are in base units of the token. Scores, rates and fees are in basis points of 10,000. Times are in seconds of block
/// time; every interval of a round is half-open. All divisions round down; what rounding leaves stays in the pool and is less
/// than one base unit for each provider and buyer of a round.
///
/// Assumptions on outside parties, once for all functions:
/// - token: moves exactly the amount asked for and keeps balances; a token that takes a fee is refused when it is funded; one that
///   rebases, pauses or blocks hurts only its own pools. Hooks may re-enter: one guard covers every function that changes state.
/// - oracle and arbiter: may be wrong or silent; each silence has a default outcome, so that nobody's money waits on them.
/// - manager: chooses providers and weights until the notice; powerless afterwards.
/// - everyone else: hostile.
interface IOutcomePool {
    /// @notice A knot of the payout curve: a score of `x` pays `y`, both in basis points.
    struct Knot {
        uint16 x;
        uint16 y;
    }

    /// @notice What a pool agrees to; fixed when it is made and readable from its own code for ever.
    /// @param token ERC-20 the pool holds and pays.
    /// @param oracle Account whose signature makes an assessment valid (ECDSA or ERC-1271).
    /// @param arbiter Account that decides a challenge; zero: there are no challenges.
    /// @param manager Account that enrols providers.
    /// @param feeRecipient Account the fee is paid to; not zero where there is a fee.
    /// @param specHash Hash of the canonical outcome spec, not zero.
    /// @param start Beginning of round 0.
    /// @param period Length of a round, 1 minute to 365 days.
    /// @param rounds Number of rounds, 1 to 520.
    /// @param notice Time before the start from which the provider list is fixed, 1 hour to 30 days.
    /// @param assessmentWindow Time after a round's end in which it can be assessed, 1 hour to 90 days.
    /// @param challengeWindow Time after an assessment, or after silence, in which it can be challenged, 1 hour to 30 days.
    /// @param rulingWindow Time after a challenge in which the arbiter can rule, 1 to 90 days.
    /// @param bond Amount a challenger posts; above 0 and at most `minimum` where there is an arbiter, else 0.
    /// @param minimum Least funds, above 0, with which a round goes ahead.
    /// @param feeBps Fee on an assessed round's funds, 0 to 1,000.
    /// @param metered Whether each score comes with the units delivered.
    /// @param fullPayBar θ, 0 to 10,000: the average goodness at which the whole budget is released.
    /// @param defaultRate Share of weight an abstained provider is paid for, 0 to 10,000.
    /// @param curve Payout curve, at most 8 knots, both coordinates non-decreasing and at most 10,000; empty: identity.
    /// @param specURI Where the outcome spec can be read, at most 96 bytes.
    struct Terms {
        address token;
        address oracle;
        address arbiter;
        address manager;
        address feeRecipient;
        bytes32 specHash;
        uint40 start;
        uint32 period;
        uint16 rounds;
        uint32 notice;
        uint32 assessmentWindow;
        uint32 challengeWindow;
        uint32 rulingWindow;
        uint128 bond;
        uint128 minimum;
        uint16 feeBps;
        bool metered;
        uint16 fullPayBar;
        uint16 defaultRate;
        Knot[] curve;
        string specURI;
    }

    /// @notice What has been written of a round; time does the rest.
    enum Phase {
        None,
        Assessed,
        Challenged,
        Upheld,
        Replaced,
        Voided
    }

    /// @notice Where a round stands at a time. Cancelled and Settled are final.
    enum RoundState {
        Upcoming,
        Running,
        Cancelled,
        Assessing,
        Silent,
        Assessed,
        Challenged,
        Settled
    }

    /// @notice What an arbiter decides: the challenged outcome stands, another vector takes its place, or it counts as silence.
    enum Ruling {
        Uphold,
        Replace,
        Void
    }

    /// @notice A signature in three parts, as ERC-2612 and EIP-3009 take it.
    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice All there is to know of a round.
    /// @param state Where it stands now.
    /// @param deadline When it leaves that state if nobody acts; 0 where the state is final.
    /// @param phase What has been written of it.
    /// @param since Time of the assessment, challenge or ruling that was written last; 0 if none.
    /// @param funded What buyers put in, less withdrawals before the start.
    /// @param evidenceRoot Merkle root of the evidence behind the vector that counts; 0 if none counts.
    /// @param challenger Who posted the bond; zero if nobody.
    /// @param totalAward Σe on the scale weight (or units) × basis points; 0 where no vector counts: a silence pays as if it were
    /// ΣW · default rate.
    /// @param denominator max(Σn, θ·ΣW) on the same scale; 0 where no vector counts: a silence divides by ΣW · 10,000.
    /// @param budget B, what providers share at most; 0 before settlement.
    /// @param payable_ V = ⌊B·Σe/denominator⌋ (with Σe and denominator of silence where no vector counts), the part of B that goes
    /// to providers; 0 before settlement.
    /// @param fee φ; 0 before settlement.
    /// @param feePaid Whether the fee has been paid out.
    /// @param bondPaid Whether the challenger has been paid out.
    /// @param arbiterPaid Whether the arbiter has been paid out.
    struct RoundView {
        RoundState state;
        uint256 deadline;
        Phase phase;
        uint256 since;
        uint256 funded;
        bytes32 evidenceRoot;
        address challenger;
        uint256 totalAward;
        uint256 denominator;
        uint256 budget;
        uint256 payable_;
        uint256 fee;
        bool feePaid;
        bool bondPaid;
        bool arbiterPaid;
    }

    /// @notice A provider of the pool.
    struct Provider {
        address account;
        uint32 weight;
    }

    /// @notice A provider's score: basis points, or 65,535 for abstained, and units delivered (0 where the pool is not metered).
    struct ScoreRecord {
        uint16 score;
        uint32 units;
    }

    /// @notice Providers `firstIndex` to `firstIndex + count - 1` were added; all weights now sum to `totalWeight`. The code at
    /// `list` holds, behind one byte, their records of 24 bytes: address and weight.
    event Enrolled(uint256 firstIndex, uint256 count, uint256 totalWeight, address list);
    /// @notice `amount` was added to `buyer`'s contribution to `round`.
    event Funded(uint32 indexed round, address indexed buyer, uint256 amount);
    /// @notice `buyer` took `amount` of its contribution back to `to` before the round's start.
    event Withdrawn(uint32 indexed round, address indexed buyer, address to, uint256 amount);
    /// @notice The oracle's assessment of `round` was accepted.
    event Assessed(uint32 indexed round, bytes32 evidenceRoot, bytes scores);
    /// @notice `challenger` posted the bond against the outcome of `round`; `reason` is the hash of its statement.
    event Challenged(uint32 indexed round, address indexed challenger, bytes32 reason);
    /// @notice The arbiter ruled; root and scores are empty unless it replaced the vector.
    event Ruled(uint32 indexed round, Ruling ruling, bytes32 evidenceRoot, bytes scores);
    /// @notice The provider at `index` was paid for `round`; one transfer of the token, if it is of more than nothing, follows for all
    /// rounds of the call.
    event Claimed(uint32 round, uint256 index);
    /// @notice Providers from `from`, `count` of them, were paid for `round`; `skipped` lists those whose transfer failed.
    event Distributed(uint32 indexed round, uint256 from, uint256 count, uint256[] skipped);
    /// @notice `buyer`'s share of what `round` did not spend was paid, in the transfer of the token that follows unless
    /// it is nothing.
    event Refunded(uint32 indexed round, address indexed buyer, uint256 amount);
    /// @notice The fee of `round` was paid to the fee recipient.
    event FeePaid(uint32 indexed round, uint256 amount);
    /// @notice The bond of `round`, or its repayment, was paid to the challenger.
    event BondPaid(uint32 indexed round, address challenger, uint256 amount);
    /// @notice The arbiter was paid for its ruling on `round`.
    event ArbiterPaid(uint32 indexed round, uint256 amount);

    /// @notice The call went to the implementation, which is no pool.
    error NotAPool();
    /// @notice Only `expected` may do this.
    error Unauthorized(address caller, address expected);
    /// @notice The pool has rounds 0 to `rounds` - 1.
    error RoundOutOfRange(uint256 round, uint256 rounds);
    /// @notice The round is not in a state that allows this.
    error WrongState(uint256 round, RoundState state, uint256 deadline);
    /// @notice The provider list has been fixed since `deadline`.
    error EnrolmentClosed(uint256 time, uint256 deadline);
    /// @notice The records are not a whole number of 24-byte records, or none, or more than `limit` in a batch.
    error BadBatchLength(uint256 bytesGiven, uint256 limit);
    /// @notice Every batch but the last must be full: `enrolled` is no multiple of `batch`.
    error LastBatchNotFull(uint256 enrolled, uint256 batch);
    /// @notice The pool holds at most `limit` providers.
    error TooManyProviders(uint256 count, uint256 limit);
    /// @notice Addresses must ascend over all batches (zero can therefore not be enrolled, nor anyone twice).
    error ProviderOutOfOrder(uint256 index, address account, address previous);
    /// @notice The provider may not be enrolled: its weight is zero or it is the pool itself.
    error BadProvider(uint256 index, address account, uint256 weight);
    /// @notice There is no provider at `index`.
    error IndexOutOfRange(uint256 index, uint256 count);
    /// @notice `account` may not receive or be credited: it is zero or the pool itself.
    error BadAccount(address account);
    /// @notice The amount must be above zero.
    error ZeroAmount();
    /// @notice The token moved `received` instead of `expected`.
    error WrongAmountReceived(uint256 received, uint256 expected);
    /// @notice `requested` is more than the contribution of `available`.
    error ContributionTooSmall(uint256 requested, uint256 available);
    /// @notice The evidence root must not be zero where there are scores, and must be where there are none.
    error BadEvidenceRoot(bytes32 evidenceRoot);
    /// @notice The vector must have `expected` bytes: 2 a provider, 6 in a metered pool.
    error BadVectorLength(uint256 given, uint256 expected);
    /// @notice The record breaks a rule: a score above 10,000 that is not 65,535, units above the weight where θ is above 0,
    /// or units of an abstained provider.
    error BadScore(uint256 index, uint256 score, uint256 units, uint256 weight);
    /// @notice `signer` did not sign this.
    error BadSignature(address signer, bytes32 digest);
    /// @notice The signature was good until `deadline`.
    error SignatureExpired(uint256 time, uint256 deadline);
    /// @notice The pool has no arbiter, so nothing can be challenged.
    error NoArbiter();
    /// @notice A round without an assessment is silence already and cannot be voided.
    error NothingToVoid(uint256 round);
    /// @notice The provider has been paid for the round.
    error AlreadyClaimed(uint256 round, uint256 index);
    /// @notice Nothing is owed here, or it has been paid.
    error NothingToPay(uint256 round);
    /// @notice Not enough gas is left to give the next transfer `needed`.
    error InsufficientGas(uint256 left, uint256 needed);

    /// @notice Adds providers. Manager only, until `notice` before the start.
    /// @param records 24 bytes each, address and weight (`uint32`), addresses ascending over all batches; at most 1,023 a batch,
    /// every batch but the last full; at most 8,191 in all, 4,090 where the pool is metered.
    function enrol(bytes calldata records) external;

    /// @notice Adds `amount` of the caller's tokens to `buyer`'s contribution to a round, before the round's end.
    /// @dev The caller must have approved the pool. Reverts where the token moves another amount.
    function fund(uint32 round, address buyer, uint256 amount) external;

    /// @notice Like `fund`, with the approval as an ERC-2612 permit of the caller.
    /// @dev A permit that was spent before (front-run) does no harm as long as the allowance is there.
    function fundWithPermit(
        uint32 round,
        address buyer,
        uint256 amount,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Like `fund`, by an EIP-3009 `receiveWithAuthorization` of `payer`, sent by anyone.
    /// @param salt Chosen by the payer; the authorization's nonce is keccak256(abi.encode(round, buyer, salt)), so that
    /// what the payer signed names the round and the buyer, and its recipient names the pool.
    function fundWithAuthorization(
        uint32 round,
        address buyer,
        uint256 amount,
        address payer,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        Signature calldata signature
    ) external;

    /// @notice Takes `amount` of the caller's contribution back to `to`, before the round's start.
    function withdraw(uint32 round, uint256 amount, address to) external;

    /// @notice Stores the oracle's assessment of a round, once, in its assessment window. Anyone may send it.
    /// @param evidenceRoot Merkle root of the round's evidence, not zero.
    /// @param scores The vector: per provider 2 bytes of score and, in a metered pool, 4 bytes of units, big-endian.
    /// @param signature The oracle's, over EIP-712 `Assessment(uint32 round,bytes32 evidenceRoot,bytes scores)`.
    function assess(uint32 round, bytes32 evidenceRoot, bytes calldata scores, bytes calldata signature) external;

    /// @notice Contests an assessment or a silence, once, in the challenge window. Takes the bond from the caller.
    /// @param reason Hash of the challenger's statement.
    function challenge(uint32 round, bytes32 reason) external;

    /// @notice Decides a challenge. Arbiter only, in the ruling window. Moves no money.
    /// @param evidenceRoot Root of the arbiter's own evidence where it replaces the vector, else zero.
    /// @param scores The vector that takes the other's place, else empty.
    function rule(uint32 round, Ruling ruling, bytes32 evidenceRoot, bytes calldata scores) external;

    /// @notice Pays the provider at `index` for settled rounds, in one transfer to its enrolled address. Anyone may send it.
    function claim(uint256 index, uint32[] calldata rounds) external;

    /// @notice Like `claim`, to another address, by the provider itself.
    function claimTo(uint256 index, uint32[] calldata rounds, address to) external;

    /// @notice Like `claim`, to another address, by the provider's signature (ECDSA or ERC-1271) over EIP-712
    /// `ClaimTo(uint32[] rounds,uint256 index,address to,uint256 deadline)`. Anyone may send it, until `deadline` inclusive.
    /// @dev Sign only rounds that pay something: anyone can have a round that pays nothing marked as paid, and then the list fails.
    function claimToWithSignature(
        uint256 index,
        uint32[] calldata rounds,
        address to,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Pays the providers `from` to `from + count - 1` for a settled round. A transfer that fails, or takes more than
    /// 200,000 gas, is skipped and stays claimable; those already paid are passed over. Anyone may send it.
    function distribute(uint32 round, uint256 from, uint256 count) external;

    /// @notice Pays `buyer` its share ⌊(B − V)·c/F⌋ of what a settled round did not spend, or all of c for a cancelled one.
    /// @param to The buyer, or any address where the buyer itself sends this.
    function refund(uint32 round, address buyer, address to) external;

    /// @notice Pays a settled round's fee to the fee recipient. Anyone may send it.
    function payFee(uint32 round) external;

    /// @notice Pays the challenger of a settled round: its bond back where the arbiter was silent, the same amount out of the
    /// round's funds where the outcome was overturned. Anyone may send it.
    function payBond(uint32 round) external;

    /// @notice Pays the bond of a challenged round to the arbiter that ruled on it. Anyone may send it.
    function payArbiter(uint32 round) external;

    /// @notice The terms.
    function terms() external view returns (Terms memory);

    /// @notice Where a round stands now and when it leaves that state if nobody acts (0: never).
    function roundState(uint32 round) external view returns (RoundState state, uint256 deadline);

    /// @notice All there is to know of a round.
    function roundInfo(uint32 round) external view returns (RoundView memory);

    /// @notice Number of providers and sum of their weights.
    function enrolment() external view returns (uint256 count, uint256 totalWeight);

    /// @notice Providers `from` to `from + count - 1`.
    function providers(uint256 from, uint256 count) external view returns (Provider[] memory);

    /// @notice Scores of providers `from` to `from + count - 1` in the vector that counts; empty where none counts.
    function scores(uint32 round, uint256 from, uint256 count) external view returns (ScoreRecord[] memory);

    /// @notice What a provider gets for a settled round, in base units, and whether it has been paid.
    function payoutOf(
        uint32 round,
        uint256 index
    ) external view returns (address account, uint256 amount, bool claimed);

    /// @notice What a buyer can still get back from a settled or cancelled round, in base units; 0 once it was paid.
    function refundOf(uint32 round, address buyer) external view returns (uint256);

    /// @notice What a buyer put into a round, less withdrawals, in base units; 0 once its refund was paid.
    function contributionOf(uint32 round, address buyer) external view returns (uint256);
}
