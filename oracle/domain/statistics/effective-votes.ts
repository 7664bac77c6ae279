import { InputError } from "../errors.ts";
import { checkRange, checkWhole, clamp, mean, sum } from "./numbers.ts";

/** One row per item, one column per judge; null where the judge abstained. */
export type Judgements = readonly (readonly (number | null)[])[];

/** How many independent judges a panel is worth, and on what that rests. */
export interface EffectiveVotes {
  /** Judges that judged at least one item. */
  readonly judges: number;
  /** Mean correlation over the pairs that say something; null where none does. */
  readonly correlation: number | null;
  /** 0 where nobody judged; 1 where no pair says anything: nothing shows that they are more than one. */
  readonly votes: number;
  /** Pairs in the mean, pairs with too few items in common, and pairs of which one never varied on these. */
  readonly pairs: { readonly used: number; readonly thin: number; readonly constant: number };
}

/** Fewest items that a pair must have judged both to count. */
export const MIN_OVERLAP = 10;

/**
 * The effective number of votes, n / (1 + (n−1)ρ), with ρ the mean Pearson correlation over pairs of judges: Kish's design effect
 * (Kish 1965, Survey Sampling), for panels of language models as in arXiv 2605.29800. ρ below 0 counts as 0, so votes are never more
 * than judges. Best taken of errors (`errorsOf`): in bare answers the items' own differences look like agreement, and votes come
 * out too low.
 */
export function effectiveVotes(judgements: Judgements, minOverlap: number = MIN_OVERLAP): EffectiveVotes {
  checkWhole(minOverlap, "minOverlap", 2);
  const columns = columnsOf(judgements).filter((column) => column.some((value) => value !== null));
  const judges = columns.length;
  const correlations: number[] = [];
  let [thin, constant] = [0, 0];
  columns.forEach((one, i) => {
    for (const other of columns.slice(i + 1)) {
      const both = overlap(one, other);
      if (both.length < minOverlap) {
        thin++;
        continue;
      }
      const correlation = correlationOf(both);
      if (correlation === null) constant++;
      else correlations.push(correlation);
    }
  });
  const correlation = correlations.length === 0 ? null : mean(correlations);
  return {
    judges,
    correlation,
    votes: votesOf(judges, correlation),
    pairs: { used: correlations.length, thin, constant },
  };
}

/** Each judgement less the truth of its item; null where either is unknown. @param truth one per item */
export function errorsOf(judgements: Judgements, truth: readonly (number | null)[]): (number | null)[][] {
  if (truth.length !== judgements.length) {
    throw new InputError("wrong number of truths", {
      value: String(truth.length),
      limit: `${judgements.length} items`,
    });
  }
  return judgements.map((row, item) => {
    const right = truth[item]!;
    return row.map((value) => (value === null || right === null ? null : value - right));
  });
}

/** Pearson's correlation of pairs, −1 to 1; null where there are fewer than two, or one side is the same in all. */
export function correlationOf(pairs: readonly (readonly [number, number])[]): number | null {
  const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
  if (new Set(xs).size < 2 || new Set(ys).size < 2) return null;
  const [middleX, middleY] = [mean(xs), mean(ys)];
  const together = sum(pairs.map(([x, y]) => (x - middleX) * (y - middleY)));
  const squares = (values: readonly number[], middle: number) => sum(values.map((v) => (v - middle) * (v - middle)));
  return clamp(together / Math.sqrt(squares(xs, middleX) * squares(ys, middleY)), -1, 1);
}

/** The judgements turned round: one list per judge. @throws InputError where rows differ in length or a value is not finite */
export function columnsOf(judgements: Judgements): (number | null)[][] {
  const width = judgements[0]?.length ?? 0;
  for (const row of judgements) {
    if (row.length !== width) {
      throw new InputError("rows of judgements differ in length", {
        value: String(row.length),
        limit: `${width} judges`,
      });
    }
    for (const value of row) if (value !== null) checkRange(value, "judgement", -Infinity);
  }
  return Array.from({ length: width }, (_, judge) => judgements.map((row) => row[judge]!));
}

function votesOf(judges: number, correlation: number | null): number {
  if (judges < 2) return judges;
  return correlation === null ? 1 : judges / (1 + (judges - 1) * Math.max(0, correlation));
}

function overlap(one: readonly (number | null)[], other: readonly (number | null)[]): [number, number][] {
  return one.flatMap((value, item) => {
    const theirs = other[item]!;
    return value === null || theirs === null ? [] : [[value, theirs] as [number, number]];
  });
}
