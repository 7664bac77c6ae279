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
  /** Largest answer that is read, bytes. */
  readonly maxBytes: number;
  readonly fetch?: typeof fetch;
}

const openedSchema = z.object({ item: evidenceItemSchema });
const messagesSchema = z.object({ messages: z.array(envelopeSchema).max(1_000) });

/** Other nodes over HTTP. Nothing of a URL is in an error: it may hold a password. */
export function httpPeers(options: HttpPeersOptions): Peers {
  const { self, urls, timeoutMs, maxBytes } = options;
  const ask = options.fetch ?? fetch;

  async function request(node: Hex, path: string, init: RequestInit = {}): Promise<Uint8Array | null> {
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
    return readBounded(response, maxBytes, node);
  }

  async function json<Schema extends z.ZodType>(
    node: Hex,
    path: string,
    schema: Schema,
  ): Promise<z.output<Schema> | null> {
    const bytes = await request(node, path);
    if (bytes === null) return null;
    const parsed = schema.safeParse(parseJson(bytes));
    if (!parsed.success) throw new PeerError("malformed", `node ${node} answers in another form`);
    return parsed.data;
  }

  return {
    get addresses() {
      return [...urls().keys()].filter((address) => address !== self);
    },
    async send(to, envelope) {
      const headers = { "content-type": "application/json" };
      await request(to, "/v1/messages", { method: "POST", headers, body: JSON.stringify(envelope) });
    },
    async messages(from, id) {
      return (await json(from, `${roundPath(id)}/messages`, messagesSchema))?.messages ?? [];
    },
    frozen: (intake, id) => json(intake, `${roundPath(id)}/frozen`, frozenSchema),
    async item(intake, id, leaf) {
      return (await json(intake, `${roundPath(id)}/evidence/${leaf}`, openedSchema))?.item ?? null;
    },
    spec: (from, hash) => json(from, `/v1/specs/${hash}`, outcomeSpecSchema),
    bundle: (from, hash) => request(from, `/v1/bundles/${hash}`),
  };
}

function roundPath({ pool, round }: RoundId): string {
  return `/v1/pools/${pool}/rounds/${round}`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
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
