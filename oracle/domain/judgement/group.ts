/** What one participant's answers come to under a criterion: fixed answers computed by code, and free words judged. Basis points. */
export interface Voice {
  /** From items of questionnaires, 10,000 the best; `null` where none was answered. */
  readonly items: number | null;
  /** A verdict's score; `null` where it abstained. */
  readonly words: number | null;
  /** 0 to 1: below 1 where several voices are likely one. */
  readonly weight: number;
  /** Whether there are words that no judge could answer about, as where there is none. */
  readonly unanswered?: boolean;
}

/** What a kind of source comes to for a provider under a criterion. */
export interface Estimate {
  /** Basis points; `null` where there is nothing. */
  readonly score: number | null;
  /**
   * Voices it rests on, duplicates counted as one: (Σw)² / Σw², rounded down (Kish 1965, effective sample size). Without a score: voices
   * that are there and were answered about by no judge, so that this is not taken for missing evidence.
   */
  readonly count: number;
  /** Weighted standard deviation of the voices, basis points, rounded up. */
  readonly spread: number;
}

export const NOTHING: Estimate = { score: null, count: 0, spread: 0 };

/** Most basis points by which words lower what the same person's fixed answers say. */
const MOST_LOWERED = 2_000;

/**
 * What one voice is worth. Words can lower what the same person's fixed answers say, half of the way and no more than by 20 points;
 * they never raise it: so what is written to steer a judge is worth little. Without fixed answers words stand alone, and what they
 * may do is limited where kinds of source are joined.
 */
export function voiceScore({ items, words }: Pick<Voice, "items" | "words">): number | null {
  if (items === null || words === null) return items ?? words;
  return words >= items ? items : items - Math.min(MOST_LOWERED, Math.ceil((items - words) / 2));
}

/** Weighted mean of the voices, rounded down; those that say nothing do not count. */
export function estimateOf(voices: readonly Voice[]): Estimate {
  const said = voices.flatMap((voice) => {
    const score = voiceScore(voice);
    return score === null || voice.weight <= 0 ? [] : [{ score, weight: voice.weight }];
  });
  if (said.length === 0) {
    const unanswered = voices.filter((voice) => voice.unanswered === true && voice.weight > 0).length;
    return unanswered === 0 ? NOTHING : { ...NOTHING, count: unanswered };
  }
  const sum = (of: (one: { readonly score: number; readonly weight: number }) => number): number =>
    said.reduce((total, one) => total + of(one), 0);
  const [weights, squares] = [sum(({ weight }) => weight), sum(({ weight }) => weight * weight)];
  const mean = sum(({ score, weight }) => score * weight) / weights;
  const variance = sum(({ score, weight }) => weight * (score - mean) * (score - mean)) / weights;
  return {
    score: Math.floor(mean),
    count: Math.floor((weights * weights) / squares + 1e-9),
    spread: Math.ceil(Math.sqrt(variance)),
  };
}
