import type { Batch, Store } from "../ports.ts";
import { createBell, type Bell } from "./bell.ts";
import { eventSchema, type DomainEvent, type EventType } from "./events.ts";

/** Log of the store that holds the events. */
export const JOURNAL = "journal";

/** An event and its place, counted from 1 without a gap. */
export interface JournalEntry {
  readonly place: number;
  readonly event: DomainEvent;
}

/** Which events are wanted; all where a part is not given. */
export interface JournalFilter {
  readonly types?: readonly EventType[];
  readonly chainId?: number;
  /** Lower case. */
  readonly pool?: string;
  readonly round?: number;
}

/** A part of the journal. */
export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  /** Place up to which the journal was looked through: read on after it. */
  readonly next: number;
  /** Whether there may be more now. */
  readonly more: boolean;
}

/** Most events that one reading looks at, so that a rare kind of event cannot make it long. */
const LONGEST_LOOK = 2000;
/** Events that are followed with one reading. */
const PAGE = 200;
const PLACE_DIGITS = 16;
const PLACE_KEY = new RegExp(`^${JOURNAL}/\\d{${PLACE_DIGITS}}$`);

/** The event as part of the batch that makes it true: it is in the journal if and only if the batch was made. */
export function journalEntry(event: DomainEvent): NonNullable<Batch["append"]>[number] {
  return { log: JOURNAL, value: JSON.stringify(event) };
}

/**
 * Events after a place, oldest first. There may be fewer than the limit, even none, where `more` says that there are more: then a
 * long part held nothing that is wanted.
 * @param after 0 for the whole journal
 * @param limit at least 1
 * @throws StoreUnavailable
 */
export async function readJournal(
  store: Store,
  after: number,
  limit: number,
  filter: JournalFilter = {},
): Promise<JournalPage> {
  const wants = matcher(filter);
  const look = isOpen(filter) ? Math.min(limit, LONGEST_LOOK) : LONGEST_LOOK;
  const found = await store.list(`${JOURNAL}/`, { after: placeKey(after), limit: look });
  const entries: JournalEntry[] = [];
  let next = after;
  for (const entry of found.filter(({ key }) => PLACE_KEY.test(key))) {
    if (entries.length === limit) return { entries, next, more: true };
    next = placeOf(entry.key);
    const event = parse(entry.value);
    if (wants(event)) entries.push({ place: next, event });
  }
  return { entries, next, more: found.length === look };
}

/** The event at a place as it was written; `null` where there is none. */
export async function journalAt(store: Store, place: number): Promise<{ text: string; event: DomainEvent } | null> {
  const text = await store.get(placeKey(place));
  return text === null ? null : { text, event: parse(text) };
}

/** Place of the newest event; 0 where there is none. */
export async function journalEnd(store: Store): Promise<number> {
  const [last] = await store.list(`${JOURNAL}/`, { limit: 1, reverse: true });
  return last === undefined ? 0 : placeOf(last.key);
}

/** How a journal is followed. */
export interface Following {
  readonly filter?: JournalFilter;
  /** Rung in this process when events were written. */
  readonly bell?: Bell;
  /** How often to look for what other processes wrote, milliseconds. */
  readonly pollMs?: number;
}

/**
 * Events after a place as they come, without end: resumable by the place of the last one that was seen. Ends when the signal aborts.
 * @throws StoreUnavailable
 */
export async function* followJournal(
  store: Store,
  after: number,
  signal: AbortSignal,
  { filter, bell = createBell(), pollMs = 1000 }: Following = {},
): AsyncGenerator<JournalEntry, void, undefined> {
  for (let place = after; !signal.aborted;) {
    const rings = bell.rings();
    const { entries, next, more } = await readJournal(store, place, PAGE, filter);
    for (const entry of entries) {
      if (signal.aborted) return;
      yield entry;
    }
    place = next;
    if (!more && bell.rings() === rings) await bell.wait(pollMs, signal);
  }
}

function isOpen({ types, chainId, pool, round }: JournalFilter): boolean {
  return types === undefined && chainId === undefined && pool === undefined && round === undefined;
}

function matcher({ types, chainId, pool, round }: JournalFilter): (event: DomainEvent) => boolean {
  return (event) =>
    (types === undefined || types.includes(event.type)) &&
    (chainId === undefined || event.chainId === chainId) &&
    (pool === undefined || event.pool === pool) &&
    (round === undefined || event.round === round);
}

/** What stands in the store was written by `journalEntry`; anything else there is a fault that must not go unseen. */
function parse(text: string): DomainEvent {
  return eventSchema.parse(JSON.parse(text)) as DomainEvent;
}

function placeKey(place: number): string {
  return `${JOURNAL}/${String(place).padStart(PLACE_DIGITS, "0")}`;
}

function placeOf(key: string): number {
  return Number(key.slice(JOURNAL.length + 1));
}
