import type { Removed, RemovedKind } from "../text/normalise.ts";

/** A reason to have people look at a provider's evidence. It changes no score. */
export interface AuditTrigger {
  readonly kind: keyof Signals;
  /** What was seen, beside what was expected. */
  readonly words: string;
}

/** Of so many, so many. */
export interface Count {
  readonly count: number;
  readonly of: number;
}

/** What is known of one provider under one criterion; each part may be missing. Scores and marks in basis points, times in seconds. */
export interface Signals {
  readonly jump: { readonly past: readonly number[]; readonly now: number };
  readonly responseDrop: { readonly before: Count; readonly now: Count };
  readonly ceiling: { readonly own: Count; readonly others: Count };
  readonly noVariance: { readonly own: readonly number[]; readonly others: readonly number[] };
  readonly burst: { readonly times: readonly number[]; readonly opened: number; readonly closed: number };
  readonly disagreement: { readonly scores: readonly number[] };
  readonly removals: { readonly removed: readonly Removed[] };
  readonly instructions: { readonly items: number; readonly found: number };
}

/** Limits of the checks. They decide only what people look at, so they are set to be seldom wrong rather than never. */
export const ANOMALY = {
  fewestRounds: 4,
  /** Of 1.4826 · MAD, the robust standard deviation (Hampel, "The influence curve and its role in robust estimation", 1974). */
  deviations: 4,
  smallestJump: 1_000,
  /** Of the two-proportion z test; one in 741 by chance. */
  z: 3,
  smallestDrop: 0.1,
  fewestReports: 10,
  /** More than half of the reports within a twentieth of the time. */
  burstTime: 0.05,
  burstShare: 0.5,
  widestSpread: 2_500,
  mostUnseen: 20,
} as const;

/** Kinds of removed parts of which one is enough: they seldom come about by themselves. */
const SUSPICIOUS: ReadonlySet<RemovedKind> = new Set([
  "tag-character",
  "hidden-element",
  "attribute-text",
  "reference",
  "nested-markup",
  "too-long",
]);
/** Usual in e-mails and pages. */
const USUAL: ReadonlySet<RemovedKind> = new Set(["tag", "link-target", "image"]);

const CHECKS: { readonly [Kind in keyof Signals]: (signal: Signals[Kind]) => string | null } = {
  jump: ({ past, now }) => {
    if (past.length < ANOMALY.fewestRounds) return null;
    const middle = median(past);
    const deviation = 1.4826 * median(past.map((score) => Math.abs(score - middle)));
    const limit = Math.max(ANOMALY.smallestJump, ANOMALY.deviations * deviation);
    const jump = Math.abs(now - middle);
    return jump > limit
      ? `${now} after a median of ${middle}: ${Math.round(jump)} apart, limit ${Math.round(limit)}`
      : null;
  },
  responseDrop: ({ before, now }) => {
    const drop = share(before) - share(now);
    if (drop < ANOMALY.smallestDrop || proportionZ(before, now) < ANOMALY.z) return null;
    return `${now.count} of ${now.of} answered, ${before.count} of ${before.of} before`;
  },
  ceiling: ({ own, others }) => {
    if (own.of < ANOMALY.fewestReports || proportionZ(own, others) < ANOMALY.z) return null;
    return `${own.count} of ${own.of} gave the best mark, ${others.count} of ${others.of} with others`;
  },
  noVariance: ({ own, others }) => {
    if (own.length < ANOMALY.fewestReports || new Set(own).size > 1 || new Set(others).size < 2) return null;
    return `all ${own.length} marks are ${own[0]!}`;
  },
  burst: ({ times, opened, closed }) => {
    const width = (closed - opened) * ANOMALY.burstTime;
    const most = mostWithin(times, width);
    if (times.length < ANOMALY.fewestReports || most <= times.length * ANOMALY.burstShare) return null;
    return `${most} of ${times.length} reports within ${Math.round(width)} seconds`;
  },
  disagreement: ({ scores }) => {
    const spread = scores.length < 2 ? 0 : Math.max(...scores) - Math.min(...scores);
    return spread > ANOMALY.widestSpread ? `judges are ${spread} apart, limit ${ANOMALY.widestSpread}` : null;
  },
  removals: ({ removed }) => {
    const odd = removed.filter(({ kind }) => SUSPICIOUS.has(kind));
    const unseen = removed.filter(({ kind }) => !USUAL.has(kind)).reduce((sum, { count }) => sum + count, 0);
    if (odd.length === 0 && unseen <= ANOMALY.mostUnseen) return null;
    return removed.map(({ kind, count, sample }) => `${count} × ${kind} (${sample})`).join(", ");
  },
  instructions: ({ items, found }) =>
    found > 0 ? `${found} of ${items} items read like instructions to a judge` : null,
};

/** Which of the checks ask for an audit, in a fixed order. */
export function auditTriggers(signals: Partial<Signals>): AuditTrigger[] {
  const kinds = Object.keys(CHECKS) as (keyof Signals)[];
  return kinds.flatMap((kind) => {
    const words = check(kind, signals[kind]);
    return words === null ? [] : [{ kind, words }];
  });
}

function check<Kind extends keyof Signals>(kind: Kind, signal: Signals[Kind] | undefined): string | null {
  return signal === undefined ? null : CHECKS[kind](signal);
}

/** z of the difference of two shares under their joint one; 0 where it cannot be told. */
export function proportionZ(one: Count, other: Count): number {
  if (one.of === 0 || other.of === 0) return 0;
  const joint = (one.count + other.count) / (one.of + other.of);
  const error = Math.sqrt(joint * (1 - joint) * (1 / one.of + 1 / other.of));
  return error === 0 ? 0 : (share(one) - share(other)) / error;
}

function share({ count, of }: Count): number {
  return of === 0 ? 0 : count / of;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The most of some times that lie within a span of so many seconds. */
function mostWithin(times: readonly number[], width: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while (sorted[to]! - sorted[from]! > width) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
