/** Answers that going from one card to another is a gain in wisdom, those against taken off; above 0. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}

/** Share of rank that follows edges; the rest jumps. The value of the original paper. */
const DAMPING = 0.85;

/** A fixed number, so that every machine stops at the same place; what is left of the start is below 0.85^100 < 1e-7. */
const ITERATIONS = 100;

const BILLION = 1_000_000_000;

/**
 * PageRank (Brin & Page, 1998) over a weighted graph by power iteration. Jumps, and the rank of cards that no edge leaves, go to cards
 * in proportion to their approvals, evenly where there are none. Only +, * and / on numbers, in the order of ids: the same bits everywhere.
 * @param cards in ascending order of ids, which are distinct
 * @param edges between these cards, each pair once
 * @returns parts per billion by id, rounded, halves up
 */
export function rankCards(
  cards: readonly { readonly id: string; readonly approvals: number }[],
  edges: readonly Edge[],
): Map<string, number> {
  const index = new Map(cards.map(({ id }, i) => [id, i]));
  const links = [...edges]
    .sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1))
    .map(({ from, to, weight }) => ({ from: index.get(from)!, to: index.get(to)!, weight }));
  const out = cards.map((_, i) => links.reduce((sum, { from, weight }) => (from === i ? sum + weight : sum), 0));
  const all = cards.reduce((sum, { approvals }) => sum + approvals, 0);
  const jump = cards.map(({ approvals }) => (all === 0 ? 1 / cards.length : approvals / all));
  let rank = jump;
  for (let step = 0; step < ITERATIONS; step++) rank = iterate(rank, links, out, jump);
  return new Map(cards.map(({ id }, i) => [id, Math.floor(rank[i]! * BILLION + 0.5)]));
}

function iterate(
  rank: readonly number[],
  links: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  out: readonly number[],
  jump: readonly number[],
): number[] {
  const stuck = rank.reduce((sum, value, i) => (out[i] === 0 ? sum + value : sum), 0);
  const next = jump.map((share) => (1 - DAMPING + DAMPING * stuck) * share);
  for (const { from, to, weight } of links) next[to] = next[to]! + DAMPING * rank[from]! * (weight / out[from]!);
  return next;
}
