import { stringToBytes, type Hex } from "viem";
import { poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { aggregate } from "../domain/aggregate.ts";
import { vectorOf } from "../domain/assess.ts";
import { audit } from "../domain/audit/audit.ts";
import type { Cosignature, Report } from "../domain/bundle.ts";
import { canonicalHash, documentBytes, readDocument, sameBytes } from "../domain/canonical.ts";
import { CHAIN_FILE, chainExportSchema } from "../domain/chain-export.ts";
import { evidenceRoot } from "../domain/evidence.ts";
import type { CosignRequest, CosignResponse, ReportRequest, SealRequest } from "../domain/messages.ts";
import { oracleProblem, paymentProblem, rosterProblem } from "../domain/fit.ts";
import { fileHashes } from "../domain/seal.ts";
import { nodesProblem } from "../domain/signatures.ts";
import { reportData, reportProblem } from "../domain/node-report.ts";
import { specHash } from "../domain/spec.ts";
import type { ChainReader, NodeSigner, PoolFacts } from "../ports.ts";

/** A request the node will not act on, with a stable name and the reason in words. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What a node does: assess on its own, sign what all reports amount to, seal what it has audited. */
export interface Assessor {
  report(request: ReportRequest): Promise<Report>;
  cosign(request: CosignRequest): Promise<CosignResponse>;
  seal(request: SealRequest): Promise<Cosignature>;
}

/** What a node is made of. */
export interface AssessorParts {
  readonly chain: ChainReader;
  readonly signer: NodeSigner;
  /** Turns the node's own vector into what it says. The identity for an honest node. */
  readonly say?: (vector: Hex, metered: boolean) => Hex;
}

/**
 * A node that trusts the chain and its own computation. The evidence is what it is sent, as long as there is no intake that nodes
 * fetch it from; so it signs over one evidence root a round and refuses any other until it is started anew.
 */
export function createAssessor({ chain, signer, say = (vector) => vector }: AssessorParts): Assessor {
  const roots = new Map<string, Hex>();

  async function ownVector(request: ReportRequest): Promise<{ facts: PoolFacts; vector: Hex }> {
    const facts = await chain.poolFacts(request.pool, request.round);
    requireFits(request, facts);
    const vector = vectorOf(request.spec, request.evidence, request.round);
    requireSameEvidence(request, facts);
    return { facts, vector: say(vector, facts.terms.metered) };
  }

  function requireSameEvidence({ pool, round, evidence }: ReportRequest, { chainId }: PoolFacts): void {
    const key = `${chainId} ${pool} ${round}`;
    const root = evidenceRoot(evidence);
    const known = roots.get(key);
    if (known !== undefined && known !== root) {
      throw new Refusal(
        "other-evidence",
        `round ${round} of pool ${pool} has evidence root ${known} here, not ${root}`,
      );
    }
    roots.set(key, root);
  }

  return {
    async report(request) {
      const { facts, vector } = await ownVector(request);
      const signature = await signer.sign(reportData({ ...request, chainId: facts.chainId }, vector));
      return { node: signer.address, vector, signature };
    },

    async cosign(request) {
      const { facts, vector } = await ownVector(request);
      const { metered } = facts.terms;
      await requireGenuine(request, facts);
      const vectors = request.reports.map((report) => report.vector);
      const joined = say(aggregate(vectors, metered, request.spec.roster.length), metered);
      // Plain computation: what all nodes amount to must be what this one found itself.
      if (joined !== vector) throw new Refusal("outvoted", "the aggregate is not what this node found in the evidence");
      const message = { round: request.round, evidenceRoot: evidenceRoot(request.evidence), scores: joined };
      const domain = poolDomain(facts.chainId, request.pool);
      const signature = await signer.sign(typedData("Assessment", domain, message));
      return { node: signer.address, vector: joined, signature };
    },

    async seal({ pool, files }) {
      const bytes = new Map(Object.entries(files).map(([name, text]) => [name, stringToBytes(text)]));
      const chainFile = bytes.get(CHAIN_FILE);
      if (chainFile === undefined) throw new Refusal("incomplete", `there is no ${CHAIN_FILE} among the files`);
      const claimed = readDocument(CHAIN_FILE, chainFile, chainExportSchema);
      const read = await chain.exportPool(pool, claimed.factory, BigInt(claimed.head.number));
      if (!sameBytes(documentBytes(read), chainFile)) {
        throw new Refusal("not-on-chain", `${CHAIN_FILE} is not what this node reads from the chain`);
      }
      const report = await audit(bytes, { pool, unsealed: true });
      if (!report.ok) {
        const failed = report.checks.find(({ ok }) => !ok);
        throw new Refusal("audit-failed", `the files do not pass the audit: ${failed?.title} (${failed?.place})`);
      }
      const domain = poolDomain(read.chainId, pool);
      const signature = await signer.sign(typedData("Seal", domain, { filesHash: canonicalHash(fileHashes(bytes)) }));
      return { node: signer.address, signature };
    },
  };
}

/** The spec is the pool's, and says of it what it is: whoever made the pool could have chosen otherwise. */
function requireFits({ spec, pool, round }: ReportRequest, facts: PoolFacts): void {
  const hash = specHash(spec);
  if (hash !== facts.terms.specHash) {
    throw new Refusal("other-spec", `pool ${pool} was made for spec ${facts.terms.specHash}, not ${hash}`);
  }
  refuse("other-payment", "payment rule", paymentProblem(spec, facts.terms));
  refuse("other-oracle", "oracle", oracleProblem(spec, facts.oracle));
  refuse("other-roster", "roster", rosterProblem(spec, facts.providers));
  if (!facts.assessable) throw new Refusal("not-assessable", `round ${round} of pool ${pool} cannot be assessed now`);
}

function refuse(reason: string, what: string, problem: string | null): void {
  if (problem !== null) throw new Refusal(reason, `the pool's ${what} is not the spec's: ${problem}`);
}

/** Reports by nodes of this pool's oracle over this evidence, each once, in order, at least as many as a quorum. */
async function requireGenuine(request: CosignRequest, facts: PoolFacts): Promise<void> {
  const problem = nodesProblem(request.reports, facts.oracle);
  if (problem !== null) throw new Refusal("bad-nodes", problem);
  for (const report of request.reports) {
    const wrong = await reportProblem(report, { ...request, chainId: facts.chainId });
    if (wrong !== null) throw new Refusal("bad-report", `the report of ${report.node}: ${wrong}`);
  }
}
