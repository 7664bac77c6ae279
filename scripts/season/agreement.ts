import { randomBytes } from "node:crypto";
import { bytesToHex, encodeFunctionData, type Address, type Hex } from "viem";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { encodeQuorumSignature } from "../../contracts/protocol/typed-data.ts";
import { aggregate, deviations } from "../../oracle/domain/aggregate.ts";
import type { Bundle, Report } from "../../oracle/domain/bundle.ts";
import { evidenceItem, evidenceRoot, type EvidenceItem } from "../../oracle/domain/evidence.ts";
import type { ReportRequest } from "../../oracle/domain/messages.ts";
import type { OutcomeSpec } from "../../oracle/domain/spec.ts";
import type { EvidenceFile } from "../../oracle/domain/templates/template.ts";
import type { RemoteNode } from "./nodes.ts";

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
  const evidence = round.files.map((file) => evidenceItem(file, bytesToHex(randomBytes(32))));
  const request: ReportRequest = { pool: round.pool, round: round.round, spec: round.spec, evidence };
  const reports = (await settled(nodes.map((node) => node.report(request)))).sort(byNode);
  const { metered } = round.spec.payment;
  const vectors = reports.map(({ vector }) => vector);
  const joined = aggregate(vectors, metered, round.spec.roster.length);
  const cosigned = await settled(nodes.map((node) => node.cosign({ ...request, reports })));
  const signatures = cosigned.filter(({ vector }) => vector === joined).sort(byNode);
  if (signatures.length < round.spec.oracle.threshold) {
    throw new Error(
      `round ${round.round}: ${signatures.length} nodes agree, a quorum is ${round.spec.oracle.threshold}`,
    );
  }
  return {
    format: "guerdon/bundle/1",
    chainId: round.chainId,
    pool: round.pool,
    round: round.round,
    spec: round.spec,
    evidence,
    evidenceRoot: evidenceRoot(evidence),
    reports,
    aggregate: joined,
    deviations: reports.flatMap((report) => inBundleForm(report, joined, metered)),
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

/** Evidence of a bundle, for its size. */
export function evidenceBytes(evidence: readonly EvidenceItem[]): number {
  return evidence.reduce((sum, { content }) => sum + content.length, 0);
}

function inBundleForm(report: Report, joined: Hex, metered: boolean): Bundle["deviations"] {
  return deviations(report.node, report.vector, joined, metered).map(({ node, index, reported, aggregate: whole }) => ({
    node,
    index,
    reported: { score: reported.score, units: Number(reported.units) },
    aggregate: { score: whole.score, units: Number(whole.units) },
  }));
}

/** Answers of the nodes that gave one: a node that fails or refuses is left out. */
async function settled<Answer>(answers: readonly Promise<Answer>[]): Promise<Answer[]> {
  const results = await Promise.allSettled(answers);
  const given = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (given.length === 0 && failure !== undefined) throw failure.reason;
  return given;
}

function byNode(one: { readonly node: Hex }, other: { readonly node: Hex }): number {
  return one.node < other.node ? -1 : 1;
}
