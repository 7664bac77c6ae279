import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { impactTemplate } from "../../oracle/domain/templates/impact.ts";
import type { EvidenceFile, Finding } from "../../oracle/domain/templates/template.ts";

export const [YAML_NAME, METRICS_NAME, PROJECTS_NAME] = [
  "onchain__goldilocks.yaml",
  "onchain__metrics_by_project.csv",
  "onchain__project_metadata.csv",
];

/** project, chain, metric, period, amount */
export type Row = readonly [string, string, string, string, number | string];
/** project, name, eligible */
export type Project = readonly [string, string, string];

export interface Round {
  readonly metrics?: readonly Row[];
  readonly projects?: readonly Project[];
  readonly yaml?: readonly (readonly [string, string])[];
}

export const RULE = `
simulation:
  periods: { previous: Jan, current: Feb }
  eligibility_filter: true
  chains: { base: 1.0 }
  tvl_minimum: 100
  metrics: { gas: 1.0, unused: 0 }
  metric_variants: { adoption: 1, growth: 0, retention: 0 }
  percentile_cap: 100
allocation: { budget: 900, min_amount_per_project: 0, max_share_per_project: 1 }
`;
export const THREE: readonly Project[] = [
  ["a", "Ann", "True"],
  ["b", "Bob", "True"],
  ["c", "Cem", "True"],
];
export const GAS: readonly Row[] = [
  ["a", "BASE", "gas", "Feb", 100],
  ["b", "BASE", "gas", "Feb", 50],
  ["c", "BASE", "gas", "Jan", 70],
];

export function real(month: string, name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../oracle/data/impact/${month}/${name}`, import.meta.url)));
}

export function realFiles(month: string): EvidenceFile[] {
  return impactTemplate.files!.map((name) => ({
    name,
    mediaType: impactTemplate.mediaType(name),
    bytes: real(month, name),
  }));
}

export function roundOf({ metrics = GAS, projects = THREE, yaml = [] }: Round): EvidenceFile[] {
  const rule = yaml.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the rule has no ${from}`);
    return text.replace(from, to);
  }, RULE);
  const texts = [
    rule,
    Papa.unparse([
      ["project_id", "chain", "metric_name", "measurement_period", "amount"],
      ...metrics.map((row) => [...row]),
    ]),
    Papa.unparse([["project_id", "display_name", "is_eligible"], ...projects.map((row) => [...row])]),
  ];
  return impactTemplate.files!.map((name, index) => ({
    name,
    mediaType: impactTemplate.mediaType(name),
    bytes: new TextEncoder().encode(texts[index]!),
  }));
}

export function findingsOf(files: readonly EvidenceFile[]): Finding[] {
  const { params, providers, evidence } = impactTemplate.plan(files, {});
  return impactTemplate.assess(
    params,
    providers.map(({ id }) => id),
    evidence[0]!,
    0,
  );
}

export function unitsOf(files: readonly EvidenceFile[]): Record<string, number> {
  return Object.fromEntries(findingsOf(files).map(({ providerId, units }) => [providerId, units!]));
}
