/**
 * Spearman's rank correlation of pairs, −1 to 1: Pearson's of the ranks, ties at the mean of their ranks (Spearman, "The proof and
 * measurement of association between two things", 1904). `null` for fewer than 3 pairs or where one side does not vary.
 */
export function spearman(one: readonly number[], other: readonly number[]): number | null {
  if (one.length !== other.length || one.length < 3) return null;
  const [a, b] = [ranks(one), ranks(other)];
  const middle = (one.length + 1) / 2;
  let [both, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - middle, b[i]! - middle];
    both += x * y;
    left += x * x;
    right += y * y;
  }
  return left === 0 || right === 0 ? null : both / Math.sqrt(left * right);
}

/** Ranks from 1, ties at the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  const result = new Array<number>(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) result[order[i]!] = (from + 1 + to) / 2;
  }
  return result;
}

/**
 * The chance that values in random order rise at least as much as these do: the one-sided exact test of Mann ("Nonparametric tests
 * against trend", 1945) and Kendall. S is the number of pairs in which the later value is higher, less those in which it is lower; its
 * distribution over the n! orders is counted by Kendall's recursion. Ties count 0, which errs towards no trend.
 * Exact below 2^53 orders, n ≤ 18; above in floating point, the same everywhere.
 */
export function trendChance(values: readonly number[]): number {
  const n = values.length;
  let s = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) s += Math.sign(values[i]! - values[j]!);
  // counts[k]: orders of m values with k pairs out of order; S = m(m − 1)/2 − 2k.
  let counts = [1];
  for (let m = 2; m <= n; m++) {
    const next = new Array<number>(counts.length + m - 1).fill(0);
    counts.forEach((count, k) => {
      for (let shift = 0; shift < m; shift++) next[k + shift]! += count;
    });
    counts = next;
  }
  const most = Math.floor((n * (n - 1)) / 2 - s) / 2;
  let [below, all] = [0, 0];
  counts.forEach((count, k) => {
    all += count;
    if (k <= most) below += count;
  });
  return below / all;
}
