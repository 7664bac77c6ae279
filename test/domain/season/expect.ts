import { expect } from "chai";
import { audit, type AuditReport } from "../../../oracle/domain/audit/audit.ts";
import type { CheckId } from "../../../oracle/domain/audit/report.ts";
import { SEAL_FILE } from "../../../oracle/domain/seal.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** What failed in an audit, a line each. */
export function failures({ checks }: AuditReport): string[] {
  return checks.filter(({ ok }) => !ok).map(({ id, place, detail }) => `${id} @ ${place}: ${detail}`);
}

/** A file's text. */
export function textOf(files: Files, name: string): string {
  return new TextDecoder().decode(files.get(name));
}

/** The files but for the seal. */
export function unsealed(files: Files): Map<string, Uint8Array> {
  return new Map([...files].filter(([name]) => name !== SEAL_FILE));
}

/** Expects an audit to fail this check at a place, with these words. */
export async function expectFailure(files: Files, id: CheckId, place: string, words = ""): Promise<void> {
  const report = await audit(files);
  expect(report.ok).to.equal(false);
  const found = report.checks.find((check) => !check.ok && check.id === id && check.place.startsWith(place));
  expect(found, `no ${id} at ${place} among: ${failures(report).join("\n")}`).to.not.equal(undefined);
  expect(found!.detail).to.contain(words);
}
