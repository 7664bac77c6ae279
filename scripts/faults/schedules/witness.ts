import { decodeFunctionData, type Hex } from "viem";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import { decodeQuorumSignature } from "../../../contracts/protocol/typed-data.ts";
import { assessmentBodySchema, envelopeSchema, type Envelope } from "../../../oracle/domain/round/envelope.ts";
import type { Batch, Store } from "../../../oracle/ports.ts";
import { signedSchema } from "../../../oracle/store/agreement.ts";
import { lower } from "../../season/accounts.ts";

/** A signature over an `Assessment`, with what it is said to be over. */
export interface SeenSignature {
  /** Who is said to have signed. */
  readonly node: Hex;
  readonly chainId: number;
  readonly pool: Hex;
  readonly round: number;
  readonly evidenceRoot: Hex;
  readonly scores: Hex;
  readonly signature: Hex;
  /** Where it was seen first: a few words. */
  readonly where: string;
}

/** Sees every signature over an assessment that leaves a node, on whatever way, and all messages between nodes. */
export interface Witness {
  readonly signatures: () => readonly SeenSignature[];
  readonly envelopes: () => readonly Envelope[];
  /** A node's store, watched; what is written counts from before it is. */
  watchStore(node: Hex, store: Store): Store;
  /** What a node sends to another. @param body of a message */
  sawMessage(body: string): void;
  sawCalldata(chainId: number, pool: Hex, data: Hex): void;
}

const SIGNED = /^round\/(\d+)\/(0x[0-9a-f]{40})\/(\d{5})\/signed$/;
const MESSAGE = /^round\/\d+\/0x[0-9a-f]{40}\/\d{5}\/message\/assessment\//;
const TRANSACTION = /^tx\/(\d+)\//;

export function createWitness(): Witness {
  const seen = new Map<string, SeenSignature>();
  const said = new Map<string, Envelope>();

  function note(one: SeenSignature): void {
    const { chainId, pool, round, evidenceRoot, scores, signature } = one;
    const key = [chainId, pool, round, evidenceRoot, scores, signature].join(" ");
    if (!seen.has(key)) seen.set(key, one);
  }

  function sawEnvelope(text: string, where: string): void {
    const envelope = envelopeSchema.safeParse(parsed(text)).data;
    if (envelope === undefined) return;
    said.set(envelope.signature, envelope);
    const { kind, node, chainId, pool, round, body } = envelope;
    const assessment = kind === "assessment" ? assessmentBodySchema.safeParse(body).data : undefined;
    if (assessment !== undefined) note({ node, chainId, pool, round, ...assessment, where });
  }

  function sawPut(node: Hex, key: string, value: string): void {
    const [, chainId, pool, round] = SIGNED.exec(key) ?? [];
    if (pool !== undefined) {
      const of = { chainId: Number(chainId), pool: pool as Hex, round: Number(round) };
      note({ node, ...of, ...signedSchema.parse(JSON.parse(value)), where: "store" });
    }
    if (MESSAGE.test(key)) sawEnvelope(value, "store");
    const [, sentOn] = TRANSACTION.exec(key) ?? [];
    if (sentOn !== undefined) {
      const { to, data } = JSON.parse(value) as { to: Hex; data: Hex };
      witness.sawCalldata(Number(sentOn), to, data);
    }
  }

  const witness: Witness = {
    signatures: () => [...seen.values()],
    envelopes: () => [...said.values()],
    watchStore: (node, store) => ({
      ...store,
      commit: (batch: Batch) => {
        for (const [key, value] of Object.entries(batch.put ?? {})) if (value !== null) sawPut(node, key, value);
        return store.commit(batch);
      },
    }),
    sawMessage: (body) => sawEnvelope(body, "message"),
    sawCalldata(chainId, pool, data) {
      const call = assessCall(data);
      if (call === null) return;
      const [round, evidenceRoot, scores, quorum] = call;
      for (const { signer, signature } of decodeQuorumSignature(quorum)) {
        note({ node: lower(signer), chainId, pool, round, evidenceRoot, scores, signature, where: "transaction" });
      }
    },
  };
  return witness;
}

function assessCall(data: Hex): readonly [number, Hex, Hex, Hex] | null {
  try {
    const { functionName, args } = decodeFunctionData({ abi: outcomePoolAbi, data });
    return functionName === "assess" ? args : null;
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
