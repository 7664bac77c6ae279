import { concat, keccak256, stringToBytes, type Hex } from "viem";
import type { JudgeCall } from "./call.ts";
import { contrarySheet, extractSheet, readQuotes, type QuoteSheet } from "./extract.ts";
import { judgeSheets, readSheet, type SheetAnswers } from "./judge.ts";
import { LIMITS, type Passage, type Quote, type Unit } from "./unit.ts";
import { abstain, verdictOf, type Verdict } from "./verdict.ts";

/** What came of a call, and what is kept of it. */
export type Asked<Record> =
  | { readonly ok: true; readonly value: unknown; readonly record: Record }
  /** `form`: what came was no answer to this call; `endpoint`: nothing came, so that asking on is of no use. */
  | { readonly ok: false; readonly fault: "form" | "endpoint"; readonly record: Record };

/** Asks a model, or gives again what one answered. Does not reject for what a model or its endpoint does. */
export type Ask<Record> = (call: JudgeCall) => Promise<Asked<Record>>;

/** A unit judged, with what is kept of every call in the order in which the calls are numbered. */
export interface Judgement<Record> {
  readonly verdict: Verdict;
  /** Found verbatim, first the extraction's, then the contrary pass's. */
  readonly quotes: readonly Quote[];
  /** Given by the model and not used, as they are not found verbatim or belong to nothing. */
  readonly dropped: number;
  /** Parts of passages, and quotes, left out because who read them alone missed decoys or answered in another form. */
  readonly poisonous: { readonly parts: readonly string[]; readonly quotes: readonly string[] };
  readonly calls: readonly Record[];
}

/**
 * Judges a unit: quotes are taken out, taken out again by one who doubts, checked verbatim, and then questions are answered from
 * them alone, in changing orders. The score is computed, never asked for. What makes a model miss its decoys is found by asking
 * about each part alone, and left out. Given the same answers it finds the same, so a record can be played again.
 * @param seed of node, round and unit: orders and decoys follow from it
 * @param repeats pairs of calls of the judge
 */
export async function judgeUnit<Record>(
  unit: Unit,
  ask: Ask<Record>,
  seed: Hex,
  repeats: number,
): Promise<Judgement<Record>> {
  const calls: Record[] = [];
  const log = recorder(ask, calls);
  const first = await takeQuotes(unit, log, (part, own) => extractSheet(part, own), seed, []);
  if (first.failed) return result(abstain("no-answer"), first);
  const second = await takeQuotes(unit, log, (part, own) => contrarySheet(part, own, first.quotes), seed, first.quotes);
  const { quotes } = second;
  const dropped = first.dropped + second.dropped;
  const taken = { quotes, dropped, poisonous: [...new Set([...first.poisonous, ...second.poisonous])] };
  // Both must have answered: quotes of one side alone would be one-sided.
  if (second.failed) return result(abstain("no-answer"), taken);
  if (quotes.length === 0) return result(abstain("no-quotes"), taken);
  const { verdict, poisonous } = await answer(unit, log, quotes, seed, repeats);
  return result(verdict, taken, poisonous);

  function result(verdict: Verdict, of: Omit<Taken, "failed">, left: readonly string[] = []): Judgement<Record> {
    const { quotes, dropped, poisonous: parts } = of;
    return { verdict, quotes, dropped, poisonous: { parts, quotes: left }, calls };
  }
}

/** Asks several calls at once and keeps their records in the order of the calls. */
type Log = (calls: readonly JudgeCall[]) => Promise<Asked<unknown>[]>;

function recorder<Record>(ask: Ask<Record>, calls: Record[]): Log {
  return async (asked) => {
    const answers = await Promise.all(asked.map((call) => ask(call)));
    calls.push(...answers.map(({ record }) => record));
    return answers;
  };
}

interface Taken {
  readonly quotes: readonly Quote[];
  readonly dropped: number;
  /** Texts, as they were shown. */
  readonly poisonous: readonly string[];
  readonly failed: boolean;
}

