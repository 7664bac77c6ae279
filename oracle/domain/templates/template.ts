import type { PaymentRule } from "../../../contracts/protocol/payout.ts";

export type { PaymentRule };

/** A file of evidence: its base name, what it is, and its exact bytes. */
export interface EvidenceFile {
  readonly name: string;
  readonly mediaType: "text/csv" | "application/json" | "application/yaml";
  readonly bytes: Uint8Array;
}

/** What a person may say about a season. A template refuses an option it has no use for. */
export interface SeasonOptions {
  /** First day of the window, UTC, `YYYY-MM-DD`. */
  readonly from?: string;
  /** Last day of the window, inclusive. */
  readonly to?: string;
  /** Rounds of the season. */
  readonly rounds?: number;
}

/** A provider as the data set knows it. */
export interface PlannedProvider {
  /** The data set's own id. */
  readonly id: string;
  /** A name for people; the id where there is none. */
  readonly name: string;
  /** Weight in the pool, 1 to 2^32 - 1. */
  readonly weight: number;
}

/** What a criterion asks, in words and in the terms a linter can read. */
export interface Criterion {
  readonly id: string;
  /** What good means, as a buyer would say it. */
  readonly statement: string;
  readonly direction: "higher" | "lower";
  /** Relative weight among the criteria of the spec. */
  readonly weight: number;
  /** Kinds of source the evidence comes from. */
  readonly sourceTypes: readonly string[];
  /** Why fewer than two independent source types are accepted; absent where there are two. */
  readonly singleSourceReason?: string;
}

/** Everything of a season that is known before money moves. */
export interface SeasonPlan<Params> {
  readonly title: string;
  /** Settings of the template, as they stand in the outcome spec. JSON values only. */
  readonly params: Params;
  readonly criteria: readonly Criterion[];
  readonly payment: PaymentRule;
  /** In the order of the data set; ids are distinct. */
  readonly providers: readonly PlannedProvider[];
  /** Evidence of each round; its length is the number of rounds. */
  readonly evidence: readonly (readonly EvidenceFile[])[];
  /** What a reader of the result should know: left-out providers, doubtful days. */
  readonly notes: readonly string[];
}

/** What an assessor found for one provider in one round. */
export interface Finding {
  readonly providerId: string;
  /** Basis points, 0 to 10,000; null: abstained. */
  readonly scoreBps: number | null;
  /** Units delivered, in a metered pool only; 0 where abstained. */
  readonly units?: number;
  /** The outcome in a few words with its figure and unit, for tables. */
  readonly outcome: string;
}

/**
 * One kind of outcome contract. Both functions are pure: the same input gives the same output on every node, bit for bit.
 * They throw `InputError` where the input cannot be used.
 */
export interface Template<Params> {
  readonly name: string;
  /** Names of the files it reads, or `null` where it reads one file of any name. */
  readonly files: readonly string[] | null;
  /** Media type of each file by its name. */
  mediaType(name: string): EvidenceFile["mediaType"];
  plan(files: readonly EvidenceFile[], options: SeasonOptions): SeasonPlan<Params>;
  /**
   * Assesses a round from its evidence alone.
   * @param providerIds the roster, in the order the findings must have
   */
  assess(params: Params, providerIds: readonly string[], evidence: readonly EvidenceFile[], round: number): Finding[];
}
