import { randomBytes } from "node:crypto";
import type { Database } from "better-sqlite3";
import { StoreUnavailable, type Committed, type Store } from "../../ports.ts";
import { inGroups } from "./groups.ts";
import { checkKey, rangeOf } from "./keys.ts";
import { planOf, type Plan } from "./plan.ts";
import { entriesOf, type Entries } from "./sqlite-batch.ts";
import { faultless, holdFile, isFull, openSnapshot } from "./sqlite-file.ts";

export interface SqliteOptions {
  /** How long a lock held by a foreign program is waited for; the whole process waits with it. 1,000 where not given. */
  readonly busyTimeoutMs?: number;
  /** Size the file may not grow beyond; batches that would are refused as on a full disk. */
  readonly maxBytes?: number;
  /** How long after a write what it replaced or removed may still stand in the write-ahead log. 1,000 where not given. */
  readonly eraseAfterMs?: number;
}

const PROBE_BYTES = 64 * 1024;

/**
 * A store in one SQLite file, for one process. Batches of one turn of the event loop are made durable by one write to disk.
 * Beside the file lies `<path>.lock`, which keeps a second process out.
 * @throws StoreUnavailable where the file is in use, cannot be written, or is no store
 */
export async function openSqliteStore(path: string, options: SqliteOptions = {}): Promise<Store> {
  const { busyTimeoutMs = 1_000, eraseAfterMs = 1_000, maxBytes } = options;
  const { database, release } = await holdFile(path, busyTimeoutMs, maxBytes);
  const entries = entriesOf(database);
  const erasure = eraserOf(database, eraseAfterMs);
  const probe = prober(path, database);
  const commits = inGroups((plans: readonly Plan[]) => {
    erasure.due();
    return attempt(path, () => commitGroup(path, database, entries, plans));
  }, weightOf);
  let closed: Promise<void> | null = null;

  async function close(): Promise<void> {
    await commits.idle();
    erasure.now();
    release();
  }

  return {
    ...readsOf(path, entries),
    commit: (batch) =>
      new Promise((resolve) => {
        if (closed !== null) throw new StoreUnavailable(`${path}: the store is closed`);
        resolve(commits.add(planOf(batch)));
      }),
    probe: () => attempt(path, probe),
    close: () => (closed ??= close()),
  };
}

/**
 * The store in a SQLite file as it stands when this is called, to back it up while its process goes on. Batches are refused. Close
 * it soon: as long as it is open, the file's write-ahead log can only grow.
 * @throws StoreUnavailable where there is no store to read
 */
export function openSqliteSnapshot(path: string): Promise<Store> {
  return attempt(path, () => {
    const database = openSnapshot(path, 1_000);
    const refuse = () => Promise.reject(new StoreUnavailable(`${path}: a snapshot is read-only`));
    return {
      ...readsOf(path, entriesOf(database)),
      commit: refuse,
      probe: refuse,
      close: () => attempt(path, () => void database.close()),
    };
  });
}

function readsOf(path: string, entries: Entries): Pick<Store, "get" | "getMany" | "list"> {
  const get = (key: string) => {
    checkKey(key);
    return entries.get(key);
  };
  return {
    get: (key) => attempt(path, () => get(key)),
    getMany: (keys) => attempt(path, () => keys.map(get)),
    list: (prefix, listing) => attempt(path, () => entries.list(rangeOf(prefix, listing))),
  };
}

/** All batches in one transaction; where that does not fit, each in its own, so that one too large leaves the others. */
function commitGroup(
  path: string,
  database: Database,
  entries: Entries,
  plans: readonly Plan[],
): readonly (Committed | Error)[] {
  const inOne = database.transaction((group: readonly Plan[]) => group.map((plan) => entries.apply(plan)));
  const alone = (plan: Plan): Committed | Error => {
    try {
      return faultless(path, () => inOne.immediate([plan])[0]!);
    } catch (error) {
      return error as Error;
    }
  };
  try {
    return inOne.immediate(plans);
  } catch (error) {
    if (isFull(error)) return plans.map(alone);
    throw error;
  }
}

/** Writes and commits something of the size of a small document. */
function prober(path: string, database: Database): () => void {
  const write = database.prepare<[Buffer]>("INSERT OR REPLACE INTO probe (only, filler) VALUES (1, ?)");
  return () => faultless(path, () => void write.run(randomBytes(PROBE_BYTES)));
}

/** `secure_delete` cleans the file; what was written before stands in the write-ahead log until that is emptied into the file. */
function eraserOf(database: Database, afterMs: number): { due(): void; now(): void } {
  let timer: NodeJS.Timeout | null = null;

  function now(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    try {
      const [outcome] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
      if (outcome?.busy === 1) due();
    } catch {
      // Nothing is lost by it, and the next write tries again.
    }
  }

  function due(): void {
    timer ??= setTimeout(now, afterMs).unref();
  }

  return { due, now };
}

function weightOf(plan: Plan): number {
  return plan.weight;
}

function attempt<Result>(path: string, work: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(faultless(path, work)));
}
