import { readFile } from "node:fs/promises";
import { AGREEMENT_NAMES, isAgreementName, readAgreement } from "../../oracle/domain/criteria/agreement.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import type { Finding } from "../../oracle/domain/lint/finding.ts";
import { hasErrors, lintJson } from "../../oracle/domain/lint/lint.ts";
import { agreementFile } from "../../oracle/data/agreements/load.ts";
import { harmlessLines } from "../harmless.ts";

/** What the linter found about a file. */
export interface LintReport {
  /** No errors; there may be warnings. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Lints a document of criteria, or the one within an agreement.
 * @param file a path, or the name of an agreement that comes with the project
 * @throws InputError where the file cannot be read, or is an agreement of another form
 */
export async function lintFile(file: string): Promise<LintReport> {
  const text = await readFile(isAgreementName(file) ? agreementFile(file) : file, "utf8").catch(() => {
    const limit = `a file, or one of ${AGREEMENT_NAMES.join(", ")}`;
    throw new InputError("the file cannot be read", { file, limit });
  });
  const value = jsonOf(file, text);
  const findings = isAgreement(value) ? lintJson(readAgreement(file, text).criteria) : lintJson(value);
  return { ok: !hasErrors(findings), findings };
}

/** The report for people: errors first, then a verdict. */
export function lintText({ findings, ok }: LintReport): string {
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const lines = [...errors, ...warnings].map(
    ({ severity, rule, path, message, fix }) =>
      `${severity} ${path === "" ? "document" : path}: ${message} [${rule}]\n    ${fix}`,
  );
  const verdict = `${ok ? "PASSED" : "FAILED"}: ${errors.length} errors, ${warnings.length} warnings`;
  return harmlessLines(`${[...lines, verdict].join("\n")}\n`);
}

/** The report for programs. */
export function lintReportJson(report: LintReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function isAgreement(value: unknown): boolean {
  return typeof value === "object" && value !== null && "format" in value && value.format === "guerdon/agreement/1";
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("not JSON", { file });
  }
}
