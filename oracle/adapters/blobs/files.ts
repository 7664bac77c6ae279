import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { StoreUnavailable, type BlobStore } from "../../ports.ts";
import { checkBlobKey, checkBlobPrefix } from "./blob-keys.ts";

/** Parts of files whose writing was broken off are older than this, ms. */
const ABANDONED_MS = 3_600_000;
const PROBE_BYTES = 64 * 1024;
/** Folders of the upper and the lower level. */
const FOLDER = /^[0-9a-f]{2}$/;

/**
 * Blobs as files below a folder, which is made where there is none. A blob is written to the disk beside its place and moved there
 * whole, so a reader sees all of it or nothing, and a kill leaves at most a part in `tmp`, which goes an hour later. Several
 * processes may share the folder.
 * @throws StoreUnavailable where the folder cannot be written
 */
export async function openFileBlobs(folder: string): Promise<BlobStore> {
  const root = resolve(folder);
  const temporary = join(root, "tmp");
  await available(async () => {
    await makeFolder(temporary);
    await sweep(temporary);
  });

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    const path = pathOf(root, key);
    await makeFolder(dirname(path));
    if (!(await isThere(path, bytes.length))) await writeWhole(temporary, path, bytes);
    // Also where it was there before: who wrote it may have been killed before its name was durable.
    await syncFolder(dirname(path));
  }

  async function remove(key: string): Promise<void> {
    const path = pathOf(root, key);
    if (await absentOr(unlink(path).then(() => true))) await syncFolder(dirname(path));
  }

  async function probe(): Promise<void> {
    const path = join(temporary, `probe-${randomUUID()}`);
    try {
      await writeDurably(path, randomBytes(PROBE_BYTES));
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    put: (key, bytes) => checked(key, () => put(key, bytes)),
    get: (key) => checked(key, () => absentOr(readFile(pathOf(root, key)))),
    remove: (key) => checked(key, () => remove(key)),
    keys: (prefix) => keysBelow(root, prefix),
    probe: () => available(probe),
  };
}

async function checked<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  checkBlobKey(key);
  return available(work);
}

/** Spread over 65,536 folders by the key's hash. The name holds the whole key; `%` and `+` are in no key. */
function pathOf(root: string, key: string): string {
  const hash = createHash("sha256").update(key).digest("hex");
  return join(root, hash.slice(0, 2), hash.slice(2, 4), key.replaceAll("/", "%").replaceAll(":", "+"));
}

function keyOf(name: string): string {
  return name.replaceAll("%", "/").replaceAll("+", ":");
}

async function* keysBelow(root: string, prefix: string): AsyncGenerator<string> {
  checkBlobPrefix(prefix);
  for (const upper of await foldersOf(root)) {
    for (const lower of await foldersOf(join(root, upper))) {
      const names = (await available(() => absentOr(readdir(join(root, upper, lower))))) ?? [];
      yield* names.map(keyOf).filter((key) => key.startsWith(prefix));
    }
  }
}

async function foldersOf(folder: string): Promise<string[]> {
  return (await available(() => readdir(folder))).filter((name) => FOLDER.test(name));
}

async function isThere(path: string, size: number): Promise<boolean> {
  return (await absentOr(stat(path)))?.size === size;
}

async function writeWhole(temporary: string, path: string, bytes: Uint8Array): Promise<void> {
  const part = join(temporary, randomUUID());
  try {
    await writeDurably(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder and those above it, each name durable. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function sweep(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const found = await absentOr(stat(path));
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

async function absentOr<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Any fault of the file system means that blobs cannot be had now: full, read-only, gone, broken. */
async function available<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StoreUnavailable(`the blobs' folder fails: ${code}${syscall === undefined ? "" : ` (${syscall})`}`);
  }
}
