import { InputError } from "../../oracle/domain/errors.ts";
import {
  roundFeedback,
  type RoundCriterionFeedback,
  type RoundFeedback,
} from "../../oracle/domain/judgement/round-feedback.ts";
import { harmless, harmlessLines } from "../harmless.ts";
import { openSeason } from "./judged-season.ts";

/** Quotes shown of a question. */
const SHOWN = 3;

/**
 * What the rounds of a season's folder tell a provider: what everybody may know.
 * @throws InputError where the folder cannot be read, nothing is judged, or no round has the provider
 */
export async function feedbackOf(folder: string, provider: string): Promise<RoundFeedback[]> {
  const told: RoundFeedback[] = [];
  const known = new Set<string>();
  for (const round of await openSeason(folder)) {
    const { roster } = round.bundle.spec;
    for (const { id } of roster) known.add(id);
    const index = roster.findIndex(({ id }) => id === provider);
    if (index >= 0) told.push(await roundFeedback(round, index));
  }
  if (told.length > 0) return told;
  const limit = [...known].slice(0, 20).join(", ");
  throw new InputError("no such provider", { field: "--provider", value: provider, limit });
}

/** Feedback for people. */
export function feedbackText(told: readonly RoundFeedback[]): string {
  return harmlessLines(`${told.map(roundText).join("\n\n")}\n`);
}

function roundText(told: RoundFeedback): string {
  const { provider, round, score, because, rate, heldBack, cappedBy, vetoedBy, heldOut, nodes } = told;
  const result =
    score === null
      ? `not scored (${because ?? "nothing known"}), the default rate of ${percent(rate)} is paid`
      : `score ${percent(score)}, rate of pay ${percent(rate)}`;
  const held = heldBack > 0 ? `, ${percent(heldBack)} of score held back for a follow-up` : "";
  return [
    harmless(`Round ${round + 1}, ${provider.id}: ${result}${held}`),
    ...guards("held down by a floor", cappedBy),
    ...guards("ended by a veto", vetoedBy),
    ...told.criteria.map(criterionText),
    `Shown by the records of ${nodes.shown} of ${nodes.of} nodes.`,
    ...(heldOut > 0 ? [`${heldOut} criteria are held out: nothing is told of them before they are revealed.`] : []),
  ].join("\n");
}

function guards(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [harmless(`  ${what}: ${names.join(", ")}`)];
}

function criterionText(told: RoundCriterionFeedback): string {
  const { criterion, statement, payable, gain, rateGain, heldBy, missing, groups, questions } = told;
  const score = payable === null ? "not scored" : percent(payable);
  const lines = [`\n${criterion} (${percent(told.weight)} of the total): ${score}`, `  ${statement}`];
  if (gain !== null && gain > 0) {
    lines.push(
      `  one smallest change more would add ${percent(gain)} to the score, ${percent(rateGain ?? 0)} to the rate of pay`,
    );
  }
  for (const { group, sources, hidden, bound, abstained } of groups) {
    const said = bound === null ? "says nothing" : `reaches ${percent(bound)}`;
    const silent = abstained > 0 ? `, ${abstained} without a verdict` : "";
    lines.push(`  ${group} ${said}: ${sources} sources, ${hidden} of them private${silent}`);
  }
  if (heldBy !== null) lines.push(`  it is held where it is by: ${heldBy}`);
  for (const what of missing) lines.push(`  missing: ${what}`);
  for (const { text, answers, quotes } of questions) {
    lines.push(`  ${text}`);
    lines.push(`      met ${answers.met}, not met ${answers["not-met"]}, not told ${answers.insufficient}`);
    for (const quote of quotes.slice(0, SHOWN)) lines.push(`      ${quote.answer}: “${quote.text}”`);
  }
  return lines.map((line) => (line.startsWith("\n") ? `\n${harmless(line.slice(1))}` : harmless(line))).join("\n");
}

function percent(points: number): string {
  return `${(points / 100).toFixed(2)}%`;
}
