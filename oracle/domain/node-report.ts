import type { Hex } from "viem";
import { poolDomain, typedData, type TypedData } from "../../contracts/protocol/typed-data.ts";
import { fastDigest } from "./digest.ts";
import { signatureProblem, type Signed } from "./signatures.ts";

/** What a report is about: one round, assessed by one spec over one set of evidence. */
export interface AssessedRound {
  readonly chainId: number;
  readonly pool: Hex;
  readonly round: number;
  readonly specHash: Hex;
  readonly evidenceRoot: Hex;
}

/** What a node signs over its own vector of a round. */
export function reportData({ chainId, pool, ...rest }: AssessedRound, vector: Hex): TypedData<"Report"> {
  const { round, specHash, evidenceRoot } = rest;
  return typedData("Report", poolDomain(chainId, pool), { round, specHash, evidenceRoot, vector });
}

/** What a node signs for the chain: the vector that all reports amount to. */
export function assessmentData({ chainId, pool, round, evidenceRoot }: AssessedRound, scores: Hex) {
  return typedData("Assessment", poolDomain(chainId, pool), { round, evidenceRoot, scores });
}

/** What is wrong with a node's signature over its vector, or `null`. */
export function reportProblem(report: Signed & { readonly vector: Hex }, of: AssessedRound): Promise<string | null> {
  return signatureProblem(fastDigest(reportData(of, report.vector)), report);
}

/** What is wrong with a node's signature over an assessment that says `scores`, or `null`. */
export function assessmentProblem(signed: Signed, of: AssessedRound, scores: Hex): Promise<string | null> {
  return signatureProblem(fastDigest(assessmentData(of, scores)), signed);
}
