import Table from "cli-table3";
import type { ScoreAgreement } from "../../oracle/domain/judgement/rejudge.ts";
import { harmless, harmlessLines } from "../harmless.ts";
import type { Rejudged } from "./rejudge.ts";

/** The report for people: judges, criteria and their questions, and what could not be compared. */
export function rejudgeText(report: Rejudged): string {
  const { judges, criteria, all, again, unseen, unsound, tokens } = report;
  const scores = table(["", "units", "same score", "alpha", "mean difference", "no verdict then/now"]);
  for (const { node, family, again: other, ...found } of judges)
    scores.push([`${node} ${family} / ${other}`, ...cells(found)]);
  for (const { criterion, questions: _, ...found } of criteria)
    scores.push([`criterion ${criterion}`, ...cells(found)]);
  scores.push(["all", ...cells(all)]);
  const questions = table(["question", "both answered", "same answer", "kappa", "alpha"]);
  for (const { criterion, questions: asked } of criteria) {
    for (const { question, items, exact, kappa, alpha } of asked) {
      questions.push([
        harmless(`${criterion}/${question}`),
        items,
        percent(exact),
        coefficient(kappa),
        coefficient(alpha),
      ]);
    }
  }
  const notes = [
    ...again.map(({ family, model, sound }) => {
      return `${model} (${family}) ${sound ? "got the known cases right" : "got known cases WRONG: in a round it would have no say"}`;
    }),
    ...(unseen === 0
      ? []
      : [`${unseen} units on record were not at hand: they are about private evidence (--private)`]),
    ...(unsound === 0 ? [] : [`${unsound} units were not compared: their record does not hold`]),
    `${tokens} tokens`,
  ];
  return harmlessLines([scores.toString(), questions.toString(), ...notes, ""].join("\n"));
}

/** The report for programs. */
export function rejudgeJson(report: Rejudged): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function cells({ units, exact, alpha, meanDifference, withoutVerdict: { first, second } }: ScoreAgreement) {
  const points = meanDifference === null ? "–" : `${(meanDifference / 100).toFixed(1)} points`;
  return [units, percent(exact), coefficient(alpha), points, `${first} / ${second}`];
}

function table(head: readonly string[]): InstanceType<typeof Table> {
  return new Table({ head: [...head], style: { head: [], border: [] } });
}

function percent(part: number | null): string {
  return part === null ? "–" : `${(100 * part).toFixed(1)}%`;
}

function coefficient(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}
