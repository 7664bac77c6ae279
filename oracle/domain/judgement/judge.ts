import type { Hex } from "viem";
import { z } from "zod";
import { canonicalJson } from "../canonical.ts";
import type { JudgeCall } from "./call.ts";
import { decoysFor } from "./decoys.ts";
import { shuffleFrom, type Shuffle } from "./order.ts";
import { JUDGE } from "./prompts/judge.ts";
import { ANSWERS, LIMITS, type Answer, type Quote, type Unit } from "./unit.ts";

/** Letters under which a call shows what can be answered. */
const LETTERS = ["A", "B", "C"] as const;
type Letter = (typeof LETTERS)[number];

/** What a call shows, and how its answers are read. */
export interface Sheet {
  /** Quotes by their number, counted from 1; `null` stands for a decoy's sentence. */
  readonly quotes: readonly (Quote | null)[];
  readonly meaning: Readonly<Record<Letter, Answer>>;
  /** By the id a call gives it: a question of the criterion, or a decoy with its right answers. */
  readonly questions: ReadonlyMap<string, { readonly id: string } | { readonly right: readonly Answer[] }>;
  readonly call: JudgeCall;
}

/** What a sheet of so many questions is answered with; they are called q1, q2 and so on in every sheet. */
function answersSchema(count: number) {
  const ids = Array.from({ length: count }, (_, i) => idOf(i)) as [string, ...string[]];
  const answer = z.strictObject({
    question: z.enum(ids),
    answer: z.enum(LETTERS),
    quotations: z.array(z.int().min(1)).max(LIMITS.quotesPerCall),
  });
  return z.strictObject({ answers: z.array(answer).length(count) });
}

const idOf = (place: number): string => `q${place + 1}`;

type AnswersSchema = ReturnType<typeof answersSchema>;
const forms = new Map<number, { readonly schema: AnswersSchema; readonly json: Readonly<Record<string, unknown>> }>();

/** Forms are few and costly to make. */
function formOf(count: number) {
  const known = forms.get(count);
  if (known !== undefined) return known;
  const schema = answersSchema(count);
  const form = { schema, json: z.toJSONSchema(schema) };
  forms.set(count, form);
  return form;
}

/**
 * The calls of a judgement: each shows the same quotes and questions, every second one in the reverse order of the one before, with
 * the letters turned round, so that who prefers a place or a letter contradicts itself.
 * @param seed of this node, round and unit
 * @param repeats pairs of calls, at least one
 */
export function judgeSheets(unit: Unit, quotes: readonly Quote[], seed: Hex, repeats: number): Sheet[] {
  return Array.from({ length: repeats }, (_, repeat) => {
    const parts = partsOf(unit, quotes, shuffleFrom(seed, `judge ${repeat}`));
    return [sheetOf(parts), sheetOf(reversed(parts))];
  }).flat();
}

interface Parts {
  readonly shown: readonly { readonly quote: Quote | null; readonly text: string }[];
  readonly asked: readonly {
    readonly text: string;
    readonly is: { readonly id: string } | { readonly right: readonly Answer[] };
  }[];
  readonly answers: readonly Answer[];
}

function partsOf({ criterion }: Unit, quotes: readonly Quote[], shuffle: Shuffle): Parts {
  const decoys = decoysFor(shuffle);
  const texts = [...new Map(quotes.map((quote) => [quote.text, quote])).values()];
  return {
    shown: shuffle([
      ...texts.map((quote) => ({ quote, text: quote.text })),
      ...decoys.map(({ sentence }) => ({ quote: null, text: sentence })),
    ]),
    asked: shuffle([
      ...criterion.questions.map(({ id, text }) => ({ text, is: { id } })),
      ...decoys.flatMap(({ questions }) => questions.map(({ text, right }) => ({ text, is: { right } }))),
    ]),
    answers: shuffle(ANSWERS),
  };
}

function reversed({ shown, asked, answers }: Parts): Parts {
  return { shown: [...shown].reverse(), asked: [...asked].reverse(), answers: [...answers].reverse() };
}

function sheetOf({ shown, asked, answers }: Parts): Sheet {
  const meaning = Object.fromEntries(LETTERS.map((letter, i) => [letter, answers[i]!])) as Record<Letter, Answer>;
  const words = (answer: Answer): string => answer.replace("-", " ");
  const user = canonicalJson({
    options: Object.fromEntries(LETTERS.map((letter) => [letter, words(meaning[letter])])),
    questions: asked.map(({ text }, i) => ({ id: idOf(i), text })),
    quotations: shown.map(({ text }, i) => ({ number: i + 1, text })),
  });
  const schema = { name: "answers", jsonSchema: formOf(asked.length).json };
  return {
    quotes: shown.map(({ quote }) => quote),
    meaning,
    questions: new Map(asked.map(({ is }, i) => [idOf(i), is])),
    call: { purpose: "judge", system: JUDGE.text, user, schema },
  };
}

/** What one call said. */
export interface SheetAnswers {
  /** By the criterion's question, with the quotes it rests on; a "met" or "not met" that rests on no quote is insufficient. */
  readonly answers: ReadonlyMap<string, { readonly answer: Answer; readonly quotes: readonly Quote[] }>;
  /** Whether every decoy was answered right. */
  readonly awake: boolean;
}

/** Reads what a model answered to a sheet; `null` where it is not of the form asked for, or a question is missing or there twice. */
export function readSheet(sheet: Sheet, value: unknown): SheetAnswers | null {
  const count = sheet.questions.size;
  const given = formOf(count).schema.safeParse(value).data?.answers;
  if (given === undefined || new Set(given.map(({ question }) => question)).size !== count) return null;
  const answers = new Map<string, { answer: Answer; quotes: Quote[] }>();
  let awake = true;
  for (const { question, answer: letter, quotations } of given) {
    const asked = sheet.questions.get(question)!;
    const answer = sheet.meaning[letter];
    if ("right" in asked) awake &&= asked.right.includes(answer);
    else {
      const quotes = [...new Set(quotations)].flatMap((number) => sheet.quotes[number - 1] ?? []);
      answers.set(asked.id, quotes.length === 0 ? { answer: "insufficient", quotes } : { answer, quotes });
    }
  }
  return { answers, awake };
}
