import { plainText } from "../plain-text.ts";
import type { Transcript } from "./transcript.ts";

/** Names that a judge must not see: the provider's and its aliases, and those of people. */
export interface Names {
  readonly provider: readonly string[];
  readonly people: readonly string[];
}

/** What a judge may see: texts and ids of questions. No names, no pseudonym, no wave, no ratings. */
export interface JudgeView {
  readonly format: "guerdon/judge-view/1";
  readonly turns: readonly { readonly question: string; readonly text: string }[];
}

/** A stretch of a view's text that stands for another of the transcript's; offsets in UTF-16 units. */
interface Patch {
  readonly view: readonly [from: number, to: number];
  readonly source: readonly [from: number, to: number];
}

/** What leads from a view back to the transcript; not for judges. By question. */
export type TraceMap = ReadonlyMap<string, { readonly source: string; readonly patches: readonly Patch[] }>;

/** A quote in the words of the transcript. */
export interface TracedQuote {
  readonly question: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export const PLACEHOLDERS = { provider: "[provider]", person: "[person]", contact: "[contact]" } as const;

/** Addresses of mail and of the web, which name whom they belong to; numbers of telephones. */
const CONTACT =
  "[\\p{L}\\p{N}._%+-]+@[\\p{L}\\p{N}.-]+\\.\\p{L}{2,}|(?:https?:\\/\\/|www\\.)[^\\s]+|\\+?\\d[\\d /().-]{6,}\\d";

/** Scripts written without spaces, where a name has no edges to look for. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/**
 * Takes everything from a transcript that a judge must not see, and keeps how to get back. Names are found whatever their case, as
 * whole words with or without a genitive s, the longest first. A name that nobody listed stays: listing is the caller's part.
 */
export function judgeView({ turns }: Transcript, names: Names): { readonly view: JudgeView; readonly map: TraceMap } {
  const pattern = patternOf(names);
  const shown: { question: string; text: string }[] = [];
  const map = new Map<string, { source: string; patches: Patch[] }>();
  for (const { step: question, reply } of turns) {
    if (reply === null || !("text" in reply)) continue;
    const { text, patches } = replaced(reply.text, pattern);
    shown.push({ question, text });
    map.set(question, { source: reply.text, patches });
  }
  return { view: { format: "guerdon/judge-view/1", turns: shown }, map };
}

/** Any other text for a judge, with placeholders where a view of a transcript has them. */
export function withoutNames(text: string, names: Names): string {
  return replaced(text, patternOf(names)).text;
}

function patternOf(names: Names): RegExp {
  const kinds = [`(?<contact>${CONTACT})`, group("provider", names.provider), group("person", names.people)];
  return new RegExp(kinds.filter(Boolean).join("|"), "giu");
}

/**
 * Finds a quote of a view, verbatim, and gives it in the transcript's words. One that ends within a placeholder takes in all that the
 * placeholder stands for.
 * @returns `null` where the quote is empty or not there verbatim
 */
export function traceQuote(
  { turns }: JudgeView,
  map: TraceMap,
  quote: { readonly question: string; readonly text: string },
): TracedQuote | null {
  const turn = turns.find(({ question }) => question === quote.question);
  const origin = map.get(quote.question);
  const start = quote.text === "" ? -1 : (turn?.text.indexOf(quote.text) ?? -1);
  if (origin === undefined || start < 0) return null;
  const from = sourceOf(start, origin.patches, 0);
  const to = sourceOf(start + quote.text.length, origin.patches, 1);
  return { question: quote.question, from, to, text: origin.source.slice(from, to) };
}

function replaced(source: string, pattern: RegExp): { text: string; patches: Patch[] } {
  const patches: Patch[] = [];
  let [text, done] = ["", 0];
  for (const match of source.matchAll(pattern)) {
    const kind =
      match.groups?.["contact"] !== undefined
        ? "contact"
        : match.groups?.["provider"] !== undefined
          ? "provider"
          : "person";
    text += source.slice(done, match.index);
    const end = match.index + match[0].length;
    patches.push({ view: [text.length, text.length + PLACEHOLDERS[kind].length], source: [match.index, end] });
    text += PLACEHOLDERS[kind];
    done = end;
  }
  return { text: text + source.slice(done), patches };
}

/** @param edge 0: the earliest place of the source that it can be; 1: the latest */
function sourceOf(offset: number, patches: readonly Patch[], edge: 0 | 1): number {
  let shift = 0;
  for (const { view, source } of patches) {
    if (edge === 0 ? offset < view[0] : offset <= view[0]) break;
    if (offset < view[1]) return source[edge];
    shift = source[1] - view[1];
  }
  return offset + shift;
}

function group(name: string, list: readonly string[]): string {
  const forms = list.map((each) => plainText(each).trim()).filter((each) => each !== "");
  if (forms.length === 0) return "";
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return `(?<${name}>${longestFirst.map(wholeName).join("|")})`;
}

function wholeName(name: string): string {
  const spelled = name.split(/\s+/).map(escaped).join("\\s+");
  if (UNSPACED.test(name)) return spelled;
  return `(?<![\\p{L}\\p{M}\\p{N}])${spelled}(?:['’]?s)?(?![\\p{L}\\p{M}\\p{N}])`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, (mark) => `\\${mark}`);
}
