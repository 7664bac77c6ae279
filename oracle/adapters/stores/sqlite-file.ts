import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { StoreUnavailable } from "../../ports.ts";

/** Marks the file as a store of this program ("GUER"). */
const APPLICATION_ID = 0x47554552;
const FORMAT = 1;

/** What the library says where no code of SQLite applies. */
const CLOSED = "connection is not open";
const NO_FOLDER = "directory does not exist";

/** An opened file, held against every other process that would write. */
export interface HeldFile {
  readonly database: Database;
  release(): void;
}

/**
 * Opens the file for the one process that may write it, and makes it where there is none.
 * @param maxBytes size the file may not grow beyond
 * @throws StoreUnavailable where it is in use, cannot be written, or is no store
 */
export async function holdFile(path: string, busyTimeoutMs: number, maxBytes?: number): Promise<HeldFile> {
  const lock = faultless(path, () => lockFor(path));
  try {
    const database = faultless(path, () => openFile(path, busyTimeoutMs, maxBytes));
    await syncFolder(path);
    return {
      database,
      release() {
        database.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Opens a file to read it as it stands now, while another process may go on writing. @throws StoreUnavailable */
export function openSnapshot(path: string, busyTimeoutMs: number): Database {
  return faultless(path, () => {
    const database = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    try {
      checkMarks(path, database);
      // A transaction in WAL mode sees one state from its first read to its end.
      database.exec("BEGIN");
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Does what may fail on the file. @throws StoreUnavailable in place of the library's errors; they may quote what was written */
export function faultless<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) throw new StoreUnavailable(`${path}: ${wordsFor(error.code)}`);
    if (error instanceof TypeError && error.message.includes(CLOSED))
      throw new StoreUnavailable(`${path}: the store is closed`);
    if (error instanceof TypeError && error.message.includes(NO_FOLDER))
      throw new StoreUnavailable(`${path}: no such folder`);
    throw error;
  }
}

/** Freed by the kernel when the process ends, however it ends. The store's own file stays free for readers. */
function lockFor(path: string): Database {
  const lock = new Sqlite(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw new StoreUnavailable(`${path} is in use by another process; a SQLite store serves one`);
    throw error;
  }
}

function openFile(path: string, timeout: number, maxBytes: number | undefined): Database {
  const made = !existsSync(path);
  const database = new Sqlite(path, { timeout });
  try {
    if (!made) checkMarks(path, database);
    prepare(database, maxBytes);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: Database, maxBytes: number | undefined): void {
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("fullfsync = ON");
  // What is removed is overwritten, in the file as well as in its free pages.
  database.pragma("secure_delete = ON");
  if (maxBytes !== undefined) {
    const pageBytes = database.pragma("page_size", { simple: true }) as number;
    database.pragma(`max_page_count = ${Math.floor(maxBytes / pageBytes)}`);
  }
  database.transaction(() => {
    database.exec(
      "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT",
    );
    database.exec("CREATE TABLE IF NOT EXISTS probe (only INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT");
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${FORMAT}`);
  })();
}

/** An empty file is what a kill right after its making leaves. */
function checkMarks(path: string, database: Database): void {
  const tables = database.prepare<[], number>("SELECT count(*) FROM sqlite_schema").pluck().get();
  const id = database.pragma("application_id", { simple: true });
  const format = database.pragma("user_version", { simple: true });
  if (tables === 0 && id === 0) return;
  if (id !== APPLICATION_ID) throw new StoreUnavailable(`${path} is the file of another program`);
  if (format !== FORMAT)
    throw new StoreUnavailable(`${path} has format ${String(format)}; this program knows ${FORMAT}`);
}

/** So that the file's name survives the loss of power as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether a transaction did not fit, so that a smaller one may. */
export function isFull(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_FULL");
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function wordsFor(code: string): string {
  const kind = Object.keys(WORDS).find((start) => code.startsWith(start));
  return `${kind === undefined ? "the store failed" : WORDS[kind]!} (${code})`;
}

const WORDS: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk or the store is full",
  SQLITE_READONLY: "the store is read-only",
  SQLITE_BUSY: "the store is locked by another process",
  SQLITE_CANTOPEN: "the store cannot be opened",
  SQLITE_IOERR: "the disk failed",
  SQLITE_CORRUPT: "the store is damaged",
  SQLITE_NOTADB: "this is no store",
};
