import { Command, InvalidArgumentError } from "commander";
import type { Hex } from "viem";

interface PrivateFlag {
  readonly private?: string;
}

interface ExportFlags extends PrivateFlag {
  readonly share: number;
  readonly seed: Hex;
  readonly out: string;
}

interface ReportFlags extends PrivateFlag {
  readonly share?: number;
  readonly seed?: Hex;
  readonly json?: boolean;
}

interface IntegrityFlags extends ReportFlags {
  readonly reveals?: string;
  readonly later?: string;
}

const SEASON = "folder with a season's files";
const PRIVATE = ["--private <folder>", "what is private of the season, as `guerdon private` writes it"] as const;
const JSON_FLAG = ["--json", "print it as JSON"] as const;

/** `guerdon feedback`, `label` and `integrity`: for providers and auditors of judged seasons. */
export function judgedCommands(): Command[] {
  const label = new Command("label")
    .description("have people label a random slice of what judges judged, and correct the judges by it")
    .addCommand(exportCommand())
    .addCommand(reportCommand())
    .addCommand(pageCommand());
  return [feedbackCommand(), label, integrityCommand()];
}

function feedbackCommand(): Command {
  return new Command("feedback")
    .description(
      "what a season tells one of its providers: what was found, on which quotes, what would raise its score most",
    )
    .argument("<dir>", SEASON)
    .requiredOption("--provider <id>", "its id in the roster")
    .option(...JSON_FLAG)
    .action(async (dir: string, { provider, json }: { readonly provider: string; readonly json?: boolean }) => {
      const { feedbackOf, feedbackText } = await import("./feedback.ts");
      const told = await feedbackOf(dir, provider);
      print(json === true ? jsonText(told) : feedbackText(told));
    });
}

function exportCommand(): Command {
  return new Command("export")
    .description(
      "write a sheet of randomly drawn units for people to answer, without names and without what judges said",
    )
    .argument("<dir>", SEASON)
    .option(...PRIVATE)
    .requiredOption("--share <bps>", "part of all units that is drawn, basis points", parseShare)
    .requiredOption("--seed <bytes32>", "hash of a block after the evidence was closed", parseSeed)
    .requiredOption("--out <csv>", "new file for the sheet, outside of the season's folder")
    .action(async (dir: string, { private: given, share, seed, out }: ExportFlags) => {
      const { exportSheet } = await import("./label.ts");
      const { units, of } = await exportSheet(dir, { given, draw: { seed, shareBps: share }, out });
      print(`${units} of ${of} units written to ${out}: fill in the column answer with met, not-met or insufficient\n`);
    });
}

function reportCommand(): Command {
  return new Command("report")
    .description("compare what people answered with what judges did: agreement, over-confidence, corrected means")
    .argument("<dir>", SEASON)
    .argument("<csv...>", "sheets that were filled in, one of each person")
    .option(...PRIVATE)
    .option("--share <bps>", "with --seed: check that what was labelled is the slice drawn", parseShare)
    .option("--seed <bytes32>", "with --share", parseSeed)
    .option(...JSON_FLAG)
    .action(async (dir: string, sheets: string[], { private: given, share, seed, json }: ReportFlags) => {
      const { labelText, reportOnSheets } = await import("./label.ts");
      const draw = share === undefined || seed === undefined ? undefined : { seed, shareBps: share };
      const report = await reportOnSheets(dir, sheets, { given, draw });
      print(json === true ? jsonText(report) : labelText(report));
    });
}

function pageCommand(): Command {
  return new Command("page")
    .description("write a page, one file that asks no server for anything, on which people fill in a sheet")
    .argument("<html>", "new file for the page")
    .action(async (out: string) => {
      const { writeLabelPage } = await import("./label-page.ts");
      await writeLabelPage(out);
      print(`the page is in ${out}: open it in a browser, load a sheet, answer, save\n`);
    });
}

function integrityCommand(): Command {
  return new Command("integrity")
    .description("look through a judged season for copies, gaps, odd judges and drift; says where people should look")
    .argument("<dir>", SEASON)
    .option(...PRIVATE)
    .option("--reveals <file>", "what opens held-out criteria: a JSON list of reveals")
    .option(
      "--later <file>",
      "what came out later of paid criteria: a JSON list of round, provider, criterion, score, by",
    )
    .option("--share <bps>", "part of the units that people should look at, basis points", parseShare, 2_500)
    .option(
      "--seed <bytes32>",
      "by which they are drawn; by the salts of the nodes' reports where not given",
      parseSeed,
    )
    .option(...JSON_FLAG)
    .action(async (dir: string, { private: given, share, seed, reveals, later, json }: IntegrityFlags) => {
      const { integrityText, seasonIntegrity } = await import("./integrity.ts");
      const found = await seasonIntegrity(dir, { given, reveals, later, seed, shareBps: share! });
      print(json === true ? jsonText(found) : integrityText(found));
    });
}

function print(text: string): void {
  process.stdout.write(text);
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function parseShare(text: string): number {
  const share = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (share >= 1 && share <= 10_000) return share;
  throw new InvalidArgumentError("It must be a whole number of 1 to 10000.");
}

function parseSeed(text: string): Hex {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hex;
  throw new InvalidArgumentError("It must be 32 bytes: 0x and 64 hexadecimal digits.");
}
