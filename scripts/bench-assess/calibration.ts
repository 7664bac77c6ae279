import type { Checked } from "../../oracle/domain/statistics/calibration.ts";
import { calibrate, fitCalibration } from "../../oracle/domain/statistics/recalibrate.ts";
import { seededRandom } from "../faults/support/random.ts";
import { bernoulli, meanOf, type Random } from "./draws.ts";
import type { Row } from "./row.ts";

const LABELS = 100;
const DRAWS = 200;
const HELD_OUT = 4_000;
const MARK = 5;

/** A simulated judge: how sure it says it is, and how often it is right when it says so. */
interface Judge {
  readonly name: string;
  confidence(random: Random): number;
  accuracy(confidence: number): number;
}

/** Confidences over 0.5 to 1 with most at the top, as judges give them. */
const sure = (random: Random): number => 1 - 0.5 * random() * random();
const even = (random: Random): number => 0.5 + 0.5 * random();
/** Only round figures, as when asked for a percentage. */
const round = (random: Random): number => [0.7, 0.8, 0.9, 0.95, 1][Math.floor(5 * random())]!;

/** Over-confident by 13 to 24 points, in different ways. */
const JUDGES: readonly Judge[] = [
  { name: "13 points too sure throughout", confidence: sure, accuracy: (c) => c - 0.13 },
  { name: "24 points too sure throughout", confidence: sure, accuracy: (c) => c - 0.24 },
  { name: "half as telling as it says", confidence: sure, accuracy: (c) => 0.5 + 0.5 * (c - 0.5) },
  { name: "says nothing by its confidence", confidence: even, accuracy: () => 0.57 },
  { name: "too sure only when sure", confidence: even, accuracy: (c) => c - 0.7 * (c - 0.5) },
  { name: "two steps", confidence: even, accuracy: (c) => (c < 0.75 ? 0.5 : 0.65) },
  { name: "round figures", confidence: round, accuracy: (c) => 0.55 + 0.5 * (c - 0.7) },
];

/** In points, means over answers that were not labelled, those after also over draws of labels. */
export interface JudgeErrors {
  readonly name: string;
  readonly overconfidence: number;
  /** |confidence − how often the judge is right at this confidence|: no smaller than an expected calibration error in rows. */
  readonly before: number;
  readonly after: number;
  /** Mean over draws of |mean corrected confidence − mean accuracy|: what is left of the over-confidence itself. */
  readonly left: number;
}

export function judgeErrors(seed: number, labels: number = LABELS, draws: number = DRAWS): JudgeErrors[] {
  return JUDGES.map(({ name, confidence, accuracy }, i) => {
    const random = seededRandom(seed + i);
    const label = (): Checked => {
      const said = confidence(random);
      return { confidence: said, correct: bernoulli(random, accuracy(said)) === 1 };
    };
    const heldOut = Array.from({ length: HELD_OUT }, () => confidence(random));
    const mean = (of: (said: number) => number) => 100 * meanOf(HELD_OUT, (at) => of(heldOut[at]!));
    const found = Array.from({ length: draws }, () => {
      const fitted = fitCalibration(Array.from({ length: labels }, label))!;
      const off = (said: number) => calibrate(fitted, said) - accuracy(said);
      return { after: mean((said) => Math.abs(off(said))), left: Math.abs(mean(off)) };
    });
    return {
      name,
      overconfidence: mean((said) => said - accuracy(said)),
      before: mean((said) => Math.abs(said - accuracy(said))),
      after: meanOf(draws, (draw) => found[draw]!.after),
      left: meanOf(draws, (draw) => found[draw]!.left),
    };
  });
}

export const calibration: Row = {
  name: "calibration",
  what: `calibration after ≤ ${LABELS} labels`,
  anchor: "judges 13–24 points over-confident",
  mark: `≤ ${MARK} points: over-confidence left of every judge, error of confidence on average over judges`,
  basis: `${JUDGES.length} simulated judges, ${DRAWS} draws of ${LABELS} random labels each; on ${HELD_OUT} other answers, against how often the judge is right at that confidence`,
  measure: (seed) => {
    const found = judgeErrors(seed);
    const left = Math.max(...found.map((one) => one.left));
    const after = meanOf(found.length, (i) => found[i]!.after);
    return {
      value: `${left.toFixed(1)} points of over-confidence left at worst, error ${after.toFixed(1)} points on average`,
      passed: left <= MARK && after <= MARK,
      notes: found.map(judgeText),
    };
  },
};

function judgeText({ name, overconfidence, left, before, after }: JudgeErrors): string {
  const [over, error] = [
    [overconfidence, left],
    [before, after],
  ].map((pair) => pair.map((x) => x.toFixed(1)).join(" → "));
  return `${name}: over-confidence ${over}, error ${error} points`;
}
