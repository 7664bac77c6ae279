import type { Hex } from "viem";
import { ABSTAINED, type ScoreRecord } from "../../../contracts/protocol/payout.ts";
import type { JudgedParams } from "../criteria/terms.ts";
import type { CriteriaDocument } from "../criteria/document.ts";
import { LEVELS, type Level } from "../statistics/level.ts";
import { lowerMedian } from "../statistics/median.ts";
import { joinClaims } from "./claims.ts";
import type { Estimate } from "./group.ts";
import { decodeReport, type JudgedReport, type ReportShape } from "./report-vector.ts";
import { cellsOf, scoreProviders, type ProviderScore } from "./score.ts";

/** What decides how the reports of a judged round are read. */
export interface JudgedRound {
  readonly params: JudgedParams;
  readonly providers: number;
  readonly metered: boolean;
}

/** What all reports that count amount to. */
export interface JointJudgement {
  readonly estimates: readonly Estimate[];
  /** One for each provider; none where the pool is not metered. */
  readonly units: readonly number[];
  readonly scores: readonly ProviderScore[];
}

/** Shape of the reports of a judged round. */
export function shapeOf({ params, providers, metered }: JudgedRound): ReportShape {
  return { providers, cells: cellsOf(params.document).length, metered };
}

/** The confidence of a document as a level there is: the lowest that is not below it. */
export function levelOf({ confidenceBps }: Pick<CriteriaDocument, "confidenceBps">): Level {
  return LEVELS.find((level) => Math.round(level * 10_000) >= confidenceBps) ?? LEVELS.at(-1)!;
}

/**
 * Joins reports: claims cell by cell as `joinClaims` says, units by their lower median; then scores all providers from what they
 * amount to.
 * @param vectors one per node, at least one
 * @throws RangeError where one has another form
 */
export function joinReports(round: JudgedRound, vectors: readonly Hex[]): JointJudgement {
  const shape = shapeOf(round);
  return joint(
    round,
    vectors.map((vector) => decodeReport(vector, shape)),
  );
}

function joint(round: JudgedRound, reports: readonly JudgedReport[]): JointJudgement {
  const { params, providers, metered } = round;
  const estimates = joinClaims(reports.map((report) => report.estimates));
  const units = metered
    ? Array.from({ length: providers }, (_, i) => lowerMedian(reports.map((report) => report.units![i]!)))
    : [];
  return { estimates, units, scores: scoreProviders(params.document, providers, estimates, levelOf(params.document)) };
}

/** What the pool stores of it, in the order of the roster. */
export function scoreRecords({ scores, units }: JointJudgement): ScoreRecord[] {
  return scores.map(({ payable }, i): ScoreRecord => {
    if (payable.score === null) return { score: ABSTAINED, units: 0n };
    return { score: payable.score, units: BigInt(units[i] ?? 0) };
  });
}
