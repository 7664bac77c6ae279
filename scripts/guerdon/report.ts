import type { AuditCheck, AuditReport } from "../../oracle/domain/audit/report.ts";
import { harmless, harmlessLines } from "../harmless.ts";

/** Failures shown of one kind of check. */
const SHOWN = 5;

const GROUPS: Readonly<Record<string, string>> = {
  files: "Files",
  seal: "Seal of the oracle nodes",
  live: "Chain, read again",
  pool: "Pool and terms",
  spec: "Outcome spec",
  bundle: "Evidence, reports, assessment",
  ledger: "Ledger",
  round: "Rounds",
  payout: "Payouts",
  money: "Money",
  result: "Result",
};

/** A report for people: every kind of check on a line, the verdict, and what it does not prove. */
export function reportText(report: AuditReport): string {
  const kinds = grouped(report.checks, ({ id }) => id);
  const groups = grouped([...kinds], ([id]) => id.slice(0, id.indexOf(".")));
  const sections = [...groups].map(([group, members]) =>
    [GROUPS[group] ?? group, ...members.flatMap(([, checks]) => kindLines(checks))].join("\n"),
  );
  const heading = report.pool === null ? "Audit" : `Audit of pool ${report.pool}`;
  const parts = [heading, ...sections, ...deviating(report), ...unshown(report), verdict(report), limits(report)];
  return `${harmlessLines(parts.join("\n\n"))}\n`;
}

/** A report for programs. */
export function reportJson(report: AuditReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function kindLines(checks: readonly AuditCheck[]): string[] {
  const [first] = checks;
  const failed = checks.filter(({ ok }) => !ok);
  const count = failed.length === 0 ? String(checks.length) : `${failed.length} of ${checks.length} failed`;
  const line = `  ${failed.length === 0 ? "✓" : "✗"} ${first!.title}${checks.length === 1 ? "" : ` (${count})`}`;
  const shown = failed
    .slice(0, SHOWN)
    .map(({ place, detail }) => `      ${harmless(`${place}: ${detail ?? "failed"}`)}`);
  const more = failed.length > SHOWN ? [`      and ${failed.length - SHOWN} more`] : [];
  return [line, ...shown, ...more];
}

function deviating({ deviating: nodes }: AuditReport): string[] {
  if (nodes.length === 0) return [];
  const lines = nodes.map(({ node, round, providers }) => {
    return `  ${node}, round ${round}: ${providers} ${providers === 1 ? "provider" : "providers"}`;
  });
  return [["Nodes that said something else than all reports amount to, and were outvoted", ...lines].join("\n")];
}

function unshown({ unshown: nodes }: AuditReport): string[] {
  if (nodes.length === 0) return [];
  const lines = nodes.map(({ node, round, reason }) => `  ${node}, round ${round}: ${harmless(reason)}`);
  return [["Nodes that do not show how they judged; of all that count, the middle was taken", ...lines].join("\n")];
}

function verdict({ ok, checks }: AuditReport): string {
  const failed = checks.filter((check) => !check.ok);
  if (ok) return `PASSED: ${checks.length} checks`;
  const places = [...new Set(failed.map(({ place }) => place))];
  const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more places` : "";
  return `FAILED: ${failed.length} of ${checks.length} checks, at ${harmless(places.slice(0, SHOWN).join("; "))}${more}`;
}

function limits({ notProven }: AuditReport): string {
  return ["What this does not prove", ...notProven.map((text) => `  - ${text}`)].join("\n");
}
