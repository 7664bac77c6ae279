import { keccak256, stringToBytes, type Hex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { ABSTAINED } from "../../../contracts/protocol/payout.ts";
import {
  encodeQuorumSignature,
  poolDomain,
  typedData,
  type PrimaryType,
  type TypedData,
} from "../../../contracts/protocol/typed-data.ts";
import { decodeScores, encodeScores } from "../../../contracts/protocol/vector.ts";
import { aggregate, deviations } from "../../../oracle/domain/aggregate.ts";
import { vectorOf } from "../../../oracle/domain/assess.ts";
import type { Bundle, Cosignature } from "../../../oracle/domain/bundle.ts";
import { canonicalHash, documentBytes } from "../../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceRoot } from "../../../oracle/domain/evidence.ts";
import { fileHashes, SEAL_FILE } from "../../../oracle/domain/seal.ts";
import { specHash, type OutcomeSpec } from "../../../oracle/domain/spec.ts";
import type { EvidenceFile } from "../../../oracle/domain/templates/template.ts";

/** Signatures that settle. */
export const THRESHOLD = 2;

/** An account that anybody can make again from its name. */
export function accountNamed(name: string): PrivateKeyAccount {
  return privateKeyToAccount(keccak256(stringToBytes(`test ${name}`)));
}

/** The three nodes of the oracle, in ascending order of addresses. */
export function oracleNodes(label = "node"): PrivateKeyAccount[] {
  const nodes = [1, 2, 3].map((number) => accountNamed(`${label} ${number}`));
  return nodes.sort((a, b) => (lower(a.address) < lower(b.address) ? -1 : 1));
}

export function lower(address: Hex): Hex {
  return address.toLowerCase() as Hex;
}

export function sign<Name extends PrimaryType>(node: PrivateKeyAccount, data: TypedData<Name>): Promise<Hex> {
  return node.signTypedData(data as unknown as Parameters<PrivateKeyAccount["signTypedData"]>[0]);
}

/** What a bundle is made of. */
export interface RoundOrder {
  readonly chainId: number;
  readonly pool: Hex;
  readonly round: number;
  readonly spec: OutcomeSpec;
  readonly files: readonly EvidenceFile[];
  readonly nodes: readonly PrivateKeyAccount[];
  /** How many of the nodes lie, the last of them, and all the same lie. */
  readonly liars: number;
}

/** Makes a round's bundle as three nodes would: all reports are in it, signatures only of nodes that reported the aggregate. */
export async function makeBundle(order: RoundOrder): Promise<Bundle> {
  const { chainId, pool, round, spec, nodes, liars } = order;
  const { metered } = spec.payment;
  const domain = poolDomain(chainId, pool);
  const evidence = order.files.map((file, i) => evidenceItem(file, keccak256(stringToBytes(`${pool} ${round} ${i}`))));
  const root = evidenceRoot(evidence);
  const truth = vectorOf(spec, evidence, round);
  const reports: Bundle["reports"] = [];
  for (const [i, node] of nodes.entries()) {
    const vector = i >= nodes.length - liars ? bent(truth, metered) : truth;
    const message = { round, specHash: specHash(spec), evidenceRoot: root, vector };
    const signature = await sign(node, typedData("Report", domain, message));
    reports.push({ node: lower(node.address), vector, signature });
  }
  const vectors = reports.map(({ vector }) => vector);
  const joined = aggregate(vectors, metered, spec.roster.length);
  const message = { round, evidenceRoot: root, scores: joined };
  const agreed = nodes.filter((_, i) => reports[i]!.vector === joined);
  const found = reports.flatMap(({ node, vector }) => deviations(node, vector, joined, metered));
  return {
    format: "guerdon/bundle/1",
    chainId,
    pool,
    round,
    spec,
    evidence,
    evidenceRoot: root,
    reports,
    aggregate: joined,
    deviations: found.map((one) => ({
      ...one,
      reported: { ...one.reported, units: Number(one.reported.units) },
      aggregate: { ...one.aggregate, units: Number(one.aggregate.units) },
    })),
    signatures: await cosign(agreed, typedData("Assessment", domain, message)),
  };
}

/** The quorum's signature a bundle holds, as the pool takes it. */
export function quorumSignature({ signatures }: Bundle): Hex {
  return encodeQuorumSignature(
    signatures.slice(0, THRESHOLD).map(({ node, signature }) => ({ signer: node, signature })),
  );
}

/** The files and a seal over them by these nodes. */
export async function seal(
  files: ReadonlyMap<string, Uint8Array>,
  chainId: number,
  pool: Hex,
  nodes: readonly PrivateKeyAccount[],
): Promise<Map<string, Uint8Array>> {
  const hashes = fileHashes(files);
  const data = typedData("Seal", poolDomain(chainId, pool), { filesHash: canonicalHash(hashes) });
  const signatures = await cosign(nodes, data);
  const document = { format: "guerdon/seal/1", chainId, pool, files: hashes, signatures };
  return new Map([...files, [SEAL_FILE, documentBytes(document)]]);
}

async function cosign<Name extends PrimaryType>(
  nodes: readonly PrivateKeyAccount[],
  data: TypedData<Name>,
): Promise<Cosignature[]> {
  return Promise.all(nodes.map(async (node) => ({ node: lower(node.address), signature: await sign(node, data) })));
}

/** Another valid vector: the first provider that was judged delivered less. */
function bent(vector: Hex, metered: boolean): Hex {
  const records = decodeScores(vector, metered);
  const at = records.findIndex(({ score }) => score !== ABSTAINED);
  const { score, units } = records[at]!;
  return encodeScores(records.with(at, metered ? { score, units: units - 1n } : { score: score - 1, units }), metered);
}
