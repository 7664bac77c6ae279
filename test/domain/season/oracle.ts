import { keccak256, stringToBytes, type Hex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { ABSTAINED } from "../../../contracts/protocol/payout.ts";
import { clockTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import {
  digestOf,
  encodeQuorumSignature,
  poolDomain,
  typedData,
  type PrimaryType,
  type TypedData,
} from "../../../contracts/protocol/typed-data.ts";
import { decodeScores, encodeScores } from "../../../contracts/protocol/vector.ts";
import { vectorOf } from "../../../oracle/domain/assess.ts";
import type { Bundle, Cosignature } from "../../../oracle/domain/bundle.ts";
import { canonicalHash, documentBytes } from "../../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceLeaf, rootOf, type EvidenceDraft } from "../../../oracle/domain/evidence.ts";
import { freezeData, type Frozen } from "../../../oracle/domain/frozen.ts";
import { assessmentData, reportData, type AssessedRound } from "../../../oracle/domain/node-report.ts";
import { assembleBundle, jointVector } from "../../../oracle/domain/round/assemble.ts";
import {
  commitmentOf,
  deadlineOf,
  envelopeData,
  PEER_VERSION,
  type Envelope,
} from "../../../oracle/domain/round/envelope.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { tally } from "../../../oracle/domain/round/tally.ts";
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

/** Signs receipts and closes rounds in test seasons. */
export function intakeAccount(): PrivateKeyAccount {
  return accountNamed("intake");
}

/** What a bundle is made of. */
export interface RoundOrder {
  readonly chainId: number;
  readonly pool: Hex;
  readonly round: number;
  readonly spec: OutcomeSpec;
  readonly terms: Terms;
  readonly files: readonly EvidenceFile[];
  readonly nodes: readonly PrivateKeyAccount[];
  /** How many of the nodes lie, the last of them, and all the same lie. */
  readonly liars: number;
  /** How many of the nodes commit and then fall silent, the last of them. */
  readonly silent?: number;
}

/** Makes a round's bundle as three nodes would: all reports are in it, signatures only of nodes that reported the aggregate. */
export async function makeBundle(order: RoundOrder): Promise<Bundle> {
  const { spec, nodes, round } = order;
  const evidence = order.files.map((file, i) => evidenceItem(draftOf(file, i, order), file.bytes));
  const frozen = await freeze(
    order,
    evidence.map((item) => evidenceLeaf(item)),
  );
  const of = { ...frozen, specHash: specHash(spec) };
  const truth = vectorOf(spec, evidence, round);
  const envelopes: Envelope[] = [];
  for (const [i, node] of nodes.entries()) {
    const vector = i >= nodes.length - order.liars ? bent(truth, spec.payment.metered) : truth;
    const messages = await reportMessages(order, of, node, vector);
    envelopes.push(...(i >= nodes.length - (order.silent ?? 0) ? messages.slice(0, 1) : messages));
  }
  const counted = await tally({ of, spec, envelopes, commitsClosed: true, revealsClosed: true });
  const joined = jointVector(counted.reports, spec);
  const agreed = nodes.filter(({ address }) =>
    counted.reports.some(({ node, vector }) => node === lower(address) && vector === joined),
  );
  const signatures = await cosign(agreed, assessmentData(of, joined));
  return assembleBundle({ spec, frozen, evidence, tally: counted, signatures });
}

function draftOf({ name, mediaType }: EvidenceFile, i: number, { pool, round }: RoundOrder): EvidenceDraft {
  const salt = keccak256(stringToBytes(`${pool} ${round} ${i}`));
  return { kind: "telemetry", name, mediaType, source: "key:sender", sequence: 0, salt };
}

async function freeze({ chainId, pool, round, terms }: RoundOrder, leaves: Hex[]): Promise<Frozen> {
  const intake = intakeAccount();
  const frozenAt = roundSchedule(clockTerms(terms), round).freezeAt;
  const unsigned = { chainId, pool, round, evidenceRoot: rootOf(leaves), leaves, withheld: [], frozenAt };
  const signature = await sign(intake, freezeData(unsigned));
  return { ...unsigned, format: "guerdon/frozen/1", intake: lower(intake.address), signature };
}

/** A node's commit and reveal. */
export async function reportMessages(
  { round, terms }: Pick<RoundOrder, "round" | "terms">,
  of: AssessedRound,
  account: PrivateKeyAccount,
  vector: Hex,
): Promise<Envelope[]> {
  const node = lower(account.address);
  const salt = keccak256(stringToBytes(`salt ${node} ${of.pool} ${round}`));
  const data = reportData(of, vector);
  const { specHash: spec, evidenceRoot } = of;
  const bodies = {
    commit: { specHash: spec, evidenceRoot, commitment: commitmentOf(node, digestOf(data), salt) },
    reveal: { vector, signature: await sign(account, data), salt },
  };
  const schedule = roundSchedule(clockTerms(terms), round);
  return Promise.all(
    (["commit", "reveal"] as const).map((kind) => {
      const { chainId, pool } = of;
      const deadline = deadlineOf(kind, schedule);
      return signed(account, { version: PEER_VERSION, kind, chainId, pool, round, node, deadline, body: bodies[kind] });
    }),
  );
}

/** A message with its node's signature. */
export async function signed(account: PrivateKeyAccount, message: Omit<Envelope, "signature">): Promise<Envelope> {
  return { ...message, signature: await sign(account, envelopeData(message)) };
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
