import { z } from "zod";
import { numberSchema, idSchema } from "../../oracle/domain/criteria/forms.ts";
import { SOURCE_TYPES } from "../../oracle/domain/criteria/sources.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { pseudonymSchema, type Reply } from "../../oracle/domain/interview/events.ts";
import type { Step } from "../../oracle/domain/interview/steps.ts";

/** Agreements that have an example of a whole season. */
export const EXAMPLE_NAMES = ["car-repair", "flourishing"] as const;
export type ExampleName = (typeof EXAMPLE_NAMES)[number];

export function isExampleName(name: string): name is ExampleName {
  return EXAMPLE_NAMES.some((one) => one === name);
}

/** What was chosen, what was said, or nothing. */
const replySchema = z.union([z.int(), z.string().min(1).max(2_000)]).nullable();

const participantSchema = z.strictObject({
  participant: pseudonymSchema,
  /** Id of one of the providers. */
  provider: pseudonymSchema,
  stratum: pseudonymSchema,
  /** Id of a wave of the agreement. */
  wave: z.string().min(1).max(40),
  /** By step of the interview; `probe` answers the first probe, whatever it asks, and further ones are skipped. */
  replies: z.record(z.string().min(1).max(120), replySchema),
});

const documentSchema = z
  .strictObject({
    /** Name of one of the senders. */
    sender: idSchema,
    provider: pseudonymSchema,
    text: z.string().min(1).max(20_000).optional(),
    /** By criterion, in the unit of its measure; `units` counts what the provider delivered. */
    figures: z.record(idSchema, numberSchema).optional(),
  })
  .refine(({ text, figures }) => text !== undefined || figures !== undefined, "has neither text nor figures");

const marked = { example: z.literal(true), note: z.string().min(1).max(600), agreement: z.enum(EXAMPLE_NAMES) };

/** Interviews and documents of a season that nobody lived through: written for the project, marked as examples. */
export const exampleSchema = z.strictObject({
  format: z.literal("guerdon/example/1"),
  ...marked,
  /** What the interviews are about, by language. */
  subject: z.record(z.string(), z.string().min(1).max(200)),
  /** Share of those on the roster who are drawn, basis points; the least number of interviews goes before. */
  askedBps: z.int().min(0).max(10_000),
  senders: z.array(z.strictObject({ name: idSchema, type: z.enum(SOURCE_TYPES), group: idSchema })).max(20),
  providers: z
    .array(
      z.strictObject({
        id: pseudonymSchema,
        name: z.string().min(1).max(80),
        weight: z.int().min(1).max(0xffffffff),
        /** Units delivered in a round, where the pool is metered. */
        units: z.int().min(0).max(0xffffffff).optional(),
      }),
    )
    .min(2)
    .max(50),
  rounds: z
    .array(
      z.strictObject({
        participants: z.array(participantSchema).max(1_000),
        documents: z.array(documentSchema).max(1_000),
        providerDocuments: z.array(z.strictObject({ provider: pseudonymSchema, text: z.string().min(1).max(20_000) })),
      }),
    )
    .min(1)
    .max(12),
});

export type Example = z.output<typeof exampleSchema>;
export type ExampleParticipant = z.output<typeof participantSchema>;

/** What sentences say to questions: all that a scripted judge of an example knows. */
export const judgeScriptSchema = z.strictObject({
  format: z.literal("guerdon/judge-script/1"),
  ...marked,
  questions: z.array(
    z.strictObject({
      /** Text of a judged question of the agreement. */
      text: z.string().min(1).max(400),
      met: z.array(z.string().min(8).max(300)),
      "not-met": z.array(z.string().min(8).max(300)),
    }),
  ),
});

export type JudgeScript = z.output<typeof judgeScriptSchema>;

/** Key under which replies answer the first probe. */
const PROBE = "probe";

/**
 * What the person of an example answers when shown a question.
 * @returns `null` where they skip it
 * @throws InputError where the example does not say, or says something of another kind
 */
export function replyTo(
  { id, kind }: Pick<Step, "id" | "kind">,
  { participant, replies }: Pick<ExampleParticipant, "participant" | "replies">,
): Reply | null {
  const first = id.startsWith(`${PROBE}/1/`);
  const reply = kind !== "probe" ? replies[id] : first ? replies[PROBE] : null;
  const fault = { field: `replies of ${participant}`, value: id };
  if (reply === undefined) throw new InputError("the example has no reply", { ...fault, limit: "a reply, or null" });
  if (reply === null) return null;
  if (kind === "item") return { value: reply };
  if (typeof reply === "string") return { text: reply };
  throw new InputError("the example has a number where words are asked for", fault);
}
