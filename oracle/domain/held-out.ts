import { concat, keccak256, stringToBytes, type Hex } from "viem";
import { z } from "zod";
import { canonicalHash } from "./canonical.ts";
import { criterionSchema, type Criterion } from "./criteria/criterion.ts";
import type { CriteriaDocument, HeldOut } from "./criteria/document.ts";
import { lintCriteria } from "./lint/lint.ts";
import type { Finding } from "./lint/finding.ts";
import { bytes32Schema } from "./schema.ts";

/** Keeps a commitment from passing for any other hash of the project. */
const DOMAIN = keccak256(stringToBytes("guerdon/held-out/1"));

/** What opens a commitment after the round: salt and criterion. Kept secret by whoever held it out until then. */
export const revealSchema = z.strictObject({
  format: z.literal("guerdon/held-out/1"),
  /** The place in the document it opens. */
  id: z.string().max(100),
  /** 32 random bytes: without them, anybody could try out criteria of templates. */
  salt: bytes32Schema,
  criterion: criterionSchema,
});

export type Reveal = z.output<typeof revealSchema>;

/**
 * keccak256(keccak256("guerdon/held-out/1") ‖ salt ‖ keccak256(canonical JSON of place and criterion)): hides the criterion as long as
 * the salt is secret and random, and binds to place and criterion, weight and all.
 */
export function commitment(id: string, criterion: Criterion, salt: Hex): Hex {
  return keccak256(concat([DOMAIN, salt, canonicalHash({ id, criterion })]));
}

/**
 * Holds a criterion out: what to publish in the document, and what to keep.
 * @param id its place in the document, which says nothing of what it is about
 * @param salt 32 random bytes, fresh for each
 */
export function commitHeldOut(
  id: string,
  criterion: Criterion,
  salt: Hex,
): { readonly held: HeldOut; readonly reveal: Reveal } {
  return {
    held: { id, weight: criterion.weight, commitment: commitment(id, criterion, salt) },
    reveal: { format: "guerdon/held-out/1", id, salt, criterion },
  };
}

/** What became of a held-out criterion. */
export type RevealOutcome =
  | { readonly kind: "revealed"; readonly id: string; readonly criterion: Criterion }
  /** Nobody opened it. */
  | { readonly kind: "missing"; readonly id: string }
  /** What was given is no reveal. */
  | { readonly kind: "malformed"; readonly id: string; readonly problem: string }
  /** It opens another place, or none of the document. */
  | { readonly kind: "other-place"; readonly id: string; readonly found: string }
  | { readonly kind: "other-commitment"; readonly id: string; readonly expected: Hex; readonly found: Hex }
  | { readonly kind: "other-weight"; readonly id: string; readonly expected: number; readonly found: number }
  /** It was opened more than once. */
  | { readonly kind: "repeated"; readonly id: string }
  /** The salt opens another place too, so it was not fresh. */
  | { readonly kind: "salt-reused"; readonly id: string }
  /** It opens, and the linter would have refused it. */
  | { readonly kind: "faulty"; readonly id: string; readonly findings: readonly Finding[] };

/** Checks what opens one place against what was published. */
export function checkReveal({ id, weight, commitment: expected }: HeldOut, value: unknown): RevealOutcome {
  if (value === undefined) return { kind: "missing", id };
  const parsed = revealSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: "malformed", id, problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not of the form"}` };
  }
  const reveal = parsed.data;
  if (reveal.id !== id) return { kind: "other-place", id, found: reveal.id };
  const found = commitmentOf(reveal);
  if (found === null) return { kind: "malformed", id, problem: "it holds text that has no canonical form" };
  if (found !== expected) return { kind: "other-commitment", id, expected, found };
  const { criterion } = reveal;
  if (criterion.weight !== weight) return { kind: "other-weight", id, expected: weight, found: criterion.weight };
  return { kind: "revealed", id, criterion };
}

/**
 * All an audit has to check of held-out criteria after a round: every place is opened, once, by a fresh salt, with what was committed
 * to, and the criterion would have passed the linter within its document (a criterion that is only watched has no weight to check).
 * @param reveals in any order
 * @returns an outcome per place in the document's order, then one per reveal that opens no place
 */
export function checkReveals(document: CriteriaDocument, reveals: readonly unknown[]): RevealOutcome[] {
  const salts = reveals.map(saltOf);
  const outcomes = document.heldOut.map((held): RevealOutcome => {
    const [value, ...more] = reveals.filter((one) => idOf(one) === held.id);
    if (more.length > 0) return { kind: "repeated", id: held.id };
    const outcome = checkReveal(held, value);
    if (outcome.kind !== "revealed") return outcome;
    if (salts.filter((salt) => salt === saltOf(value)).length > 1) return { kind: "salt-reused", id: held.id };
    const findings = faultsWithin(document, outcome.criterion);
    return findings.length === 0 ? outcome : { kind: "faulty", id: held.id, findings };
  });
  const places = new Set(document.heldOut.map(({ id }) => id));
  const strangers = reveals.map(idOf).filter((id) => !places.has(id));
  return [
    ...outcomes,
    ...strangers.map((id): RevealOutcome => ({ kind: "other-place", id, found: "no place of the document" })),
  ];
}

/** Errors that a criterion brings to a document: those at its own place, as if it had been published there. */
function faultsWithin(document: CriteriaDocument, criterion: Criterion): Finding[] {
  const at = `criteria[${document.criteria.length}]`;
  const whole = { ...document, criteria: [...document.criteria, criterion] };
  return lintCriteria(whole).filter(
    ({ severity, path, rule }) =>
      severity === "error" && path.startsWith(at) && !(rule === "weights" && criterion.weight === 0),
  );
}

/** The commitment a reveal opens; `null` for halves of surrogate pairs, which no JSON can be canonical with. */
function commitmentOf({ id, criterion, salt }: Reveal): Hex | null {
  try {
    return commitment(id, criterion, salt);
  } catch {
    return null;
  }
}

function idOf(value: unknown): string {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "string" ? id : "";
}

function saltOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "salt" in value ? value.salt : undefined;
}
