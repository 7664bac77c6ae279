import { readFile } from "node:fs/promises";
import { InputError } from "../domain/errors.ts";

const FORM = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const [SHORTEST, LONGEST] = [24, 64];

/**
 * The secret webhooks are signed with, from its file; spaces and line ends around it do not count.
 * @throws InputError that names the file and the form, never what stands there
 */
export async function readWebhookSecret(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot be read (${code ?? "unknown"})`, { file: path });
  });
  const bytes = Buffer.from(FORM.exec(text.trim())?.[1] ?? "", "base64").length;
  if (bytes >= SHORTEST && bytes <= LONGEST) return text.trim();
  const limit = `whsec_ and ${SHORTEST} to ${LONGEST} bytes in base64`;
  throw new InputError("is no webhook secret", { file: path, limit });
}
