import { payFor, type Knot } from "./curve.ts";

/** The score that says nobody judged this provider. */
export const ABSTAINED = 65_535;

/** Highest score, and the scale of every rate: 10,000 basis points. */
export const MAX_SCORE = 10_000;

/** `MAX_SCORE` for amounts. */
export const BPS = 10_000n;

/** Most units of a record and most weight of a provider: a `uint32`. */
export const MAX_UNITS = 4_294_967_295n;

/** How scores become pay; the pool's terms carry the same four values. */
export interface PaymentRule {
  readonly metered: boolean;
  /** At most 8 knots (x, y) in basis points; empty means identity. */
  readonly curve: readonly Knot[];
  /** θ, 0 to 10,000. */
  readonly fullPayBar: number;
  /** Share of weight paid to an abstained provider, 0 to 10,000. */
  readonly defaultRate: number;
}

/** What the oracle signs for one provider in one round. */
export interface ScoreRecord {
  /** Basis points, 0 to 10,000, or `ABSTAINED`. */
  readonly score: number;
  /** Units delivered; 0 where the pool is not metered or the score is `ABSTAINED`. */
  readonly units: bigint;
}

/** One provider's claim on a round, in weight times basis points. */
export interface Award {
  /** What it is paid for. */
  readonly award: bigint;
  /** What it adds to the divisor; more than the award where it abstained below a full default rate. */
  readonly counted: bigint;
}

/** All claims on a round, in weight times basis points. */
export interface Tally {
  /** In the order of the providers. */
  readonly awards: readonly bigint[];
  readonly totalAward: bigint;
  /** The larger of what was counted and θ times the total weight; never below `totalAward`. */
  readonly denominator: bigint;
}

/** How a round ended. `silence`: never assessed nor challenged; `unruled`: challenged, and the arbiter stayed silent. */
export type Outcome = "cancelled" | "unchallenged" | "silence" | "upheld" | "replaced" | "voided" | "unruled";

/** What decides where the money of a settled round goes. Amounts in the token's smallest unit. */
export interface RoundFunds {
  /** F: what buyers put in, less what they withdrew in time. */
  readonly funded: bigint;
  /** Basis points of F. */
  readonly feeBps: number;
  /** What a challenger has to post. */
  readonly bond: bigint;
  readonly outcome: Outcome;
  /** Whether the oracle assessed the round; decides what a challenge was against. */
  readonly assessed: boolean;
}

/** Where the money of a round goes, in the token's smallest unit. The parts sum to F plus the bond, if one was posted. */
export interface RoundMoney {
  /** B: payouts and refunds come from here; all of it is refundable in a cancelled round. */
  readonly budget: bigint;
  /** To the fee recipient. */
  readonly fee: bigint;
  /** Of the funds, to the challenger whose challenge was right. */
  readonly repayment: bigint;
  /** The bond, where the arbiter ruled. */
  readonly toArbiter: bigint;
  /** The bond, back to the challenger, where the arbiter did not rule. */
  readonly bondReturned: bigint;
}

/**
 * A provider's claim from its record: units (its weight where not metered) times the curve at its score; the default rate
 * of its weight where it abstained. The record must be valid, see `validateRecord`.
 */
export function award(rule: PaymentRule, weight: bigint, record: ScoreRecord): Award {
  if (record.score === ABSTAINED) return { award: weight * BigInt(rule.defaultRate), counted: weight * BPS };
  const earned = (rule.metered ? record.units : weight) * BigInt(payFor(rule.curve, record.score));
  return { award: earned, counted: earned };
}

/**
 * All claims on a round.
 * @param records one per weight, in the same order; `null` is silence: every provider counts as abstained
 * @throws RangeError where the numbers of weights and records differ
 */
export function tally(rule: PaymentRule, weights: readonly bigint[], records: readonly ScoreRecord[] | null): Tally {
  if (records !== null && records.length !== weights.length) {
    throw new RangeError(`${records.length} records for ${weights.length} providers`);
  }
  const all = weights.map((weight, i) => award(rule, weight, records?.[i] ?? { score: ABSTAINED, units: 0n }));
  const counted = sum(all.map((one) => one.counted));
  const bar = BigInt(rule.fullPayBar) * sum(weights);
  const awards = all.map((one) => one.award);
  return { awards, totalAward: sum(awards), denominator: counted > bar ? counted : bar };
}

/** What a provider is paid of budget B: floor(B · award / denominator); 0 where the denominator is 0. */
export function payout(budget: bigint, award: bigint, denominator: bigint): bigint {
  return denominator === 0n ? 0n : (budget * award) / denominator;
}

/** V: what is set aside for all payouts together, rounded down once; at least their sum, and at most B. */
export function totalPayable(budget: bigint, totalAward: bigint, denominator: bigint): bigint {
  return payout(budget, totalAward, denominator);
}

/** What a buyer who put in `contribution` of `funded` gets back: floor((B − V) · c / F); 0 where nothing was funded. */
export function refund(budget: bigint, payable: bigint, contribution: bigint, funded: bigint): bigint {
  return funded === 0n ? 0n : ((budget - payable) * contribution) / funded;
}

/** Whether every provider counts as abstained: a voided round, or one never assessed whose vector was not replaced. */
export function countsAsSilence(outcome: Outcome, assessed: boolean): boolean {
  if (outcome === "voided" || outcome === "silence") return true;
  return !assessed && outcome !== "replaced" && outcome !== "cancelled";
}

/**
 * Splits the funds of a settled or cancelled round, and the bond where one was posted. The fee is floor(F · feeBps / 10,000)
 * and is due only where an assessment by the oracle stands. A cancelled round pays nobody: take V as 0 there.
 * @throws RangeError where an overturned round holds less than the bond, which a pool's terms exclude
 */
export function roundMoney({ funded, feeBps, bond, outcome, assessed }: RoundFunds): RoundMoney {
  const overturned = outcome === "replaced" || outcome === "voided";
  if (overturned && funded < bond) throw new RangeError(`funds of ${funded} cannot repay a bond of ${bond}`);
  const stands = !overturned && outcome !== "cancelled" && !countsAsSilence(outcome, assessed);
  const fee = stands ? (funded * BigInt(feeBps)) / BPS : 0n;
  const repayment = overturned ? bond : 0n;
  return {
    budget: funded - fee - repayment,
    fee,
    repayment,
    toArbiter: overturned || outcome === "upheld" ? bond : 0n,
    bondReturned: outcome === "unruled" ? bond : 0n,
  };
}

/** What is wrong with a record, in words, or `null`; the pool refuses the same records. */
export function validateRecord(rule: PaymentRule, weight: bigint, record: ScoreRecord): string | null {
  const { score, units } = record;
  if (!isScore(score)) return `score ${score} is neither 0 to ${MAX_SCORE} nor ${ABSTAINED} (abstained)`;
  if (!rule.metered) return units === 0n ? null : `${units} units in a pool that is not metered`;
  if (units < 0n || units > MAX_UNITS) return `${units} units are not within 0 to ${MAX_UNITS}`;
  if (score === ABSTAINED && units !== 0n) return `${units} units in an abstained record, which has none`;
  if (rule.fullPayBar > 0 && units > weight) return `${units} units exceed the weight of ${weight}`;
  return null;
}

function isScore(score: number): boolean {
  return Number.isInteger(score) && score >= 0 && (score <= MAX_SCORE || score === ABSTAINED);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
