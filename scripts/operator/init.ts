import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { sealKeyFile } from "../../oracle/adapters/signers/key-file.ts";
import type { Role } from "../../oracle/config/network.ts";
import { majority } from "../../oracle/config/rules.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { checkChain } from "./chain-checks.ts";
import { envFile, type Settings } from "./env-file.ts";
import type { Finding } from "./finding.ts";

/** What a new operator says. */
export interface InitRequest {
  readonly dir: string;
  readonly urls: readonly string[];
  readonly factory: Address;
  readonly roles: readonly Role[];
  readonly pool: Address | undefined;
  /** File of the key's password; made where it is not there. In the folder where not given. */
  readonly passwordFile: string | undefined;
}

/** What was made. */
export interface Prepared {
  readonly address: Address;
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

const OWNER_ONLY = 0o600;

/**
 * Makes what a new node needs: an encrypted key, its password, the master key of private evidence, a file of settings; then checks
 * them against the chain. Nothing that exists is overwritten, and on a failure nothing of it is left.
 * @throws InputError where a file is there already or cannot be written
 */
export async function initOperator(request: InitRequest): Promise<Prepared> {
  const dir = resolve(request.dir);
  const path = (name: string): string => join(dir, name);
  const passwordPath = resolve(request.passwordFile ?? path("key-password"));
  const given = existsSync(passwordPath) ? await readPassword(passwordPath) : null;
  const password = given ?? randomBytes(32).toString("base64url");
  const key = generatePrivateKey();
  const address = privateKeyToAddress(key);
  const settings = settingsOf(request, address, path, passwordPath);
  const files = new Map([
    ...(given === null ? [[passwordPath, `${password}\n`] as const] : []),
    [path("node.env"), envFile(settings)],
    ...(request.roles.includes("intake")
      ? [[path("master.key"), `${randomBytes(32).toString("hex")}\n`] as const]
      : []),
  ]);
  refuseExisting([...files.keys(), path("key.json")]);
  files.set(path("key.json"), await sealKeyFile(key, password));
  await writeAll(dir, files);
  const { urls, factory, roles, pool } = request;
  const findings = await checkChain({
    urls,
    agreement: majority(urls.length),
    factory,
    address,
    roles,
    pool,
    now: Date.now(),
  });
  return { address, files: [...files.keys()], findings };
}

function settingsOf(
  request: InitRequest,
  address: Address,
  path: (name: string) => string,
  passwordPath: string,
): Settings {
  const { urls, factory, roles } = request;
  return {
    GUERDON_ROLES: roles.join(","),
    GUERDON_RPC_URLS: urls.join(","),
    GUERDON_FACTORY: factory.toLowerCase(),
    GUERDON_KEY_FILE: path("key.json"),
    GUERDON_KEY_PASSWORD_FILE: passwordPath,
    GUERDON_NODE_ADDRESS: address.toLowerCase(),
    GUERDON_DATA_DIR: path("data"),
    ...(roles.includes("intake") ? { GUERDON_MASTER_KEY_FILE: path("master.key") } : {}),
  };
}

async function readPassword(path: string): Promise<string> {
  const text = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
  if (text === "") throw new InputError("holds no password", { file: path });
  return text;
}

function refuseExisting(paths: readonly string[]): void {
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) return;
  throw new InputError("is there already, and nothing is overwritten", { file: there.join(", ") });
}

async function writeAll(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  const written: string[] = [];
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const [path, text] of files) {
      await writeFile(path, text, { flag: "wx", mode: OWNER_ONLY });
      written.push(path);
    }
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })));
    const { code, path } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot be written (${code ?? "unknown"})`, { file: path ?? dir });
  }
}
