import { Command, CommanderError } from "commander";
import type { Address } from "viem";
import { parseAddress, parseUrl } from "./guerdon/arguments.ts";
import { assessmentCommands } from "./guerdon/commands.ts";
import { draftCommand } from "./guerdon/draft-command.ts";
import { judgedCommands } from "./guerdon/judged-commands.ts";
import { harmlessLines } from "./harmless.ts";
import { backupCommands } from "./operator/backup-commands.ts";
import { operatorCommand } from "./operator/commands.ts";

/** Exit codes: all checks passed, something is wrong, the command was not understood. */
const PASSED = 0;
const FAILED = 1;
const MISUSED = 2;

interface AuditFlags {
  readonly rpc?: string;
  readonly pool?: Address;
  readonly json?: boolean;
  readonly private?: string;
  readonly reveals?: string;
}

async function main(args: readonly string[]): Promise<number> {
  let code = PASSED;
  const program = new Command("guerdon").description(
    "Checks seasons of pay by outcome, and runs nodes that assess them.",
  );
  const ended = (passed: boolean): void => {
    code = passed ? PASSED : FAILED;
  };
  program.addCommand(operatorCommand(process.env, ended));
  for (const command of backupCommands(process.env)) program.addCommand(command);
  for (const command of assessmentCommands(process.env, ended)) program.addCommand(command);
  for (const command of judgedCommands()) program.addCommand(command);
  program.addCommand(draftCommand(ended));
  program
    .command("audit")
    .description("recompute every number of a season from its evidence and ledger, to the last unit")
    .argument("<dir>", "folder with a season's files: result.json, chain.json, bundle-<round>.json, seal.json")
    .option("--rpc <url>", "also read the ledger again from a chain, through this endpoint", parseUrl)
    .option("--pool <address>", "the pool it has to be, from a source you trust", parseAddress)
    .option("--private <folder>", "what is private of the season, as `guerdon private` writes it")
    .option("--reveals <file>", "what opens held-out criteria: a JSON list of reveals")
    .option("--json", "print the report as JSON")
    .action(async (dir: string, { rpc, pool, json, private: given, reveals }: AuditFlags) => {
      // Loaded only now, so that wrong usage is told at once.
      const { auditFolder } = await import("./guerdon/audit.ts");
      const { reportJson, reportText } = await import("./guerdon/report.ts");
      const report = await auditFolder(dir, { rpc, pool, given, reveals });
      process.stdout.write(json === true ? reportJson(report) : reportText(report));
      ended(report.ok);
    });
  program
    .command("receipt")
    .description("check an intake's receipt and, against a round's bundle, whether its item was left out")
    .argument("<file>", "the receipt, as the intake answered it")
    .option("--bundle <file>", "bundle of the receipt's round")
    .action(async (file: string, { bundle }: { readonly bundle?: string }) => {
      const { checkReceipt, receiptText } = await import("./guerdon/receipt.ts");
      const report = await checkReceipt(file, bundle);
      process.stdout.write(receiptText(report));
      ended(report.ok);
    });
  program
    .command("lint")
    .description("check buyers' criteria before money moves: what is missing, unclear or could be gamed")
    .argument("<file>", "document of criteria or agreement, or the name of an agreement that comes with the project")
    .option("--json", "print the findings as JSON")
    .action(async (file: string, { json }: { readonly json?: boolean }) => {
      const { lintFile, lintReportJson, lintText } = await import("./guerdon/lint.ts");
      const report = await lintFile(file);
      process.stdout.write(json === true ? lintReportJson(report) : lintText(report));
      ended(report.ok);
    });
  overrideExit(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? PASSED : MISUSED;
    process.stderr.write(harmlessLines(`guerdon: ${error instanceof Error ? error.message : String(error)}\n`));
    return FAILED;
  }
}

/** Errors of usage are thrown instead of ending the process, by subcommands too. */
function overrideExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideExit);
}

process.exitCode = await main(process.argv.slice(2));
