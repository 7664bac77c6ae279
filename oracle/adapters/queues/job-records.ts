import { randomUUID } from "node:crypto";
import type { Batch, Entry, Store } from "../../ports.ts";

/**
 * Jobs in a store. Of each job there is a record; of each that waits or runs there is also an entry in its kind's timeline, at the
 * moment somebody has to look at it next: when it is due, or when the lease of who runs it ends.
 */
export interface JobRecord {
  readonly state: "waiting" | "active" | "failed";
  /** Where it stands in the timeline, or when it failed; Unix milliseconds. */
  readonly at: number;
  /** Attempts that ended in a rejection. Those that ended with their process do not count. */
  readonly attempts: number;
  readonly data: unknown;
  /** Whose lease it is; a new one for each time it is taken. */
  readonly lease?: string;
  /** The worker that holds the lease. */
  readonly owner?: string;
  readonly reason?: string;
}

/** A record as it stands in the store, so that a change can be made on condition that it still does. */
export interface Found {
  readonly id: string;
  readonly text: string;
  readonly record: JobRecord;
}

const TIME_DIGITS = 16;

export function recordKey(kind: string, id: string): string {
  return `jobs/${kind}/job/${id}`;
}

export function timeline(kind: string): string {
  return `jobs/${kind}/due/`;
}

export function failures(kind: string): string {
  return `jobs/${kind}/failed/`;
}

/** Behind every key of a kind and before those of the next. */
export function behind(kind: string): string {
  return `jobs/${kind}/z`;
}

/** Time and id of an entry of a timeline or of the failures. */
export function placeOf(key: string, prefix: string): { at: number; id: string } {
  const place = key.slice(prefix.length);
  return { at: Number(place.slice(0, TIME_DIGITS)), id: place.slice(TIME_DIGITS + 1) };
}

export async function find(store: Store, kind: string, id: string): Promise<Found | null> {
  const text = await store.get(recordKey(kind, id));
  return text === null ? null : { id, text, record: JSON.parse(text) as JobRecord };
}

/** Jobs of a timeline that are due, with their records, the longest due first. */
export async function findDue(store: Store, kind: string, now: number, limit: number): Promise<DueJobs> {
  const entries = await store.list(timeline(kind), { limit });
  const places = entries.map(({ key }) => placeOf(key, timeline(kind)));
  const due = places.filter(({ at }) => at <= now);
  const texts = await store.getMany(due.map(({ id }) => recordKey(kind, id)));
  const jobs = due.flatMap(({ id }, index): Found[] => {
    const text = texts[index];
    if (text == null) return [];
    const record = JSON.parse(text) as JobRecord;
    // Taken by another since the timeline was read: its record says until when.
    return record.at > now ? [] : [{ id, text, record }];
  });
  return { jobs, next: places.find(({ at }) => at > now)?.at ?? null, more: due.length === limit };
}

export interface DueJobs {
  readonly jobs: readonly Found[];
  /** When the next one is due, as far as was looked; `null` where there is none. */
  readonly next: number | null;
  /** Whether more may be due than were asked for. */
  readonly more: boolean;
}

/** Puts a record in place of what was found (`null`: nothing), with its entry; on condition that that still stands. */
export function replace(kind: string, id: string, found: Found | null, record: JobRecord | null): Batch {
  const key = recordKey(kind, id);
  const put: Record<string, string | null> = { [key]: record === null ? null : JSON.stringify(record) };
  if (found !== null) put[entryKey(kind, id, found.record)] = null;
  if (record !== null) put[entryKey(kind, id, record)] = record.state;
  return { expect: { [key]: found?.text ?? null }, put };
}

/** A record under a new lease: what somebody else still holds of it is void. */
export function leased({ attempts, data }: JobRecord, owner: string, until: number): JobRecord {
  return { state: "active", at: until, attempts, data, owner, lease: randomUUID() };
}

/** An entry of a timeline, by what its value says. */
export function isActive(entry: Entry): boolean {
  return entry.value === "active";
}

function entryKey(kind: string, id: string, { state, at }: JobRecord): string {
  return `${state === "failed" ? failures(kind) : timeline(kind)}${String(at).padStart(TIME_DIGITS, "0")}/${id}`;
}
