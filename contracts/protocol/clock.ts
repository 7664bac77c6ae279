import type { Outcome } from "./payout.ts";

/** The terms a round's times follow from, in Unix seconds and seconds. */
export interface ClockTerms {
  /** Start of round 0. */
  readonly start: bigint;
  readonly period: bigint;
  /** A: from the end of the period, for the oracle. */
  readonly assessmentWindow: bigint;
  /** C: from the assessment, or from silence, for a challenger. */
  readonly challengeWindow: bigint;
  /** R: from the challenge, for the arbiter. */
  readonly rulingWindow: bigint;
}

/** The last thing done to a round after its period; time alone changes none of these. In the order of the contract's numbers. */
export const ROUND_PHASES = ["none", "assessed", "challenged", "upheld", "replaced", "voided"] as const;
export type RoundPhase = (typeof ROUND_PHASES)[number];

/** What the pool stores of a round at the time asked about. */
export interface RoundFacts {
  /** In the token's smallest unit. */
  readonly funded: bigint;
  /** A round with less than this is cancelled. */
  readonly minimum: bigint;
  readonly providerCount: number;
  readonly phase: RoundPhase;
  /** Whether the oracle assessed the round, before any challenge. */
  readonly assessed: boolean;
  /** T of the assessment in phase `assessed`, H of the challenge in `challenged`, time of the ruling after; else unused. */
  readonly at: bigint;
}

/** In the order of `IOutcomePool.RoundState`. */
export const ROUND_STATES = [
  "upcoming",
  "running",
  "cancelled",
  "assessing",
  "silent",
  "assessed",
  "challenged",
  "settled",
] as const;
export type RoundState = (typeof ROUND_STATES)[number];

/** A round's state, and the first second at which time alone changes it; `null` where nothing does any more. */
export interface RoundStatus {
  readonly state: RoundState;
  readonly deadline: bigint | null;
}

/** First second of a round (S) and first second after its period (E). */
export interface RoundTimes {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * S and E of a round, counted from 0.
 * @throws RangeError where the round is not a whole number from 0
 */
export function roundTimes(terms: ClockTerms, round: number): RoundTimes {
  if (!Number.isSafeInteger(round) || round < 0) throw new RangeError(`round ${round} is not a whole number from 0`);
  const start = terms.start + BigInt(round) * terms.period;
  return { start, end: start + terms.period };
}

/**
 * State of a round at time t and its next deadline. All intervals are half-open: at a deadline the next state holds.
 * The facts must be those of time t, so nothing in them is later than t.
 */
export function roundStatus(terms: ClockTerms, round: number, facts: RoundFacts, t: bigint): RoundStatus {
  const { start, end } = roundTimes(terms, round);
  if (t < start) return { state: "upcoming", deadline: start };
  if (t < end) return { state: "running", deadline: end };
  if (isCancelled(facts)) return { state: "cancelled", deadline: null };
  const stage = stages(terms, end, facts).find(({ deadline }) => t < deadline);
  return stage ?? { state: "settled", deadline: null };
}

/**
 * The first second at which the round is settled, or cancelled, if nothing further is done to it.
 * Before the end of the period, buyers may still change whether it will be cancelled.
 */
export function settledAt(terms: ClockTerms, round: number, facts: RoundFacts): bigint {
  const { end } = roundTimes(terms, round);
  if (isCancelled(facts)) return end;
  return stages(terms, end, facts).at(-1)?.deadline ?? facts.at;
}

/** How the round ended, or `null` while it is neither settled nor cancelled at time t. */
export function settledOutcome(terms: ClockTerms, round: number, facts: RoundFacts, t: bigint): Outcome | null {
  const { state } = roundStatus(terms, round, facts, t);
  if (state === "cancelled") return "cancelled";
  return state === "settled" ? OUTCOMES[facts.phase] : null;
}

const OUTCOMES = {
  none: "silence",
  assessed: "unchallenged",
  challenged: "unruled",
  upheld: "upheld",
  replaced: "replaced",
  voided: "voided",
} as const satisfies Record<RoundPhase, Outcome>;

/** Only the end of the period decides: money is fixed from then on. */
function isCancelled(facts: RoundFacts): boolean {
  return facts.funded < facts.minimum || facts.providerCount === 0;
}

/** What time alone still brings from the end of the period on, in order; empty after a ruling. */
function stages(terms: ClockTerms, end: bigint, { phase, at }: RoundFacts): { state: RoundState; deadline: bigint }[] {
  const silence = end + terms.assessmentWindow;
  switch (phase) {
    case "none":
      return [
        { state: "assessing", deadline: silence },
        { state: "silent", deadline: silence + terms.challengeWindow },
      ];
    case "assessed":
      return [{ state: "assessed", deadline: at + terms.challengeWindow }];
    case "challenged":
      return [{ state: "challenged", deadline: at + terms.rulingWindow }];
    case "upheld":
    case "replaced":
    case "voided":
      return [];
  }
}
