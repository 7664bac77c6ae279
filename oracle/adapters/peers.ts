import type { Hex } from "viem";
import { z } from "zod";
import { evidenceItemSchema } from "../domain/evidence.ts";
import { frozenSchema } from "../domain/frozen.ts";
import { envelopeSchema } from "../domain/round/envelope.ts";
import { outcomeSpecSchema } from "../domain/spec.ts";
import type { Clock, NodeSigner, Peers, RoundId } from "../ports.ts";
import { askPeers, bytesIn, documentIn, posted, type PeerRequestOptions } from "./peer-requests.ts";
import { askSignedIn } from "./peer-sessions.ts";

/** How peers are reached, and in whose name. */
export interface HttpPeersOptions extends PeerRequestOptions {
  /** Where people reach a node, by its address, as far as this node reaches it elsewhere: what is signed in to. */
  readonly publicUrls?: ReadonlyMap<Hex, string>;
  readonly signer: Pick<NodeSigner, "address" | "signMessage">;
  readonly clock: Clock;
  /** Aborts when the process stops. */
  readonly stopping?: AbortSignal;
  /** Waits so many milliseconds. */
  readonly pause?: (ms: number) => Promise<void>;
}

const MIB = 1024 * 1024;
/** Largest answer that is read to each question, bytes: what an honest node may have to say, with room. */
const MOST = {
  sent: MIB / 16,
  messages: 8 * MIB,
  spec: 5 * MIB,
  frozen: 9 * MIB,
  item: 32 * MIB,
  receipt: MIB / 16,
  bundle: 144 * MIB,
  judgement: 64 * MIB,
};

const openedSchema = z.object({ item: evidenceItemSchema });
const messagesSchema = z.object({ messages: z.array(envelopeSchema).max(1_000) });

/** Other nodes over HTTP. */
export function httpPeers(options: HttpPeersOptions): Peers {
  const { urls, publicUrls, signer } = options;
  const ask = askPeers(options);
  const askAsSelf = askSignedIn({ ...options, ask, publicUrl: (node) => publicUrls?.get(node) ?? urls().get(node) });

  async function json<Schema extends z.ZodType>(
    node: Hex,
    path: string,
    schema: Schema,
    most: number,
  ): Promise<z.output<Schema> | null> {
    return documentIn(await ask(node, path), schema, most, node);
  }

  return {
    get addresses() {
      return [...urls().keys()].filter((address) => address !== signer.address);
    },
    async send(to, envelope) {
      await bytesIn(await ask(to, "/v1/messages", posted(envelope)), MOST.sent, to);
    },
    async messages(from, id) {
      return (await json(from, `${roundPath(id)}/messages`, messagesSchema, MOST.messages))?.messages ?? [];
    },
    frozen: (intake, id) => json(intake, `${roundPath(id)}/frozen`, frozenSchema, MOST.frozen),
    async item(intake, id, leaf) {
      return (await json(intake, itemPath(id, leaf), openedSchema, MOST.item))?.item ?? null;
    },
    async privateItem(intake, id, leaf) {
      const response = await askAsSelf(intake, id.chainId, itemPath(id, leaf));
      if (response.status !== 410) {
        return (await documentIn(response, openedSchema, MOST.item, intake))?.item ?? null;
      }
      await response.body?.cancel();
      return "gone";
    },
    async holds(intake, id, leaf) {
      // The receipt is small, and goes with the item.
      const response = await askAsSelf(intake, id.chainId, `${itemPath(id, leaf)}/receipt`);
      if (response.status !== 410) return (await bytesIn(response, MOST.receipt, intake)) === null ? null : "held";
      await response.body?.cancel();
      return "gone";
    },
    spec: (from, hash) => json(from, `/v1/specs/${hash}`, outcomeSpecSchema, MOST.spec),
    judgement: async (from, hash) => bytesIn(await ask(from, `/v1/judgements/${hash}`), MOST.judgement, from),
    bundle: async (from, hash) => bytesIn(await ask(from, `/v1/bundles/${hash}`), MOST.bundle, from),
  };
}

function roundPath({ pool, round }: RoundId): string {
  return `/v1/pools/${pool}/rounds/${round}`;
}

function itemPath(id: RoundId, leaf: Hex): string {
  return `${roundPath(id)}/evidence/${leaf}`;
}
