import { plainText } from "../plain-text.ts";

/**
 * Weights of the terms of a text. Two vectors can be compared only where both are of the same call: the numbers of the terms, and
 * what a term is worth, follow from all its texts.
 */
export interface Vector {
  /** Numbers of its terms, ascending. */
  readonly terms: readonly number[];
  /** One for each term; not 0. */
  readonly weights: readonly number[];
  /** Sum of the squared weights. */
  readonly square: number;
}

/** Shortest and longest run of characters that is a term. */
const [SHORTEST, LONGEST] = [3, 5];
/** How soon further occurrences count less. */
const SATURATION = 1.2;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * Vectors of texts, one each, for comparing how like one another they are where no model gives embeddings: TF-IDF (Salton and
 * Buckley, "Term-weighting approaches in automatic text retrieval", 1988) over words and over runs of 3 to 5 characters of each
 * word with a space on both sides, which bear misspellings, inflection and scripts without spaces. Words and runs weigh the same.
 *
 * An occurrence counts tf / (tf + 1.2) (Robertson and Walker, "Some simple effective approximations to the 2-Poisson model", 1994)
 * and a term 1 + log2((1 + N) / (1 + df)), where N texts are compared and df of them have it. The logarithm is Mitchell's straight
 * line between powers of two (see `log2`): the logarithms of machines differ in their last digits, and these results must not.
 *
 * Case, compatibility forms (NFKC) and characters that show nothing do not count. A text without words has no term. Which text
 * stands where makes no difference to the last bit.
 */
export function textVectors(texts: readonly string[]): Vector[] {
  const words = texts.map(wordsOf);
  const spelled = words.map((list) => counted(list));
  const runs = words.map((list) => counted(list.flatMap(runsOf)));
  const byWord = blockOf(spelled);
  const byRun = blockOf(runs);
  return texts.map((_, i) => {
    const offset = byWord.size;
    const terms = [...byWord.vectors[i]!.terms, ...byRun.vectors[i]!.terms.map((term) => term + offset)];
    return vectorOf(terms, [...byWord.vectors[i]!.weights, ...byRun.vectors[i]!.weights]);
  });
}

/** A vector as a model embeds a text, for `cosine`. */
export function denseVector(values: readonly number[]): Vector {
  const terms = values.flatMap((value, i) => (value === 0 ? [] : [i]));
  return vectorOf(
    terms,
    terms.map((i) => values[i]!),
  );
}

/** Cosine of the angle between two vectors, −1 to 1; of texts 0 (nothing in common) to 1. 0 where one has no term. */
export function cosine(a: Vector, b: Vector): number {
  const scale = Math.sqrt(a.square * b.square);
  if (scale === 0) return 0;
  let dot = 0;
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length;) {
    const [left, right] = [a.terms[i]!, b.terms[j]!];
    if (left === right) dot += a.weights[i]! * b.weights[j]!;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return Math.max(-1, Math.min(1, dot / scale));
}

/**
 * Binary logarithm of a number of at least 1 as a straight line between powers of two: 2^e · (1 + f) becomes e + f, at most 0.0861
 * too little (J. N. Mitchell, "Computer multiplication and division using binary logarithms", 1962). Nothing but halving and
 * subtraction, so every machine finds the same.
 */
export function log2(value: number): number {
  let exponent = 0;
  let rest = value;
  while (rest >= 2) {
    rest /= 2;
    exponent++;
  }
  return exponent + (rest - 1);
}

function wordsOf(text: string): string[] {
  return plainText(plainText(text).toLowerCase()).match(WORD) ?? [];
}

function runsOf(word: string): string[] {
  const points = Array.from(` ${word} `);
  const runs: string[] = [];
  for (let length = SHORTEST; length <= LONGEST; length++) {
    for (let at = 0; at + length <= points.length; at++) runs.push(points.slice(at, at + length).join(""));
  }
  return runs;
}

function counted(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Vectors of length 1 over terms of one kind, numbered in the order of their code units. */
function blockOf(texts: readonly ReadonlyMap<string, number>[]): { size: number; vectors: Vector[] } {
  const frequencies = counted(texts.flatMap((counts) => [...counts.keys()]));
  const vocabulary = [...frequencies.keys()].sort();
  const numbers = new Map(vocabulary.map((term, number) => [term, number]));
  const vectors = texts.map((counts) => {
    const weighed = [...counts].map(([term, count]) => {
      const rarity = 1 + log2((1 + texts.length) / (1 + frequencies.get(term)!));
      return { number: numbers.get(term)!, weight: (count / (count + SATURATION)) * rarity };
    });
    weighed.sort((a, b) => a.number - b.number);
    const weights = weighed.map(({ weight }) => weight);
    const length = Math.sqrt(sumOfSquares(weights));
    return vectorOf(
      weighed.map(({ number }) => number),
      weights.map((weight) => weight / length),
    );
  });
  return { size: vocabulary.length, vectors };
}

function vectorOf(terms: readonly number[], weights: readonly number[]): Vector {
  return { terms, weights, square: sumOfSquares(weights) };
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
