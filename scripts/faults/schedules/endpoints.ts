import { startRpcProxy, type RpcProxy } from "../../../test/support/rpc-proxy.ts";
import type { PlayedChain } from "./chain.ts";

export const ENDPOINTS = 3;

/** The endpoints a node has, some of which can be made faulty. */
export interface NodeEndpoints {
  readonly urls: readonly string[];
  /** By their places; those without are the chain's own. */
  readonly proxies: ReadonlyMap<number, RpcProxy>;
  heal(): void;
  close(): Promise<void>;
}

/**
 * Three endpoints where one will be faulty; one alone for a node whose endpoint stays whole, as two more would say the same.
 * @param faulty places of the endpoints that will be faulty at some time
 */
export async function openEndpointsOf(chain: PlayedChain, faulty: ReadonlySet<number>): Promise<NodeEndpoints> {
  const provider = {
    request: ({ method, params = [] }: { method: string; params?: unknown[] }) => raw(chain, method, params),
  };
  const proxies = new Map<number, RpcProxy>();
  for (const place of faulty) proxies.set(place, await startRpcProxy(provider));
  const count = faulty.size === 0 ? 1 : ENDPOINTS;
  return {
    urls: Array.from({ length: count }, (_, place) => proxies.get(place)?.url ?? `${chain.rpcUrl}?${place}`),
    proxies,
    heal: () => proxies.forEach((proxy) => proxy.heal()),
    async close() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    },
  };
}

/** Past everything a client library makes of errors, so that what the chain refuses reaches the node in its own words. */
async function raw({ rpcUrl }: PlayedChain, method: string, params: unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = (await response.json()) as {
    result?: unknown;
    error?: { code: number; message: string; data?: unknown };
  };
  if (answer.error !== undefined) throw Object.assign(new Error(answer.error.message), answer.error);
  return answer.result;
}
