import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../oracle/domain/errors.ts";

/**
 * All files of a folder by name. Nothing may lie beside them, so that nothing is left unlooked at.
 * @throws InputError where the folder cannot be read, or another lies in it
 */
export async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new InputError(codeOf(error) === "ENOENT" ? "there is no such folder" : "not a folder that can be read", {
      file: folder,
    });
  });
  const files = new Map<string, Uint8Array>();
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, name);
    files.set(
      name,
      await readFile(path).catch((error: unknown) => {
        throw new InputError(codeOf(error) === "EISDIR" ? "a folder has no place here" : "cannot be read", {
          file: path,
        });
      }),
    );
  }
  return files;
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
