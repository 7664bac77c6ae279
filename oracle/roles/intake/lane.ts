import { setTimeout as pause } from "node:timers/promises";
import type { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { StoreUnavailable, type Clock, type Store } from "../../ports.ts";
import {
  evidenceKey,
  itemKey,
  parseItem,
  parseRound,
  parseSource,
  secretKey,
  slotKey,
  sourceKey,
  stateKey,
  type ItemFacts,
} from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import type { Candidate } from "./candidate.ts";
import type { IntakeLimits } from "./limits.ts";
import { planBatch, type Books, type Outcome } from "./plan.ts";
import { factsOf, receiptOf, rowsOf, type Placed, type RowParts } from "./rows.ts";

/** Most items that are written together. */
const MOST = 256;
/** How often a batch is planned again because another process was quicker. */
const ATTEMPTS = 60;

/** What became of a candidate: an item with its receipt, new or there before; `null` where the one there before was erased meanwhile. */
export type Settled =
  { readonly created: boolean; readonly receipt: Receipt; readonly facts: ItemFacts } | IntakeRefusal | null;

export interface LaneParts extends RowParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
}

interface Waiting {
  readonly candidate: Candidate;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Where the candidates of one pool wait: those that come while a batch is written go together in the next one. A batch is one
 * write to the store, bound to the state of its rounds, and one signature over all its receipts.
 */
export function createLane(parts: LaneParts): (candidate: Candidate) => Promise<Settled> {
  const waiting: Waiting[] = [];
  /** Texts of the rounds' states as this process last wrote them: saves a look where no other process writes. */
  const states = new Map<string, string | null>();
  let running = false;

  async function run(): Promise<void> {
    running = true;
    // Whoever comes in the same turn of the event loop comes along.
    for (await turn(); waiting.length > 0;) await settle(waiting.splice(0, MOST));
    running = false;
  }

  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const settled = await write(
        parts,
        states,
        batch.map(({ candidate }) => candidate),
      );
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

async function write(
  parts: LaneParts,
  states: Map<string, string | null>,
  candidates: readonly Candidate[],
): Promise<Settled[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rounds = new Map(candidates.map(({ submission }) => [evidenceKey(submission), submission]));
    await readStates(parts.store, states, rounds);
    const books = await openBooks(parts.store, states, rounds, candidates);
    const outcomes = planBatch(candidates, books, parts.limits);
    const settled = await attemptWrite(parts, states, books, candidates, outcomes);
    if (settled !== null) return settled;
    for (const id of rounds.values()) states.delete(stateKey(id));
    await pause(Math.random() * Math.min(50, 2 * attempt));
  }
  throw new StoreUnavailable(`other processes were quicker ${ATTEMPTS} times`);
}

/** `null` where the rounds' states are not what was planned upon. */
async function attemptWrite(
  parts: LaneParts,
  states: Map<string, string | null>,
  books: Books,
  candidates: readonly Candidate[],
  outcomes: readonly Outcome[],
): Promise<Settled[] | null> {
  const placed = placedOf(candidates, outcomes);
  const facts = placed.length === 0 ? [] : await factsOf(parts, placed, Math.floor(parts.clock() / 1000));
  if (placed.length > 0 && !(await commit(parts, states, books, placed, facts))) return null;
  const made = new Map(placed.map((one, i) => [one.candidate, { position: one.position, facts: facts[i]! }]));
  return Promise.all(
    outcomes.map(async (outcome, i): Promise<Settled> => {
      if (outcome.kind === "refused") return outcome.refusal;
      const candidate = candidates[i]!;
      const mine = made.get(candidate);
      if (mine !== undefined) return settledAs(candidate.submission, mine.position, mine.facts, true);
      const known = await knownFacts(parts, candidate.submission, outcome.position);
      return known === null ? null : settledAs(candidate.submission, outcome.position, known, false);
    }),
  );
}

function settledAs(id: RoundId, position: number, facts: ItemFacts, created: boolean): Settled {
  return { created, facts, receipt: receiptOf(id, position, facts) };
}

function placedOf(candidates: readonly Candidate[], outcomes: readonly Outcome[]): Placed[] {
  return outcomes.flatMap((outcome, i) => {
    if (outcome.kind !== "new") return [];
    return [{ candidate: candidates[i]!, position: outcome.position, sequence: outcome.sequence }];
  });
}

/**
 * States first: what is read after them belongs to them, or the write fails, as every change to a round's evidence changes its
 * state, and no state comes back.
 */
async function readStates(
  store: Store,
  states: Map<string, string | null>,
  rounds: ReadonlyMap<string, RoundId>,
): Promise<void> {
  const missing = [...rounds.values()].map(stateKey).filter((key) => !states.has(key));
  if (missing.length === 0) return;
  const texts = await store.getMany(missing);
  missing.forEach((key, i) => states.set(key, texts[i]!));
}

async function openBooks(
  store: Store,
  states: ReadonlyMap<string, string | null>,
  rounds: ReadonlyMap<string, RoundId>,
  candidates: readonly Candidate[],
): Promise<Books> {
  const slots = [...new Set(candidates.map(({ submission, slot }) => slotKey(submission, slot)))];
  const sources = [
    ...new Set(
      candidates.flatMap(({ submission, sender }) => (sender === null ? [] : [sourceKey(submission, sender.source)])),
    ),
  ];
  const texts = await store.getMany([...slots, ...sources]);
  return {
    rounds: new Map([...rounds].map(([key, id]) => [key, parseRound(states.get(stateKey(id)) ?? null)])),
    slots: new Map(slots.map((key, i) => [key, texts[i]!])),
    sources: new Map(sources.map((key, i) => [key, parseSource(texts[slots.length + i])])),
  };
}

async function commit(
  parts: LaneParts,
  states: Map<string, string | null>,
  books: Books,
  placed: readonly Placed[],
  facts: readonly ItemFacts[],
): Promise<boolean> {
  const expect: Record<string, string | null> = {};
  const put: Record<string, string> = {};
  for (const [i, one] of placed.entries()) {
    const { submission: id, sender } = one.candidate;
    expect[stateKey(id)] = states.get(stateKey(id)) ?? null;
    put[stateKey(id)] = JSON.stringify(books.rounds.get(evidenceKey(id)));
    if (sender !== null) {
      const key = sourceKey(id, sender.source);
      put[key] = JSON.stringify(books.sources.get(key));
    }
    for (const [key, value] of rowsOf(parts, one, facts[i]!)) put[key] = value;
  }
  const { ok } = await parts.store.commit({ expect, put });
  if (ok) for (const key of Object.keys(expect)) states.set(key, put[key]!);
  return ok;
}

/** Facts of an item that was there before; `null` where it has been erased meanwhile. */
async function knownFacts(parts: LaneParts, id: RoundId, position: number): Promise<ItemFacts | null> {
  const text = await parts.store.get(itemKey(id, position));
  if (text === null) return null;
  const row = parseItem(text);
  if (!("private" in row)) return row;
  const wrapped = await parts.store.get(secretKey(id, row.leaf));
  return wrapped === null ? null : parts.vault.unwrap(wrapped, id, row.leaf).facts;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
