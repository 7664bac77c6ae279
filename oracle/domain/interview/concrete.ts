import { ASPECTS, type Aspect, type Texts } from "./texts/texts.ts";

/** Fewest words of a story that says what happened. */
export const FEWEST_WORDS = 12;

/** Fewest UTF-16 units of a story that is not short. */
export const SHORT_STORY = 160;

/** What a story says of what, when, where and who. */
export type Concreteness = Readonly<Record<Aspect, boolean>>;

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** A year, a date, a time of day, as digits. */
const DATE_OR_TIME = /\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}[./]\d{1,2}\b/;

/**
 * Whether a text names what happened, when, where and with whom, by rules simple enough to be the same everywhere: enough words, and
 * a word of the language's lists. It decides only whether a probe is asked; it says nothing about what is true.
 */
export function concreteness(text: string, { cues }: Texts): Concreteness {
  const words = wordsOf(text);
  const known = new Set(words);
  const names = (list: readonly string[]): boolean => list.some((word) => known.has(word));
  return {
    what: words.length >= FEWEST_WORDS,
    when: names(cues.when) || DATE_OR_TIME.test(text),
    where: names(cues.where),
    who: names(cues.who),
  };
}

/** Words of a text in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** A probe: what it asks for, `more` where a story is only short. */
export const PROBES = [...ASPECTS, "more"] as const;
export type Probe = (typeof PROBES)[number];

/**
 * The next neutral probe after a story, or `null`. What is missing is asked for in the order of `ASPECTS`, each once; a story that
 * lacks nothing and is short is asked for more, once.
 * @param told the story and the answers to probes so far
 * @param asked probes so far
 */
export function nextProbe(told: readonly string[], asked: readonly Probe[], texts: Texts): Probe | null {
  const story = told.join("\n");
  const found = concreteness(story, texts);
  const missing = ASPECTS.find((aspect) => !found[aspect] && !asked.includes(aspect));
  if (missing !== undefined) return missing;
  return story.length < SHORT_STORY && !asked.includes("more") ? "more" : null;
}
