import { plainText, unseenIn, type HiddenKind } from "../plain-text.ts";
import { composed } from "./compose.ts";
import { edited, originOf, unmapped, type MappedText } from "./mapped-text.ts";
import { markupIn, type MarkupKind } from "./markup.ts";

/** What was taken out of a text, or would not be seen in it as what it is. */
export type RemovedKind = HiddenKind | MarkupKind | "too-long" | "nested-markup";

/** One kind of what was taken out. Removal is a reason to look at an item, never a judgement on it. */
export interface Removed {
  readonly kind: RemovedKind;
  /** How often. */
  readonly count: number;
  /** The first of it, readable and shortened: tag characters as the letters they stand for, others that show nothing as `U+200B`. */
  readonly sample: string;
}

/** A text as people would see it. */
export interface NormalisedText {
  readonly text: string;
  readonly removed: readonly Removed[];
  /** Words of letters that look alike but are of several scripts, as a forger writes them; they are left as they stand. */
  readonly mixedScript: { readonly count: number; readonly sample: string };
  /** The part of the original that a part of `text` came from; both half-open, in UTF-16 units. */
  origin(start: number, end: number): { readonly from: number; readonly to: number };
}

/** Longest text that is read, in UTF-16 units, before and after; the rest is cut off and said to be. */
export const MOST_UNITS = 200_000;

/** Layers of markup hidden in one another that are taken off; what goes deeper loses the signs that make it markup. */
const MOST_PASSES = 8;
const MOST_SAMPLE = 120;

const ASCII = /^[\t\n\x20-\x7e]*$/;
/** ASCII without the signs that markup starts with. */
const UNTOUCHED = /^[\t\n\x20-\x25\x27-\x3b=-Z\\\]-~]*$/;

/**
 * Evidence as people would see it, for judges to read: what `plainText` does, and what HTML or Markdown would hide is taken out.
 * Idempotent. Takes time in proportion to the text's length.
 */
export function normalise(original: string, mostUnits = MOST_UNITS): NormalisedText {
  const log = new Map<RemovedKind, { count: number; sample: string }>();
  const note = (kind: RemovedKind, sample: () => string): void => {
    const before = log.get(kind);
    if (before === undefined) log.set(kind, { count: 1, sample: shorten(sample()) });
    else before.count += 1;
  };
  let mapped = cut(unmapped(original), mostUnits, note);
  for (let pass = 0, before = null; mapped !== before && !UNTOUCHED.test(mapped.text); pass++) {
    before = mapped;
    mapped = cut(withoutMarkup(seenOnly(mapped, note), pass < MOST_PASSES, note), mostUnits, note);
  }
  const removed = [...log].map(([kind, found]) => ({ kind, ...found })).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const result = mapped;
  return {
    text: result.text,
    removed,
    mixedScript: mixedScriptIn(result.text),
    origin: (start, end) => originOf(result, start, end),
  };
}

type Note = (kind: RemovedKind, sample: () => string) => void;

function cut(mapped: MappedText, mostUnits: number, note: Note): MappedText {
  const { text } = mapped;
  if (text.length <= mostUnits) return mapped;
  note("too-long", () => `${text.length} characters`);
  return edited(mapped, [{ from: mostUnits, to: text.length, put: "" }]);
}

/** NFKC without what shows nothing. */
function seenOnly(mapped: MappedText, note: Note): MappedText {
  const { text } = mapped;
  if (ASCII.test(text)) return mapped;
  const edits = unseenIn(text).map(({ at, length, kind }) => {
    if (kind !== "line-break") note(kind, () => spelled(text.slice(at, at + 4 * MOST_SAMPLE), kind));
    return { from: at, to: at + length, put: kind === "line-break" ? "\n" : "" };
  });
  return composed(edited(mapped, edits));
}

