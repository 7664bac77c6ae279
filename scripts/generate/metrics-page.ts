import { METRICS, type MetricRow } from "../../oracle/ops/metrics-table.ts";

/** The table of metrics, as a section of settings.md. */
export function metricsSection(): string[] {
  const rows = Object.entries(METRICS).map(([name, { type, help, labels }]: [string, MetricRow]) => {
    const named = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${named || "–"} | ${help}. |`;
  });
  return [
    "## Metrics",
    "",
    "Of each node, at `/metrics` on the operator's port. Alerts on them: [running.md](running.md#alerts).",
    "",
    "| metric | type | labels | what it shows |",
    "| --- | --- | --- | --- |",
    ...rows,
  ];
}
