import type { Hex } from "viem";
import { z } from "zod";
import { canonicalHash } from "../canonical.ts";
import { basisPointsSchema, bytes32Schema } from "../schema.ts";
import { cardSchema } from "../values/card.ts";
import { criterionDraftSchema, criterionSchema } from "./criterion.ts";
import { idSchema, textSchema } from "./forms.ts";

/** What is published of a criterion that is held out until a round ends: its weight, and a commitment to all the rest. */
export const heldOutSchema = z.strictObject({
  /** Name of its place in the document; says nothing of what it is about. */
  id: idSchema,
  /** 0: it is only watched, to see whether paid criteria still track what was meant. */
  weight: basisPointsSchema,
  commitment: bytes32Schema,
});

export type HeldOut = z.output<typeof heldOutSchema>;

const abstentionSchema = z.strictObject({
  /** Where criteria of more weight than this abstain, the provider's score abstains. */
  maxAbstainedBps: basisPointsSchema,
  /** Fewer interviews of a provider's participants than this, and criteria that rest on them abstain. */
  minInterviews: z.int().min(0).max(10_000),
});

const documentFields = {
  format: z.literal("guerdon/criteria/1"),
  title: textSchema(200),
  /** Language of statements and questions, BCP 47. */
  language: z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "must be a language tag such as en or pt-BR"),
  /** 1 for the first; each later one is for later pools only. */
  version: z.int().min(1),
  /** Hash of the version before this one. */
  replaces: bytes32Schema.nullable(),
  cards: z.array(cardSchema).max(200),
  heldOut: z.array(heldOutSchema).max(50),
};

/** What people have to decide about a whole document. */
const decisionFields = {
  /** Length of a round in days; a pool's period may not be shorter. */
  roundDays: z.int().min(1).max(365),
  /** Days after a round's end until which it is assessed. */
  assessmentDays: z.int().min(1).max(90),
  abstention: abstentionSchema,
  /** Payouts follow the lower end of an interval of this confidence, in basis points. */
  confidenceBps: basisPointsSchema,
};

/** A document's own decisions. */
export const DOCUMENT_DECISIONS = ["roundDays", "assessmentDays", "abstention", "confidenceBps"] as const;

/** The buyers' criteria, complete. */
export const criteriaDocumentSchema = z.strictObject({
  ...documentFields,
  ...decisionFields,
  criteria: z.array(criterionSchema).max(200),
});

/** The same while people are still at work on it; what the linter reads. */
export const criteriaDraftSchema = z
  .strictObject({ ...documentFields, ...decisionFields, criteria: z.array(criterionDraftSchema).max(200) })
  .partial({ roundDays: true, assessmentDays: true, abstention: true, confidenceBps: true });

export type CriteriaDocument = z.output<typeof criteriaDocumentSchema>;
export type CriteriaDraft = z.output<typeof criteriaDraftSchema>;

/** All weights of a document add up to this. */
export const WHOLE = 10_000;

/** The hash a later version names, and an outcome spec that uses the document. */
export function criteriaHash(document: CriteriaDocument): Hex {
  return canonicalHash(document);
}
