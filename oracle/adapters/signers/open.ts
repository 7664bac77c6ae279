import type { LocalAccount } from "viem";
import type { KeySource } from "../../config.ts";
import { fastAccount } from "./fast-account.ts";
import { openKeyFile } from "./key-file.ts";
import { remoteAccount } from "./remote.ts";
import { SignerError } from "./signer-error.ts";

/**
 * The account of a node, wherever its key is.
 * @param expected address it must have, lower case; any where not given
 * @throws SignerError where the key cannot be used, or belongs to another address
 */
export async function openAccount(source: KeySource, expected?: string): Promise<LocalAccount> {
  const account = await accountOf(source);
  if (expected !== undefined && account.address.toLowerCase() !== expected) {
    throw new SignerError(`the key is that of ${account.address}, not of ${expected}`);
  }
  return account;
}

function accountOf(source: KeySource): LocalAccount | Promise<LocalAccount> {
  switch (source.kind) {
    case "key":
      return fastAccount(source.key);
    case "file":
      return openKeyFile(source.path, source.passwordPath);
    case "remote":
      return remoteAccount(source.url, source.publicKey);
  }
}
