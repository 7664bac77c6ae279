import { nextProbe, PROBES, type Probe } from "./concrete.ts";
import { textAt, valueAt, type Facts } from "./facts.ts";
import type { Instrument, Item } from "./instruments/instrument.ts";
import type { Library } from "./library.ts";
import { phrasingOf } from "./phrasing.ts";
import { instrumentOf, type InterviewPlan, type OutcomePlan } from "./plan.ts";
import type { ItemStep, OpenStep, Option, ProbeStep, Question } from "./steps.ts";
import type { Texts } from "./texts/texts.ts";

type Replies = Facts["replies"];

/** What makes up questions: the words of one language and what the plan puts into them. */
export interface Words {
  readonly plan: InterviewPlan;
  readonly texts: Texts;
}

/**
 * An open question.
 * @param most characters of an answer, where that is less than the plan's
 */
export function open({ plan, texts }: Words, id: string, text: string, most = Infinity): OpenStep {
  const { language } = texts;
  const maxCharacters = Math.min(plan.maxAnswer, most);
  return { kind: "open", wording: "fixed", id, language, text: about(plan, language, text), maxCharacters };
}

/** A question whose answers are chosen. */
export function choice({ plan, texts }: Words, id: string, text: string, options: readonly Option[]): ItemStep {
  const { language } = texts;
  return { kind: "item", wording: "fixed", id, language, text: about(plan, language, text), options };
}

/** A text with the plan's subject in it. */
export function about({ subject }: InterviewPlan, language: string, text: string): string {
  // A function, as `$` in a subject would mean something in a replacement.
  return text.replaceAll("{subject}", () => subject[language] ?? "");
}

/**
 * The questions of an outcome interview's wave so far: what is answered, and what follows from it. Answering the first that is open
 * never changes those before it. What is asked in every wave comes first and in the same order, so that nothing asked before it differs.
 */
export function outcomeScript(
  words: Words & { plan: OutcomePlan },
  wave: string,
  replies: Replies,
  library: Library,
): Question[] {
  const { plan, texts } = words;
  const instruments = plan.instruments.map((reference) => instrumentOf(reference, library));
  const items = (measures: Instrument["measures"]): Question[] =>
    instruments.filter((one) => one.measures === measures).flatMap((one) => instrumentItems(words, one, one.items));
  const now = choice(words, "now", texts.now.text, numbered(0, 10, texts.now.low, texts.now.high));
  if (isBaseline(plan, wave)) return [...items("state"), open(words, "aim", texts.aim), now];
  return [
    ...items("state"),
    ...storyAndProbes(words, texts.story, replies),
    open(words, "negative", texts.negative),
    open(words, "counterfactual", texts.counterfactual),
    now,
    choice(words, "then", texts.then.text, numbered(0, 10, texts.then.low, texts.then.high)),
    ...items("outcome"),
    open(words, "detail", texts.detail),
    ...pressure(words, replies),
  ];
}

/** Whether a wave comes before the service. */
export function isBaseline(plan: OutcomePlan, wave: string): boolean {
  return plan.waves.some(({ id, kind }) => id === wave && kind === "baseline");
}

/** The open story and, where it is short or lacks detail, neutral probes. A story that was skipped is not probed. */
export function storyAndProbes(words: Words, text: string, replies: Replies): Question[] {
  const { plan, texts } = words;
  const questions: Question[] = [open(words, "story", text)];
  const story = textAt(replies, "story");
  if (story === null) return questions;
  const told = [story];
  const asked: Probe[] = [];
  while (asked.length < plan.probes) {
    const place = `probe/${asked.length + 1}`;
    // What was answered stays, also where the language was changed since and its rules would ask for something else.
    const probe = PROBES.find((each) => replies.has(`${place}/${each}`)) ?? nextProbe(told, asked, texts);
    if (probe === null) break;
    const id = `${place}/${probe}`;
    questions.push(probeStep(words, id, texts.probes[probe], told));
    if (!replies.has(id)) break;
    asked.push(probe);
    told.push(textAt(replies, id) ?? "");
  }
  return questions;
}

function probeStep({ plan, texts }: Words, id: string, text: string, told: readonly string[]): ProbeStep {
  const phrasing = phrasingOf(
    text,
    told.filter((each) => each !== ""),
  );
  const { language } = texts;
  return { kind: "probe", wording: "free", id, language, text, maxCharacters: plan.maxAnswer, phrasing };
}

function pressure(words: Words, replies: Replies): Question[] {
  const { text, yes, no, unsaid, what } = words.texts.pressure;
  const options = [
    { value: "yes", label: yes },
    { value: "no", label: no },
    { value: "unsaid", label: unsaid },
  ];
  const question = choice(words, "pressure", text, options);
  return valueAt(replies, "pressure") === "yes" ? [question, open(words, "pressure/what", what)] : [question];
}

/** Id of an instrument's item as a step. */
export function itemStep(instrument: string, item: string): string {
  return `item/${instrument}/${item}`;
}

function instrumentItems(words: Words, instrument: Instrument, items: readonly Item[]): Question[] {
  const text = instrument.texts[words.texts.language]!;
  return items.map(({ id, min, max }, index) => {
    const item = text.items[id]!;
    const [low = "", high = ""] = item.ends ?? [];
    const options = numbered(min, max, low, high).map(({ value, label }) => {
      return { value, label: text.labels?.[value] ?? label };
    });
    // The words before the first item stay with it, so that they are never lost and never said twice.
    const whole = index === 0 ? `${text.intro}\n\n${item.text}` : item.text;
    return { ...choice(words, itemStep(instrument.id, id), "", options), text: whole };
  });
}

function numbered(min: number, max: number, low: string, high: string): { value: number; label: string }[] {
  return Array.from({ length: max - min + 1 }, (_, index) => {
    const value = min + index;
    const name = value === min ? low : value === max ? high : "";
    return { value, label: name === "" ? String(value) : `${value} – ${name}` };
  });
}
