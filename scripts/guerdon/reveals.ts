import { readFile } from "node:fs/promises";
import { InputError } from "../../oracle/domain/errors.ts";

/**
 * Reads what opens held-out criteria: a JSON list of reveals, or one reveal. What it holds is for the check to judge.
 * @throws InputError where the file cannot be read or is no JSON
 */
export async function readReveals(file: string): Promise<readonly unknown[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as readonly unknown[]) : [value];
  } catch {
    throw new InputError("not JSON", { file });
  }
}
