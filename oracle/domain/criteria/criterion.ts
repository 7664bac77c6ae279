import { z } from "zod";
import { addressSchema, basisPointsSchema } from "../schema.ts";
import { idSchema, numberSchema, textSchema } from "./forms.ts";
import { measureSchema } from "./measure.ts";
import { sourceSchema } from "./sources.ts";

/**
 * What protects a criterion from being traded away for others.
 * `floor`: where its score is below `bps`, effect `cap` keeps the provider's total from passing `bps`, `zero` makes it 0.
 * `veto`: where one of the questions, all of them about bad things, is met, the total is 0.
 */
const guardSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("floor"),
    bps: basisPointsSchema,
    effect: z.enum(["cap", "zero"]),
    because: textSchema(),
  }),
  z.strictObject({ kind: z.literal("veto"), questions: z.array(idSchema).max(20), because: textSchema() }),
  z.strictObject({ kind: z.literal("none"), reason: textSchema() }),
]);

/** What a provider's result is compared with: a known value in the measure's unit, its own first round, or nothing. */
const baselineSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("value"), value: numberSchema, source: textSchema() }),
  z.strictObject({ kind: z.literal("first-round") }),
  z.strictObject({ kind: z.literal("none"), reason: textSchema() }),
]);

/** The smallest change that counts as one, in the measure's unit. */
const smallestChangeSchema = z.strictObject({ amount: numberSchema, because: textSchema() });

const day = z.int().min(0).max(3660);

/**
 * Days, counted from the round's start, from and to which evidence counts; half-open. A late window looks again afterwards: paid in
 * this round, or in a later one out of what is held back.
 */
const windowSchema = z.strictObject({
  startDay: day,
  endDay: day,
  late: z.strictObject({ startDay: day, endDay: day, settles: z.enum(["this-round", "later-round"]) }).optional(),
});

/** How differences between the people or jobs that providers get are allowed for: providers are compared within strata. */
const stratumSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("strata"),
    /** What sorts cases into strata, known before the service begins. */
    by: textSchema(300),
    names: z.array(textSchema(80)).max(50),
  }),
  z.strictObject({ kind: z.literal("none"), reason: textSchema() }),
]);

/**
 * Whether people stand behind a criterion. A draft was made by code, out of cards; one of a template was written by somebody who knows
 * the field, for no pool in particular; a confirmed one was read and accepted by these accounts.
 */
const stateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("draft") }),
  z.strictObject({ kind: z.literal("template") }),
  z.strictObject({ kind: z.literal("confirmed"), by: z.array(addressSchema).min(1).max(10_000) }),
]);

/** One element of good, complete. */
export const criterionSchema = z.strictObject({
  id: idSchema,
  /** What good means, as a buyer would say it. */
  statement: textSchema(400),
  /** Whether more of what is measured is better; where questions are judged, `higher`, as they say which answer is good. */
  direction: z.enum(["higher", "lower"]),
  /** Share of the total in basis points; all of a document add up to 10,000, held-out ones included. */
  weight: basisPointsSchema,
  sources: z.array(sourceSchema).max(20),
  /** Why fewer than two independent sources are accepted; absent where there are two. */
  singleSourceReason: textSchema().optional(),
  guard: guardSchema,
  baseline: baselineSchema,
  smallestChange: smallestChangeSchema,
  window: windowSchema,
  stratum: stratumSchema,
  /** What is really meant, where this only stands for it; absent where it is the thing itself. */
  proxyFor: textSchema(400).optional(),
  /** Policies of values cards it serves, as `card/policy`. */
  policies: z.array(z.string().max(201)).max(50),
  measure: measureSchema,
  state: stateSchema,
});

/** What people have to decide about a criterion, and a draft may still lack. */
export const DECISIONS = [
  "direction",
  "weight",
  "sources",
  "guard",
  "baseline",
  "smallestChange",
  "window",
  "stratum",
  "measure",
] as const;

/** The same where decisions are still open. */
export const criterionDraftSchema = criterionSchema.partial({
  direction: true,
  weight: true,
  sources: true,
  guard: true,
  baseline: true,
  smallestChange: true,
  window: true,
  stratum: true,
  measure: true,
});

export type Criterion = z.output<typeof criterionSchema>;
export type CriterionDraft = z.output<typeof criterionDraftSchema>;
export type Guard = Criterion["guard"];
export type Baseline = Criterion["baseline"];
export type Window = Criterion["window"];
export type Stratum = Criterion["stratum"];
