import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { BlobConfig, NodeConfig, StoreConfig } from "../config.ts";
import { openFileBlobs } from "../adapters/blobs/files.ts";
import { openS3Blobs } from "../adapters/blobs/s3.ts";
import { openRedisStore } from "../adapters/stores/redis.ts";
import { openSqliteStore } from "../adapters/stores/sqlite.ts";
import type { BlobStore, Store } from "../ports.ts";
import { migrate } from "../store/migrate.ts";
import { MIGRATIONS } from "../store/migrations.ts";

/** What a node remembers with. */
export interface Memory {
  readonly store: Store;
  readonly blobs: BlobStore;
}

/**
 * Opens store and blobs as they are set, and brings the store up to this program's version.
 * @throws StoreUnavailable, or an InputError for a store that may not be used
 */
export async function openMemory({ store: config, blobs }: Pick<NodeConfig, "store" | "blobs">): Promise<Memory> {
  const store = await openStore(config);
  try {
    await migrate(store, MIGRATIONS);
    return { store, blobs: await openBlobs(blobs) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openStore(config: StoreConfig): Promise<Store> {
  if (config.kind === "sqlite") {
    // Nobody else on the machine has business in a node's files.
    await mkdir(dirname(config.path), { recursive: true, mode: 0o700 });
    return openSqliteStore(config.path);
  }
  const { url: server, fsync: durability, prefix, waitReplicas, waitMs } = config;
  return openRedisStore({ server, durability, prefix, waitReplicas, waitMs });
}

async function openBlobs(config: BlobConfig): Promise<BlobStore> {
  if (config.kind === "files") return openFileBlobs(config.path);
  const { kind: _, ...options } = config;
  return openS3Blobs(options);
}