function withoutMarkup(mapped: MappedText, deeper: boolean, note: Note): MappedText {
  const { text } = mapped;
  const { edits, unshown } = markupIn(text);
  if (deeper || edits.length === 0) {
    for (const { kind, from, to } of unshown)
      note(kind, () => plainText(text.slice(from, from + Math.min(to - from, 400))));
    return edited(mapped, edits);
  }
  note("nested-markup", () => plainText(text.slice(edits[0]!.from, edits[0]!.from + 400)));
  const signs = [...text.matchAll(/[<&[]/g)].map(({ index }) => ({ from: index, to: index + 1, put: "" }));
  return edited(mapped, signs);
}

/** Characters of a kind that shows nothing, from the start of a text as far as they go on, in a form that can be read. */
function spelled(text: string, kind: HiddenKind): string {
  const parts: string[] = [];
  for (const character of text) {
    if (unseenIn(character)[0]?.kind !== kind) break;
    const point = character.codePointAt(0)!;
    const letter = point >= 0xe0020 && point <= 0xe007e;
    parts.push(
      letter ? String.fromCodePoint(point - 0xe0000) : `U+${point.toString(16).toUpperCase().padStart(4, "0")}`,
    );
  }
  return parts.join("");
}

function shorten(text: string): string {
  const points = Array.from(text.replace(/\s+/g, " ").trim());
  return points.length <= MOST_SAMPLE ? points.join("") : `${points.slice(0, MOST_SAMPLE - 3).join("")}...`;
}

/** Letters of Cyrillic and Greek that look like Latin ones. */
const LOOKALIKE = /[аеорсухіјѕԁһӏԛԝАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν]/u;

function mixedScriptIn(text: string): { count: number; sample: string } {
  if (!LOOKALIKE.test(text)) return { count: 0, sample: "" };
  const words = (text.match(/\p{L}+/gu) ?? []).filter((word) => LOOKALIKE.test(word) && /[a-z]/i.test(word));
  return { count: words.length, sample: shorten(words[0] ?? "") };
}

/** Where a quote stands in a text. */
export interface FoundQuote {
  /** Half-open, in UTF-16 units of the text as given. */
  readonly start: number;
  readonly end: number;
}

/** A quote has at least so many characters, so many of them letters or digits; of scripts without spaces, so many of those. */
const SHORTEST_QUOTE = 8;
const FEWEST_LETTERS = 6;
const FEWEST_UNSPACED = 4;
/** What stands in a text more often than this says nothing about any one place. */
const MOST_OCCURRENCES = 5;

const LETTER = /[\p{L}\p{N}]/u;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Finds a quote verbatim in a text as people would see it: both in NFKC without what shows nothing, markup taken out of the text only,
 * runs of white space alike, and nothing else. Case and punctuation count; it neither starts nor ends inside a word, so that "safe"
 * is not found in "unsafe".
 * @param text normalised or not
 * @returns the first place, `null` where there is none, more than five, or the quote is too short to say anything
 */
export function findQuote(text: string, quote: string): FoundQuote | null {
  const wanted = collapsed(plainText(quote)).text.trim();
  if (!saysSomething(wanted)) return null;
  const seen = normalise(text);
  const flat = collapsed(seen.text);
  const places: number[] = [];
  for (let at = flat.text.indexOf(wanted); at >= 0; at = flat.text.indexOf(wanted, at + 1)) {
    if (splitsWord(flat.text, at) || splitsWord(flat.text, at + wanted.length)) continue;
    if (places.push(at) > MOST_OCCURRENCES) return null;
  }
  const [first] = places;
  if (first === undefined) return null;
  const { from, to } = seen.origin(flat.places[first]!, flat.places[first + wanted.length - 1]! + 1);
  return { start: from, end: to };
}

function saysSomething(quote: string): boolean {
  const letters = Array.from(quote).filter((character) => LETTER.test(character));
  if (letters.filter((letter) => UNSPACED.test(letter)).length >= FEWEST_UNSPACED) return true;
  return Array.from(quote).length >= SHORTEST_QUOTE && letters.length >= FEWEST_LETTERS;
}

/** Whether both sides of a place are of one word, or of one character. */
function splitsWord(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const after = String.fromCodePoint(text.codePointAt(at)!);
  if (/\p{M}|\p{Cs}/u.test(after)) return true;
  const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1)!;
  return [before, after].every(
    (character) => (LETTER.test(character) || /\p{M}/u.test(character)) && !UNSPACED.test(character),
  );
}

/** A text with one space for every run of white space, and where each unit stood. */
function collapsed(text: string): { readonly text: string; readonly places: Int32Array } {
  const places = new Int32Array(text.length);
  const parts: string[] = [];
  let length = 0;
  for (const { index, 0: part } of text.matchAll(/\s+|\S+/g)) {
    const space = part.trim() === "";
    parts.push(space ? " " : part);
    for (let i = 0; i < (space ? 1 : part.length); i++) places[length++] = index + i;
  }
  return { text: parts.join(""), places: places.subarray(0, length) };
}
