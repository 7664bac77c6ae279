import type { Hex } from "viem";
import { decodeScores, encodeScores } from "../../../contracts/protocol/vector.ts";
import { aggregate, deviations, type Deviation } from "../aggregate.ts";
import { joinReports, scoreRecords, shapeOf, type JudgedRound } from "../judgement/joint.ts";
import { decodeReport } from "../judgement/report-vector.ts";
import { judgedParams, type OutcomeSpec } from "../spec.ts";

/** How the reports of a spec's rounds are read. What a node signs over its own findings is a score vector, or claims where words are judged. */
export interface ReportRule {
  /** Whether honest nodes find the same to the bit. Else they may differ in what was judged, and agree on whose reports count. */
  readonly alike: boolean;
  /** What is wrong with the form of a report's vector, or `null`. */
  problem(vector: Hex): string | null;
  /** The score vector that reports amount to. @param vectors at least one, each of the right form */
  join(vectors: readonly Hex[]): Hex;
  /** Where a node is apart from what all reports amount to. */
  apart(node: Hex, vector: Hex, joined: Hex): Deviation[];
}

/** From how many basis points on a node that judged is listed as apart: more than judges commonly differ. */
export const APART_BPS = 1_500;

const rules = new WeakMap<OutcomeSpec, ReportRule>();

/** The rule of a spec. */
export function reportRule(spec: OutcomeSpec): ReportRule {
  const known = rules.get(spec);
  if (known !== undefined) return known;
  const params = judgedParams(spec);
  const { metered } = spec.payment;
  const providers = spec.roster.length;
  const rule = params === null ? computedRule(metered, providers) : judgedRule({ params, providers, metered });
  rules.set(spec, rule);
  return rule;
}

function computedRule(metered: boolean, providers: number): ReportRule {
  return {
    alike: true,
    problem: (vector) => problemOf(() => decodeScores(vector, metered, providers)),
    join: (vectors) => aggregate(vectors, metered, providers),
    apart: (node, vector, joined) => deviations(node, vector, joined, metered),
  };
}

function judgedRule(round: JudgedRound): ReportRule {
  const shape = shapeOf(round);
  const scores = (vectors: readonly Hex[]): Hex =>
    encodeScores(scoreRecords(joinReports(round, vectors)), round.metered);
  return {
    alike: false,
    problem: (vector) => problemOf(() => decodeReport(vector, shape)),
    join: scores,
    apart: (node, vector, joined) => deviations(node, scores([vector]), joined, round.metered).filter(isFar),
  };
}

/** Units are counted, so any difference tells; scores are judged; whether there is one hangs on single judges that abstain. */
function isFar({ reported, aggregate: joined }: Deviation): boolean {
  if (reported.score > 10_000 || joined.score > 10_000) return false;
  return reported.units !== joined.units || Math.abs(reported.score - joined.score) > APART_BPS;
}

function problemOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
