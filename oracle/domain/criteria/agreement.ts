import { z } from "zod";
import { MAX_KNOTS, type Knot } from "../../../contracts/protocol/curve.ts";
import { MAX_ROUNDS } from "../../../contracts/protocol/limits.ts";
import { InputError } from "../errors.ts";
import { waveSchema } from "../interview/plan.ts";
import { basisPointsSchema } from "../schema.ts";
import { criteriaDocumentSchema } from "./document.ts";
import { idSchema, textSchema } from "./forms.ts";

/** Agreements that come with the project, by name. */
export const AGREEMENT_NAMES = [
  "capitation",
  "car-repair",
  "cloud-sla",
  "flourishing",
  "hospital",
  "local-events",
  "power-by-the-hour",
  "quit-smoking",
  "retro-funding",
  "science-compute",
] as const;

export type AgreementName = (typeof AGREEMENT_NAMES)[number];

const curveSchema = z
  .array(z.strictObject({ x: basisPointsSchema, y: basisPointsSchema }))
  .max(MAX_KNOTS)
  .refine(rises, "knots must not fall, neither in x nor in y");

/** How a score is paid, as the pool's terms will have it, and why. */
const paymentSchema = z.strictObject({
  metered: z.boolean(),
  /** What a weight counts, and a unit where metered. */
  unit: textSchema(120),
  curve: curveSchema,
  fullPayBar: basisPointsSchema,
  defaultRate: basisPointsSchema,
  because: z.strictObject({
    metered: textSchema(),
    curve: textSchema(),
    fullPayBar: textSchema(),
    defaultRate: textSchema(),
  }),
});

/** The clock of the pool, within the limits of its contract. */
const clockSchema = z.strictObject({
  rounds: z.int().min(1).max(MAX_ROUNDS),
  noticeDays: z.int().min(1).max(30),
  challengeDays: z.int().min(1).max(30),
  rulingDays: z.int().min(1).max(90),
  because: textSchema(),
});

/** Whom to ask, when, and by which instruments; the rest of an interview plan is the buyers' to say. */
const interviewsSchema = z.strictObject({
  who: textSchema(),
  waves: z.array(waveSchema).max(12),
  instruments: z.array(idSchema).max(8),
  notes: textSchema(),
});

/** A kind of agreement as data: what a practitioner of the field would start from. */
export const agreementSchema = z.strictObject({
  format: z.literal("guerdon/agreement/1"),
  name: z.enum(AGREEMENT_NAMES),
  summary: textSchema(),
  buyers: textSchema(300),
  providers: textSchema(300),
  criteria: criteriaDocumentSchema,
  payment: paymentSchema,
  clock: clockSchema,
  interviews: interviewsSchema,
  /** How such agreements went wrong, and what stands against it here. */
  failures: z
    .array(z.strictObject({ what: textSchema(), answer: textSchema() }))
    .min(1)
    .max(20),
  /** Criteria that could be held out; which of them are is the buyers' secret. */
  heldOutIdeas: z.array(textSchema(300)).max(20),
  cannotTell: z.array(textSchema()).min(1).max(20),
  /** Published sources of measures and limits. */
  references: z.array(textSchema(400)).max(30),
});

export type Agreement = z.output<typeof agreementSchema>;

/**
 * Reads an agreement.
 * @throws InputError naming the property where the file is not of the form
 */
export function readAgreement(file: string, text: string): Agreement {
  const parsed = agreementSchema.safeParse(parse(file, text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InputError(issue?.message ?? "not of the expected form", { file, field: issue?.path.join(".") ?? "" });
}

export function isAgreementName(name: string): name is AgreementName {
  return AGREEMENT_NAMES.some((one) => one === name);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`not JSON: ${error instanceof Error ? error.message : String(error)}`, { file });
  }
}

function rises(knots: readonly Knot[]): boolean {
  return knots.every(({ x, y }, i) => i === 0 || (x >= knots[i - 1]!.x && y >= knots[i - 1]!.y));
}
