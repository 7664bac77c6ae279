import { journalEntry } from "../../ops/journal.ts";
import type { Batch } from "../../ports.ts";
import { evidenceKey, itemKey, slotKey, sourceKey, stateKey, type ItemRow } from "../../store/evidence.ts";
import type { States } from "./books.ts";
import type { Candidate } from "./candidate.ts";
import type { LaneParts } from "./lane.ts";
import type { Books, Outcome } from "./plan.ts";
import { signAlone, signTogether, type Signed } from "./receipts.ts";
import { factsOf, itemRow, receivedOf, rowsOf, type Placed } from "./rows.ts";

/** What a batch was planned upon. */
export interface Ground {
  readonly states: States;
  readonly books: Books;
  /** Whether slots were read; where not, the write is bound to their being empty. */
  readonly looked: boolean;
}

/** A batch that only has to be written. */
export interface Draft {
  readonly batch: Batch;
  readonly signed: ReadonlyMap<Candidate, Signed>;
}

/** Signs what is new of a batch and drafts its write; `null` where nothing is new. Moves the states on to what they will be. */
export async function draftWrite(
  parts: LaneParts,
  ground: Ground,
  candidates: readonly Candidate[],
  outcomes: readonly Outcome[],
): Promise<Draft | null> {
  const placed = outcomes.flatMap((outcome, i): Placed[] => {
    if (outcome.kind !== "new") return [];
    return [{ candidate: candidates[i]!, position: outcome.position, sequence: outcome.sequence }];
  });
  if (placed.length === 0) return null;
  const { signed, rows } = await signAll(parts, placed);
  return { batch: batchOf(parts, ground, placed, signed, rows), signed };
}

/** Receipts for all, and the rows that keep what receipts of public items share. */
async function signAll(parts: LaneParts, placed: readonly Placed[]) {
  const receivedAt = Math.floor(parts.clock() / 1000);
  const signed = new Map<Candidate, Signed>();
  const rows: [string, string][] = [];
  const open = placed.filter(({ candidate }) => candidate.key === null);
  const hidden = placed.filter(({ candidate }) => candidate.key !== null);
  if (open.length > 0) {
    const together = await signTogether(
      parts,
      open.map((one) => receivedOf(parts.keccak, one, receivedAt)),
    );
    open.forEach(({ candidate }, i) => signed.set(candidate, together.signed[i]!));
    rows.push(together.row);
  }
  for (const one of hidden) {
    signed.set(one.candidate, await signAlone(parts, receivedOf(parts.keccak, one, receivedAt)));
  }
  return { signed, rows };
}

function batchOf(
  parts: LaneParts,
  { states, books, looked }: Ground,
  placed: readonly Placed[],
  signed: ReadonlyMap<Candidate, Signed>,
  shared: readonly [string, string][],
): Batch {
  const expect: Record<string, string | null> = {};
  const put: Record<string, string> = Object.fromEntries(shared);
  const rounds = new Map<string, { first: Placed; items: ItemRow[]; bytes: number }>();
  for (const one of placed) {
    const { candidate } = one;
    const { submission: id, sender, slot } = candidate;
    if (!looked) expect[slotKey(id, slot)] = null;
    if (sender !== null) {
      const key = sourceKey(id, sender.source);
      put[key] = JSON.stringify(books.sources.get(key));
    }
    const receipt = signed.get(candidate)!;
    const facts = factsOf(one, receipt);
    for (const [key, value] of rowsOf(parts.vault, one, facts, receipt)) put[key] = value;
    const round = rounds.get(stateKey(id)) ?? { first: one, items: [], bytes: 0 };
    round.items.push(itemRow(one, facts));
    round.bytes += id.bytes.length;
    rounds.set(stateKey(id), round);
  }
  const append: NonNullable<Batch["append"]>[number][] = [];
  for (const [key, { first, items, bytes }] of rounds) {
    const id = first.candidate.submission;
    const { chainId, pool, round } = id;
    const data = { items: items.length, bytes };
    append.push(journalEntry({ type: "evidence.accepted", at: parts.clock(), chainId, pool, round, data }));
    put[itemKey(id, first.position)] = JSON.stringify(items);
    expect[key] = states.get(key) ?? null;
    put[key] = JSON.stringify(books.rounds.get(evidenceKey(id)));
    states.set(key, put[key]);
  }
  return { expect, put, append };
}
