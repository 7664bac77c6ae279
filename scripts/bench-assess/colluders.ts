import { medianScore } from "../../oracle/domain/statistics/median.ts";
import { clamp, mean } from "../../oracle/domain/statistics/numbers.ts";
import { seededRandom } from "../faults/support/random.ts";
import { normal, type Random } from "./draws.ts";
import type { Row } from "./row.ts";

const NODES = 7;
const COLLUDERS = 2;
const DRAWS = 20_000;
/** Standard deviation of an honest node's error, and how far two honest errors go together. */
const ERROR = 0.1;
const CORRELATION = 0.37;
const MARK = 0.35;

/** Mean absolute errors in points of payout, score to payout one to one. */
export interface Errors {
  readonly median: number;
  readonly mean: number;
}

/** Both ways to join the same reports, on every draw; colluders say 1 about a provider that deserves 0 to `best`. */
export function colluderErrors(seed: number, best: number, draws = DRAWS): Errors {
  const random = seededRandom(seed);
  const errors = { median: 0, mean: 0 };
  for (let i = 0; i < draws; i++) {
    const truth = best * random();
    const reports = reportsOn(truth, random);
    errors.median += Math.abs(medianScore(reports)! - truth);
    errors.mean += Math.abs(mean(reports) - truth);
  }
  return { median: (100 * errors.median) / draws, mean: (100 * errors.mean) / draws };
}

function reportsOn(truth: number, random: Random): number[] {
  const shared = normal(random) * Math.sqrt(CORRELATION);
  const honest = Array.from({ length: NODES - COLLUDERS }, () => {
    const own = normal(random) * Math.sqrt(1 - CORRELATION);
    return clamp(truth + ERROR * (shared + own), 0, 1);
  });
  return [...honest, ...Array.from({ length: COLLUDERS }, () => 1)];
}

export const colluders: Row = {
  name: "colluders",
  what: "aggregate under 2 of 7 colluders",
  anchor: "median 6.7 points off, mean 23.6",
  mark: `median's error ≤ ${MARK} × the mean's on the same draws`,
  basis: `${DRAWS} simulated providers that deserve 0 to 0.4; 5 honest nodes with normal errors (sd ${ERROR}, correlation ${CORRELATION}: six such are worth 2.1 votes), 2 nodes that say 1`,
  measure: (seed) => {
    const found = colluderErrors(seed, 0.4);
    const anywhere = colluderErrors(seed, 1);
    return {
      value: `${text(found)}: ${(found.median / found.mean).toFixed(2)} ×`,
      passed: found.median <= MARK * found.mean,
      notes: [
        `no mark, where colluders have less to gain, providers deserving 0 to 1: ${text(anywhere)}, ${(anywhere.median / anywhere.mean).toFixed(2)} ×`,
      ],
    };
  },
};

function text(errors: Errors): string {
  return `median ${errors.median.toFixed(1)} points off, mean ${errors.mean.toFixed(1)}`;
}
