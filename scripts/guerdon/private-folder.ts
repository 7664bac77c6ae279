import { mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { PrivateParts } from "../../oracle/domain/audit/judgements.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { privateFiles, privateParts } from "../../oracle/domain/private-records.ts";
import { readFolder } from "./folder.ts";

/** Only its owner may read what is private. */
const FILE_MODE = 0o600;

/**
 * Reads a folder of what is private of a season.
 * @param season the season's own folder, which is for everybody
 * @throws InputError where the folder lies within it, cannot be read, or holds anything else
 */
export async function readPrivateFolder(folder: string, season: string): Promise<PrivateParts> {
  const files = await readFolder(folder);
  requireApart(await realOf(folder), await realOf(season), folder);
  return privateParts(files);
}

/**
 * Makes sure, before anything is asked for, that a folder of what is private can be made.
 * @throws InputError where it lies within the season's folder, or there is anything in it already
 */
export async function requireNewFolder(folder: string, season: string | undefined): Promise<void> {
  if (season !== undefined) requireApart(await realOf(folder), await realOf(season), folder);
  const there = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unwritable(folder, error);
  });
  if (there.length === 0) return;
  throw new InputError("there is something in it already", { file: folder, limit: "a new folder, or an empty one" });
}

/**
 * Writes a folder of what is private, for its owner alone; all of its files appear or none.
 * @throws InputError where it cannot be written, or holds anything already
 */
export async function writePrivateFolder(folder: string, parts: PrivateParts): Promise<void> {
  const path = resolve(folder);
  let staged: string | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    staged = await mkdtemp(join(dirname(path), ".private-"));
    for (const [name, bytes] of privateFiles(parts)) {
      await writeFile(join(staged, name), bytes, { mode: FILE_MODE, flush: true });
    }
    // It was made for its owner alone, and takes the place of an empty folder.
    await rename(staged, path);
  } catch (error) {
    if (staged !== undefined) await rm(staged, { recursive: true, force: true });
    throw unwritable(folder, error);
  }
}

/** A path without links, as far as it is there. */
async function realOf(path: string): Promise<string> {
  const whole = resolve(path);
  const above = dirname(whole);
  return realpath(whole).catch(async () => (above === whole ? whole : join(await realOf(above), basename(whole))));
}

/** @param folder and `season` without links */
function requireApart(folder: string, season: string, named: string): void {
  const path = relative(season, folder);
  if (path === ".." || path.startsWith(`..${sep}`)) return;
  const limit = "a folder outside of the season's";
  throw new InputError("what is private has no place among files for everybody", { file: named, limit });
}

function unwritable(file: string, error: unknown): InputError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const there = code === "ENOTEMPTY" || code === "EEXIST";
  return new InputError(there ? "there is something in it already" : `cannot be written to (${code})`, { file });
}
