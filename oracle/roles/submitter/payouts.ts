import type { OwedPayout } from "../../ports.ts";

/** A payee whose transfer failed, by its index: how often, and when it is tried again, block time. */
export type Skips = Readonly<Record<string, { readonly tries: number; readonly notBefore: number }>>;

/** Providers that are paid in one call. */
export interface Range {
  readonly from: number;
  readonly count: number;
}

/** How payees that cannot be paid are treated. */
export interface RetryRule {
  /** Tries after which a payee is left to claim for itself. */
  readonly most: number;
  /** Pause after the first failure, seconds of block time; doubled after each further one. */
  readonly pauseSeconds: number;
}

/** Whether a payee is to be paid now. */
function isDue({ index, amount, claimed }: OwedPayout, skips: Skips, rule: RetryRule, now: number): boolean {
  if (claimed || amount === 0n) return false;
  const skip = skips[index];
  return skip === undefined || (skip.tries < rule.most && now >= skip.notBefore);
}

/**
 * Ranges that hold everybody who is to be paid now. Those who were paid or get nothing may lie inside, where they cost little; one whose
 * transfer fails lies in no range of others after its first failure.
 * @param owed in ascending order of indices
 * @param size most providers of a range
 */
export function rangesToPay(
  owed: readonly OwedPayout[],
  skips: Skips,
  rule: RetryRule,
  now: number,
  size: number,
): Range[] {
  const ranges: { from: number; to: number; alone: boolean }[] = [];
  for (const payout of owed) {
    const { index } = payout;
    if (!isDue(payout, skips, rule, now)) continue;
    const alone = skips[index] !== undefined;
    const last = ranges.at(-1);
    const joins = last !== undefined && !alone && !last.alone && index - last.from < size;
    if (joins && !skippedBetween(skips, last.to, index)) last.to = index;
    else ranges.push({ from: index, to: index, alone });
  }
  return ranges.map(({ from, to }) => ({ from, count: to - from + 1 }));
}

function skippedBetween(skips: Skips, after: number, before: number): boolean {
  return Object.keys(skips).some((index) => Number(index) > after && Number(index) < before);
}

/** With everybody counted who lies in a range that was sent and is unpaid still. */
export function withSkipped(
  skips: Skips,
  sent: readonly Range[],
  owed: readonly OwedPayout[],
  rule: RetryRule,
  now: number,
): { readonly skips: Skips; readonly failed: number[] } {
  const failed = owed
    .filter(({ claimed, amount }) => !claimed && amount > 0n)
    .map(({ index }) => index)
    .filter((index) => sent.some(({ from, count }) => index >= from && index < from + count));
  const counted = failed.map((index) => {
    const tries = (skips[index]?.tries ?? 0) + 1;
    return [index, { tries, notBefore: now + rule.pauseSeconds * 2 ** (tries - 1) }] as const;
  });
  return { skips: { ...skips, ...Object.fromEntries(counted) }, failed };
}

/** Who is owed something and can only claim it for itself any more. */
export function givenUp(owed: readonly OwedPayout[], skips: Skips, rule: RetryRule): number[] {
  return owed
    .filter(({ index, claimed, amount }) => !claimed && amount > 0n && (skips[index]?.tries ?? 0) >= rule.most)
    .map(({ index }) => index);
}

/** When the next of those is due whose transfer failed, block time; 0 where somebody unpaid has not been tried yet. */
export function nextTry(owed: readonly OwedPayout[], skips: Skips, rule: RetryRule): number {
  const unpaid = owed.filter(({ claimed, amount }) => !claimed && amount > 0n);
  const times = unpaid.map(({ index }) => skips[index] ?? { tries: 0, notBefore: 0 });
  return Math.min(...times.filter(({ tries }) => tries < rule.most).map(({ notBefore }) => notBefore));
}
