import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { evidenceKey, slotKey, sourceKey, type RoundEvidence, type SourceRow } from "../../store/evidence.ts";
import type { Candidate } from "./candidate.ts";
import type { IntakeLimits } from "./limits.ts";

/** What the store says of the rounds and sources that candidates are about, changed as they are planned. */
export interface Books {
  /** By `evidenceKey`. */
  readonly rounds: Map<string, RoundEvidence>;
  /** By `slotKey`: position of the item that has the slot. */
  readonly slots: Map<string, number>;
  /** By `sourceKey`. */
  readonly sources: Map<string, SourceRow>;
}

const UNBOUND = { itemsPerSource: Infinity, bytesPerSource: Infinity } as const;

/** What becomes of a candidate. */
export type Outcome =
  | { readonly kind: "new"; readonly position: number; readonly sequence: number }
  /** There is an item in its slot: the same, or for telemetry another under its name and sequence. */
  | { readonly kind: "taken"; readonly position: number }
  | { readonly kind: "refused"; readonly refusal: IntakeRefusal };

/**
 * Gives candidates their places, in their order, and keeps the books. The same rules hold whether two submissions come at once or
 * a month apart.
 * @param own the intake's own account: the transcripts that it sends are of many people, so only the round's room bounds them
 */
export function planBatch(
  candidates: readonly Candidate[],
  books: Books,
  limits: IntakeLimits,
  own: string,
): Outcome[] {
  return candidates.map((candidate) => {
    try {
      return planOne(candidate, books, candidate.submission.source === own ? { ...limits, ...UNBOUND } : limits);
    } catch (error) {
      if (error instanceof IntakeRefusal) return { kind: "refused", refusal: error };
      throw error;
    }
  });
}

function planOne(candidate: Candidate, books: Books, limits: IntakeLimits): Outcome {
  const { submission } = candidate;
  const key = slotKey(submission, candidate.slot);
  const taken = books.slots.get(key);
  if (taken !== undefined) return { kind: "taken", position: taken };
  const round = books.rounds.get(evidenceKey(submission))!;
  checkRoom(candidate, round, limits);
  const position = round.items + 1;
  const sequence = submission.sequence ?? nextSequence(candidate, books, limits);
  books.rounds.set(evidenceKey(submission), grown(round, candidate));
  books.slots.set(key, position);
  return { kind: "new", position, sequence };
}

/**
 * Documents and links take at most half of a round's room, so that strangers cannot keep its telemetry out.
 * @throws IntakeRefusal
 */
function checkRoom({ submission, room }: Candidate, round: RoundEvidence, limits: IntakeLimits): void {
  if (round.closedAt !== null) {
    const limit = `before it was closed at block time ${round.closedAt}`;
    throw new IntakeRefusal("frozen", { field: "round", value: String(submission.round), limit });
  }
  const sent = submission.kind !== "telemetry";
  const share = sent ? 2 : 1;
  const [items, bytes] = sent ? [round.sentItems, round.sentBytes] : [round.items, round.bytes];
  const of = sent ? "documents and links" : "evidence";
  full(items + 1, Math.floor(limits.items / share), `items of ${of}`);
  full(round.items + 1, limits.items, "items of evidence");
  full(bytes + room, Math.floor(limits.roundBytes / share), `bytes of ${of}`);
  full(round.bytes + room, limits.roundBytes, "bytes of evidence");
}

function full(found: number, most: number, what: string): void {
  if (found <= most) return;
  throw new IntakeRefusal("round-full", {
    field: "round",
    value: `${found} ${what}`,
    limit: `at most ${most} ${what}`,
  });
}

function nextSequence({ submission, sender, room }: Candidate, books: Books, limits: IntakeLimits): number {
  const key = sourceKey(submission, sender!.source);
  const { items, bytes, next } = books.sources.get(key)!;
  if (items >= limits.itemsPerSource) {
    const limit = `at most ${limits.itemsPerSource} documents and links of one source for a round`;
    throw new IntakeRefusal("source-full", { field: "round", value: String(items + 1), limit });
  }
  if (bytes + room > limits.bytesPerSource) {
    const limit = `at most ${limits.bytesPerSource} bytes of documents and links of one source for a round`;
    throw new IntakeRefusal("source-full", { field: "round", value: `${bytes + room} bytes`, limit });
  }
  const sequence = next[sender!.name] ?? 0;
  books.sources.set(key, { items: items + 1, bytes: bytes + room, next: { ...next, [sender!.name]: sequence + 1 } });
  return sequence;
}

function grown(round: RoundEvidence, { submission, room }: Candidate): RoundEvidence {
  const sent = submission.kind !== "telemetry";
  return {
    ...round,
    items: round.items + 1,
    bytes: round.bytes + room,
    sentItems: round.sentItems + (sent ? 1 : 0),
    sentBytes: round.sentBytes + (sent ? room : 0),
  };
}
