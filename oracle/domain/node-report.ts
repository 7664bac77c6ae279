import type { Hex } from "viem";
import { digestOf, poolDomain, typedData, type TypedData } from "../../contracts/protocol/typed-data.ts";
import { decodeScores } from "../../contracts/protocol/vector.ts";
import type { Cosignature, Report } from "./bundle.ts";
import { evidenceRoot } from "./evidence.ts";
import type { CosignResponse, ReportRequest } from "./messages.ts";
import { signatureProblem } from "./signatures.ts";
import { specHash } from "./spec.ts";

/** What nodes were asked to assess, and where. */
export interface AskedRound extends ReportRequest {
  readonly chainId: number;
}

/** What a node signs over its own vector of a round. */
export function reportData({ chainId, pool, round, spec, evidence }: AskedRound, vector: Hex): TypedData<"Report"> {
  const message = { round, specHash: specHash(spec), evidenceRoot: evidenceRoot(evidence), vector };
  return typedData("Report", poolDomain(chainId, pool), message);
}

/** What is wrong with a report: a vector of another form, or a signature that is not the node's; or `null`. */
export async function reportProblem(report: Report, asked: AskedRound): Promise<string | null> {
  const { payment, roster } = asked.spec;
  try {
    decodeScores(report.vector, payment.metered, roster.length);
  } catch (error) {
    return (error as Error).message;
  }
  return signatureProblem(digestOf(reportData(asked, report.vector)), report);
}

/** What is wrong with a signature over an assessment that says `vector`, or `null`. */
export function cosignatureProblem(
  answer: CosignResponse | Cosignature,
  asked: AskedRound,
  vector: Hex,
): Promise<string | null> {
  const { chainId, pool, round, evidence } = asked;
  const message = { round, evidenceRoot: evidenceRoot(evidence), scores: vector };
  return signatureProblem(digestOf(typedData("Assessment", poolDomain(chainId, pool), message)), answer);
}
