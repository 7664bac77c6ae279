/** Numbers of 0 up to 1, as `seededRandom` gives them. */
export type Random = () => number;

/** A draw that is nearly standard normal: the sum of twelve uniform ones less 6, so never beyond 6. */
export function normal(random: Random): number {
  let total = -6;
  for (let i = 0; i < 12; i++) total += random();
  return total;
}

/** A draw from Beta(a, b) with whole a and b: the a-th smallest of a + b − 1 uniform ones. */
export function beta(random: Random, a: number, b: number): number {
  const uniform = Array.from({ length: a + b - 1 }, random);
  return uniform.sort((one, other) => one - other)[a - 1]!;
}

/** 1 with this probability, else 0. */
export function bernoulli(random: Random, probability: number): 0 | 1 {
  return random() < probability ? 1 : 0;
}

/** The mean of what a function gives for 0, 1, … in turn. */
export function meanOf(count: number, of: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total / count;
}
