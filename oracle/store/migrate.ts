import { StoreUnavailable, type Batch, type Store } from "../ports.ts";

/** One step from a version of what is stored to the next. */
export interface Migration {
  /** The version it leads to; the first leads to 1, each further one to the next number. */
  readonly version: number;
  /** What it changes, for the log. */
  readonly about: string;
  /** What is to be changed, given the store as it is. It is made together with the new version, so it may be asked for again. */
  step(store: Store): Promise<Batch>;
}

/** A store that this program may not use as it is. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/** Where the version stands. */
export const SCHEMA_KEY = "schema";

/** Stands in a store as long as a restore into it is not finished. */
export const RESTORING_KEY = "restoring";

/** How often a step is asked for anew because what it relied on has changed meanwhile. */
const TRIES = 10;

/**
 * Brings a store up to this program's version. Each step and the version it leads to are one commit: a kill leaves either both or
 * neither, and of two processes that start at once one makes the step and the other finds it made.
 * @returns the versions before and after
 * @throws SchemaError for a store of a later version, or one whose restore was not finished; StoreUnavailable
 */
export async function migrate(store: Store, migrations: readonly Migration[]): Promise<{ from: number; to: number }> {
  checkOrder(migrations);
  const from = await versionOf(store);
  let version = from;
  for (let tries = 0; version < migrations.length; tries++) {
    const migration = migrations[version]!;
    if (tries === TRIES)
      throw new SchemaError(`the step to version ${migration.version} finds what it relies on changed each time`);
    if (await make(store, version, migration)) tries = -1;
    version = await versionOf(store);
  }
  if (version > migrations.length) throw tooNew(version, migrations.length);
  return { from, to: version };
}

async function make(store: Store, version: number, { version: next, step }: Migration): Promise<boolean> {
  const { expect, put, append = [] } = await step(store);
  const { ok } = await store.commit({
    expect: { ...expect, [SCHEMA_KEY]: version === 0 ? null : String(version), [RESTORING_KEY]: null },
    put: { ...put, [SCHEMA_KEY]: String(next) },
    append,
  });
  return ok;
}

async function versionOf(store: Store): Promise<number> {
  const [text, restoring] = await store.getMany([SCHEMA_KEY, RESTORING_KEY]);
  if (restoring !== null)
    throw new SchemaError("a restore into this store was not finished; restore the same archive again");
  if (text == null) return 0;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new StoreUnavailable(`the store's version cannot be read (key ${SCHEMA_KEY})`);
  return Number(text);
}

function tooNew(found: number, known: number): SchemaError {
  return new SchemaError(
    `the store has version ${found}; this program knows versions up to ${known}. Use a later program`,
  );
}

function checkOrder(migrations: readonly Migration[]): void {
  const wrong = migrations.findIndex(({ version }, index) => version !== index + 1);
  if (wrong >= 0)
    throw new RangeError(
      `migration ${wrong + 1} leads to version ${migrations[wrong]!.version}; expected ${wrong + 1}`,
    );
}
