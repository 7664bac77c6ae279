import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { bytesToHex } from "viem";
import type { z } from "zod";
import { revealProblem } from "../../oracle/domain/audit/held-out.ts";
import { isAgreementName, readAgreement } from "../../oracle/domain/criteria/agreement.ts";
import { criterionSchema } from "../../oracle/domain/criteria/criterion.ts";
import { criteriaDocumentSchema, type CriteriaDocument, type HeldOut } from "../../oracle/domain/criteria/document.ts";
import { idSchema, READABLE_ID } from "../../oracle/domain/criteria/forms.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { checkReveals, commitHeldOut } from "../../oracle/domain/held-out.ts";
import { agreementFile } from "../../oracle/data/agreements/load.ts";
import { harmlessLines } from "../harmless.ts";
import { readReveals } from "./reveals.ts";

const placeSchema = idSchema.regex(READABLE_ID, "must be words of a-z and 0-9 with hyphens between them");

/**
 * Holds a criterion out: writes what opens it to a new file for its owner alone.
 * @param id its place in the document
 * @returns what is to be published in the document's `heldOut`
 * @throws InputError where the criterion is none, or the file is there already or cannot be made
 */
export async function commitCriterion(file: string, id: string, out: string): Promise<HeldOut> {
  const criterion = parsed(file, "", criterionSchema, await jsonIn(file));
  const place = parsed("--id", "id", placeSchema, id);
  const { held, reveal } = commitHeldOut(place, criterion, bytesToHex(randomBytes(32)));
  // Never over another: without its salt, nobody can ever open what was committed to.
  await writeFile(out, `${JSON.stringify(reveal, null, 2)}\n`, { flag: "wx", mode: 0o600, flush: true }).catch(
    (error: unknown) => {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      const problem = code === "EEXIST" ? "the file is there already" : `cannot be written (${code})`;
      throw new InputError(problem, { file: out, field: "--out" });
    },
  );
  return held;
}

/** What a check of reveals found, place by place. */
export interface HeldOutReport {
  /** Every place is opened by what was committed to. */
  readonly ok: boolean;
  readonly places: readonly { readonly id: string; readonly problem: string | null }[];
}

/**
 * Checks reveals against a document of criteria, or the one within an agreement.
 * @param file a path, or the name of an agreement that comes with the project
 * @throws InputError where a file cannot be read, or is of another form
 */
export async function checkHeldOutFiles(file: string, reveals: string): Promise<HeldOutReport> {
  const outcomes = checkReveals(await documentIn(file), await readReveals(reveals));
  const places = outcomes.map((outcome) => ({ id: outcome.id, problem: revealProblem(outcome) }));
  return { ok: places.every(({ problem }) => problem === null), places };
}

/** The report for people. */
export function heldOutText({ ok, places }: HeldOutReport): string {
  const lines = places.map(
    ({ id, problem }) => `${problem === null ? "✓" : "✗"} ${id}${problem === null ? "" : `: ${problem}`}`,
  );
  const verdict = `${ok ? "PASSED" : "FAILED"}: ${places.length} held-out criteria`;
  return harmlessLines(`${[...lines, verdict].join("\n")}\n`);
}

async function documentIn(file: string): Promise<CriteriaDocument> {
  const path = isAgreementName(file) ? agreementFile(file) : file;
  const value = await jsonIn(path);
  const isAgreement =
    typeof value === "object" && value !== null && "format" in value && value.format === "guerdon/agreement/1";
  if (isAgreement) return readAgreement(path, JSON.stringify(value)).criteria;
  return parsed(path, "", criteriaDocumentSchema, value);
}

async function jsonIn(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError("not JSON", { file });
  }
}

function parsed<Schema extends z.ZodType>(
  file: string,
  field: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InputError(issue?.message ?? "not of the form", {
    file,
    field: [field, ...(issue?.path ?? [])].filter((part) => part !== "").join("."),
  });
}
