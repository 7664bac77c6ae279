import { concat, keccak256, slice, stringToBytes, type Hex } from "viem";
import { readCsv } from "../csv.ts";
import { InputError } from "../errors.ts";
import { auditSlice } from "../integrity/audit-slice.ts";
import { ANSWERS, type Answer } from "../judgement/unit.ts";
import type { JudgedUnit, OpenedRound } from "../judgement/opened-round.ts";
import type { EvidenceFile } from "../templates/template.ts";
import { tableText, unguarded } from "./table.ts";

/** Columns of a sheet that people fill in. */
export const SHEET_COLUMNS = ["unit", "criterion", "statement", "question", "asks", "text", "answer"] as const;

/** A unit whose source can be read, ready to be labelled. */
export interface LabelUnit {
  /** Says nothing of source or provider. */
  readonly id: string;
  readonly round: OpenedRound;
  readonly unit: JudgedUnit;
}

/** All units of rounds whose sources whoever reads has. @param judged units of each round */
export function labelUnits(rounds: readonly { round: OpenedRound; judged: readonly JudgedUnit[] }[]): LabelUnit[] {
  return rounds.flatMap(({ round, judged }) =>
    judged
      .filter(({ placed }) => placed !== null)
      .map((unit) => ({ id: unitId(round.bundle.evidenceRoot, unit.key), round, unit })),
  );
}

/** First 16 bytes of keccak256(evidence root ‖ keccak256(key)): the key, which names the source, cannot be read from it. */
export function unitId(evidenceRoot: Hex, key: string): string {
  return slice(keccak256(concat([evidenceRoot, keccak256(stringToBytes(key))])), 0, 16).slice(2);
}

/**
 * The random slice of units that people label, in an order by the seed as well.
 * @param shareBps of all, basis points; rounded up
 * @param seed hash of a block after the evidence was closed
 */
export function drawUnits(units: readonly LabelUnit[], seed: Hex, shareBps: number): LabelUnit[] {
  const byId = new Map(units.map((one) => [one.id, one]));
  return auditSlice([...byId.keys()], seed, shareBps / 10_000).map((id) => byId.get(id)!);
}

/**
 * A sheet to label units with: for each question of each unit a row with the words of the source, and an empty answer. Nothing in it says
 * whom the words are about, where they come from, or what any judge answered.
 */
export function sheetText(units: readonly LabelUnit[]): string {
  const rows = units.flatMap(({ id, unit: { placed } }) => {
    const { criterion, passages } = placed!.unit;
    const text = passages.map((one) => one.text).join("\n\n");
    return criterion.questions.map((question) => {
      return [id, criterion.id, criterion.statement, question.id, question.text, text, ""];
    });
  });
  return tableText(SHEET_COLUMNS, rows);
}

/** What one person answered. */
export interface Labels {
  /** Name of the file, for whoever reads the report. */
  readonly name: string;
  /** By `labelKey`; what was left empty is not there. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Units that are in the sheet, answered or not. */
  readonly units: ReadonlySet<string>;
}

export function labelKey(unit: string, question: string): string {
  return `${unit} ${question}`;
}

/**
 * Reads a sheet that was filled in; columns beside unit, question and answer may be gone.
 * @throws InputError for another answer, or a question of a unit that is there twice
 */
export function readSheet({ name, bytes }: Pick<EvidenceFile, "name" | "bytes">): Labels {
  const answers = new Map<string, Answer>();
  const seen = new Set<string>();
  const units = new Set<string>();
  for (const row of readCsv({ name, bytes, mediaType: "text/csv" }, ["unit", "question", "answer"]).rows) {
    const [unit, question] = [unguarded(row.filled("unit")), unguarded(row.filled("question"))];
    const key = labelKey(unit, question);
    if (seen.has(key)) throw row.error("the question is there twice for this unit", "question", "each once");
    seen.add(key);
    units.add(unit);
    const said = row.text("answer").trim().toLowerCase();
    if (said === "") continue;
    const answer = ANSWERS.find((one) => one === said);
    if (answer === undefined) throw row.error("no answer", "answer", `${ANSWERS.join(", ")} or nothing`);
    answers.set(key, answer);
  }
  if (answers.size === 0) throw new InputError("nothing in it is answered", { file: name });
  return { name, answers, units };
}
