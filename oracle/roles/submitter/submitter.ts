import type { Hex } from "viem";
import type { ChainReader, RoundFacts, Store } from "../../ports.ts";
import { assessIntent } from "./calls.ts";
import type { Outbox } from "./outbox.ts";
import { factsOf } from "./pool-facts.ts";
import { payer } from "./payer.ts";
import type { RetryRule } from "./payouts.ts";
import type { Assessments, Heads } from "./ports.ts";
import { progressRows } from "./progress.ts";
import { turnFrom, turnOrder } from "../../domain/round/turns.ts";

/** Where the submitter is with a round. Times are block time, seconds. */
export type SubmitterState =
  /** There is nothing to send yet, or nothing any more that this role could do. */
  | { readonly phase: "idle"; readonly state: RoundFacts["state"] }
  /** The nodes have not agreed yet. */
  | { readonly phase: "unready" }
  /** Somebody else has the turn until then. */
  | { readonly phase: "waiting-turn"; readonly until: number }
  /** The assessment is on its way. */
  | { readonly phase: "submitting"; readonly transaction: string; readonly why: string | null }
  /** Assessed or cancelled; what was found is not final, or can be challenged. */
  | { readonly phase: "settling" }
  /** Providers are being paid: so many are not yet. */
  | { readonly phase: "paying"; readonly unpaid: number }
  /** All are paid but those that cannot be: so many. */
  | { readonly phase: "complete"; readonly unpaid: number };

/** What a submitter does, for whoever keeps a journal. */
export type SubmitterEvent =
  | {
      readonly kind: "assessment-submitted" | "fee-submitted";
      readonly pool: Hex;
      readonly round: number;
      readonly id: string;
    }
  | { readonly kind: "payouts-submitted"; readonly pool: Hex; readonly round: number; readonly ids: readonly string[] }
  /** Transfers to these providers failed; so often by now, and not again where `last`. */
  | {
      readonly kind: "payout-skipped";
      readonly pool: Hex;
      readonly round: number;
      readonly index: number;
      readonly tries: number;
      readonly last: boolean;
    }
  | {
      readonly kind: "payouts-complete";
      readonly pool: Hex;
      readonly round: number;
      readonly unpaid: readonly number[];
    };

export interface SubmitterSettings {
  /** Seconds of block time after which the next signer may act. */
  readonly handoverSeconds: number;
  /** Most providers paid in one transaction. */
  readonly batchSize: number;
  /** Whether settled rounds are paid out at all. */
  readonly distribute: boolean;
  /** Most transactions with payouts of a round under way at once. */
  readonly batchesAtOnce: number;
  /** Seconds of block time before a refused assessment is tried again. */
  readonly retrySeconds: number;
  readonly payoutRetries: RetryRule;
}

export const DEFAULT_SUBMITTER_SETTINGS: SubmitterSettings = {
  handoverSeconds: 600,
  batchSize: 200,
  distribute: true,
  batchesAtOnce: 4,
  retrySeconds: 60,
  payoutRetries: { most: 4, pauseSeconds: 3_600 },
};

/** What a submitter is made of. */
export interface SubmitterParts {
  readonly chain: Pick<ChainReader, "chainId" | "poolFacts" | "roundFacts" | "payouts">;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly assessments: Assessments;
  /** The node's account among the oracle's signers, lower case: it decides whose turn it is. Another account may pay for the gas. */
  readonly node: Hex;
  readonly settings: SubmitterSettings;
  readonly journal: (event: SubmitterEvent) => Promise<void> | void;
}

/** Brings rounds of this node's pools onto the chain and pays them out, in turn with the other nodes. */
export interface Submitter {
  /** Does what is next for a round; call it with every new block, before the outbox advances. */
  advance(pool: Hex, round: number, heads: Heads): Promise<SubmitterState>;
}

export function createSubmitter(parts: SubmitterParts): Submitter {
  const { chain, outbox, assessments, node, settings, journal } = parts;
  const factsAt = factsOf(chain);
  const pays = payer(parts, progressRows(parts.store, chain.chainId));

  async function assess(pool: Hex, round: number, heads: Heads): Promise<SubmitterState> {
    const ready = await assessments.ready(pool, round);
    if (ready === null) return { phase: "unready" };
    const facts = await factsAt(pool, heads.finalized);
    const oracle = { ...facts.oracle, address: facts.terms.oracle.toLowerCase() as Hex };
    const from = turnFrom(turnOrder(oracle.signers, pool, round), node, ready.since, settings.handoverSeconds);
    if (from === null) return { phase: "idle", state: "assessing" };
    const intent = assessIntent(pool, round, ready, oracle);
    const known = await outbox.get(intent.id);
    if (known === null && heads.latest.time < from) return { phase: "waiting-turn", until: from };
    if (known?.state === "refused" && heads.latest.time < known.time + settings.retrySeconds) {
      return { phase: "submitting", transaction: known.state, why: known.why };
    }
    const { state, why } = await outbox.submit(intent);
    if (known === null) await journal({ kind: "assessment-submitted", pool, round, id: intent.id });
    return { phase: "submitting", transaction: state, why };
  }

  return {
    async advance(pool, round, heads) {
      const now = await chain.roundFacts(pool, round, heads.latest);
      if (now.state === "assessing") return assess(pool, round, heads);
      if (now.state === "upcoming" || now.state === "running") return { phase: "idle", state: now.state };
      if (now.state !== "settled" && now.state !== "cancelled") return { phase: "settling" };
      const settled = await chain.roundFacts(pool, round, heads.finalized);
      // Money that came in the last blocks may be missing on a fork and be there in the end: then there is something to send after all.
      if (settled.state === "cancelled") return { phase: "idle", state: settled.state };
      if (settled.state !== "settled") return { phase: "settling" };
      if (!settings.distribute) return { phase: "idle", state: settled.state };
      return pays(pool, round, { heads, settled, latest: now });
    },
  };
}
