/** What one type of source comes to under a criterion. */
export interface SourceScore {
  readonly type: string;
  /** Basis points; `null` where it says nothing. */
  readonly score: number | null;
  /** Who writes it or could steer it, opaque: two types that share one are not independent. */
  readonly hands: readonly string[];
}

/**
 * The score that the sources together permit: what at least two independent types reach, and without a second one at most the baseline.
 * So text alone cannot raise a score. Types that share a hand, directly or over others, count as one, with the lowest of their scores.
 * @param baseline basis points
 * @returns basis points, `null` where nothing says anything
 */
export function supportRule(sources: readonly SourceScore[], baseline: number): number | null {
  const groups: { hands: Set<string>; score: number }[] = [];
  for (const { type, score, hands } of sources) {
    if (score === null) continue;
    const merged = { hands: new Set([...hands, `type ${type}`]), score };
    for (let i = groups.length - 1; i >= 0; i--) {
      const group = groups[i]!;
      if (![...group.hands].some((hand) => merged.hands.has(hand))) continue;
      for (const hand of group.hands) merged.hands.add(hand);
      merged.score = Math.min(merged.score, group.score);
      groups.splice(i, 1);
    }
    groups.push(merged);
  }
  const [highest, second] = groups.map(({ score }) => score).sort((one, other) => other - one);
  return highest === undefined ? null : (second ?? Math.min(highest, baseline));
}
