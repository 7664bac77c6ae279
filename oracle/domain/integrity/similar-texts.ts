import { cosine, textVectors } from "../text/tf-idf.ts";
import { containment, jaccard, shinglesOf, sketchJaccard, sketchOf, type Sketch } from "./shingles.ts";

/** How alike two texts are, each 0 to 1. */
export interface Likeness {
  /** Share of the shorter one's rare runs of three words that are in the longer one. */
  readonly contained: number;
  /** Cosine of the TF-IDF vectors. */
  readonly cosine: number;
}

/** Fewest rare runs of words of a text that can be a copy: about 14 words. Shorter answers, as to fixed items, are alike by chance. */
export const FEWEST_SHINGLES = 12;

/** Up to so many texts all pairs are compared exactly, above by sketches. */
export const MOST_EXACT = 400;

/** A text more than so many times as long as another is not its copy, or long ones would swallow all that is said later. */
const MOST_LONGER = 4;

/** Compares texts by their places; 0 and 0 where one of them is too short. */
export type Compare = (one: number, other: number) => Likeness;

const NOT_ALIKE: Likeness = { contained: 0, cosine: 0 };

/**
 * Prepares texts for comparison. Two that share no rare run of words are not alike, whatever their terms.
 * @param common runs of words that do not count, as they are those of questions or of a form
 */
export function compareTexts(texts: readonly string[], common: ReadonlySet<string>): Compare {
  const rare = texts.map((text) => new Set([...shinglesOf(text)].filter((shingle) => !common.has(shingle))));
  const long = rare.map((set) => set.size >= FEWEST_SHINGLES);
  const vectors = textVectors(texts.map((text, i) => (long[i]! ? text : "")));
  const jaccardOf = texts.length <= MOST_EXACT ? exactly(rare) : bySketches(rare);
  return (one, other) => {
    const sizes = [rare[one]!.size, rare[other]!.size] as const;
    if (!long[one]! || !long[other]! || Math.max(...sizes) > MOST_LONGER * Math.min(...sizes)) return NOT_ALIKE;
    const similarity = jaccardOf(one, other);
    if (similarity === 0) return NOT_ALIKE;
    return { contained: containment(similarity, ...sizes), cosine: cosine(vectors[one]!, vectors[other]!) };
  };
}

type Similarity = (one: number, other: number) => number;

function exactly(sets: readonly ReadonlySet<string>[]): Similarity {
  return (one, other) => jaccard(sets[one]!, sets[other]!);
}

function bySketches(sets: readonly ReadonlySet<string>[]): Similarity {
  const sketches: readonly Sketch[] = sets.map(sketchOf);
  return (one, other) => sketchJaccard(sketches[one]!, sketches[other]!);
}
