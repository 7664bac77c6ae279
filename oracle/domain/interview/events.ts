import { z } from "zod";
import { bytes32Schema } from "../schema.ts";

/** Id of a step: `story`, `item/ons4/happy`, `probe/2/when`. */
const step = z
  .string()
  .regex(/^[a-z0-9]+([/-][a-z0-9]+)*$/)
  .max(120);
const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/);

/** A pseudonym or an id, never a name. */
export const pseudonymSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,80}$/, "must be 1 to 80 of A–Z a–z 0–9 _ . : -");

/** What somebody chose or said. Texts are in the form of `plainText`, with no white space around them. */
export const replySchema = z.union([
  z.strictObject({ value: z.union([z.int(), z.string().max(40)]) }),
  z.strictObject({ text: z.string().min(1).max(8000) }),
]);

/** `seq` counts from 0 without gaps as events come in; `at` is seconds since 1970, given by whoever keeps the log. */
const entry = { seq: z.int().min(0), at: z.int().min(0) };

/** What happened in one interview: one participant, one wave. */
export const interviewEventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    ...entry,
    type: z.literal("opened"),
    planHash: bytes32Schema,
    participant: pseudonymSchema,
    /** Whom it is about; `null` where buyers are asked about what they value. */
    provider: pseudonymSchema.nullable(),
    /** Kind of case, by the roster; absent where there is none. */
    stratum: pseudonymSchema.optional(),
    wave: z.string().min(1).max(40),
  }),
  /** `textHash`: canonical hash of the texts agreed to, by language. */
  z.strictObject({ ...entry, type: z.literal("consented"), textHash: bytes32Schema }),
  z.strictObject({ ...entry, type: z.literal("declined") }),
  z.strictObject({ ...entry, type: z.literal("language"), language }),
  /** A question as it was shown. */
  z.strictObject({
    ...entry,
    type: z.literal("asked"),
    step,
    language,
    text: z.string().min(1).max(12_000),
    /** `model`: phrased by a model, within its bounds. */
    by: z.enum(["catalogue", "model"]),
  }),
  z.strictObject({ ...entry, type: z.literal("answered"), step, reply: replySchema }),
  z.strictObject({ ...entry, type: z.literal("skipped"), step }),
  /** `trace`: canonical hash of what was erased together with a salt that is not kept here. */
  z.strictObject({ ...entry, type: z.literal("withdrawn"), trace: bytes32Schema }),
  z.strictObject({ ...entry, type: z.literal("completed") }),
]);

export type InterviewEvent = z.output<typeof interviewEventSchema>;
export type Reply = z.output<typeof replySchema>;

/** Most changes of language in one interview. */
export const MAX_LANGUAGE_CHANGES = 20;

/** Most events of an interview: two for each of 200 items and 30 other questions, two for each change of language, four for the frame. */
export const MAX_EVENTS = 504;

/** A log as it is kept. After a withdrawal only `opened` and `withdrawn` are left, so numbers may be missing. */
export const interviewLogSchema = z
  .array(interviewEventSchema)
  .min(1)
  .max(MAX_EVENTS)
  .refine((events) => events[0]?.type === "opened" && events[0].seq === 0, "must begin with opened")
  .refine(
    (events) =>
      events.every((event, i) => i === 0 || (event.seq > events[i - 1]!.seq && event.at >= events[i - 1]!.at)),
    "must be in order",
  );
