import type { Store } from "../../ports.ts";
import { parseRound, parseSource, slotKey, sourceKey, stateKey } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import type { Candidate } from "./candidate.ts";
import type { Books } from "./plan.ts";

/** Texts of rounds' states as this process last saw or wrote them: saves a look where no other process writes. */
export type States = Map<string, string | null>;

/** More are forgotten: evidence comes in for few rounds of a pool at a time. */
const MOST_STATES = 16;

/**
 * Reads the states that are not at hand. They come first: what is read after them belongs to them, or the write fails, as every
 * item that comes in changes its round's state, and no state comes back.
 */
export async function readStates(store: Store, states: States, rounds: ReadonlyMap<string, RoundId>): Promise<void> {
  const needed = [...rounds.values()].map(stateKey);
  const missing = needed.filter((key) => !states.has(key));
  if (missing.length === 0) return;
  if (states.size > MOST_STATES) for (const key of states.keys()) if (!needed.includes(key)) states.delete(key);
  const texts = await store.getMany(missing);
  missing.forEach((key, i) => states.set(key, texts[i]!));
}

/**
 * What the store says of the candidates' rounds, slots and sources.
 * @param look whether slots and sources are read; where not, they are taken for empty
 */
export async function openBooks(
  store: Store,
  states: States,
  rounds: ReadonlyMap<string, RoundId>,
  candidates: readonly Candidate[],
  look: boolean,
): Promise<Books> {
  const books = {
    rounds: new Map([...rounds].map(([key, id]) => [key, parseRound(states.get(stateKey(id)) ?? null)])),
    slots: new Map<string, number>(),
    sources: new Map(),
  } satisfies Books;
  if (!look) return books;
  const slots = unique(candidates.map(({ submission, slot }) => slotKey(submission, slot)));
  const sources = unique(
    candidates.flatMap(({ submission, sender }) => (sender === null ? [] : [sourceKey(submission, sender.source)])),
  );
  const texts = await store.getMany([...slots, ...sources]);
  slots.forEach((key, i) => {
    if (texts[i] != null) books.slots.set(key, Number(texts[i]));
  });
  sources.forEach((key, i) => books.sources.set(key, parseSource(texts[slots.length + i])));
  return books;
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)];
}
