import { Command } from "commander";
import type { Environment } from "../../oracle/config/read.ts";

interface Flags {
  readonly env?: string;
  readonly to?: string;
  readonly from?: string;
}

/** `guerdon backup` and `guerdon restore`. @param environment settings where no file of them is named */
export function backupCommands(environment: Environment): Command[] {
  const settings = async (env: string | undefined): Promise<Environment> => {
    const { readEnvFile } = await import("./check.ts");
    return env === undefined ? environment : readEnvFile(env);
  };
  const envOption = "file of settings; those of the environment where not given";
  const backup = new Command("backup")
    .description("write a node's store and blobs to a file, while it runs or not; keys are not in it")
    .requiredOption("--to <file>", "file that is made")
    .option("--env <file>", envOption)
    .action(async ({ env, to = "" }: Flags) => {
      const { backupNode } = await import("./backup.ts");
      const { entries, blobs, sha256 } = await backupNode(await settings(env), to);
      process.stdout.write(`wrote ${to}: ${entries} entries, ${blobs} blobs, SHA-256 ${sha256}\n`);
    });
  const restore = new Command("restore")
    .description("write a backup into the empty store of a node that does not run")
    .requiredOption("--from <file>", "file that `guerdon backup` made")
    .option("--env <file>", envOption)
    .action(async ({ env, from = "" }: Flags) => {
      const { restoreNode } = await import("./backup.ts");
      const { entries, blobs, sha256 } = await restoreNode(await settings(env), from);
      process.stdout.write(`restored ${from}: ${entries} entries, ${blobs} blobs, SHA-256 ${sha256}\n`);
    });
  return [backup, restore];
}
