import type { Hex } from "viem";
import { z } from "zod";
import { MAX_KNOTS } from "../../contracts/protocol/curve.ts";
import { MAX_PROVIDERS } from "../../contracts/protocol/limits.ts";
import { canonicalHash } from "./canonical.ts";
import { specCriteria } from "./criteria/rules.ts";
import { JUDGED_TEMPLATE, readJudgedParams, type JudgedParams } from "./criteria/terms.ts";
import { firstDifference } from "./difference.ts";
import { InputError } from "./errors.ts";
import { pseudonymSchema } from "./interview/events.ts";
import { shapeOf } from "./judgement/joint.ts";
import { reportBytes } from "./judgement/report-vector.ts";
import { addressSchema, basisPointsSchema, jsonSchema } from "./schema.ts";
import { TEMPLATE_NAMES } from "./templates/index.ts";

const criterionSchema = z.strictObject({
  id: z.string().min(1),
  statement: z.string().min(1),
  direction: z.enum(["higher", "lower"]),
  weight: z.number().positive(),
  sourceTypes: z.array(z.string().min(1)).min(1),
  singleSourceReason: z.string().min(1).optional(),
});

const paymentSchema = z.strictObject({
  metered: z.boolean(),
  curve: z.array(z.strictObject({ x: basisPointsSchema, y: basisPointsSchema })).max(MAX_KNOTS),
  fullPayBar: basisPointsSchema,
  defaultRate: basisPointsSchema,
});

const rosterEntrySchema = z.strictObject({
  /** The data set's own id. */
  id: z.string().min(1),
  name: z.string().min(1),
  /** Where the provider is paid. */
  account: addressSchema,
  weight: z.int().min(1).max(0xffffffff),
});

/**
 * The buyers' definition of good. Its canonical hash is in the pool's terms before any money moves; as it names the roster and the
 * oracle's signers, everything an audit relies on hangs on that one hash.
 */
export const outcomeSpecSchema = z
  .strictObject({
    format: z.literal("guerdon/spec/1"),
    title: z.string().min(1),
    template: z.enum([...TEMPLATE_NAMES, JUDGED_TEMPLATE]),
    /** Settings of the template. */
    params: jsonSchema,
    criteria: z.array(criterionSchema).min(1),
    payment: paymentSchema,
    oracle: z.strictObject({
      signers: z.array(addressSchema).min(1),
      threshold: z.int().min(1),
      /** Signs receipts for evidence and closes each round's evidence. */
      intake: addressSchema,
    }),
    /** In ascending order of account: a provider's place here is its index in the pool. */
    roster: z.array(rosterEntrySchema).min(1).max(MAX_PROVIDERS),
  })
  .superRefine((spec, context) => {
    const problem = rosterProblem(spec.roster) ?? oracleProblem(spec.oracle) ?? judgedProblem(spec);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

/** The buyers' definition of good. */
export type OutcomeSpec = z.output<typeof outcomeSpecSchema>;

/** The hash that stands in a pool's terms. */
export function specHash(spec: OutcomeSpec): Hex {
  return canonicalHash(spec);
}

function rosterProblem(roster: readonly { readonly id: string; readonly account: string }[]): string | null {
  for (let i = 1; i < roster.length; i++) {
    if (roster[i]!.account <= roster[i - 1]!.account) return `roster: account ${roster[i]!.account} is out of order`;
  }
  return new Set(roster.map(({ id }) => id)).size === roster.length ? null : "roster: two entries have the same id";
}

function oracleProblem(oracle: { readonly signers: readonly string[]; readonly threshold: number }): string | null {
  if (new Set(oracle.signers).size !== oracle.signers.length) return "oracle.signers: a signer is there twice";
  return oracle.threshold <= oracle.signers.length ? null : "oracle.threshold: more than there are signers";
}

/** What a spec's rounds are judged by; `null` where a template computes them. */
export function judgedParams(spec: Pick<OutcomeSpec, "template" | "params">): JudgedParams | null {
  return spec.template === JUDGED_TEMPLATE ? readJudgedParams(spec.params) : null;
}

/** Largest report of a judged round: it has to fit into a message between nodes. */
const MAX_REPORT_BYTES = 32_000;

/** A judged spec lists the criteria of its document; providers are known by ids that transcripts may name. */
function judgedProblem(spec: {
  readonly template: string;
  readonly params: unknown;
  readonly criteria: readonly unknown[];
  readonly payment: { readonly metered: boolean };
  readonly roster: readonly { readonly id: string }[];
}): string | null {
  if (spec.template !== JUDGED_TEMPLATE) return null;
  try {
    const params = readJudgedParams(spec.params);
    const difference = firstDifference(spec.criteria, specCriteria(params.document.criteria), "criteria");
    const bytes = reportBytes(shapeOf({ params, providers: spec.roster.length, metered: spec.payment.metered }));
    if (bytes > MAX_REPORT_BYTES) return `roster: a report of ${bytes} bytes is too large; at most ${MAX_REPORT_BYTES}`;
    const strange = spec.roster.find(({ id }) => !pseudonymSchema.safeParse(id).success);
    return difference ?? (strange === undefined ? null : `roster: ${strange.id} is no id that interviews may name`);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Name of the outcome spec among the files of a season, where no round has a bundle that carries it. */
export const SPEC_FILE = "spec.json";
