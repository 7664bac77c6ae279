import { roundTimes, type ClockTerms } from "../../../contracts/protocol/clock.ts";

/** When the steps of a round's assessment are due, in seconds of block time. All nodes derive the same from the pool's terms. */
export interface RoundSchedule {
  /** End of the period; the assessment window opens. */
  readonly end: number;
  /** From here on the intake takes no more evidence. */
  readonly freezeAt: number;
  /** Commits are taken before this. */
  readonly commitBy: number;
  /** Reveals are taken before this. */
  readonly revealBy: number;
  /** The assessment window closes: without an assessment the round is silent. */
  readonly silenceAt: number;
  /** Nothing of the assessment can change any more, so nothing is published of it later. */
  readonly publishBy: number;
}

/**
 * Eighths of the assessment window, rounded down: one for late evidence, three to fetch and assess, two to reveal, two to sign and
 * to get it on chain. Nodes go on earlier where nobody is missing.
 */
export function roundSchedule(terms: ClockTerms, round: number): RoundSchedule {
  const { end } = roundTimes(terms, round);
  const after = (eighths: bigint): number => Number(end + (terms.assessmentWindow * eighths) / 8n);
  const silenceAt = after(8n);
  const publishBy = silenceAt + Number(terms.challengeWindow + terms.rulingWindow);
  return { end: after(0n), freezeAt: after(1n), commitBy: after(4n), revealBy: after(6n), silenceAt, publishBy };
}
