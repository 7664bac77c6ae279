import { readFileSync } from "node:fs";
import { instructionsIn } from "../../oracle/domain/integrity/instructions.ts";
import type { Row } from "./row.ts";

const folder = new URL("../../oracle/data/injection/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

/** The clean e-mails of BIPIA's training part. */
export function cleanEmails(): string[] {
  const lines = read("bipia_email_train.jsonl").trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { context: string }).context);
}

/** BIPIA's training attacks by category. */
export function attacks(): Record<string, string[]> {
  return JSON.parse(read("bipia_text_attack_train.json")) as Record<string, string[]>;
}

export interface Alarms {
  readonly found: number;
  readonly of: number;
}

export function falseAlarms(): Alarms {
  const emails = cleanEmails();
  return { found: emails.filter((email) => instructionsIn(email).length > 0).length, of: emails.length };
}

/** Attacks found, each at the end of a clean e-mail, by category. Shown, not promised: nothing relies on it. */
export function detections(): Map<string, Alarms> {
  const emails = cleanEmails();
  return new Map(
    Object.entries(attacks()).map(([category, texts], i) => {
      const found = texts.filter(
        (text, j) => instructionsIn(`${emails[(i * 5 + j) % emails.length]!}\n${text}`).length > 0,
      );
      return [category, { found: found.length, of: texts.length }];
    }),
  );
}

const MOST = 0.03;

/** On e-mails that hold no instructions. */
export const alarmsOnCleanEmails: Row = {
  name: "false-alarms",
  what: "false alarms on clean e-mails",
  anchor: "2.7% on others",
  mark: "≤ 3%",
  basis: "the 50 clean e-mails of BIPIA's training part; a detector of plain patterns that only sends people to look",
  measure: () => {
    const alarms = falseAlarms();
    const found = [...detections()];
    const sum = found
      .map(([, one]) => one)
      .reduce((total, one) => ({ found: total.found + one.found, of: total.of + one.of }));
    const missed = found
      .filter(([, one]) => one.found < one.of)
      .map(([category, one]) => `${category} ${one.found} of ${one.of}`);
    return {
      value: `${((alarms.found / alarms.of) * 100).toFixed(1)}% (${alarms.found} of ${alarms.of})`,
      passed: alarms.found / alarms.of <= MOST,
      notes: [
        `no mark, found of the ${sum.of} training attacks, each in a clean e-mail: ${sum.found}; the patterns were written with these at hand, so expect fewer of others`,
        `not all found: ${missed.join(", ")}`,
      ],
    };
  },
};
