import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { hospitalTemplate } from "../../oracle/domain/templates/hospital.ts";
import type { EvidenceFile, Finding } from "../../oracle/domain/templates/template.ts";

export type Table = Record<string, string>[];
export type Tables = Record<string, Table>;

export const NAMES = hospitalTemplate.files!;
export const TOTAL = "total_performance_score.csv";
export const FIRST = "010001";
export const NA = "Not Available";
export const DATA = new URL("../../oracle/data/hospital/", import.meta.url);
export const REAL: Tables = Object.fromEntries(
  NAMES.map((name) => [
    name,
    Papa.parse<Record<string, string>>(readFileSync(new URL(name, DATA), "utf8").trim(), { header: true }).data,
  ]),
);

export function realFiles(): EvidenceFile[] {
  return NAMES.map((name) => ({
    name,
    mediaType: "text/csv",
    bytes: new Uint8Array(readFileSync(new URL(name, DATA))),
  }));
}

/** A copy of the first hospitals, to be changed at will. */
export function some(count = 3): Tables {
  return Object.fromEntries(NAMES.map((name) => [name, REAL[name]!.slice(0, count).map((row) => ({ ...row }))]));
}

export function filesOf(tables: Tables): EvidenceFile[] {
  const bytes = (name: string): Uint8Array => new TextEncoder().encode(Papa.unparse(tables[name]!));
  return Object.keys(tables).map((name) => ({ name, mediaType: "text/csv", bytes: bytes(name) }));
}

export function planOf(tables: Tables): ReturnType<typeof hospitalTemplate.plan> {
  return hospitalTemplate.plan(filesOf(tables), {});
}

export function findingsOf(files: readonly EvidenceFile[]): Finding[] {
  const { params, providers, evidence } = hospitalTemplate.plan(files, {});
  return hospitalTemplate.assess(
    params,
    providers.map(({ id }) => id),
    evidence[0]!,
    0,
  );
}
