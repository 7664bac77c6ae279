import type { Hex } from "viem";
import { ABSTAINED, type ScoreRecord } from "../../contracts/protocol/payout.ts";
import { encodeScores } from "../../contracts/protocol/vector.ts";
import { JUDGED_TEMPLATE } from "./criteria/terms.ts";
import type { EvidenceItem, WithheldItem } from "./evidence.ts";
import { evidenceFiles } from "./evidence-files.ts";
import type { OutcomeSpec } from "./spec.ts";
import { templateNamed } from "./templates/index.ts";
import type { Finding } from "./templates/template.ts";

/** Evidence of a round as a bundle holds it. */
type BundleEvidence = readonly (EvidenceItem | WithheldItem)[];

/**
 * A node's own findings for a round that a template computes, in the order of the roster. Pure: every honest node finds the same.
 * @throws RangeError for a spec whose rounds are judged
 */
export function findingsOf(spec: OutcomeSpec, evidence: BundleEvidence, round: number): Finding[] {
  const ids = spec.roster.map(({ id }) => id);
  if (spec.template === JUDGED_TEMPLATE) throw new RangeError("what is judged cannot be computed from evidence alone");
  return templateNamed(spec.template).assess(spec.params, ids, evidenceFiles(evidence), round);
}

/** What the pool stores of a finding. */
export function recordOf(finding: Finding): ScoreRecord {
  if (finding.scoreBps === null) return { score: ABSTAINED, units: 0n };
  return { score: finding.scoreBps, units: BigInt(finding.units ?? 0) };
}

/** A node's score vector for a round, in the bytes the pool stores. */
export function vectorOf(spec: OutcomeSpec, evidence: BundleEvidence, round: number): Hex {
  return encodeScores(findingsOf(spec, evidence, round).map(recordOf), spec.payment.metered);
}
