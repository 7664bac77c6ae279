import Table from "cli-table3";
import { KINDS } from "./plan.ts";
import type { Played } from "./run.ts";

const PLAIN = { style: { head: [], border: [] } };

/** Figures of schedules by kind, and of all. */
export function scheduleTable(played: readonly Played[]): string {
  const head = [
    "kind",
    "schedules",
    "settled",
    "expired",
    "cancelled",
    "signatures checked",
    "wrong signatures",
    "s each",
  ];
  const table = new Table({ head, colAligns: ["left", ...head.slice(1).map(() => "right" as const)], ...PLAIN });
  for (const kind of KINDS) {
    const ours = played.filter(({ plan }) => plan.kind === kind);
    if (ours.length > 0) table.push([kind, ...figures(ours)]);
  }
  table.push(["all", ...figures(played)]);
  return table.toString();
}

function figures(played: readonly Played[]): string[] {
  const ends = played.flatMap(({ endings }) => endings);
  const count = (end: string): number => ends.filter((one) => one === end).length;
  const sum = (of: (one: Played) => number): number => played.reduce((total, one) => total + of(one), 0);
  const seconds = played.length === 0 ? "–" : (sum(({ ms }) => ms) / played.length / 1_000).toFixed(1);
  return [
    ...[played.length, count("settled"), count("expired"), count("cancelled")].map(String),
    ...[sum(({ signatures }) => signatures), sum(({ wrong }) => wrong)].map(String),
    seconds,
  ];
}

/** All there is to say of a schedule that broke a rule. */
export function violationText({ plan, violations, trace }: Played): string {
  return [
    `seed ${plan.seed}, ${plan.kind}: ${violations.length} violation(s)`,
    ...violations.map((one) => `  ${one}`),
    `  plan: ${JSON.stringify(plan)}`,
    ...trace.map((line) => `    ${line}`),
    `play it again: npm run faults:schedules -- --count 1 --seed ${plan.seed} --only ${plan.kind}`,
  ].join("\n");
}
