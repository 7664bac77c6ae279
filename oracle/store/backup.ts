import type { Writable } from "node:stream";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { InputError } from "../domain/errors.ts";
import type { BlobStore, Entry, Store } from "../ports.ts";
import { readArchive, writeArchive, type ArchiveItem, type ArchiveSummary } from "./archive.ts";
import { RESTORING_KEY } from "./migrate.ts";

/** Entries read or written at a time. */
const PAGE = 500;
/** Characters of values written in one commit. */
const COMMIT_CHARACTERS = 4 * 1024 * 1024;
const LOGS = "logs/";
const PLACE = /^(.+)\/(\d{16})$/;

/**
 * Writes everything in store and blobs to an archive, and ends the sink. A snapshot of a SQLite store gives the state of one moment.
 * A store that goes on changing gives each entry as it was at some moment of the backup, and each log without gap up to the place it
 * had at its beginning; what was in neither state is in no archive. Blobs come after entries, so whatever an entry names is there,
 * unless it was removed meanwhile.
 * @param sink takes the bytes; a file is only durable if its stream was made to flush
 * @throws StoreUnavailable; then the sink is destroyed and what it holds is no archive
 */
export async function backup(store: Store, blobs: BlobStore, sink: Writable): Promise<ArchiveSummary> {
  let summary: ArchiveSummary | undefined;
  async function* lines(): AsyncGenerator<Buffer> {
    summary = yield* writeArchive(itemsOf(store, blobs));
  }
  await pipeline(Readable.from(lines(), { objectMode: true, highWaterMark: 16 }), sink);
  return summary!;
}

/**
 * Reads an archive to its end. @returns what it holds
 * @throws InputError where it is damaged, cut off, or none
 */
export async function verify(source: AsyncIterable<Uint8Array>): Promise<ArchiveSummary> {
  const items = readArchive(source);
  for (;;) {
    const next = await items.next();
    if (next.done === true) return next.value;
  }
}

/**
 * Writes an archive into an empty store, and its blobs beside those that are there. It is verified whole before anything is written.
 * A restore that was broken off leaves a store that no node starts on; restoring the same archive again finishes it.
 * @param open gives the archive's bytes from their beginning; it is read twice
 * @throws InputError where the archive is damaged or the store is not empty, before anything is written; StoreUnavailable
 */
export async function restore(
  open: () => AsyncIterable<Uint8Array>,
  store: Store,
  blobs: BlobStore,
): Promise<ArchiveSummary> {
  const summary = await verify(open());
  await claim(store, summary.sha256);
  const items = readArchive(open());
  let [entries, characters]: [Entry[], number] = [[], 0];
  const flush = async () => {
    await put(store, entries);
    [entries, characters] = [[], 0];
  };
  for (;;) {
    const next = await items.next();
    if (next.done === true) break;
    if (next.value.kind === "blob") await blobs.put(next.value.key, next.value.bytes);
    else {
      entries.push(next.value.entry);
      characters += next.value.entry.value.length;
      if (entries.length >= PAGE || characters >= COMMIT_CHARACTERS) await flush();
    }
  }
  await flush();
  await store.commit({ put: { [RESTORING_KEY]: null } });
  return summary;
}

/** Marks the store as being restored from this archive. */
async function claim(store: Store, sha256: string): Promise<void> {
  if ((await store.get(RESTORING_KEY)) === sha256) return;
  const [found] = await store.list("", { limit: 1 });
  const refused = () => new InputError("the store is not empty", { field: "store", limit: "an empty store" });
  if (found !== undefined) throw refused();
  if (!(await store.commit({ expect: { [RESTORING_KEY]: null }, put: { [RESTORING_KEY]: sha256 } })).ok)
    throw refused();
}

async function put(store: Store, entries: readonly Entry[]): Promise<void> {
  if (entries.length > 0)
    await store.commit({ put: Object.fromEntries(entries.map(({ key, value }) => [key, value])) });
}

async function* itemsOf(store: Store, blobs: BlobStore): AsyncGenerator<ArchiveItem> {
  const places = new Map<string, string>();
  for await (const { key, value } of entriesOf(store, LOGS)) places.set(key.slice(LOGS.length), value);
  for await (const entry of entriesOf(store, "")) {
    const kept = inTime(entry, places);
    if (kept !== null) yield { kind: "entry", entry: kept };
  }
  for await (const key of blobs.keys("")) {
    const bytes = await blobs.get(key);
    if (bytes !== null) yield { kind: "blob", key, bytes };
  }
}

/** A log as it was when the backup began: later entries are left out and its number of places is the one of then. */
function inTime(entry: Entry, places: ReadonlyMap<string, string>): Entry | null {
  if (entry.key.startsWith(LOGS)) {
    const value = places.get(entry.key.slice(LOGS.length));
    return value === undefined ? null : { key: entry.key, value };
  }
  const [, log, place] = PLACE.exec(entry.key) ?? [];
  if (log === undefined || place === undefined) return entry;
  const count = places.get(log);
  return count !== undefined && Number(place) > Number(count) ? null : entry;
}

async function* entriesOf(store: Store, prefix: string): AsyncGenerator<Entry> {
  for (let after: string | undefined; ;) {
    const page = await store.list(prefix, { limit: PAGE, ...(after !== undefined && { after }) });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.key;
  }
}
