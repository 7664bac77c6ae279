import type { Estimate } from "./group.ts";

/** A kind of source and what it comes to. Kinds are independent: none is written by whoever writes another. */
export interface Channel {
  readonly type: string;
  readonly estimate: Pick<Estimate, "score">;
}

/**
 * The level that at least two independent kinds of source reach: the second highest of their scores. So no kind can raise a score by
 * itself, whoever writes it and whoever reads it.
 * @param alone what one kind by itself may reach at most, basis points; 10,000 where the criterion gives a reason for a single source
 * @returns basis points, `null` where no kind says anything
 */
export function supportedScore(channels: readonly Channel[], alone: number): number | null {
  const scores = channels.flatMap(({ estimate }) => (estimate.score === null ? [] : [estimate.score]));
  const [highest, second] = scores.sort((one, other) => other - one);
  if (highest === undefined) return null;
  return second ?? Math.min(highest, alone);
}
