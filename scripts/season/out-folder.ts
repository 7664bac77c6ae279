import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../oracle/domain/errors.ts";

/** Files of an earlier season that a new one replaces. */
const OURS = /^(?:result|chain|seal|bundle-\d+)\.json$/;

/** Folder, beside the staged files, for an earlier season's files until all new ones are in place. */
const EARLIER = "earlier";

/** A folder for a season's files, in which either all of them appear or none. */
export interface OutFolder {
  /**
   * Writes all files; on any failure nothing of them is left and an earlier season's files stand. A signal that comes before the
   * first of them is in place is such a failure.
   */
  write(files: ReadonlyMap<string, Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Removes the folder again if this run made it and nothing was written. */
  abandon(): Promise<void>;
}

/**
 * Makes sure, before any work is done, that files can be written to a folder.
 * @throws InputError where the folder cannot be made or written to, or holds files that are not a season's
 */
export async function openOutFolder(path: string): Promise<OutFolder> {
  const made = await makeFolder(resolve(path)).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  const abandon = async (): Promise<void> => {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  };
  try {
    await earlierFiles(path);
    const probe = await stage(path, new Map([["probe", new Uint8Array(1)]]));
    await rm(probe, { recursive: true });
  } catch (error) {
    await abandon();
    throw unwritable(path, error);
  }
  return { write: (files, signal) => replace(path, files, signal), abandon };
}

/**
 * Names of an earlier season's files.
 * @throws InputError where the folder holds anything else, such as a folder by the name of a season's file
 */
async function earlierFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const stranger = entries.find((entry) => !entry.isFile() || !OURS.test(entry.name));
  if (stranger === undefined) return entries.map(({ name }) => name);
  throw new InputError("the folder holds other files", {
    file: path,
    field: "--out",
    value: stranger.name,
    limit: "an empty folder, or one with an earlier season's files",
  });
}

/** Makes a folder and those above it; the topmost one made, if any. Node's own recursion never ends below /proc. */
async function makeFolder(path: string): Promise<string | undefined> {
  const failure = await mkdir(path).then(
    () => null,
    (error: unknown) => error as NodeJS.ErrnoException,
  );
  if (failure === null) return path;
  if (failure.code === "EEXIST" && (await stat(path)).isDirectory()) return undefined;
  const above = dirname(path);
  const aboveExists = await stat(above).then(
    () => true,
    () => false,
  );
  if (failure.code !== "ENOENT" || aboveExists) throw failure;
  const made = await makeFolder(above);
  try {
    await mkdir(path);
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true });
    throw error;
  }
  return made ?? path;
}

/** From where to where. */
type Move = readonly [from: string, to: string];

async function replace(path: string, files: ReadonlyMap<string, Uint8Array>, signal?: AbortSignal): Promise<void> {
  const earlier = await earlierFiles(path);
  // All bytes are on disk after this: what follows only renames.
  const staged = await stage(path, files);
  const moves: Move[] = [
    ...earlier.map((name): Move => [join(path, name), join(staged, EARLIER, name)]),
    ...[...files.keys()].map((name): Move => [join(staged, name), join(path, name)]),
  ];
  const done: Move[] = [];
  try {
    await mkdir(join(staged, EARLIER));
    signal?.throwIfAborted();
    for (const move of moves) {
      await rename(...move);
      done.push(move);
    }
  } catch (error) {
    await moveBack(done, staged);
    await rm(staged, { recursive: true, force: true });
    throw unwritable(path, error);
  }
  await rm(staged, { recursive: true, force: true });
}

/**
 * Undoes moves, the last one first, as far as they can be undone.
 * @throws InputError naming the folder with an earlier season's files where they could not be moved back; they stay there
 */
async function moveBack(moves: readonly Move[], staged: string): Promise<void> {
  let failure: unknown;
  for (const [from, to] of moves.toReversed()) {
    await rename(to, from).catch((error: unknown) => (failure = error));
  }
  if (failure === undefined) return;
  throw new InputError("the files could not be written, nor an earlier season's files be moved back", {
    file: join(staged, EARLIER),
    field: "--out",
  });
}

async function stage(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(path, ".partial-"));
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes, { flush: true });
    return folder;
  } catch (error) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const problem = code === "ENOSPC" ? "the disk is full; nothing was written" : `cannot be written to (${code})`;
  return new InputError(problem, { file: path, field: "--out" });
}
