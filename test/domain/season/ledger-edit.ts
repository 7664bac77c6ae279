import { unpackTerms } from "../../../contracts/protocol/terms.ts";
import { encodeScores } from "../../../contracts/protocol/vector.ts";
import type { LedgerEntry, LedgerEvent } from "../../../oracle/domain/chain-export.ts";
import type { Draft } from "./forge.ts";
import { accountNamed, lower } from "./oracle.ts";

export type SeasonName = "engine" | "contested";

/** A change to a season's ledger; what must be said, and of which kind of entry. */
export type Fault = readonly [
  what: string,
  season: SeasonName,
  change: (draft: Draft) => void,
  at: string,
  words: string,
];

export const STRANGER = lower(accountNamed("stranger").address);
export const ZERO = `0x${"00".repeat(20)}` as const;

/** The entry of the event of that name, at a place among its kind. */
export function entryOf(draft: Draft, name: LedgerEvent["name"], place = 0): LedgerEntry {
  return draft.chain.ledger.filter(({ event }) => event.name === name)[place]!;
}

/** Gives a whole block another time. */
export function retime({ chain }: Draft, { block }: LedgerEntry, time: number): void {
  for (const entry of chain.ledger) if (entry.block === block) entry.time = time;
}

export function drop(draft: Draft, ...events: readonly LedgerEvent[]): void {
  draft.chain.ledger = draft.chain.ledger.filter(({ event }) => !events.includes(event));
}

/** Puts a copy of an entry right behind another, in the same transaction. */
export function insert(draft: Draft, after: LedgerEntry, event: LedgerEvent): void {
  const at = draft.chain.ledger.indexOf(after);
  for (const entry of draft.chain.ledger.slice(at + 1)) if (entry.block === after.block) entry.log += 1;
  draft.chain.ledger.splice(at + 1, 0, { ...after, log: after.log + 1, event });
}

/** Transfers out of the pool, in order. */
function payments({ chain }: Draft) {
  return chain.ledger.flatMap(({ event }) => (event.name === "Transfer" && event.from === chain.pool ? [event] : []));
}

export function startOf({ chain }: Draft, round: number): number {
  const { start, period } = unpackTerms(chain.terms);
  return start + round * period;
}

/** The entry behind the first of that name: its transfer. */
export function entryAfter(draft: Draft, name: LedgerEvent["name"]): LedgerEntry {
  return draft.chain.ledger[draft.chain.ledger.indexOf(entryOf(draft, name)) + 1]!;
}

export function entryBefore(draft: Draft, name: LedgerEvent["name"]): LedgerEntry {
  return draft.chain.ledger[draft.chain.ledger.indexOf(entryOf(draft, name)) - 1]!;
}

/** The first payment after the first event of that name, or so many steps from it. */
export function paymentAt(draft: Draft, name: LedgerEvent["name"], step = 0) {
  const at = draft.chain.ledger.indexOf(entryOf(draft, name));
  const all = payments(draft);
  const next = all.findIndex((event) => draft.chain.ledger.findIndex((entry) => entry.event === event) > at);
  return all[next + step]!;
}

export function scores(score: number, units: bigint): `0x${string}` {
  return encodeScores(
    [
      { score, units },
      { score: 0, units: 0n },
      { score: 0, units: 0n },
    ],
    true,
  );
}

export function swapped(list: `0x${string}`): `0x${string}` {
  return `0x${list.slice(50, 98)}${list.slice(2, 50)}${list.slice(98)}`;
}
