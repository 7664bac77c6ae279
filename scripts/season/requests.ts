import { z } from "zod";

/** How long a node may take to answer. */
const ANSWER_MS = 120_000;

/** Requests to a node's public API. */
export interface Requests {
  /** @returns the body @throws Error with the node's reason where it refuses */
  call(path: string, init?: RequestInit): Promise<Uint8Array>;
  json<Schema extends z.ZodType>(schema: Schema, path: string, init?: RequestInit): Promise<z.output<Schema>>;
}

/** @param url where the node answers, without a slash at the end */
export function requestsTo(url: string): Requests {
  async function call(path: string, init: RequestInit = {}): Promise<Uint8Array> {
    const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new Error(`a node refused ${init.method ?? "GET"} ${path} (${response.status}): ${await reasonOf(response)}`);
  }
  return {
    call,
    json: async (schema, path, init) => schema.parse(JSON.parse(new TextDecoder().decode(await call(path, init)))),
  };
}

/** A request that sends JSON. */
export function post(body: object, token?: string, method = "POST"): RequestInit {
  const headers = { "content-type": "application/json", ...bearer(token) };
  return { method, headers, body: JSON.stringify(body) };
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function reasonOf(response: Response): Promise<string> {
  const problem = z.object({ title: z.string(), detail: z.string().optional(), reason: z.string().optional() });
  const { data } = problem.safeParse(await response.json().catch(() => null));
  return data === undefined ? response.statusText : [data.title, data.reason, data.detail].filter(Boolean).join(": ");
}
