import { access, constants, mkdir, readFile, stat } from "node:fs/promises";
import { parseEnv } from "node:util";
import type { Address } from "viem";
import { openAccount } from "../../oracle/adapters/signers/open.ts";
import { SignerError } from "../../oracle/adapters/signers/signer-error.ts";
import { readConfig, SettingsError, type NodeConfig } from "../../oracle/config.ts";
import type { Environment } from "../../oracle/config/read.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { readMasterKey } from "../../oracle/ops/master-key.ts";
import { readWebhookSecret } from "../../oracle/ops/webhook-secret.ts";
import { checkChain } from "./chain-checks.ts";
import { checkJudgeKeys, checkJudges } from "./judge-checks.ts";
import { failed, ok, warning, type Finding } from "./finding.ts";

/**
 * Checks a node as its settings say it is: settings, key, files, chain. Nothing of it is changed but its data folder, which is made.
 * @param pool a pool whose signer it should be
 * @param askJudges whether models are asked to judge known cases, which takes tokens
 */
export async function checkOperator(
  environment: Environment,
  pool: Address | undefined,
  askJudges = false,
): Promise<Finding[]> {
  let config: NodeConfig;
  try {
    config = readConfig(environment);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.faults.map((fault) => failed("settings", fault, "see docs/settings.md"));
  }
  const { address, finding } = await checkKey(config);
  const files = await Promise.all([...secretFiles(config).map(checkSecretFile), checkDataDir(config.dataDir)]);
  const judges = [...(await checkJudgeKeys(config)), ...(askJudges ? await checkJudges(config) : [])];
  const { urls, agreement, factory } = config.chain;
  const chain =
    address === null
      ? []
      : await checkChain({ urls, agreement, factory, address, roles: config.roles, pool, now: Date.now() });
  return [ok("settings", "all can be used"), finding, ...files, ...judges, ...chain];
}

/** Settings in a file, as `node --env-file` reads them. @throws InputError where it cannot be read */
export async function readEnvFile(path: string): Promise<Environment> {
  try {
    return parseEnv(await readFile(path, "utf8"));
  } catch (error) {
    throw new InputError(`cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`, { file: path });
  }
}

async function checkKey({ key, address: wanted }: NodeConfig): Promise<{ address: Address | null; finding: Finding }> {
  try {
    const account = await openAccount(key, wanted);
    await account.signMessage({ message: "guerdon: a check of this key" });
    return { address: account.address, finding: ok("key", `${account.address} can sign`) };
  } catch (error) {
    const found = error instanceof SignerError ? error.message : "it cannot sign";
    return { address: null, finding: failed("key", found, "see the settings of the key in docs/settings.md") };
  }
}

interface SecretFile {
  readonly what: string;
  readonly path: string;
  readonly read: (path: string) => Promise<unknown>;
}

function secretFiles({ key, intake, webhooks }: NodeConfig): SecretFile[] {
  const anything = (path: string): Promise<unknown> => readFile(path);
  return [
    ...(key.kind === "file"
      ? [
          { what: "key file", path: key.path, read: anything },
          { what: "password file", path: key.passwordPath, read: anything },
        ]
      : []),
    ...(intake.masterKeyFile === undefined
      ? []
      : [{ what: "master key", path: intake.masterKeyFile, read: readMasterKey }]),
    ...(webhooks === null ? [] : [{ what: "webhook secret", path: webhooks.secretFile, read: readWebhookSecret }]),
  ];
}

async function checkSecretFile({ what, path, read }: SecretFile): Promise<Finding> {
  try {
    await read(path);
    const { mode } = await stat(path);
    if ((mode & 0o077) === 0) return ok(what, path);
    return warning(what, `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${path}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    const found = error instanceof InputError ? error.message : `${path} cannot be read (${code})`;
    return failed(what, found, "put the file there, readable by the node alone");
  }
}

async function checkDataDir(path: string): Promise<Finding> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    return ok("data folder", path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return failed("data folder", `${path} cannot be written (${code})`, "make it, writable by the node");
  }
}
