import { readFile, writeFile } from "node:fs/promises";
import { basename, relative, resolve, sep } from "node:path";
import type { Hex } from "viem";
import { InputError } from "../../oracle/domain/errors.ts";
import {
  labelReport,
  type CorrectedReport,
  type JudgeReport,
  type LabelReport,
} from "../../oracle/domain/labelling/report.ts";
import { drawUnits, labelUnits, readSheet, sheetText } from "../../oracle/domain/labelling/sheet.ts";
import { harmless, harmlessLines } from "../harmless.ts";
import { judgedSeason } from "./judged-season.ts";

/** Two-sided intervals of 95%. */
const LEVEL = 0.975;
/** Sheets may hold words of private evidence. */
const FILE_MODE = 0o600;

/** How a slice is drawn. */
export interface Draw {
  readonly seed: Hex;
  readonly shareBps: number;
}

/** What was written. */
export interface Exported {
  readonly units: number;
  readonly of: number;
}

/**
 * Draws a slice of a season's units and writes a sheet for people to fill in.
 * @param given folder of what is private of the season
 * @throws InputError where the season cannot be read, or the file is there or cannot be written
 */
export async function exportSheet(
  folder: string,
  { given, draw, out }: { readonly given?: string | undefined; readonly draw: Draw; readonly out: string },
): Promise<Exported> {
  requireApart(folder, out);
  const units = labelUnits(await judgedSeason(folder, given));
  if (units.length === 0) throw new InputError("there is nothing to label that can be read", { file: folder });
  const drawn = drawUnits(units, draw.seed, draw.shareBps);
  await writeNew(out, sheetText(drawn));
  return { units: drawn.length, of: units.length };
}

/**
 * Compares sheets that people filled in with what judges answered.
 * @throws InputError where the season or a sheet cannot be read, or a sheet is of another season
 */
export async function reportOnSheets(
  folder: string,
  sheets: readonly string[],
  { given, draw }: { readonly given?: string | undefined; readonly draw?: Draw | undefined },
): Promise<LabelReport> {
  const labels = await Promise.all(
    sheets.map(async (file) => readSheet({ name: basename(file), bytes: await bytesOf(file) })),
  );
  const units = labelUnits(await judgedSeason(folder, given));
  return labelReport(units, labels, { level: LEVEL, ...(draw && { draw }) });
}

/** The report for people. */
export function labelText(report: LabelReport): string {
  const { labellers, people, questions, slice, judges, means } = report;
  const lines = [
    "Labels",
    ...labellers.map(({ name, answers }) => `  ${harmless(name)}: ${answers} answers`),
    `  ${questions.agreed} questions with an answer that counts, ${questions.split} on which people are split`,
    ...(people === null
      ? []
      : [`  between people: Krippendorff's alpha ${number(people.alpha)} over ${people.items} questions`]),
    ...sliceLines(slice),
    "",
    "Judges, held against people",
    ...judges.flatMap(judgeLines),
    "",
    "Mean of what words come to, judged and corrected by the labels (interval of 95%)",
    ...means.map(meanLine),
    "",
    "Corrected means hold where the labelled units are the random slice; with fewer than some 30 labels their intervals are too short.",
  ];
  return harmlessLines(`${lines.join("\n")}\n`);
}

function sliceLines(slice: LabelReport["slice"]): string[] {
  if (slice === null) return ["  whether they are the random slice was not looked at: give --seed and --share"];
  return [`  of ${slice.drawn} units drawn ${slice.missing} are not labelled; ${slice.beyond} are that were not drawn`];
}

function judgeLines({ judge, agreement, alpha, calibration, corrected }: JudgeReport): string[] {
  const sure =
    calibration === null
      ? "no answers to compare"
      : `over-confident by ${points(calibration.overconfidence)} over ${calibration.n} answers`;
  const line =
    corrected === null
      ? ""
      : `; corrected: right in ${share(corrected.accuracy)} where it was ${share(corrected.confidence)} sure`;
  return [
    `  ${harmless(judge)}: the same in ${share(agreement.raw)} of ${agreement.items}, kappa ${number(agreement.kappa)}, alpha ${number(alpha.alpha)}`,
    `      ${sure}${line}`,
  ];
}

function meanLine({ criterion, provider, judged, corrected }: CorrectedReport): string {
  const { mean, interval, labels, unlabelled } = corrected;
  const range = interval === null ? "" : ` (${share(interval.low)} to ${share(interval.high)})`;
  const found = mean === null ? "no label" : `${share(mean)}${range}`;
  return harmless(
    `  ${criterion}, ${provider ?? "all"}: judged ${share(judged)}, corrected ${found}; ${labels} labels, ${unlabelled} without`,
  );
}

function share(value: number | null): string {
  return value === null ? "–" : `${(value * 100).toFixed(1)}%`;
}

function points(value: number): string {
  return `${(value * 100).toFixed(1)} points`;
}

function number(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

/** A season's folder holds its files and no other. */
export function requireApart(folder: string, out: string): void {
  const path = relative(resolve(folder), resolve(out));
  if (path === ".." || path.startsWith(`..${sep}`)) return;
  throw new InputError("a sheet has no place among the season's files", {
    file: out,
    limit: "a file outside of its folder",
  });
}

/** @throws InputError where the file is there, or cannot be written */
export async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: "wx", mode: FILE_MODE }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(code === "EEXIST" ? "the file is there already" : `cannot be written (${code ?? "unknown"})`, {
      file,
    });
  });
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
}
