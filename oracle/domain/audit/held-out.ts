import { checkReveals, type RevealOutcome } from "../held-out.ts";
import { judgedParams, type OutcomeSpec } from "../spec.ts";
import type { CheckList } from "./report.ts";

/**
 * Checks what opens held-out criteria against the outcome spec: each place of it, and whatever opens none.
 * @param reveals in any order; `undefined` where none are at hand, which is no fault
 * @returns how many held-out criteria nobody has opened
 */
export function checkHeldOut(
  spec: OutcomeSpec,
  file: string,
  reveals: readonly unknown[] | undefined,
  checks: CheckList,
): number {
  const document = judgedParams(spec)?.document;
  const places = document?.heldOut.length ?? 0;
  if (reveals === undefined) return places;
  if (document === undefined || places === 0) {
    const problem = reveals.length === 0 ? null : "the outcome spec holds no criterion out";
    checks.add("spec.heldOut", `${file} heldOut`, problem);
    return 0;
  }
  const outcomes = checkReveals(document, reveals);
  for (const outcome of outcomes.filter(({ kind }) => kind !== "missing")) {
    checks.add("spec.heldOut", `${file} heldOut ${outcome.id}`, revealProblem(outcome));
  }
  return outcomes.filter(({ kind }) => kind === "missing").length;
}

/** What is wrong with a reveal, in words; `null` where nothing is. */
export function revealProblem(outcome: RevealOutcome): string | null {
  switch (outcome.kind) {
    case "revealed":
      return null;
    case "missing":
      return "nobody has revealed it";
    case "malformed":
      return `what was given is no reveal: ${outcome.problem}`;
    case "other-place":
      return `it opens ${outcome.found}`;
    case "other-commitment":
      return `salt and criterion come to ${outcome.found}, and ${outcome.expected} was committed to`;
    case "other-weight":
      return `its weight is ${outcome.found}, and ${outcome.expected} was published`;
    case "repeated":
      return "it is opened more than once";
    case "salt-reused":
      return "its salt opens another place too, so it was not fresh";
    case "faulty":
      return outcome.findings.map(({ path, message }) => `${path}: ${message}`).join("; ");
  }
}