async function takeQuotes(
  unit: Unit,
  log: Log,
  sheetOf: (part: Unit, seed: Hex) => QuoteSheet,
  seed: Hex,
  before: readonly Quote[],
): Promise<Taken> {
  const whole = sheetOf(unit, seed);
  const [answer] = await log([whole.call]);
  const read = answer!.ok ? readQuotes(whole, answer!.value, before) : null;
  if (read?.awake === true) return { ...read, poisonous: [], failed: false };
  if (!answer!.ok && answer!.fault === "endpoint") return { quotes: before, dropped: 0, poisonous: [], failed: true };
  const parts = partsOf(unit.passages);
  const sheets = parts.map((part, i) => sheetOf({ ...unit, passages: [part] }, seedFor(seed, `${i} ${part.id}`)));
  const answers = await log(sheets.map(({ call }) => call));
  let [quotes, dropped]: [readonly Quote[], number] = [before, 0];
  const poisonous: string[] = [];
  for (const [i, one] of answers.entries()) {
    const part = one.ok ? readQuotes(sheets[i]!, one.value, quotes) : null;
    if (part?.awake === true) [quotes, dropped] = [part.quotes, dropped + part.dropped];
    else poisonous.push(parts[i]!.text);
  }
  return { quotes, dropped, poisonous, failed: poisonous.length === parts.length };
}

/** Passages cut into sentences, as small as the most calls for one unit allow. */
function partsOf(passages: readonly Passage[]): Passage[] {
  const sentences = passages.flatMap(({ id, text }) =>
    (text.match(SENTENCE) ?? []).map((part) => ({ id, text: part })),
  );
  const size = Math.ceil(sentences.length / LIMITS.parts);
  const parts: Passage[] = [];
  let held = 0;
  for (const { id, text } of sentences) {
    const last = parts.at(-1);
    if (last?.id === id && held < size) {
      parts[parts.length - 1] = { id, text: last.text + text };
      held += 1;
    } else {
      parts.push({ id, text });
      held = 1;
    }
  }
  return parts;
}

/** Up to the end of a sentence or line, whatever language: good enough to keep one sentence from speaking for the next. */
const SENTENCE = /[^.!?\u3002\uff01\uff1f\n]+[.!?\u3002\uff01\uff1f\n]*\s*/gu;

/** Answers the questions; where decoys are missed, from those quotes alone that by themselves let no decoy be missed. */
async function answer(
  unit: Unit,
  log: Log,
  quotes: readonly Quote[],
  seed: Hex,
  repeats: number,
): Promise<{ readonly verdict: Verdict; readonly poisonous: readonly string[] }> {
  const first = await sheetAnswers(unit, log, quotes, seed, repeats);
  if (first === "endpoint") return { verdict: abstain("no-answer"), poisonous: [] };
  if (first.every((sheet) => sheet?.awake === true))
    return { verdict: verdictOf(unit.criterion, first), poisonous: [] };
  const texts = [...new Set(quotes.map(({ text }) => text))];
  const alone = texts.map((text) => {
    const own = quotes.filter((quote) => quote.text === text);
    return judgeSheets(unit, own, seedFor(seed, text), 1)[0]!;
  });
  const answers = await log(alone.map(({ call }) => call));
  const clean = new Set(texts.filter((_, i) => isAwake(answers[i]!, (value) => readSheet(alone[i]!, value))));
  const poisonous = texts.filter((text) => !clean.has(text));
  const left = quotes.filter(({ text }) => clean.has(text));
  if (left.length === 0 || poisonous.length === 0) return { verdict: abstain("decoy"), poisonous };
  const again = await sheetAnswers(unit, log, left, seedFor(seed, "again"), repeats);
  const verdict = again === "endpoint" ? abstain("no-answer") : verdictOf(unit.criterion, again);
  return { verdict, poisonous };
}

async function sheetAnswers(
  unit: Unit,
  log: Log,
  quotes: readonly Quote[],
  seed: Hex,
  repeats: number,
): Promise<(SheetAnswers | null)[] | "endpoint"> {
  const sheets = judgeSheets(unit, quotes, seed, repeats);
  const answers = await log(sheets.map(({ call }) => call));
  if (answers.some((one) => !one.ok && one.fault === "endpoint")) return "endpoint";
  return answers.map((one, i) => (one.ok ? readSheet(sheets[i]!, one.value) : null));
}

function isAwake(answer: Asked<unknown>, read: (value: unknown) => SheetAnswers | null): boolean {
  return answer.ok && read(answer.value)?.awake === true;
}

function seedFor(seed: Hex, part: string): Hex {
  return keccak256(concat([seed, keccak256(stringToBytes(part))]));
}
