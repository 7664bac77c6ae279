import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { evidenceKey, readItem, secretKey, stateKey } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import { openBooks, readStates, type States } from "./books.ts";
import type { Candidate } from "./candidate.ts";
import type { LaneParts, Settled } from "./lane.ts";
import { planBatch, type Outcome } from "./plan.ts";
import { receiptAgain, receiptOf } from "./receipts.ts";
import { draftWrite, type Draft } from "./write.ts";

/** A batch that is planned and signed. */
export interface Prepared {
  readonly candidates: readonly Candidate[];
  readonly outcomes: readonly Outcome[];
  /** `null` where nothing of it is new. */
  readonly draft: Draft | null;
  /** Whether what was assumed has to be looked up, because without it there would be no room. */
  readonly doubtful: boolean;
}

/**
 * Plans a batch upon the states as they will be once all writes before it are made, and signs it. The states are moved on at
 * once; where a write before fails, this one fails by its own condition.
 * @param look whether it is looked up what was sent before
 */
export async function prepareBatch(
  parts: LaneParts,
  states: States,
  candidates: readonly Candidate[],
  look: boolean,
): Promise<Prepared> {
  const rounds = new Map(candidates.map(({ submission }) => [evidenceKey(submission), submission]));
  await readStates(parts.store, states, rounds);
  const books = await openBooks(parts.store, states, rounds, candidates, look);
  const outcomes = planBatch(candidates, books, parts.limits, parts.signer.address);
  // What finds no room may have its receipt already.
  const doubtful = !look && outcomes.some(({ kind }) => kind === "refused");
  if (doubtful) return { candidates, outcomes, draft: null, doubtful };
  const draft = await draftWrite(parts, { states, books, looked: look }, candidates, outcomes);
  return { candidates, outcomes, draft, doubtful };
}

/** Writes a batch and tells what became of each candidate; `again`, and nothing written, where it was planned upon what is not so. */
export async function settleBatch(parts: LaneParts, prepared: Prepared): Promise<Settled[] | "again"> {
  const { draft, doubtful } = prepared;
  if (doubtful) return "again";
  if (draft !== null && !(await parts.store.commit(draft.batch)).ok) return "again";
  return resolved(parts, prepared);
}

/** Forgets states of the candidates' rounds, so that they are read again. */
export function forget(states: States, candidates: readonly Candidate[]): void {
  for (const { submission } of candidates) states.delete(stateKey(submission));
}

function resolved(parts: LaneParts, { candidates, outcomes, draft }: Prepared): Promise<Settled[]> {
  return Promise.all(
    outcomes.map(async (outcome, i): Promise<Settled> => {
      if (outcome.kind === "refused") return outcome.refusal;
      const mine = draft?.signed.get(candidates[i]!);
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
  const row = await readItem(store, id, position);
  if (row === null) return null;
  if (!("private" in row)) return { facts: row, secret: null };
  const wrapped = await store.get(secretKey(id, row.leaf));
  if (wrapped === null) return null;
  const secret = vault.unwrap(wrapped, id, row.leaf);
  return { facts: secret.facts, secret };
}
