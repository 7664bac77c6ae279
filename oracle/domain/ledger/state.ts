import type { Hex } from "viem";
import { roundStatus, type RoundFacts, type RoundPhase, type RoundStatus } from "../../../contracts/protocol/clock.ts";
import type { ScoreRecord } from "../../../contracts/protocol/payout.ts";
import { clockTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import type { ProviderRecord } from "../../../contracts/protocol/vector.ts";
import type { Settlement } from "./settlement.ts";

/** A score vector the pool accepted. */
export interface Vector {
  readonly evidenceRoot: Hex;
  readonly scores: Hex;
  /** In the order of the providers. */
  readonly records: readonly ScoreRecord[];
}

/** All that happened to a round. Amounts in base units, addresses in lower case. */
export interface RoundBook {
  readonly round: number;
  funded: bigint;
  /** By buyer, less withdrawals; what was refunded is not taken off. */
  readonly contributions: Map<Hex, bigint>;
  phase: RoundPhase;
  /** Time of the assessment, challenge or ruling that was written last; 0 if none. */
  since: bigint;
  /** The oracle's vector, whatever became of it. */
  assessment: Vector | null;
  /** The vector that counts. */
  vector: Vector | null;
  challenger: Hex | null;
  /** Place of the event that paid a provider, by index. */
  readonly paid: Map<number, string>;
  readonly refunded: Set<Hex>;
  feePaid: boolean;
  bondPaid: boolean;
  arbiterPaid: boolean;
  /** Kept as soon as it is final, for nothing changes it then. */
  settlement: Settlement | null;
}

/** A pool as its events alone tell it. */
export interface PoolState {
  readonly pool: Hex;
  readonly terms: Terms;
  /** All that were enrolled in the end. */
  readonly providers: readonly ProviderRecord[];
  /** How many of them are enrolled so far. */
  enrolled: number;
  /** Pieces of code the pool has created. */
  creations: bigint;
  readonly rounds: readonly RoundBook[];
  /** Token balance: all transfers in less all transfers out. */
  balance: bigint;
  /** What came in without an event that explains it; the pool never gives it back. */
  donations: bigint;
}

/** A pool of which nothing is known but its terms and, in advance, its providers. */
export function newPool(pool: Hex, terms: Terms, providers: readonly ProviderRecord[]): PoolState {
  const rounds = Array.from({ length: terms.rounds }, (_, round) => newRound(round));
  return { pool, terms, providers, enrolled: 0, creations: 0n, rounds, balance: 0n, donations: 0n };
}

/** State of a round at a time, from what has happened so far. */
export function statusAt(state: PoolState, book: RoundBook, time: bigint): RoundStatus {
  return roundStatus(clockTerms(state.terms), book.round, factsOf(state, book), time);
}

/** What the round's clock needs to know of it. */
export function factsOf({ terms, enrolled }: PoolState, book: RoundBook): RoundFacts {
  const { funded, phase, assessment, since } = book;
  const { minimum } = terms;
  return { funded, minimum, providerCount: enrolled, phase, assessed: assessment !== null, at: since };
}

function newRound(round: number): RoundBook {
  return {
    round,
    funded: 0n,
    contributions: new Map(),
    phase: "none",
    since: 0n,
    assessment: null,
    vector: null,
    challenger: null,
    paid: new Map(),
    refunded: new Set(),
    feePaid: false,
    bondPaid: false,
    arbiterPaid: false,
    settlement: null,
  };
}
