import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import type { Store } from "../../oracle/ports.ts";

/** A store in a folder of its own, and how to be rid of both. */
export interface TestStore {
  readonly store: Store;
  readonly path: string;
  /** Closes the store and opens its file again, as a restart does. */
  reopen(): Promise<TestStore>;
  remove(): Promise<void>;
}

export function openTestStore(): Promise<TestStore> {
  return open(mkdtempSync(join(tmpdir(), "guerdon-ops-")));
}

async function open(folder: string): Promise<TestStore> {
  const path = join(folder, "node.db");
  const store = await openSqliteStore(path);
  return {
    store,
    path,
    reopen: async () => {
      await store.close();
      return open(folder);
    },
    remove: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
