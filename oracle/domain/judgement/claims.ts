import { bytesToHex, hexToBytes, type Hex } from "viem";
import type { Estimate } from "./group.ts";

/**
 * What a node claims about a round that needs judgement: an estimate for every provider, criterion and kind of source, in that
 * order, six bytes each: score, count and spread as `uint16`, big-endian; a score of 65,535 means abstained, and the count then says how many voices no
 * judge answered about.
 */
const BYTES = 6;
const ABSENT = 0xffff;

/** @throws RangeError where a number does not fit */
export function encodeClaims(estimates: readonly Estimate[]): Hex {
  const bytes = new Uint8Array(estimates.length * BYTES);
  const view = new DataView(bytes.buffer);
  estimates.forEach(({ score, count, spread }, i) => {
    const fits = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;
    if (!fits(score ?? 0, 10_000) || !fits(count, ABSENT) || !fits(spread, ABSENT)) {
      throw new RangeError(`claim ${i} does not fit: ${JSON.stringify({ score, count, spread })}`);
    }
    [score ?? ABSENT, count, spread].forEach((value, at) => view.setUint16(i * BYTES + at * 2, value));
  });
  return bytesToHex(bytes);
}

/** @throws RangeError where it is not of `cells` estimates, or has a score that is none */
export function decodeClaims(claims: Hex, cells: number): Estimate[] {
  const bytes = hexToBytes(claims);
  if (bytes.length !== cells * BYTES) throw new RangeError(`${bytes.length} bytes, not ${cells * BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: cells }, (_, i) => {
    const [raw, count, spread] = [0, 2, 4].map((at) => view.getUint16(i * BYTES + at)) as [number, number, number];
    if (raw !== ABSENT && raw > 10_000) throw new RangeError(`claim ${i}: a score of ${raw}`);
    const score = raw === ABSENT ? null : raw;
    if (score === null && spread !== 0) throw new RangeError(`claim ${i}: abstained, yet spread`);
    return { score, count, spread };
  });
}

/**
 * Joins the claims of nodes cell by cell: abstained unless more than two thirds of all nodes judged; else the lower median of scores and
 * of counts, and the upper median of spreads, which is the cautious side of each. Judges abstain apart from each other, so a bare
 * majority of those that judged could be false: of n = 3f + 1 nodes with f false, two thirds have f + 1 honest ones at least, and each
 * number lies within what those claimed.
 * @param claims one list per node, all of the same length, at least one
 */
export function joinClaims(claims: readonly (readonly Estimate[])[]): Estimate[] {
  const [first] = claims;
  if (first === undefined) throw new RangeError("no claims to join");
  return first.map((_, cell) => joined(claims.map((list) => list[cell]!)));
}

/** Voices that more than a third of all nodes found: one of those is honest. */
function presence(estimates: readonly Estimate[]): number {
  const counts = estimates.map(({ count }) => count).sort((one, other) => other - one);
  return counts[Math.floor(counts.length / 3)]!;
}

function joined(estimates: readonly Estimate[]): Estimate {
  const judged = estimates.filter(({ score }) => score !== null);
  if (judged.length * 3 <= estimates.length * 2) return { score: null, count: presence(estimates), spread: 0 };
  const sorted = (of: (one: Estimate) => number): number[] => judged.map(of).sort((one, other) => one - other);
  const [low, high] = [(judged.length - 1) >> 1, judged.length >> 1];
  return {
    score: sorted(({ score }) => score!)[low]!,
    count: sorted(({ count }) => count)[low]!,
    spread: sorted(({ spread }) => spread)[high]!,
  };
}
