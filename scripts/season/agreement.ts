import { randomBytes } from "node:crypto";
import { bytesToHex, encodeFunctionData, type Address, type Hex } from "viem";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { encodeQuorumSignature } from "../../contracts/protocol/typed-data.ts";
import { aggregate, deviationJson, deviations } from "../../oracle/domain/aggregate.ts";
import type { Bundle } from "../../oracle/domain/bundle.ts";
import { evidenceItem, evidenceRoot } from "../../oracle/domain/evidence.ts";
import type { ReportRequest } from "../../oracle/domain/messages.ts";
import { cosignatureProblem, reportProblem, type AskedRound } from "../../oracle/domain/node-report.ts";
import type { OutcomeSpec } from "../../oracle/domain/spec.ts";
import type { EvidenceFile } from "../../oracle/domain/templates/template.ts";
import { fromEach, type RemoteNode } from "./nodes.ts";

/** A round to be assessed. */
export interface RoundToAssess {
  readonly chainId: number;
  readonly pool: Address;
  readonly round: number;
  readonly spec: OutcomeSpec;
  readonly files: readonly EvidenceFile[];
}

/**
 * Brings a round from evidence to a signed assessment: freezes the evidence under a root, collects each node's own report, shows
 * all reports to all nodes, and keeps the signatures over what the reports amount to. A signature over anything else is left out.
 * @throws Error where fewer nodes than a quorum agree
 */
export async function agree(round: RoundToAssess, nodes: readonly RemoteNode[]): Promise<Bundle> {
  const { files, ...rest } = round;
  const asked: AskedRound = { ...rest, evidence: files.map((file) => evidenceItem(file, bytesToHex(randomBytes(32)))) };
  const { chainId, spec, evidence } = asked;
  const { metered } = spec.payment;
  const request: ReportRequest = { pool: asked.pool, round: asked.round, spec, evidence };

  const reports = await fromEach(
    nodes,
    (node) => node.report(request),
    (report) => reportProblem(report, asked),
  );
  const vectors = reports.map(({ vector }) => vector);
  const joined = aggregate(vectors, metered, spec.roster.length);
  const cosigned = await fromEach(
    nodes,
    (node) => node.cosign({ ...request, reports }),
    (answer) => cosignatureProblem(answer, asked, answer.vector),
  );
  const signatures = cosigned.filter(({ vector }) => vector === joined);
  if (signatures.length < spec.oracle.threshold) {
    throw new Error(`round ${asked.round}: ${signatures.length} nodes agree, a quorum is ${spec.oracle.threshold}`);
  }
  return {
    format: "guerdon/bundle/1",
    chainId,
    pool: asked.pool,
    round: asked.round,
    spec,
    evidence,
    evidenceRoot: evidenceRoot(evidence),
    reports,
    aggregate: joined,
    deviations: reports.flatMap(({ node, vector }) => deviations(node, vector, joined, metered)).map(deviationJson),
    signatures: signatures.map(({ node, signature }) => ({ node, signature })),
  };
}

/** The call that puts a bundle's assessment on chain, with its signatures in the quorum's form. */
export function assessCall(bundle: Bundle): Hex {
  const parts = bundle.signatures.map(({ node, signature }) => ({ signer: node, signature }));
  return encodeFunctionData({
    abi: outcomePoolAbi,
    functionName: "assess",
    args: [bundle.round, bundle.evidenceRoot, bundle.aggregate, encodeQuorumSignature(parts)],
  });
}
