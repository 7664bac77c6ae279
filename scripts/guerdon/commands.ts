import { Command } from "commander";
import type { Address } from "viem";
import type { Environment } from "../../oracle/config/read.ts";
import { parseAddress, parseUrl } from "./arguments.ts";

/** Told whether what was asked for is well. */
export type Ended = (passed: boolean) => void;

interface PrivateFlags {
  readonly node: readonly string[];
  readonly keyFile: string;
  readonly passwordFile?: string;
  readonly out: string;
}

interface RejudgeFlags {
  readonly private?: string;
  readonly node?: Address;
  readonly json?: boolean;
}

/** `guerdon private`, `rejudge` and `held-out`. @param environment settings of models */
export function assessmentCommands(environment: Environment, ended: Ended): Command[] {
  return [privateCommand(ended), rejudgeCommand(environment), heldOutCommand(ended)];
}

function privateCommand(ended: Ended): Command {
  return new Command("private")
    .description(
      "download what is private of a season, as its arbiter or a node of its oracle, to audit or judge it again",
    )
    .argument("<dir>", "folder with the season's files")
    .requiredOption(
      "--node <url>",
      "where the intake or another node answers, as people know it; give it for each",
      urls,
    )
    .requiredOption("--key-file <file>", "key of the account that may read it: hexadecimal, or encrypted")
    .option("--password-file <file>", "file of the password of an encrypted key file")
    .requiredOption("--out <folder>", "new folder for it, outside of the season's")
    .action(async (dir: string, { node, keyFile, passwordFile, out }: PrivateFlags) => {
      const { accountIn } = await import("./key-file.ts");
      const { collectedText, fetchPrivate } = await import("./private.ts");
      const collected = await fetchPrivate(dir, node, await accountIn(keyFile, passwordFile), out);
      process.stdout.write(collectedText(collected, out));
      ended(collected.missing.length === 0);
    });
}

function rejudgeCommand(environment: Environment): Command {
  return new Command("rejudge")
    .description(
      "judge a season's words again with the models of the settings, and say how far they agree with those on record",
    )
    .argument("<dir>", "folder with the season's files")
    .option("--private <folder>", "what is private of the season, as `guerdon private` writes it")
    .option("--node <address>", "only what this node judged", parseAddress)
    .option("--json", "print the report as JSON")
    .action(async (dir: string, { private: given, node, json }: RejudgeFlags) => {
      const { rejudgeFolder } = await import("./rejudge.ts");
      const { rejudgeJson, rejudgeText } = await import("./rejudge-text.ts");
      const report = await rejudgeFolder(dir, environment, { given, node });
      process.stdout.write(json === true ? rejudgeJson(report) : rejudgeText(report));
    });
}

function heldOutCommand(ended: Ended): Command {
  const commit = new Command("commit")
    .description("commit to a criterion without showing it: prints what to publish, writes what to keep secret")
    .argument("<criterion>", "JSON file of the criterion")
    .requiredOption("--id <id>", "its place in the document, which says nothing of what it is about")
    .requiredOption("--out <file>", "new file for what opens it: salt and criterion")
    .action(async (criterion: string, { id, out }: { readonly id: string; readonly out: string }) => {
      const { commitCriterion } = await import("./held-out.ts");
      process.stdout.write(`${JSON.stringify(await commitCriterion(criterion, id, out), null, 2)}\n`);
    });
  const check = new Command("check")
    .description("check what opens held-out criteria against the document that was published")
    .argument(
      "<document>",
      "document of criteria or agreement, or the name of an agreement that comes with the project",
    )
    .argument("<reveals>", "JSON list of reveals, or one")
    .action(async (document: string, reveals: string) => {
      const { checkHeldOutFiles, heldOutText } = await import("./held-out.ts");
      const report = await checkHeldOutFiles(document, reveals);
      process.stdout.write(heldOutText(report));
      ended(report.ok);
    });
  return new Command("held-out")
    .description("criteria that are held out until a round is over")
    .addCommand(commit)
    .addCommand(check);
}

function urls(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), parseUrl(text)];
}
