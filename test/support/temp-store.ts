import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import type { Store } from "../../oracle/ports.ts";

/** A store in a file of its own, which `remove` deletes. */
export interface TempStore {
  readonly store: Store;
  /** Everything that is in it. */
  dump(): Promise<string>;
  remove(): Promise<void>;
}

export async function tempStore(): Promise<TempStore> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-store-"));
  const store = await openSqliteStore(join(folder, "store.sqlite"));
  return {
    store,
    dump: async () => (await store.list("", { limit: 10_000 })).map(({ key, value }) => `${key} ${value}`).join("\n"),
    async remove() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
