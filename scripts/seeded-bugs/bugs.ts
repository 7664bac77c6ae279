/** A bug put into one contract: `find` stands in the file exactly once. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The campaign itself must catch it; unit tests are not enough. */
  readonly byCampaign?: true;
}

const POOL = "contracts/OutcomePool.sol";
const STATE = "contracts/PoolState.sol";
const FUNDING = "contracts/PoolFunding.sol";
const ASSESSMENT = "contracts/PoolAssessment.sol";
const CLOCK = "contracts/libraries/RoundClock.sol";
const MONEY = "contracts/libraries/RoundMoney.sol";
const VECTOR = "contracts/libraries/ScoreVector.sol";

/** `find` with `now` in the place of `was`. */
function change(file: string, name: string, find: string, was: string, now: string): Bug {
  return { name, file, find, replace: find.replace(was, () => now) };
}

/** `find` taken away. */
function drop(file: string, name: string, find: string): Bug {
  return { name, file, find, replace: "" };
}

/** A deadline that is off by one second. */
function late(file: string, name: string, find: string, was: string, now: string): Bug {
  return { ...change(file, `off by one: ${name}`, find, was, now), byCampaign: true };
}

const CLAIM_BIT = drop(POOL, "double claim: claim bit not set", "_claimed[word] = paid | bit;");

const DEADLINES: readonly Bug[] = [
  late(FUNDING, "end of enrolment", "if (block.timestamp >= deadline) revert EnrolmentClosed", ">=", ">"),
  late(FUNDING, "end of funding", "block.timestamp >= RoundClock.startOf(t, uint256(round) + 1)", ">=", ">"),
  late(
    CLOCK,
    "withdrawal before the start",
    "if (time < deadline) return (IOutcomePool.RoundState.Upcoming",
    "<",
    "<=",
  ),
  late(CLOCK, "end of the round", "if (time < deadline) return (IOutcomePool.RoundState.Running", "<", "<="),
  late(CLOCK, "end of the assessment", "if (time < deadline) return (IOutcomePool.RoundState.Assessing", "<", "<="),
  late(CLOCK, "challenge of silence", "if (time < deadline) return (IOutcomePool.RoundState.Silent", "<", "<="),
  late(STATE, "settlement", "if (block.timestamp >= deadline) return (RoundState.Settled, 0);", ">=", ">"),
  late(CLOCK, "challenge of an assessment", "return k.since() + t.challengeWindow();", ";", " - 1;"),
  late(CLOCK, "ruling", "return k.since() + t.rulingWindow();", ";", " + 1;"),
  late(STATE, "payment", "block.timestamp < RoundClock.openUntil(t, k)", "block.timestamp", "block.timestamp + 1"),
];

const PAYMENTS: readonly Bug[] = [
  drop(POOL, "bond paid twice", "v.bondPaid = true;"),
  drop(POOL, "arbiter paid twice", "v.arbiterPaid = true;"),
  drop(POOL, "fee paid twice", "v.feePaid = true;"),
  drop(POOL, "refund not deleted", "delete _contributions[key];"),
  drop(POOL, "refund to anywhere by anyone", "if (to != buyer) _only(buyer);"),
  drop(POOL, "claim to anywhere by anyone", "_only(account);"),
  drop(POOL, "distribution marks skipped as paid", "if (failed != 0) _claimed[word] = marked & ~failed;"),
  change(
    POOL,
    "distribution pays those already paid",
    "if (paid & bit != 0 || _push(t, r, i))",
    "paid & bit != 0 || ",
    "",
  ),
  change(
    POOL,
    "distribution of a whole word overflows",
    "((type(uint256).max >> (256 - (stop - from))) << (from & 255))",
    "type(uint256).max >> (256 - (stop - from))",
    "(1 << (stop - from)) - 1",
  ),
  change(
    POOL,
    "challenger paid though upheld",
    "k.phase() == RoundWordLib.UPHELD || v.bondPaid",
    "k.phase() == RoundWordLib.UPHELD || ",
    "",
  ),
  change(STATE, "claim words of two rounds are one", "(round << 32) | (index >> 8)", "(round << 32) |", "round +"),
  change(
    STATE,
    "claim behind the provider list",
    "else known = index < _enrolment.count;",
    "index < _enrolment.count",
    "true",
  ),
];

const DECISIONS: readonly Bug[] = [
  drop(ASSESSMENT, "missing arbiter check", "_only(t.arbiter());"),
  {
    name: "missing oracle signature check",
    file: ASSESSMENT,
    find: "if (!SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {",
    replace: "if (false) {",
  },
  change(ASSESSMENT, "voided vector stays", "k = k.withVector(0, 0);", "k.withVector(0, 0)", "k"),
  change(
    ASSESSMENT,
    "totalAward of a replaced vector stays",
    "_verdicts[round].totalAward = totalAward.toUint64();",
    "_verdicts",
    "if (k.phase() == RoundWordLib.ASSESSED) _verdicts",
  ),
  drop(ASSESSMENT, "no bond taken", "_pull(t.token(), t.bond());"),
];

const MONEY_RULES: readonly Bug[] = [
  change(
    MONEY,
    "fee charged on overturned",
    "if (overturned) return (funded - bond, 0);",
    "0)",
    "(funded * feeBps) / BPS)",
  ),
  change(
    MONEY,
    "overturned keeps the repayment",
    "if (overturned) return (funded - bond, 0);",
    "funded - bond",
    "funded",
  ),
  change(MONEY, "fee on silence", "if (!assessed) return (funded, 0);", "if (!assessed)", "if (feeBps == 0)"),
  change(
    MONEY,
    "refund ignores what was spent",
    "((budget - spent) * contribution) / funded",
    "budget - spent",
    "budget",
  ),
  change(
    MONEY,
    "refund rounds up",
    "((budget - spent) * contribution) / funded",
    ") / funded",
    " + funded - 1) / funded",
  ),
  change(
    VECTOR,
    "silence pays without default rate",
    "if (score > BPS) return weight * t.defaultRate();",
    "t.defaultRate()",
    "BPS",
  ),
  change(
    VECTOR,
    "abstained counted at the default rate",
    "counted = judged + abstainedWeight * BPS;",
    "BPS",
    "t.defaultRate()",
  ),
  change(
    VECTOR,
    "metered units read at a wrong place",
    "units := mul(metered, and(shr(208, record), 0xffffffff))",
    "208",
    "216",
  ),
  change(
    FUNDING,
    "total weight not accumulated",
    "(e.totalWeight + weights).toUint48()",
    "e.totalWeight + weights",
    "weights",
  ),
  change(
    FUNDING,
    "withdrawal leaves the round's funds",
    "k.withFunded(k.funded() - amount)",
    "k.funded() - amount",
    "k.funded()",
  ),
  change(
    "contracts/libraries/PayoutCurve.sol",
    "step takes the earlier knot",
    "shl(5, iszero(lt(score, shr(240, shl(add(shift, 32), curve)))))",
    "iszero(lt(score, shr(240, shl(add(shift, 32), curve))))",
    "gt(score, shr(240, shl(add(shift, 32), curve)))",
  ),
];

export const BUGS: readonly Bug[] = [
  { ...CLAIM_BIT, byCampaign: true },
  ...DEADLINES,
  ...PAYMENTS,
  ...DECISIONS,
  ...MONEY_RULES,
];
