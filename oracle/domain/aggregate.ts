import type { Hex } from "viem";
import { ABSTAINED, type ScoreRecord } from "../../contracts/protocol/payout.ts";
import { decodeScores, encodeScores } from "../../contracts/protocol/vector.ts";

/** One provider about whom a node said something else than the aggregate. */
export interface Deviation {
  readonly node: Hex;
  /** Index of the provider. */
  readonly index: number;
  readonly reported: ScoreRecord;
  readonly aggregate: ScoreRecord;
}

/**
 * Joins the nodes' records about one provider: abstained unless more than half of all nodes judged; else the median of the scores
 * judged and, on its own, the median of their units, the lower one where there are two. With fewer than half of those that judged
 * false, score and units lie within what honest nodes reported; with plain computation honest nodes judge or abstain together.
 * @param records one per node, at least one
 */
export function medianRecord(records: readonly ScoreRecord[]): ScoreRecord {
  const judged = records.filter(({ score }) => score !== ABSTAINED);
  if (judged.length * 2 <= records.length) return { score: ABSTAINED, units: 0n };
  const middle = (judged.length - 1) >> 1;
  return {
    score: judged.map(({ score }) => score).sort((a, b) => a - b)[middle]!,
    units: judged.map(({ units }) => units).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[middle]!,
  };
}

/**
 * Joins the nodes' vectors provider by provider.
 * @param vectors one per node, each of `count` records
 * @throws RangeError where there are none, or one has another length
 */
export function aggregate(vectors: readonly Hex[], metered: boolean, count: number): Hex {
  if (vectors.length === 0) throw new RangeError("no report to aggregate");
  const decoded = vectors.map((vector) => decodeScores(vector, metered, count));
  const records = Array.from({ length: count }, (_, i) => medianRecord(decoded.map((vector) => vector[i]!)));
  return encodeScores(records, metered);
}

/** Where a node's vector differs from the aggregate. */
export function deviations(node: Hex, vector: Hex, joined: Hex, metered: boolean): Deviation[] {
  const theirs = decodeScores(vector, metered);
  return decodeScores(joined, metered).flatMap((record, index) => {
    const reported = theirs[index]!;
    const same = reported.score === record.score && reported.units === record.units;
    return same ? [] : [{ node, index, reported, aggregate: record }];
  });
}

/** A deviation as bundles write it. */
export function deviationJson({ node, index, reported, aggregate: joined }: Deviation) {
  const json = ({ score, units }: ScoreRecord) => ({ score, units: Number(units) });
  return { node, index, reported: json(reported), aggregate: json(joined) };
}
