import { readFile } from "node:fs/promises";
import { InputError } from "../domain/errors.ts";

/**
 * The key that wraps the keys of private evidence, from its file: 64 hexadecimal digits; spaces and line ends around them do not
 * count.
 * @returns 32 bytes
 * @throws InputError that names the file and the form, never what stands there
 */
export async function readMasterKey(path: string): Promise<Uint8Array> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot be read (${code ?? "unknown"})`, { file: path });
  });
  if (!/^[0-9a-fA-F]{64}$/.test(text.trim())) {
    throw new InputError("is no master key", { file: path, limit: "64 hexadecimal digits" });
  }
  return new Uint8Array(Buffer.from(text.trim(), "hex"));
}
