import type { LocalAccount } from "viem";
import type { NodeConfig } from "../config.ts";
import type { DomainEvent } from "../ops/events.ts";
import { journalEntry } from "../ops/journal.ts";
import type { Batch } from "../ports.ts";
import type { Assessor } from "../roles/assessor/assessor.ts";
import { isPast, type RoundRole } from "../roles/driver.ts";
import { Refusal } from "../roles/refusal.ts";
import { createOutbox } from "../roles/submitter/outbox.ts";
import type { Heads, OutboxEvent, Spending } from "../roles/submitter/ports.ts";
import { createSubmitter, DEFAULT_SUBMITTER_SETTINGS, type SubmitterEvent } from "../roles/submitter/submitter.ts";
import { roundKey } from "../store/rounds.ts";
import type { RoundParts } from "./rounds.ts";

/** Tip of a first form of a transaction, wei per gas. */
const TIP = 1_000_000_000n;
/** Most offered for gas where the settings name no limit, wei per gas. */
const MOST_FEE = 500_000_000_000n;
/** Blocks after which a transaction that is not mined is replaced, if its time has passed as well. */
const REPLACE_AFTER_BLOCKS = 3;

/** The submitter of a node. */
export interface NodeSubmitter {
  readonly role: RoundRole;
  /** Does what is next for transactions under way; called with every new block. */
  onHead(heads: Heads): Promise<void>;
}

interface NodeSubmitterParts extends RoundParts {
  readonly account: LocalAccount;
  readonly assessor: Pick<Assessor, "ready">;
}

export function nodeSubmitter(config: NodeConfig, parts: NodeSubmitterParts): NodeSubmitter {
  const { chain, store, signer, account, log, metrics, assessor, book, time } = parts;
  const { handoverSeconds, spendLimitWei, replaceAfterSeconds, maxFeeWei, distribute, distributeBatch } =
    config.submitter;
  const tell = teller(parts);
  let limited = false;

  const outbox = createOutbox({
    chain: chain.sending,
    store,
    account,
    limits: {
      tip: TIP,
      maxFee: maxFeeWei ?? MOST_FEE,
      replaceAfterBlocks: REPLACE_AFTER_BLOCKS,
      replaceAfterSeconds,
      spendPerDay: spendLimitWei,
    },
    onEvent(event) {
      log.info({ event: withoutError(event) }, "a transaction went on");
      tell.ofOutbox(event);
    },
    onSpending(spending) {
      metrics.set("guerdon_spend_wei", {}, Number(spending.spent));
      metrics.set("guerdon_spend_limit_wei", {}, Number(spending.limit));
      metrics.set("guerdon_outbox_pending", {}, spending.open);
      const over = spending.spent >= spending.limit;
      if (over && !limited) tell.ofSpending(spending);
      limited = over;
    },
  });
  const submitter = createSubmitter({
    chain,
    store,
    outbox,
    node: signer.address,
    assessments: { ready: (pool, round) => assessor.ready({ chainId: chain.chainId, pool, round }) },
    settings: { ...DEFAULT_SUBMITTER_SETTINGS, handoverSeconds, distribute, batchSize: distributeBatch },
    journal: tell.ofSubmitter,
  });

  /** One after the other: two passes at once would only be in each other's way. */
  let passing: Promise<void> = Promise.resolve();
  function onHead(heads: Heads): Promise<void> {
    passing = passing
      .then(() => outbox.advance(heads))
      .catch((error: unknown) => {
        log.warn({ error }, "transactions could not be looked after now");
      });
    return passing;
  }

  return {
    onHead,
    role: {
      kind: "round-submit",
      signersOnly: true,
      async advance({ pool, round }, facts, terms) {
        if (facts.state === "cancelled") return { done: true, obstacle: null };
        // Not a wei for a pool whose spec is unknown or another's: anyone can make one.
        const reason = await refusalOf(book.open(pool));
        if (reason !== null) return { done: isPast(facts, terms, round, time()), obstacle: reason };
        const heads = { latest: await chain.latest(), finalized: await chain.finalized() };
        const state = await submitter.advance(pool, round, heads);
        if (state.phase === "submitting" || state.phase === "paying") await onHead(heads);
        const over =
          state.phase === "complete" ||
          (state.phase === "idle" && state.state !== "upcoming" && state.state !== "running");
        return { done: over, obstacle: null };
      },
    },
  };
}

/** Why work was refused; `null` where it was not. */
function refusalOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof Refusal) return error.reason;
      throw error;
    },
  );
}

/** Writes down what the submitter did, for followers and webhooks. */
function teller({ chain, store, signer, clock, log }: NodeSubmitterParts) {
  const { chainId } = chain;

  function write(event: DomainEvent, put: Batch["put"] = {}): void {
    store
      .commit({ put, append: [journalEntry(event)] })
      .catch((error: unknown) => log.warn({ error, type: event.type }, "an event could not be written down"));
  }

  return {
    ofOutbox(event: OutboxEvent): void {
      const [kind, pool, round, , range] = event.id.split("/") as [string, `0x${string}`, string, string?, string?];
      const of = { at: clock(), chainId, pool, round: Number(round) } as const;
      if (kind === "assess" && event.kind === "signed") {
        const data = { node: signer.address, transaction: event.hash };
        write({ ...of, type: "assessment.submitted", data }, { [`${roundKey(of)}/submitted`]: event.hash });
      }
      if (kind === "distribute" && event.kind === "done" && range !== undefined) {
        const [from = 0, count = 1] = range.split("-").map(Number);
        const data = { from, to: from + count - 1, transaction: event.mined.hash };
        write({ ...of, type: "payout.distributed", data });
      }
    },
    ofSpending({ spent, limit }: Spending): void {
      const data = { spentWei: String(spent), limitWei: String(limit) };
      write({ type: "spend.limited", at: clock(), chainId, pool: null, round: null, data });
    },
    ofSubmitter(event: SubmitterEvent): void {
      if (event.kind !== "payout-skipped") return;
      const { pool, round, index } = event;
      write({ type: "payout.skipped", at: clock(), chainId, pool, round, data: { index } });
    },
  };
}

/** What a library threw may quote an endpoint. */
function withoutError(event: OutboxEvent): object {
  if (event.kind !== "trouble") return event;
  const { id, kind, error } = event;
  return { id, kind, error: error instanceof Error ? error.name : "unknown" };
}
