import type { Database } from "better-sqlite3";
import type { Committed, Entry } from "../../ports.ts";
import type { Range } from "./keys.ts";
import { LOGS, placeKey, type Plan } from "./plan.ts";

/** What is read from the table of keys and written to it, without a transaction of its own. */
export interface Entries {
  get(key: string): string | null;
  list(range: Range): Entry[];
  /** A batch whole or not at all: all conditions are looked at before anything is changed. */
  apply(plan: Plan): Committed;
}

/** The table of keys of an opened file. */
export function entriesOf(database: Database): Entries {
  const read = database.prepare<[string], string>("SELECT value FROM entries WHERE key = ?").pluck();
  const lists = listStatements(database);

  function get(key: string): string | null {
    return read.get(key) ?? null;
  }

  return {
    get,
    list: ({ from, included, until, reverse, limit }) =>
      lists[reverse ? "backward" : included ? "including" : "excluding"].all(from, until, limit),
    // A reader has no use for statements that write.
    apply: database.readonly ? notWritable : applier(database, get),
  };
}

function applier(database: Database, get: (key: string) => string | null): (plan: Plan) => Committed {
  const write = database.prepare<[string, string]>(
    "INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const remove = database.prepare<[string]>("DELETE FROM entries WHERE key = ?");

  function append(log: string, value: string): number {
    const place = Number(get(LOGS + log) ?? "0") + 1;
    write.run(LOGS + log, String(place));
    write.run(placeKey(log, place), value);
    return place;
  }

  return (plan) => {
    if (plan.expect.some(([key, value]) => get(key) !== value)) return { ok: false };
    for (const [key, value] of plan.put) {
      if (value === null) remove.run(key);
      else write.run(key, value);
    }
    return { ok: true, places: plan.append.map(({ log, value }) => append(log, value)) };
  };
}

function listStatements(database: Database) {
  const select = (where: string, order: string) =>
    database.prepare<[string, string, number], Entry>(
      `SELECT key, value FROM entries WHERE ${where} AND key < ? ORDER BY key ${order} LIMIT ?`,
    );
  return {
    including: select("key >= ?", "ASC"),
    excluding: select("key > ?", "ASC"),
    backward: select("key >= ?", "DESC"),
  };
}

function notWritable(): never {
  throw new TypeError("a snapshot takes no batch");
}
