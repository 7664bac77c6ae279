import { InputError } from "../errors.ts";
import {
  criteriaDocumentSchema,
  criteriaDraftSchema,
  type CriteriaDocument,
  type CriteriaDraft,
} from "../criteria/document.ts";
import { INSTRUMENTS } from "../interview/instruments/index.ts";
import { error, pathText, type Check, type Finding } from "./finding.ts";
import { blank, missing, unconfirmed } from "./rules/completeness.ts";
import { guards } from "./rules/guards.ts";
import { ids } from "./rules/ids.ts";
import { instruments, type KnownInstrument } from "./rules/instruments.ts";
import { achievement, changes } from "./rules/measures.ts";
import { policies, proxies } from "./rules/policies.ts";
import { questions } from "./rules/questions.ts";
import { sources } from "./rules/sources.ts";
import { caution, strata, versions, windows } from "./rules/time.ts";
import { heldOut, weights } from "./rules/weights.ts";

const CHECKS: readonly Check[] = [
  missing,
  unconfirmed,
  blank,
  ids,
  policies,
  proxies,
  sources,
  weights,
  heldOut,
  guards,
  windows,
  strata,
  caution,
  versions,
  achievement,
  changes,
  questions,
];

/**
 * Everything that is wrong or doubtful about a document of criteria, rule by rule in a fixed order. Never throws.
 * @param known instruments that the interviewer can ask, by id
 */
export function lintCriteria(
  document: CriteriaDraft,
  known: ReadonlyMap<string, KnownInstrument> = INSTRUMENTS,
): Finding[] {
  return [...CHECKS, instruments(known)].flatMap((check) => check(document));
}

/** The same for any JSON value: where it is no document of criteria, what is wrong with its form. */
export function lintJson(value: unknown, known: ReadonlyMap<string, KnownInstrument> = INSTRUMENTS): Finding[] {
  const parsed = criteriaDraftSchema.safeParse(value);
  if (parsed.success) return lintCriteria(parsed.data, known);
  return parsed.error.issues.map(({ path, message }) =>
    error("form", pathText(path), message, "write it as the format guerdon/criteria/1 has it"),
  );
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/**
 * A document that may go into a pool's spec: of the right form, complete, confirmed, and without errors of the linter.
 * @throws InputError with the first error
 */
export function acceptedCriteria(
  value: unknown,
  known: ReadonlyMap<string, KnownInstrument> = INSTRUMENTS,
): CriteriaDocument {
  const first = lintJson(value, known).find(({ severity }) => severity === "error");
  if (first !== undefined) throw new InputError(first.message, { field: first.path, limit: first.fix });
  return criteriaDocumentSchema.parse(value);
}
