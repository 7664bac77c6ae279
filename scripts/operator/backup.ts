import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { access, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { openFileBlobs } from "../../oracle/adapters/blobs/files.ts";
import { openS3Blobs } from "../../oracle/adapters/blobs/s3.ts";
import { openRedisStore } from "../../oracle/adapters/stores/redis.ts";
import { openSqliteSnapshot, openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import { readConfig, type BlobConfig, type StoreConfig } from "../../oracle/config.ts";
import type { Environment } from "../../oracle/config/read.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import type { BlobStore, Store } from "../../oracle/ports.ts";
import type { ArchiveSummary } from "../../oracle/store/archive.ts";
import { backup, restore } from "../../oracle/store/backup.ts";

/**
 * Writes a node's store and blobs to a file that only its owner can read, while the node runs or not. On a failure no file is left.
 * @throws SettingsError; InputError where the file is there already or cannot be written; StoreUnavailable
 */
export async function backupNode(environment: Environment, file: string): Promise<ArchiveSummary> {
  const config = readConfig(environment);
  if (existsSync(file)) throw new InputError("is there already, and nothing is overwritten", { file });
  const store = await openToRead(config.store);
  const { blobs, close } = await openBlobs(config.blobs);
  try {
    return await backup(store, blobs, createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }));
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new InputError("is there already, and nothing is overwritten", { file });
    await rm(file, { force: true });
    throw syscall === undefined ? error : new InputError(`cannot be written (${code ?? "unknown"})`, { file });
  } finally {
    close();
    await store.close();
  }
}

/**
 * Writes a backup into the empty store of a node that does not run.
 * @throws SettingsError; InputError where the file is no sound backup or the store is not empty; StoreUnavailable
 */
export async function restoreNode(environment: Environment, file: string): Promise<ArchiveSummary> {
  const config = readConfig(environment);
  await access(file).catch((error: unknown) => {
    throw new InputError(`cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`, { file });
  });
  const store = await openToWrite(config.store);
  const { blobs, close } = await openBlobs(config.blobs);
  try {
    return await restore(() => createReadStream(file), store, blobs);
  } finally {
    close();
    await store.close();
  }
}

/** Of a file the state of one moment, beside the node that uses it. */
function openToRead(config: StoreConfig): Promise<Store> {
  return config.kind === "sqlite" ? openSqliteSnapshot(config.path) : openRedis(config);
}

async function openToWrite(config: StoreConfig): Promise<Store> {
  if (config.kind === "redis") return openRedis(config);
  await mkdir(dirname(config.path), { recursive: true, mode: 0o700 });
  return openSqliteStore(config.path);
}

function openRedis({ url, fsync, waitReplicas, waitMs }: Extract<StoreConfig, { kind: "redis" }>): Promise<Store> {
  return openRedisStore({ server: url, durability: fsync, waitReplicas, waitMs });
}

async function openBlobs(config: BlobConfig): Promise<{ blobs: BlobStore; close: () => void }> {
  if (config.kind === "files") return { blobs: await openFileBlobs(config.path), close: () => undefined };
  const blobs = await openS3Blobs(config);
  return { blobs, close: () => blobs.close() };
}
