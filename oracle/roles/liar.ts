import type { Hex } from "viem";
import { ABSTAINED, MAX_SCORE, type ScoreRecord } from "../../contracts/protocol/payout.ts";
import type { JudgedReport } from "../domain/judgement/report-vector.ts";
import { decodeScores, encodeScores } from "../../contracts/protocol/vector.ts";

/**
 * What a node told to lie says: every third provider a little better, the next a little worse, the rest as they are; valid in
 * form, and different from the truth for at least one provider.
 */
export function lie(vector: Hex, metered: boolean): Hex {
  const truth = decodeScores(vector, metered);
  const lies = encodeScores(
    truth.map((record, index) => bend(record, index % 3, metered)),
    metered,
  );
  if (lies !== vector) return lies;
  // Nothing to bend, as where nobody delivered anything: say that the first one was not judged, or judge it.
  const first = truth[0]!.score === ABSTAINED ? { score: MAX_SCORE, units: 0n } : { score: ABSTAINED, units: 0n };
  return encodeScores([first, ...truth.slice(1)], metered);
}

/** The same of claims: every third provider judged better, the next worse. */
export function lieAboutWords({ estimates, ...rest }: JudgedReport): JudgedReport {
  const providers = rest.units?.length ?? estimates.length;
  const cells = Math.max(1, estimates.length / providers);
  const bent = estimates.map((estimate, i): JudgedReport["estimates"][number] => {
    const kind = Math.floor(i / cells) % 3;
    if (estimate.score === null || kind === 2) return estimate;
    return { ...estimate, score: Math.min(10_000, Math.max(0, estimate.score + (kind === 0 ? 3_000 : -4_000))) };
  });
  return { ...rest, estimates: bent };
}

function bend(record: ScoreRecord, kind: number, metered: boolean): ScoreRecord {
  if (kind === 2 || record.score === ABSTAINED) return record;
  if (metered) return { ...record, units: record.units - record.units / (kind === 0 ? 10n : 5n) };
  const better = kind === 0 && record.score < MAX_SCORE;
  const score = better ? Math.min(MAX_SCORE, record.score + 500) : Math.max(0, record.score - 700);
  return { ...record, score };
}
