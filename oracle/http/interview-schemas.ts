import { z } from "@hono/zod-openapi";
import { pseudonymSchema } from "../domain/interview/events.ts";
import { sampleRequestSchema } from "../domain/interview/sampling.ts";
import { transcriptSchema } from "../domain/interview/transcript.ts";
import { hashForm } from "./forms.ts";

/** Forms of what the interviews' routes take and give. */

/** Longest answer that is read at all, characters; how long one may be is the plan's to say. */
const MOST_READ = 20_000;

const count = z.int().min(0);
const blockForm = z.string().regex(/^\d+$/).openapi({ description: "Number of a block, decimal digits" });

const rosterEntries = sampleRequestSchema.shape.roster;

export const rosterRequest = z.strictObject({ entries: rosterEntries }).openapi("RosterRequest");

export const rosterForm = z
  .object({
    rosterHash: hashForm,
    count,
    closingBlock: blockForm,
    seedBlock: blockForm.openapi({ description: "Its hash decides who is asked" }),
    entries: rosterEntries.nullable().openapi({ description: "Null for all but interviewers and the manager" }),
  })
  .openapi("Roster");

const { size, minimum } = sampleRequestSchema.shape;

export const sampleRequest = z.strictObject({ size, minimum }).openapi("SampleRequest");

export const sampleForm = z
  .object({
    rosterHash: hashForm,
    seed: hashForm,
    size,
    minimum,
    providers: z.array(z.object({ provider: z.string(), eligible: count, asked: count, unsigned: count })),
    drawn: z
      .array(z.object({ provider: z.string(), participant: z.string() }))
      .nullable()
      .openapi({ description: "Null for all but interviewers" }),
  })
  .openapi("Sample");

export const invitation = z
  .strictObject({ participant: pseudonymSchema, provider: pseudonymSchema, wave: z.string().min(1).max(40) })
  .openapi("Invitation");

export const invited = z
  .object({ id: z.string(), token: z.string().openapi({ description: "Shown here and never again" }) })
  .openapi("Invited");

export const countsForm = z
  .object({
    providers: z.array(
      z.object({
        provider: z.string(),
        opened: count,
        consented: count,
        completed: count,
        declined: count,
        withdrawn: count,
      }),
    ),
  })
  .openapi("InterviewCounts");

const shown = { id: z.string(), language: z.string(), text: z.string() };
const options = z.array(z.object({ value: z.union([z.number(), z.string()]), label: z.string() }));
const words = z.object({ text: z.string(), yes: z.string(), no: z.string() });

const stepForm = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("consent"), ...shown, texts: z.record(z.string(), words) }),
  z.object({ kind: z.literal("language"), ...shown, options }),
  z.object({ kind: z.literal("item"), ...shown, options }),
  z.object({ kind: z.literal("open"), ...shown, maxCharacters: count }),
  z.object({ kind: z.literal("probe"), ...shown, maxCharacters: count }),
  z.object({ kind: z.literal("end"), ...shown, reason: z.enum(["completed", "declined", "withdrawn"]) }),
]);

export const viewForm = z
  .object({
    step: stepForm.openapi({ description: "What is next" }),
    progress: z.object({ answered: count }),
    ended: z.boolean().openapi({ description: "Whether the interviews of the round or values are over" }),
  })
  .openapi("InterviewStep");

export const consentRequest = z.strictObject({ agree: z.boolean() });
export const languageRequest = z.strictObject({ language: z.string().max(10) });

/** Anything a participant could send; what the question takes is for the engine to say. */
export const answerRequest = z
  .strictObject({
    step: z.string().max(120),
    reply: z
      .union([
        z.strictObject({ value: z.union([z.int(), z.string().max(40)]) }),
        z.strictObject({ text: z.string().max(MOST_READ) }),
      ])
      .nullable()
      .openapi({ description: "Null skips the question" }),
  })
  .openapi("InterviewAnswer");

export const transcriptForm = z.object({ transcript: transcriptSchema, hash: hashForm }).openapi("InterviewTranscript");

export type StepForm = z.output<typeof stepForm>;
