import { spearman, trendChance } from "./rank.ts";

/** One provider's scores of one round under a paid criterion and under the held-out or late one that it stands for; 0 to 1. */
export interface DriftPair {
  readonly provider: string;
  readonly paid: number;
  readonly later: number;
}

/** Rounds in order of time. */
export type DriftHistory = readonly (readonly DriftPair[])[];

export interface DriftFinding {
  /** Whether the criterion is left out of the next pool. Running pools keep their terms. */
  readonly paused: boolean;
  /** Why, or why not, for people to read. */
  readonly words: string;
  /** Per round that counts: mean of paid − later over providers, and the rank correlation. */
  readonly rounds: readonly { readonly gap: number; readonly correlation: number | null }[];
}

/** The rule of `findDrift`. Fewer rounds than 5 cannot show a trend at this level: 1/4! = 0.042. */
export const DRIFT = {
  fewestRounds: 6,
  fewestProviders: 8,
  /** Chance of a false pause at one look, for all three checks together; a third of it for each. */
  falseAlarm: 0.05,
  /** Smallest rise of the gap, from the first to the last third of the rounds, that matters: of the full scale. */
  smallestRise: 0.05,
  /** A correlation this high tracks well enough, even if it has fallen. */
  tracksAt: 0.5,
  /** z that the standard normal exceeds with chance 0.0167, a third of 0.05. */
  z: 2.128,
} as const;

/**
 * Whether what a criterion pays for still goes with what it stands for. Paused where
 * 1. the mean gap, paid − later, rises from round to round (exact trend test) and by at least 0.05 in all, or
 * 2. the rank correlation over providers falls from round to round (the same test) and is below 0.5 at the end, or
 * 3. the two never went together: the rank correlations of all rounds cannot be told from none. Their mean over R rounds of n providers
 *    has a standard error of at least 1/√(R(n − 1)); not above it by z = 2.128 where it should be 0.5 at the least.
 * Each of 1 and 2 errs with chance 0.0167 or less at one look where rounds do not drift, whatever is common to the providers of a round;
 * who looks after every round errs more often. 3 errs only where there is next to no relation. Rounds with fewer than 8
 * providers do not count, and fewer than 6 rounds say nothing.
 */
export function findDrift(history: DriftHistory): DriftFinding {
  const counted = history.filter((pairs) => pairs.length >= DRIFT.fewestProviders);
  const rounds = counted.map((pairs) => ({
    gap: meanOf(pairs.map(({ paid, later }) => paid - later)),
    correlation: spearman(
      pairs.map(({ paid }) => paid),
      pairs.map(({ later }) => later),
    ),
  }));
  if (rounds.length < DRIFT.fewestRounds) {
    const words = `too little is known: ${rounds.length} rounds of at least ${DRIFT.fewestProviders} providers, ${DRIFT.fewestRounds} are needed`;
    return { paused: false, words, rounds };
  }
  const reasons = [widening(rounds), loosening(rounds), unrelated(rounds, counted)].filter((reason) => reason !== null);
  if (reasons.length === 0)
    return { paused: false, words: `paid and later scores go together as before over ${rounds.length} rounds`, rounds };
  return { paused: true, words: `left out of the next pool: ${reasons.join("; ")}`, rounds };
}

type Rounds = DriftFinding["rounds"];

function widening(rounds: Rounds): string | null {
  const gaps = rounds.map(({ gap }) => gap);
  const [first, last] = ends(gaps);
  if (last - first < DRIFT.smallestRise || trendChance(gaps) > DRIFT.falseAlarm / 3) return null;
  return `what is paid for has run ahead of what it stands for, by ${inPoints(first)} points in the first rounds and ${inPoints(last)} in the last`;
}

function loosening(rounds: Rounds): string | null {
  const known = rounds.flatMap(({ correlation }) => (correlation === null ? [] : [correlation]));
  if (known.length < DRIFT.fewestRounds) return null;
  const [first, last] = ends(known);
  if (last >= DRIFT.tracksAt || trendChance(known.map((value) => -value)) > DRIFT.falseAlarm / 3) return null;
  return `providers are no longer ranked alike, rank correlation ${two(first)} in the first rounds and ${two(last)} in the last`;
}

function unrelated(rounds: Rounds, counted: DriftHistory): string | null {
  const degrees = rounds.reduce(
    (sum, { correlation }, i) => sum + (correlation === null ? 0 : counted[i]!.length - 1),
    0,
  );
  const known = rounds.flatMap(({ correlation }) => (correlation === null ? [] : [correlation]));
  const bar = DRIFT.z / Math.sqrt(degrees);
  // With so few providers that even a good relation could not be told from none, nothing is said.
  if (known.length < DRIFT.fewestRounds || 2 * bar > DRIFT.tracksAt || meanOf(known) > bar) return null;
  return `what is paid for does not go with what it stands for, mean rank correlation ${two(meanOf(known))}`;
}

/** Means of the first and of the last third. */
function ends(values: readonly number[]): [number, number] {
  const third = Math.floor(values.length / 3);
  return [meanOf(values.slice(0, third)), meanOf(values.slice(-third))];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function inPoints(value: number): string {
  return String(Math.round(value * 100));
}

function two(value: number): string {
  return (Math.round(value * 100) / 100).toFixed(2);
}
