import { z } from "zod";
import { idSchema, numberSchema, textSchema } from "./forms.ts";

/** A small question to a blind judge: met, not met or insufficient. */
export const questionSchema = z.strictObject({
  id: idSchema,
  text: textSchema(400),
  /** Whether "met" speaks for the provider or against it. */
  met: z.enum(["good", "bad"]),
  /** Whether it asks what a person lived through or what can be checked without asking anybody. */
  about: z.enum(["experience", "fact"]),
});

/** An example of how to answer a question, for people who label and for judges. The quotes are written for the purpose. */
const guidanceSchema = z.strictObject({
  question: idSchema,
  quote: textSchema(400),
  answer: z.enum(["met", "not-met", "insufficient"]),
  because: textSchema(300),
});

/**
 * Where points begin and where they are full, in the measure's unit: score = (value − threshold) / (benchmark − threshold) of 10,000,
 * held between 0 and 10,000. The shape is that of achievement points in the Hospital Value-Based Purchasing Program (42 CFR 412.165).
 */
const achievementSchema = z.strictObject({
  threshold: numberSchema,
  benchmark: numberSchema,
  /** Where the two numbers come from. */
  because: textSchema(400),
});

const judgedSchema = z.strictObject({
  kind: z.literal("judged"),
  questions: z.array(questionSchema).max(20),
  guidance: z.array(guidanceSchema).max(20).optional(),
});

const itemsSchema = z.strictObject({
  kind: z.literal("items"),
  /** Id of the instrument, such as `ons4`. */
  instrument: idSchema,
  /** Id of the one scale of the instrument that counts here; items that are not to be summed are scales of their own. */
  item: idSchema,
  /** The instrument's licence, as its owner states it. */
  licence: textSchema(200),
  /** Ends of the scale in points, after the instrument's own scoring. */
  scale: z.strictObject({ min: numberSchema, max: numberSchema, unit: textSchema(160) }),
  /** The ends of the scale where not given. */
  achievement: achievementSchema.optional(),
});

const telemetrySchema = z.strictObject({
  kind: z.literal("telemetry"),
  /** Column or property that holds the value, or the name of a figure computed from such. */
  field: textSchema(100),
  unit: textSchema(160),
  achievement: achievementSchema,
});

/** How a criterion becomes a number: judged on small questions, asked by questionnaire items, or computed from figures. */
export const measureSchema = z.discriminatedUnion("kind", [judgedSchema, itemsSchema, telemetrySchema]);

export type Question = z.output<typeof questionSchema>;
export type Measure = z.output<typeof measureSchema>;

/** The unit in which a criterion's baseline and smallest change are given: basis points of the score where it is judged. */
export function unitOf(measure: Measure): string {
  switch (measure.kind) {
    case "judged":
      return "basis points";
    case "items":
      return measure.scale.unit;
    case "telemetry":
      return measure.unit;
  }
}

/** The values between which a measure tells providers apart, lower one first, in its unit. */
export function rangeOf(measure: Measure): readonly [number, number] {
  if (measure.kind === "judged") return [0, 10_000];
  const { achievement } = measure;
  if (achievement !== undefined) {
    const { threshold, benchmark } = achievement;
    return [Math.min(threshold, benchmark), Math.max(threshold, benchmark)];
  }
  return measure.kind === "items" ? [measure.scale.min, measure.scale.max] : [0, 0];
}
