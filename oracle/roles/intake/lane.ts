import { setTimeout as pause } from "node:timers/promises";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { StoreUnavailable, type Clock, type Store } from "../../ports.ts";
import { evidenceKey, itemKey, parseItem, secretKey, stateKey } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import { openBooks, readStates, type States } from "./books.ts";
import type { Candidate } from "./candidate.ts";
import type { IntakeLimits } from "./limits.ts";
import { planBatch, type Outcome } from "./plan.ts";
import { receiptAgain, receiptOf, type ReceiptParts } from "./receipts.ts";
import type { Vault } from "./vault.ts";
import { writeBatch, type Written } from "./write.ts";

/** Most items that are written together. */
const MOST = 256;
/** How often a batch is planned again because another process was quicker. */
const ATTEMPTS = 60;

/** What became of a candidate: a receipt, for a new item or one there before; `null` where that one was erased meanwhile. */
export type Settled = { readonly created: boolean; readonly receipt: Receipt } | IntakeRefusal | null;

export interface LaneParts extends ReceiptParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
  readonly vault: Vault;
}

interface Waiting {
  readonly candidate: Candidate;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Where the candidates of one pool wait: those that come while a batch is written go together in the next one. A batch is one
 * write to the store, bound to the state of its rounds, and one signature over all its receipts of public items.
 */
export function createLane(parts: LaneParts): (candidate: Candidate) => Promise<Settled> {
  const waiting: Waiting[] = [];
  const states: States = new Map();
  let running = false;

  async function run(): Promise<void> {
    running = true;
    // Whoever comes in the same turn of the event loop comes along.
    for (await turn(); waiting.length > 0;) await settle(waiting.splice(0, MOST));
    running = false;
  }

  async function settle(batch: readonly Waiting[]): Promise<void> {
    const candidates = batch.map(({ candidate }) => candidate);
    try {
      const settled = await settleAll(parts, states, candidates);
      batch.forEach(({ resolve }, i) => resolve(settled[i]!));
    } catch (error) {
      states.clear();
      batch.forEach(({ reject }) => reject(error));
    }
  }

  return (candidate) =>
    new Promise((resolve, reject) => {
      waiting.push({ candidate, resolve, reject });
      if (!running) void run();
    });
}

async function settleAll(parts: LaneParts, states: States, candidates: readonly Candidate[]): Promise<Settled[]> {
  // Most telemetry is sent once: the first attempt assumes so, and the write is bound to it.
  let looked = candidates.some(({ sender }) => sender !== null);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++, looked = true) {
    const rounds = new Map(candidates.map(({ submission }) => [evidenceKey(submission), submission]));
    await readStates(parts.store, states, rounds);
    const books = await openBooks(parts.store, states, rounds, candidates, looked);
    const outcomes = planBatch(candidates, books, parts.limits);
    // What finds no room may have its receipt already.
    if (!looked && outcomes.some(({ kind }) => kind === "refused")) continue;
    const written = await writeBatch(parts, { states, books, looked }, candidates, outcomes);
    if (written !== null) return resolved(parts, candidates, outcomes, written);
    for (const id of rounds.values()) states.delete(stateKey(id));
    if (attempt > 0) await pause(Math.random() * Math.min(50, 2 * attempt));
  }
  throw new StoreUnavailable(`other processes were quicker ${ATTEMPTS} times`);
}

function resolved(
  parts: LaneParts,
  candidates: readonly Candidate[],
  outcomes: readonly Outcome[],
  written: Written,
): Promise<Settled[]> {
  return Promise.all(
    outcomes.map(async (outcome, i): Promise<Settled> => {
      if (outcome.kind === "refused") return outcome.refusal;
      const mine = written.get(candidates[i]!);
      if (mine !== undefined) return { created: true, receipt: receiptOf(mine) };
      return before(parts, candidates[i]!, outcome.position);
    }),
  );
}

/** What came before a candidate in its slot: the same, or content that stays. */
async function before(parts: LaneParts, candidate: Candidate, position: number): Promise<Settled> {
  const { submission, contentHash } = candidate;
  const known = await knownItem(parts, submission, position);
  if (known === null) return null;
  const { facts } = known;
  if (facts.contentHash === contentHash && facts.mediaType === submission.mediaType) {
    return { created: false, receipt: await receiptAgain(parts, submission, position, known) };
  }
  const limit = `the content sent before as ${JSON.stringify(facts.name)}, or another sequence`;
  return new IntakeRefusal("sequence-taken", { field: "sequence", value: String(submission.sequence), limit });
}

/** An item that was there before; `null` where it has been erased meanwhile. */
async function knownItem({ store, vault }: LaneParts, id: RoundId, position: number) {
  const text = await store.get(itemKey(id, position));
  if (text === null) return null;
  const row = parseItem(text);
  if (!("private" in row)) return { facts: row, secret: null };
  const wrapped = await store.get(secretKey(id, row.leaf));
  if (wrapped === null) return null;
  const secret = vault.unwrap(wrapped, id, row.leaf);
  return { facts: secret.facts, secret };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
