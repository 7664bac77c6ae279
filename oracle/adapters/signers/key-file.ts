import { readFile } from "node:fs/promises";
import { decryptKeystoreJson, encryptKeystoreJson, isError } from "ethers";
import { privateKeyToAccount } from "viem/accounts";
import { getAddress, type Hex, type LocalAccount } from "viem";
import { fastAccount } from "./fast-account.ts";
import { SignerError } from "./signer-error.ts";

/**
 * Opens an encrypted key file (Web3 Secret Storage, version 3, scrypt or PBKDF2).
 * @param passwordPath file of the password; one line end at its end is not part of it
 * @throws SignerError where a file cannot be read, is no key file, or the password is wrong; it holds neither password nor key
 */
export async function openKeyFile(path: string, passwordPath: string): Promise<LocalAccount> {
  const password = (await read(passwordPath)).replace(/\r?\n$/, "");
  const text = await read(path);
  return fastAccount((await decrypt(path, text, password)) as Hex);
}

/** Contents of a key file, as `openKeyFile` reads it. */
export async function sealKeyFile(key: Hex, password: string): Promise<string> {
  const { address } = privateKeyToAccount(key);
  return encryptKeystoreJson({ address: getAddress(address), privateKey: key }, password);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new SignerError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

/** Errors of the library may quote what it was given, so none is passed on. */
async function decrypt(path: string, text: string, password: string): Promise<string> {
  try {
    return (await decryptKeystoreJson(text, password)).privateKey;
  } catch (error) {
    const wrong = isError(error, "INVALID_ARGUMENT") && error.argument === "password";
    throw new SignerError(wrong ? `the password does not open ${path}` : `${path} is no key file of version 3`);
  }
}
