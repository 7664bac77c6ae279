import { readFile } from "node:fs/promises";
import type { Hex, LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { openKeyFile } from "../../oracle/adapters/signers/key-file.ts";
import { InputError } from "../../oracle/domain/errors.ts";

/**
 * The account of a key in a file: encrypted (Web3 Secret Storage, version 3) where a file of its password is named, else 64 hexadecimal
 * digits after 0x, with a line end or without.
 * @throws InputError or SignerError, in which nothing of the key is
 */
export async function accountIn(file: string, passwordFile: string | undefined): Promise<LocalAccount> {
  if (passwordFile !== undefined) return openKeyFile(file, passwordFile);
  const text = await readFile(file, "utf8").catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
  const key = text.trim();
  const limit = "64 hexadecimal digits after 0x, or an encrypted key file with --password-file";
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) throw new InputError("this is no key", { file, limit });
  try {
    return privateKeyToAccount(key as Hex);
  } catch {
    throw new InputError("this is no key of the curve", { file, limit });
  }
}
