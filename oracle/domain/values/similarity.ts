import { wordSet } from "../criteria/phrases.ts";
import type { Card } from "./card.ts";

/** How alike two cards are, 0 to 1. */
export type Similarity = (one: Card, other: Card) => number;

/**
 * Shared words of two cards' titles and policies over all their words (Jaccard's coefficient, 1901). Crude, and the same everywhere;
 * who has embeddings passes a better one.
 */
export const wordSimilarity: Similarity = (one, other) => {
  const [these, those] = [wordsOf(one), wordsOf(other)];
  const shared = [...these].filter((word) => those.has(word)).length;
  const all = these.size + those.size - shared;
  return all === 0 ? 0 : shared / all;
};

function wordsOf({ title, policies }: Card): ReadonlySet<string> {
  return wordSet([title, ...policies.map(({ text }) => text)].join(" "));
}

/**
 * Groups cards that are alike, directly or over others between them (single linkage).
 * @param cards in ascending order of ids, which are distinct
 * @param from likeness from which two belong together
 * @returns groups in the order of their first cards
 */
export function groupsOf(cards: readonly Card[], similarity: Similarity, from: number): Card[][] {
  const heads = cards.map((_, i) => i);
  const headOf = (i: number): number => (heads[i] === i ? i : headOf(heads[i]!));
  cards.forEach((one, i) => {
    for (let k = i + 1; k < cards.length; k++) {
      if (similarity(one, cards[k]!) < from) continue;
      const [low, high] = [headOf(i), headOf(k)].sort((a, b) => a - b);
      heads[high!] = low!;
    }
  });
  return cards.flatMap((_, i) => (headOf(i) === i ? [cards.filter((_card, k) => headOf(k) === i)] : []));
}
