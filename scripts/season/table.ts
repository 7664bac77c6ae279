import Table from "cli-table3";
import { formatUnits } from "viem";
import { findingsOf } from "../../oracle/domain/assess.ts";
import type { Bundle } from "../../oracle/domain/bundle.ts";
import { joinReports } from "../../oracle/domain/judgement/joint.ts";
import type { ProviderScore } from "../../oracle/domain/judgement/score.ts";
import { judgedParams, type OutcomeSpec } from "../../oracle/domain/spec.ts";
import type { AuditReport } from "../../oracle/domain/audit/report.ts";
import { harmless } from "../harmless.ts";
import { TOKEN_DECIMALS } from "./request.ts";
import type { Season } from "./run.ts";

/** Most rows shown; the whole list is in the result. */
const MAX_ROWS = 30;
/** Most characters shown of a provider's id and name. */
const MAX_LABEL = 44;

interface Row {
  readonly id: string;
  readonly name: string;
  outcome: string;
  score: string;
  paid: bigint;
}

/** Table of providers: outcome, score, share of what was paid, payout; the highest payouts first. */
export function providerTable(season: Season): string {
  const rows = providerRows(season);
  const total = rows.reduce((sum, { paid }) => sum + paid, 0n);
  const table = new Table({
    head: ["provider", "outcome", "score", "share", "payout"],
    colAligns: ["left", "left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { id, name, outcome, score, paid } of rows.slice(0, MAX_ROWS)) {
    table.push([label(id, name), harmless(outcome), score, percent(paid, total), money(paid)]);
  }
  const more = rows.length > MAX_ROWS ? `\n… and ${rows.length - MAX_ROWS} more in result.json` : "";
  return `${table.toString()}${more}`;
}

/** What the template has to say about its evidence, each note on a line of its own. */
export function noteLines(notes: readonly string[]): string[] {
  return notes.map((note) => `note: ${harmless(note)}`);
}

/** Verdict of the audit, and every check that failed. */
export function auditLines({ checks, ok, unshown }: AuditReport): string[] {
  const failed = checks.filter((check) => !check.ok);
  const nodes = unshown.map(({ node, round, reason }) => {
    return harmless(`${node} does not show how it judged round ${round + 1}, and was not believed alone: ${reason}`);
  });
  if (ok) return [`audit passed: ${checks.length} checks`, ...nodes];
  return [
    `audit FAILED: ${failed.length} of ${checks.length} checks`,
    ...failed.map(({ title, place, detail }) =>
      harmless(`  ✗ ${title} (${place})${detail === undefined ? "" : `: ${detail}`}`),
    ),
  ];
}

/** Money in and money out, in token units; the two must be equal. */
export function moneyLines({ result }: Season): string {
  const sum = (amounts: readonly (string | bigint)[]): bigint =>
    amounts.reduce<bigint>((all, one) => all + BigInt(one), 0n);
  const { rounds } = result;
  const into = sum(rounds.map(({ budget }) => budget));
  const paid = sum(rounds.flatMap(({ payouts }) => payouts.map(({ amount }) => amount)));
  const refunded = sum(rounds.flatMap(({ refunds }) => refunds.map(({ amount }) => amount)));
  const fee = sum(rounds.map((round) => round.fee));
  const dust = sum(rounds.map((round) => round.dust));
  const out = paid + refunded + fee + dust;
  const parts = `payouts ${money(paid)} + refunds ${money(refunded)} + fee ${money(fee)} + dust ${money(dust)}`;
  return `money in ${money(into)} ${into === out ? "=" : "≠"} money out ${money(out)} (${parts})`;
}

function label(id: string, name: string): string {
  if (name === id) return harmless(id);
  return harmless(Array.from(`${id} ${name}`).slice(0, MAX_LABEL).join(""));
}

function providerRows({ spec, bundles, result, plan }: Season): Row[] {
  const rows = new Map<string, Row>(
    plan.providers.map(({ id, name }) => [id, { id, name, outcome: "", score: "", paid: 0n }]),
  );
  for (const { round, payouts } of result.rounds) {
    const bundle = bundles.find((one) => one.round === round);
    const outcomes = bundle === undefined ? new Map<string, string>() : outcomesOf(spec, bundle);
    for (const { providerId, scoreBps, amount } of payouts) {
      const row = rows.get(providerId);
      if (row === undefined) continue;
      const score = scoreBps === null ? "abstained" : String(scoreBps);
      row.score = row.score === "" || row.score === score ? score : "varies";
      const outcome = outcomes.get(providerId) ?? "not assessed";
      row.outcome = row.outcome === "" || result.rounds.length === 1 ? outcome : `${result.rounds.length} rounds`;
      row.paid += BigInt(amount);
    }
  }
  return [...rows.values()].sort((one, other) => (one.paid > other.paid ? -1 : one.paid < other.paid ? 1 : 0));
}

/** What was found of each provider, in a few words. */
function outcomesOf(spec: OutcomeSpec, bundle: Bundle): Map<string, string> {
  const params = judgedParams(spec);
  if (params === null) {
    const findings = findingsOf(spec, bundle.evidence, bundle.round);
    return new Map(findings.map(({ providerId, outcome }) => [providerId, outcome]));
  }
  const round = { params, providers: spec.roster.length, metered: spec.payment.metered };
  const { scores, units } = joinReports(
    round,
    bundle.reports.map(({ vector }) => vector),
  );
  return new Map(spec.roster.map(({ id }, i) => [id, judgedOutcome(scores[i]!, units[i])]));
}

/** Percent under each criterion, in their order; a dash where it abstained. */
function judgedOutcome({ criteria, payable }: ProviderScore, units: number | undefined): string {
  const scores = criteria.map(({ payable: one }) => (one === null ? "–" : String(Math.round(one / 100)))).join(" ");
  const guard = payable.vetoedBy.length > 0 ? ", vetoed" : payable.cappedBy.length > 0 ? ", capped by a floor" : "";
  return `criteria ${scores}${guard}${units === undefined ? "" : `, ${units} units`}`;
}

function money(amount: bigint): string {
  const [whole = "0", fraction = ""] = formatUnits(amount, TOKEN_DECIMALS).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction.padEnd(TOKEN_DECIMALS, "0")}`;
}

function percent(part: bigint, whole: bigint): string {
  return whole === 0n ? "–" : `${(Number((part * 100_000n) / whole) / 1_000).toFixed(3)}%`;
}
