import Table from "cli-table3";
import { harmless } from "../harmless.ts";

/** What a check found. */
export interface Finding {
  /** What was checked. */
  readonly what: string;
  readonly verdict: "ok" | "warning" | "failed";
  /** What was found, without any secret. */
  readonly found: string;
  /** What to do about it; empty where it is well. */
  readonly act: string;
}

export function ok(what: string, found: string): Finding {
  return { what, verdict: "ok", found, act: "" };
}

export function warning(what: string, found: string, act: string): Finding {
  return { what, verdict: "warning", found, act };
}

export function failed(what: string, found: string, act: string): Finding {
  return { what, verdict: "failed", found, act };
}

/** Table of findings, one a row. */
export function findingsTable(findings: readonly Finding[]): string {
  const table = new Table({
    head: ["check", "", "found", "what to do"],
    colWidths: [22, 9, 46, 46],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { what, verdict, found, act } of findings) table.push([what, verdict, found, act].map(harmless));
  return table.toString();
}

/** Whether nothing failed; warnings do not count. */
export function passed(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== "failed");
}
