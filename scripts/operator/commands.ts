import { Command, InvalidArgumentError } from "commander";
import type { Address } from "viem";
import { anyAddress, httpUrl, list } from "../../oracle/config/forms.ts";
import { ROLE_SETTINGS, type Role } from "../../oracle/config/network.ts";
import type { Environment } from "../../oracle/config/read.ts";
import type { Finding } from "./finding.ts";

interface InitFlags {
  readonly dir: string;
  readonly rpc: readonly string[];
  readonly factory: Address;
  readonly roles: readonly Role[];
  readonly pool?: Address;
  readonly passwordFile?: string;
}

interface CheckFlags {
  readonly env?: string;
  readonly pool?: Address;
  readonly judges?: boolean;
}

/**
 * `guerdon operator init` and `guerdon operator check`.
 * @param environment settings of a check that names no file
 * @param ended told whether all checks passed
 */
export function operatorCommand(environment: Environment, ended: (passed: boolean) => void): Command {
  const operator = new Command("operator").description("prepares and checks the node of an operator");
  operator
    .command("init")
    .description("make keys and a file of settings for a new node, and check them against the chain")
    .requiredOption("--dir <dir>", "folder for key.json, key-password, master.key and node.env")
    .requiredOption("--rpc <urls>", "JSON-RPC endpoints of the chain, between commas", parser(list(httpUrl)))
    .requiredOption("--factory <address>", "factory whose pools the node works for", parser(anyAddress))
    .option(
      "--roles <roles>",
      "what the node does: intake, assessor, submitter",
      parser(ROLE_SETTINGS.GUERDON_ROLES.schema),
      ["intake", "assessor", "submitter"],
    )
    .option("--pool <address>", "a pool whose signer the node should be", parser(anyAddress))
    .option("--password-file <file>", "password of the key; made with a random one where it is not there")
    .action(async ({ rpc, pool, passwordFile, ...flags }: InitFlags) => {
      const { initOperator } = await import("./init.ts");
      const { address, files, findings } = await initOperator({ ...flags, urls: rpc, pool, passwordFile });
      process.stdout.write(`the node's address is ${address}\n${files.map((file) => `wrote ${file}\n`).join("")}`);
      await tell(findings, ended);
    });
  operator
    .command("check")
    .description("check settings, key, files and chain of a node")
    .option("--env <file>", "file of settings; those of the environment where not given")
    .option("--pool <address>", "a pool whose signer the node should be", parser(anyAddress))
    .option("--judges", "have the node's models judge cases whose score is known; takes a few thousand tokens each")
    .action(async ({ env, pool, judges }: CheckFlags) => {
      const { checkOperator, readEnvFile } = await import("./check.ts");
      const settings = env === undefined ? environment : await readEnvFile(env);
      await tell(await checkOperator(settings, pool, judges), ended);
    });
  return operator;
}

async function tell(findings: readonly Finding[], ended: (passed: boolean) => void): Promise<void> {
  const { findingsTable, passed } = await import("./finding.ts");
  process.stdout.write(`${findingsTable(findings)}\n`);
  ended(passed(findings));
}

/** Reads an option by the schema of the setting it stands for. */
function parser<Value>(schema: { safeParse(text: string): Parsed<Value> }): (text: string) => Value {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => `It ${message}.`).join(" "));
  };
}

type Parsed<Value> =
  | { readonly success: true; readonly data: Value }
  | { readonly success: false; readonly error: { readonly issues: readonly { readonly message: string }[] } };
