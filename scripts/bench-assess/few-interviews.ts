import { sampleOf, shrinkSamples } from "../../oracle/domain/statistics/shrinkage.ts";
import { cautiousBound } from "../../oracle/domain/statistics/bound.ts";
import { seededRandom } from "../faults/support/random.ts";
import { bernoulli, beta } from "./draws.ts";
import type { Row } from "./row.ts";

const INTERVIEWS = 10;
const PROVIDERS = 50;
const POOLS = 400;
/** True shares of good outcomes: Beta(21, 11), mean 0.656, standard deviation between providers 0.083. */
const POPULATION = [21, 11] as const;
const MARK = 0.55;
const LEVEL = 0.9;

/** Root mean square errors over all providers of all pools, and how often the truth was under the cautious bound. */
export interface InterviewErrors {
  readonly unshrunk: number;
  readonly shrunk: number;
  readonly belowBound: number;
}

/** Pools of providers with ten yes-or-no outcomes each, estimated from these alone. */
export function interviewErrors(seed: number, providers: number, pools: number): InterviewErrors {
  const random = seededRandom(seed);
  const squares = { unshrunk: 0, shrunk: 0, belowBound: 0 };
  for (let pool = 0; pool < pools; pool++) {
    const truths = Array.from({ length: providers }, () => beta(random, ...POPULATION));
    const samples = truths.map((truth) => sampleOf(Array.from({ length: INTERVIEWS }, () => bernoulli(random, truth))));
    shrinkSamples(samples).providers.forEach((estimate, i) => {
      const truth = truths[i]!;
      squares.unshrunk += (estimate!.own - truth) ** 2;
      squares.shrunk += (estimate!.mean - truth) ** 2;
      if (truth < cautiousBound(estimate!, LEVEL)) squares.belowBound++;
    });
  }
  const all = providers * pools;
  const { unshrunk, shrunk, belowBound } = squares;
  return { unshrunk: Math.sqrt(unshrunk / all), shrunk: Math.sqrt(shrunk / all), belowBound: belowBound / all };
}

export const fewInterviews: Row = {
  name: "few-interviews",
  what: `few interviews (n = ${INTERVIEWS})`,
  anchor: "RMSE 0.148 → 0.073",
  mark: `≤ ${MARK} × the unshrunk RMSE`,
  basis: `${POOLS} simulated pools of ${PROVIDERS} providers whose true shares of good outcomes are drawn from Beta(21, 11) (mean 0.656, sd between providers 0.083), ${INTERVIEWS} yes-or-no interviews each; nothing of this is known to the estimate`,
  measure: (seed) => {
    const found = interviewErrors(seed, PROVIDERS, POOLS);
    const small = interviewErrors(seed, 10, 5 * POOLS);
    return {
      value: text(found),
      passed: found.shrunk <= MARK * found.unshrunk,
      notes: [
        `no mark, pools of 10 providers: ${text(small)}`,
        `no mark, truth under the cautious bound of level ${LEVEL}: ${percent(found.belowBound)}, in pools of 10 ${percent(small.belowBound)}`,
        "providers that differ more gain less: shrinkage cannot help where own means are what tells them apart",
      ],
    };
  },
};

function text({ unshrunk, shrunk }: InterviewErrors): string {
  return `RMSE ${unshrunk.toFixed(3)} → ${shrunk.toFixed(3)}: ${(shrunk / unshrunk).toFixed(2)} ×`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
