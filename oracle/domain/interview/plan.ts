import type { Hex } from "viem";
import { z } from "zod";
import { canonicalHash } from "../canonical.ts";
import { InputError } from "../errors.ts";
import type { Instrument } from "./instruments/instrument.ts";
import { LIBRARY, type Library } from "./library.ts";

const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case words joined by -")
  .max(40);
const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, "must be a language code such as en");
const days = (max: number) => z.int().min(0).max(max);

/** A point of time at which people are asked. Offsets and windows are days of 86,400 s. */
export const waveSchema = z.discriminatedUnion("kind", [
  /** From enrolment until the service. No outcome is asked for. */
  z.strictObject({ id, kind: z.literal("baseline") }),
  /** Opens so many days after the service. */
  z.strictObject({ id, kind: z.literal("follow-up"), offsetDays: days(3650), windowDays: days(365).min(1) }),
  /** Opens so many days after the provider was paid. */
  z.strictObject({ id, kind: z.literal("after-payment"), offsetDays: days(365), windowDays: days(365).min(1) }),
]);

export type Wave = z.output<typeof waveSchema>;

const common = {
  format: z.literal("guerdon/interview-plan/1"),
  title: z.string().min(1).max(200),
  /** Whether the interviews serve a commercial purpose, in the sense of the instruments' licences. */
  commercial: z.boolean(),
  /** The first is the one used where nothing was chosen. */
  languages: z.array(language).min(1).max(16),
  /** What it is about, in each language, in words that favour no answer and name no provider: "the repair of your car". */
  subject: z.record(language, z.string().min(1).max(200)),
  /** Criteria of the outcome spec that it serves. */
  criteria: z.array(z.string().min(1).max(100)).max(64),
  /** Most UTF-16 units of one answer. */
  maxAnswer: z.int().min(100).max(8000),
  /** Most neutral probes. */
  probes: z.int().min(0).max(6),
};

const outcomeSchema = z.strictObject({
  ...common,
  kind: z.literal("outcome"),
  asked: z.literal("participants"),
  instruments: z.array(z.strictObject({ id, version: z.string().min(1).max(40) })).max(8),
  waves: z.array(waveSchema).min(3).max(12),
});

const valuesSchema = z.strictObject({ ...common, kind: z.literal("values"), asked: z.literal("buyers") });

/** What is asked, of whom, when. `outcome`: participants, in waves. `values`: buyers, once. */
export const interviewPlanSchema = z.discriminatedUnion("kind", [outcomeSchema, valuesSchema]);

export type InterviewPlan = z.output<typeof interviewPlanSchema>;
export type OutcomePlan = z.output<typeof outcomeSchema>;

/** Most items of a plan's instruments together. */
export const MAX_ITEMS = 200;

/** The one wave of a values interview. */
export const VALUES_WAVE = "values";

/** Hash of a plan: its canonical JSON under keccak256. */
export function planHash(plan: InterviewPlan): Hex {
  return canonicalHash(plan);
}

/**
 * Reads a plan and checks that it can be carried out as it stands.
 * @throws InputError naming field, value and limit
 */
export function readInterviewPlan(value: unknown, library: Library = LIBRARY): InterviewPlan {
  const parsed = interviewPlanSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(issue?.message ?? "not an interview plan", { field: issue?.path.join(".") ?? "" });
  }
  checkLanguages(parsed.data, library);
  if (parsed.data.kind === "outcome") {
    checkInstruments(parsed.data, library);
    checkWaves(parsed.data);
  }
  return parsed.data;
}

/** Waves of a plan by id, in the plan's order. */
export function waveIds(plan: InterviewPlan): string[] {
  return plan.kind === "values" ? [VALUES_WAVE] : plan.waves.map((wave) => wave.id);
}

/**
 * An instrument of a plan.
 * @throws InputError where the library has none of that id and version, or has it without its items
 */
export function instrumentOf(
  { id: name, version }: { readonly id: string; readonly version: string },
  library: Library,
): Instrument & { readonly items: NonNullable<Instrument["items"]> } {
  const fault = { field: "instruments", value: name };
  const instrument = library.instruments.get(name);
  if (instrument === undefined) {
    throw new InputError("unknown instrument", { ...fault, limit: [...library.instruments.keys()].sort().join(", ") });
  }
  const { items, licence } = instrument;
  if (items === null) {
    const limit = `an instrument whose items are included; these need the wording of ${licence.holder} (${licence.source})`;
    throw new InputError("items are not included", { ...fault, limit });
  }
  if (instrument.version !== version) {
    throw new InputError("another version", { ...fault, value: version, limit: `version ${instrument.version}` });
  }
  return { ...instrument, items };
}

function checkLanguages({ languages, subject }: InterviewPlan, library: Library): void {
  checkOnce("languages", languages);
  const named = Object.keys(subject).sort();
  if (named.join() !== [...languages].sort().join()) {
    throw new InputError("not the plan's languages", {
      field: "subject",
      value: named.join(", "),
      limit: languages.join(", "),
    });
  }
  for (const each of languages) {
    if (library.texts.has(each)) continue;
    const limit = [...library.texts.keys()].sort().join(", ");
    throw new InputError("no texts in this language", { field: "languages", value: each, limit });
  }
}

function checkInstruments({ instruments, languages, commercial }: OutcomePlan, library: Library): void {
  checkOnce(
    "instruments",
    instruments.map((one) => one.id),
  );
  const count = instruments.reduce((sum, one) => sum + instrumentOf(one, library).items.length, 0);
  if (count > MAX_ITEMS) {
    throw new InputError("too many items", {
      field: "instruments",
      value: String(count),
      limit: `at most ${MAX_ITEMS}`,
    });
  }
  for (const reference of instruments) {
    const { licence, texts } = instrumentOf(reference, library);
    const fault = { field: "instruments", value: reference.id };
    if (commercial && !licence.commercial) {
      const limit = `an instrument free for commercial use; this one is under ${licence.name} (${licence.source})`;
      throw new InputError("its licence forbids commercial use", { ...fault, limit });
    }
    const missing = languages.find((each) => !Object.hasOwn(texts, each));
    if (missing !== undefined) {
      throw new InputError(`not available in ${missing}`, { ...fault, limit: Object.keys(texts).sort().join(", ") });
    }
  }
}

function checkWaves({ waves }: OutcomePlan): void {
  checkOnce(
    "waves",
    waves.map((wave) => wave.id),
  );
  const kinds = waves.map(({ kind }) => kind).join(" ");
  if (!/^baseline( follow-up)+ after-payment$/.test(kinds)) {
    const limit = "one baseline, then follow-ups, then one after-payment";
    throw new InputError("not a course of waves", { field: "waves", value: kinds, limit });
  }
  const offsets = waves.flatMap((wave) => (wave.kind === "follow-up" ? [wave.offsetDays] : []));
  const late = offsets.find((offset, index) => index > 0 && offset <= offsets[index - 1]!);
  if (late !== undefined) {
    throw new InputError("follow-ups out of order", {
      field: "waves.offsetDays",
      value: String(late),
      limit: "each later than the one before",
    });
  }
}

function checkOnce(field: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new InputError("named twice", { field, value: twice, limit: "each once" });
}
