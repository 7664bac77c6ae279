import type { Hex } from "viem";
import { z } from "zod";
import { canonicalJson } from "../canonical.ts";
import { findQuote } from "../text/normalise.ts";
import type { JudgeCall } from "./call.ts";
import { decoysFor, type Decoy } from "./decoys.ts";
import { shuffleFrom } from "./order.ts";
import { CONTRARY } from "./prompts/contrary.ts";
import { EXTRACT } from "./prompts/extract.ts";
import { LIMITS, type Passage, type Question, type Quote, type Unit } from "./unit.ts";

/** What an extraction answers with. */
const extractionSchema = z.strictObject({
  quotes: z
    .array(z.strictObject({ question: z.string(), passage: z.string(), text: z.string() }))
    .max(LIMITS.quotesPerCall),
});

const SCHEMA = { name: "quotes", jsonSchema: z.toJSONSchema(extractionSchema) } as const;

/** What a call for quotes shows, and how its answer is read: passages and questions by the ids this call gives them. */
export interface QuoteSheet {
  readonly call: JudgeCall;
  /** `null` stands for a decoy. */
  readonly questions: ReadonlyMap<string, Question | null>;
  readonly passages: ReadonlyMap<string, Passage | Decoy>;
}

/** Asks for quotes of a unit. @param seed order and decoys follow from it */
export function extractSheet(unit: Unit, seed: Hex): QuoteSheet {
  return sheetOf(unit, seed, null);
}

/** Asks for what speaks against the quotes taken so far. */
export function contrarySheet(unit: Unit, seed: Hex, taken: readonly Quote[]): QuoteSheet {
  return sheetOf(unit, seed, taken);
}

/** In canonical JSON what changes with the source comes last. */
function sheetOf({ criterion, passages }: Unit, seed: Hex, taken: readonly Quote[] | null): QuoteSheet {
  const purpose = taken === null ? "extract" : "contrary";
  const shuffle = shuffleFrom(seed, purpose);
  const decoys = decoysFor(shuffle);
  const places = shuffle([...decoys, ...passages.map(() => null)]);
  let next = 0;
  // Passages keep their order, as an answer follows from the one before; decoys stand anywhere between them.
  const shown = places.map((place) => place ?? passages[next++]!);
  const asked: readonly { readonly text: string; readonly question: Question | null }[] = shuffle([
    ...criterion.questions.map((question) => ({ text: question.text, question })),
    ...decoys.map(({ questions }) => ({ text: questions[0]!.text, question: null })),
  ]);
  const idOf = new Map(asked.map(({ question }, i) => [question?.id, `q${i + 1}`]));
  const user = canonicalJson({
    criterion: criterion.statement,
    questions: asked.map(({ text }, i) => ({ id: `q${i + 1}`, text })),
    source: shown.map((one, i) => ({ id: `p${i + 1}`, text: "sentence" in one ? one.sentence : one.text })),
    ...(taken !== null && { taken: taken.map(({ question, text }) => ({ question: idOf.get(question)!, text })) }),
  });
  return {
    call: { purpose, system: (taken === null ? EXTRACT : CONTRARY).text, user, schema: SCHEMA },
    questions: new Map(asked.map(({ question }, i) => [`q${i + 1}`, question])),
    passages: new Map(shown.map((one, i) => [`p${i + 1}`, one])),
  };
}

/** What is left of an extraction. */
export interface ReadQuotes {
  /** In the order given, each once, no more for a question than the limit. */
  readonly quotes: readonly Quote[];
  /** Given, but not to be found verbatim, or of no question or passage there is. */
  readonly dropped: number;
  /** Whether every decoy's sentence was quoted for its question. */
  readonly awake: boolean;
}

/**
 * Keeps what stands verbatim in the passage it names, for a question that is asked.
 * @param value what the model answered
 * @param before quotes kept already, which stay
 * @returns `null` where the answer is not of the form asked for
 */
export function readQuotes(sheet: QuoteSheet, value: unknown, before: readonly Quote[]): ReadQuotes | null {
  const given = extractionSchema.safeParse(value).data?.quotes;
  if (given === undefined) return null;
  const quotes = [...before];
  const seen = new Set<Passage | Decoy>();
  let dropped = 0;
  for (const { question: asked, passage: place, text } of given) {
    const passage = sheet.passages.get(place);
    const question = sheet.questions.get(asked);
    if (passage !== undefined && "sentence" in passage) {
      if (question === null && findQuote(passage.sentence, text) !== null) seen.add(passage);
      continue;
    }
    const quote = question ? quoteIn(passage, question, text) : null;
    if (quote === null) dropped += 1;
    else if (isNew(quote, quotes)) quotes.push(quote);
  }
  const decoys = [...sheet.passages.values()].filter((passage) => "sentence" in passage);
  return { quotes, dropped, awake: decoys.every((one) => seen.has(one)) };
}

function quoteIn(passage: Passage | undefined, { id: question }: Question, text: string): Quote | null {
  if (passage === undefined || text.length > LIMITS.quote) return null;
  const found = findQuote(passage.text, text);
  return found === null ? null : { question, passage: passage.id, text: passage.text.slice(found.start, found.end) };
}

function isNew({ question, text }: Quote, quotes: readonly Quote[]): boolean {
  const same = quotes.filter((one) => one.question === question);
  return same.length < LIMITS.quotesPerQuestion && same.every((one) => one.text !== text);
}
