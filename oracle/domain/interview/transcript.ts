import type { Hex } from "viem";
import { z } from "zod";
import { canonicalHash } from "../canonical.ts";
import { InputError } from "../errors.ts";
import { bytes32Schema } from "../schema.ts";
import { concreteness } from "./concrete.ts";
import { languageOf, questionsOf } from "./engine.ts";
import { pseudonymSchema, replySchema, type InterviewEvent } from "./events.ts";
import { factsOf, textAt, valueAt, type Facts } from "./facts.ts";
import { scoreInstrument } from "./instruments/score.ts";
import { LIBRARY, type Library } from "./library.ts";
import { instrumentOf, type InterviewPlan } from "./plan.ts";
import { isBaseline, itemStep } from "./script.ts";

const score = z.strictObject({
  scale: z.string(),
  value: z.int().nullable(),
  answered: z.int().min(0),
  of: z.int().min(1),
});

/** An interview as it goes into a round's private evidence, as `application/json` in canonical form. */
export const transcriptSchema = z.strictObject({
  format: z.literal("guerdon/transcript/1"),
  planHash: bytes32Schema,
  participant: pseudonymSchema,
  provider: pseudonymSchema.nullable(),
  /** Kind of case, by the roster; absent where there is none. */
  stratum: pseudonymSchema.optional(),
  wave: z.string(),
  language: z.string(),
  openedAt: z.int(),
  /** Whether every question was answered or skipped. */
  complete: z.boolean(),
  /** In the order they were asked. `reply` is `null` where it was skipped. */
  turns: z.array(
    z.strictObject({
      step: z.string(),
      kind: z.enum(["item", "open", "probe"]),
      language: z.string(),
      /** The question as it was shown, and who worded it. */
      asked: z.string(),
      by: z.enum(["catalogue", "model"]),
      reply: replySchema.nullable(),
    }),
  ),
  /** Scales of the instruments that the wave asks. */
  scores: z.array(
    z.strictObject({
      instrument: z.string(),
      version: z.string(),
      answers: z.record(z.string(), z.int().nullable()),
      scales: z.array(score),
    }),
  ),
  /** Rating of today and, after the service, of the time before by today's standard; 0 to 10, `null` where missing. */
  ratings: z.strictObject({ now: z.int().nullable(), then: z.int().nullable() }),
  /** Whether somebody tried to sway the answers: `null` where it was not asked or not said. */
  pressure: z.boolean().nullable(),
  /** What the story, its probes and the detail check name, by the code's rules; `null` where nothing was told. */
  concrete: z.strictObject({ what: z.boolean(), when: z.boolean(), where: z.boolean(), who: z.boolean() }).nullable(),
});

export type Transcript = z.output<typeof transcriptSchema>;

/** Canonical hash of a transcript. */
export function transcriptHash(transcript: Transcript): Hex {
  return canonicalHash(transcript);
}

/**
 * Writes down an interview, finished or not. Nothing in it depends on anything but plan, log and library.
 * @throws InputError where nothing may be kept of it: no consent, or withdrawn
 */
export function transcriptOf(
  plan: InterviewPlan,
  events: readonly InterviewEvent[],
  library: Library = LIBRARY,
): { readonly transcript: Transcript; readonly hash: Hex } {
  const facts = factsOf(plan, events);
  if (!facts.consented || facts.over === "withdrawn") {
    throw new InputError("nothing may be kept of it", {
      field: "events",
      value: facts.over ?? "no consent",
      limit: "consent",
    });
  }
  const { planHash, participant, provider, stratum, wave, at: openedAt } = facts.opened;
  const transcript: Transcript = {
    format: "guerdon/transcript/1",
    planHash,
    participant,
    provider,
    ...(stratum !== undefined && { stratum }),
    wave,
    language: languageOf(plan, facts) ?? plan.languages[0]!,
    openedAt,
    complete: facts.over === "completed",
    turns: turnsOf(plan, facts, library),
    scores: scoresOf(plan, facts, library),
    ratings: { now: rating(facts, "now"), then: rating(facts, "then") },
    pressure: pressureOf(facts),
    concrete: concreteOf(plan, facts, library),
  };
  return { transcript, hash: transcriptHash(transcript) };
}

function turnsOf(plan: InterviewPlan, facts: Facts, library: Library): Transcript["turns"] {
  const kinds = new Map(questionsOf(plan, facts, library).map(({ id, kind }) => [id, kind]));
  return [...facts.replies].map(([step, reply]) => {
    const { language, text, by } = facts.asked.get(step)!;
    return { step, kind: kinds.get(step)!, language, asked: text, by, reply };
  });
}

function scoresOf(plan: InterviewPlan, facts: Facts, library: Library): Transcript["scores"] {
  if (plan.kind === "values") return [];
  const baseline = isBaseline(plan, facts.opened.wave);
  return plan.instruments
    .map((reference) => instrumentOf(reference, library))
    .filter(({ measures }) => measures === "state" || !baseline)
    .map((instrument) => {
      const { id, version, items } = instrument;
      const given = items.map((item) => [item.id, rating(facts, itemStep(id, item.id))] as const);
      const scales = scoreInstrument(instrument, new Map(given));
      return { instrument: id, version, answers: Object.fromEntries(given), scales };
    });
}

function rating(facts: Facts, step: string): number | null {
  const value = valueAt(facts.replies, step);
  return typeof value === "number" ? value : null;
}

function pressureOf({ replies }: Facts): boolean | null {
  const said = valueAt(replies, "pressure");
  return said === "yes" ? true : said === "no" ? false : null;
}

/** Each text is judged by the rules of the language it was asked in. */
function concreteOf(plan: InterviewPlan, facts: Facts, library: Library): Transcript["concrete"] {
  const steps = [...facts.replies.keys()].filter((step) => /^(story|detail|probe\/.*)$/.test(step));
  const told = steps.flatMap((step) => {
    const text = textAt(facts.replies, step);
    return text === null ? [] : [{ text, texts: library.texts.get(facts.asked.get(step)!.language)! }];
  });
  if (told.length === 0) return null;
  const found = told.map(({ text, texts }) => concreteness(text, texts));
  const some = (aspect: "what" | "when" | "where" | "who"): boolean => found.some((one) => one[aspect]);
  return { what: some("what"), when: some("when"), where: some("where"), who: some("who") };
}
