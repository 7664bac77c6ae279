import type { Hex } from "viem";
import { z } from "zod";
import { evidenceItemSchema } from "../domain/evidence.ts";
import { frozenSchema } from "../domain/frozen.ts";
import { envelopeSchema } from "../domain/round/envelope.ts";
import { outcomeSpecSchema } from "../domain/spec.ts";
import { PeerError, type Peers, type RoundId } from "../ports.ts";

/** How peers are reached. */
export interface HttpPeersOptions {
  /** Base URL of each node, itself among them where it is an intake, by address in lower case. */
  readonly urls: () => ReadonlyMap<Hex, string>;
  readonly self: Hex;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

const MIB = 1024 * 1024;
/** Largest answer that is read to each question, bytes: what an honest node may have to say, with room. */
const MOST = { sent: MIB / 16, messages: 8 * MIB, spec: 5 * MIB, frozen: 9 * MIB, item: 32 * MIB, bundle: 144 * MIB };

const openedSchema = z.object({ item: evidenceItemSchema });
const messagesSchema = z.object({ messages: z.array(envelopeSchema).max(1_000) });

/** Other nodes over HTTP. Nothing of a URL is in an error: it may hold a password. */
export function httpPeers(options: HttpPeersOptions): Peers {
  const { self, urls, timeoutMs } = options;
  const ask = options.fetch ?? fetch;

  async function request(node: Hex, path: string, most: number, init: RequestInit = {}): Promise<Uint8Array | null> {
    const base = urls().get(node);
    if (base === undefined) throw new PeerError("unknown", `no address is set for node ${node}`);
    const url = `${base.replace(/\/$/, "")}${path}`;
    const response = await ask(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMs) }).catch(
      () => {
        throw new PeerError("unreachable", `node ${node} does not answer`);
      },
    );
    // What is not there, and what is not there yet.
    if (response.status === 404 || response.status === 409) return null;
    if (!response.ok) throw new PeerError("refused", `node ${node} answers with status ${response.status}`);
    return readBounded(response, most, node);
  }

  async function json<Schema extends z.ZodType>(
    node: Hex,
    path: string,
    schema: Schema,
    most: number,
  ): Promise<z.output<Schema> | null> {
    const bytes = await request(node, path, most);
    if (bytes === null) return null;
    const parsed = parsedBy(schema, bytes);
    if (parsed === null) throw new PeerError("malformed", `node ${node} answers in another form`);
    return parsed.value;
  }

  return {
    get addresses() {
      return [...urls().keys()].filter((address) => address !== self);
    },
    async send(to, envelope) {
      const headers = { "content-type": "application/json" };
      await request(to, "/v1/messages", MOST.sent, { method: "POST", headers, body: JSON.stringify(envelope) });
    },
    async messages(from, id) {
      return (await json(from, `${roundPath(id)}/messages`, messagesSchema, MOST.messages))?.messages ?? [];
    },
    frozen: (intake, id) => json(intake, `${roundPath(id)}/frozen`, frozenSchema, MOST.frozen),
    async item(intake, id, leaf) {
      return (await json(intake, `${roundPath(id)}/evidence/${leaf}`, openedSchema, MOST.item))?.item ?? null;
    },
    spec: (from, hash) => json(from, `/v1/specs/${hash}`, outcomeSpecSchema, MOST.spec),
    bundle: (from, hash) => request(from, `/v1/bundles/${hash}`, MOST.bundle),
  };
}

function roundPath({ pool, round }: RoundId): string {
  return `/v1/pools/${pool}/rounds/${round}`;
}

/** The answer in its form; `null` for anything else, also what is nested so deep that it cannot be looked at. */
function parsedBy<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): { value: z.output<Schema> } | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { value: schema.parse(value) };
  } catch {
    return null;
  }
}

/** Stops reading where an answer is larger than anything a node has to say. */
async function readBounded(response: Response, maxBytes: number, node: Hex): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      const bytes = part as Uint8Array;
      size += bytes.length;
      if (size > maxBytes) throw new PeerError("malformed", `node ${node} answers with more than ${maxBytes} bytes`);
      parts.push(bytes);
    }
  } catch (error) {
    if (error instanceof PeerError) throw error;
    throw new PeerError("unreachable", `node ${node} broke off its answer`);
  }
  return Buffer.concat(parts);
}
