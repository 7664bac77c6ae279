import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../oracle/domain/errors.ts";

/** Files of an earlier season that a new one replaces. */
const OURS = /^(?:result|chain|seal|bundle-\d+)\.json$/;

/** A folder for a season's files, in which either all of them appear or none. */
export interface OutFolder {
  /** Writes all files; on any failure nothing of them is left and an earlier season's files stand. */
  write(files: ReadonlyMap<string, Uint8Array>): Promise<void>;
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
    await requireOurs(path);
    await stage(path, new Map([["probe", new Uint8Array(1)]])).then((folder) => rm(folder, { recursive: true }));
  } catch (error) {
    await abandon();
    throw unwritable(path, error);
  }
  return { write: (files) => replace(path, files), abandon };
}

async function requireOurs(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  const stranger = entries.find((entry) => !OURS.test(entry.name) || !entry.isFile());
  if (stranger === undefined) return;
  throw new InputError("the folder holds something else", {
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
  await mkdir(path);
  return made ?? path;
}

async function replace(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await requireOurs(path);
  const staged = await stage(path, files);
  // All bytes are on disk now: what follows only renames, each of which can be taken back.
  const renamed: [from: string, to: string][] = [];
  const move = async (from: string, to: string): Promise<void> => {
    await rename(from, to);
    renamed.push([from, to]);
  };
  try {
    const earlier = (await readdir(path)).filter((name) => OURS.test(name));
    for (const name of earlier) await move(join(path, name), join(staged, `earlier-${name}`));
    for (const name of files.keys()) await move(join(staged, name), join(path, name));
  } catch (error) {
    for (const [from, to] of renamed.reverse()) await rename(to, from);
    throw unwritable(path, error);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
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
