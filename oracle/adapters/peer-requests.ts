import type { Hex } from "viem";
import type { z } from "zod";
import { PeerError } from "../ports.ts";

/** How other nodes are reached. */
export interface PeerRequestOptions {
  /** Base URL of each node, itself among them where it is an intake, by address in lower case. */
  readonly urls: () => ReadonlyMap<Hex, string>;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

/** Sends a request to a node. @throws PeerError where it has no address, or does not answer */
export type AskPeer = (node: Hex, path: string, init?: RequestInit) => Promise<Response>;

/** Requests to other nodes. Nothing of a URL is in an error: it may hold a password. */
export function askPeers({ urls, timeoutMs, fetch: ask = fetch }: PeerRequestOptions): AskPeer {
  return async (node, path, init = {}) => {
    const base = urls().get(node);
    if (base === undefined) throw new PeerError("unknown", `no address is set for node ${node}`);
    const url = `${base.replace(/\/$/, "")}${path}`;
    return ask(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMs) }).catch(() => {
      throw new PeerError("unreachable", `node ${node} does not answer`);
    });
  };
}

/** A POST of JSON. */
export function posted(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** The bytes of an answer, at most so many; `null` where there is nothing, or nothing yet. @throws PeerError */
export async function bytesIn(response: Response, most: number, node: Hex): Promise<Uint8Array | null> {
  if (response.status === 404 || response.status === 409) return null;
  if (!response.ok) throw new PeerError("refused", `node ${node} answers with status ${response.status}`);
  return readBounded(response, most, node);
}

/** The document of an answer; `null` where there is none, or none yet. @throws PeerError */
export async function documentIn<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
  most: number,
  node: Hex,
): Promise<z.output<Schema> | null> {
  const bytes = await bytesIn(response, most, node);
  if (bytes === null) return null;
  const parsed = parsedBy(schema, bytes);
  if (parsed === null) throw new PeerError("malformed", `node ${node} answers in another form`);
  return parsed.value;
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
