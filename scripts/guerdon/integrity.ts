import { readFile } from "node:fs/promises";
import type { Hex } from "viem";
import { z } from "zod";
import { InputError } from "../../oracle/domain/errors.ts";
import {
  driftOf,
  laterScoreSchema,
  revealedScores,
  type CriterionDrift,
  type LaterScore,
} from "../../oracle/domain/integrity/later.ts";
import { roundIntegrity, type RoundIntegrity } from "../../oracle/domain/integrity/round-report.ts";
import { harmless, harmlessLines } from "../harmless.ts";
import { judgedSeason } from "./judged-season.ts";
import { readReveals } from "./reveals.ts";

/** What was seen of a season's integrity. */
export interface SeasonIntegrity {
  readonly rounds: readonly RoundIntegrity[];
  /** Of paid criteria for which something came out later. */
  readonly drift: readonly CriterionDrift[];
}

/** How it is looked at. */
export interface IntegrityOptions {
  /** Folder of what is private of the season. */
  readonly given?: string | undefined;
  /** File of what opens held-out criteria. */
  readonly reveals?: string | undefined;
  /** File of scores that came out later. */
  readonly later?: string | undefined;
  readonly seed?: Hex | undefined;
  /** Of the units of whatever people should look at, basis points. */
  readonly shareBps: number;
}

/** @throws InputError where a file cannot be read, or a later score is of what is not there */
export async function seasonIntegrity(folder: string, options: IntegrityOptions): Promise<SeasonIntegrity> {
  const { given, reveals, later, seed, shareBps } = options;
  const season = await judgedSeason(folder, given);
  const rounds = season.map(({ round }) => round);
  const scores = later === undefined ? [] : await readLater(later);
  const revealed = reveals === undefined ? [] : revealedScores(rounds, await readReveals(reveals));
  return {
    rounds: season.map(({ round, judged }, i) => {
      return roundIntegrity(round, judged, rounds.slice(0, i), { shareBps, ...(seed !== undefined && { seed }) });
    }),
    drift: driftOf(rounds, [...scores, ...revealed]),
  };
}

async function readLater(file: string): Promise<LaterScore[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
  const parsed = z.array(laterScoreSchema).safeParse(jsonOf(file, text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InputError(issue?.message ?? "no later scores", { file, field: issue?.path.join(".") ?? "" });
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("not JSON", { file });
  }
}

/** The report for people. */
export function integrityText({ rounds, drift }: SeasonIntegrity): string {
  const sections = rounds.map(roundText);
  const paused = drift.map(({ criterion, by, words }) => harmless(`  ${criterion} (${by}): ${words}`));
  const drifting = ["Drift between paid criteria and what came out later", ...none(paused, "nothing came out later")];
  const note = "Nothing of this changes a score. It says where people should look.";
  return harmlessLines(`${[...sections, drifting.join("\n"), note].join("\n\n")}\n`);
}

function roundText(found: RoundIntegrity): string {
  const { round, seen, copies, roster, missing, instructions, judges, votes, audits } = found;
  const lines = [
    `Round ${round + 1}: ${seen.sources} sources read, ${seen.hidden} private ones not; records of ${seen.nodes} of ${seen.reports} nodes`,
    "Copies",
    ...none(
      copies.map(({ provider, group, members, reasons, discounted }) => {
        const weight = discounted ? "count as one" : "only shown";
        return `  ${provider}, ${group}: ${members.length} sources ${weight}; ${reasons.join("; ")}`;
      }),
    ),
    "People asked",
    ...none(
      roster.map(({ kind, provider, participants }) => `  ${provider}: ${ODD[kind]}: ${participants.join(", ")}`),
    ),
    "Missing evidence",
    ...none(
      missing.map(({ provider, criterion, group, expected, received }) => {
        return `  ${provider}, ${criterion}: ${group} has ${received} of ${expected}`;
      }),
    ),
    "Reads like instructions to a machine",
    ...none(
      instructions.map(({ provider, group, source, hits }) => {
        const said = hits.map(({ feature, sample }) => (sample === null ? feature : `${feature} “${sample}”`));
        return `  ${provider}, ${group}, ${source}: ${said.join(", ")}`;
      }),
    ),
    "Judges",
    ...none(
      judges.map(({ judge, items, deviation, flagged }) => {
        const away =
          deviation === null ? "too little to tell" : `${(deviation * 100).toFixed(1)} points from the others`;
        return `  ${judge}: ${items} units, ${away}${flagged ? ", which stands out" : ""}`;
      }),
    ),
    `  ${votes.judges} nodes are worth ${votes.votes.toFixed(2)} independent votes, by ${votes.pairs.used} pairs`,
    "People should look at",
    ...none(
      audits.flatMap(({ provider, criterion, triggers, units }) => [
        `  ${provider}, ${criterion}: ${triggers.map(({ kind, words }) => `${kind} (${words})`).join("; ")}`,
        `      units ${units.join(", ")}`,
      ]),
    ),
  ];
  return lines.map(harmless).join("\n");
}

const ODD = {
  "several-providers": "speak of several providers",
  "wave-twice": "were heard twice in one wave, of which the first counts",
  pressure: "say that somebody tried to sway them, and weigh nothing",
} as const satisfies Record<RoundIntegrity["roster"][number]["kind"], string>;

function none(lines: readonly string[], word = "none seen"): readonly string[] {
  return lines.length === 0 ? [`  ${word}`] : lines;
}
