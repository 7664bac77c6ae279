import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { hexToNumber, keccak256, numberToHex, type Hex } from "viem";

/** Answers a JSON-RPC request in this process. */
export interface Provider {
  request(request: { method: string; params?: unknown[] }): Promise<unknown>;
}

/** What is wrong with an endpoint; each can be changed while it runs. */
export interface Faults {
  /** Knows only what was so many blocks ago. */
  lag: number;
  /** Breaks the connection instead of answering. */
  down: boolean;
  /** Waits before it answers, milliseconds. */
  delayMs: number;
  /** Says it has taken transactions, and throws them away. */
  dropsTransactions: boolean;
  /** Names another chain. */
  chainId: number | null;
  /** Changes an answer. */
  lie: ((method: string, result: unknown, params: readonly unknown[]) => unknown) | null;
}

/** A real HTTP endpoint over a chain, that can be made faulty. */
export interface RpcProxy {
  readonly url: string;
  readonly faults: Faults;
  /** Methods asked for, in order. */
  readonly asked: string[];
  /** Honest, present and quick again. */
  heal(): void;
  close(): Promise<void>;
}

const HONEST: Faults = { lag: 0, down: false, delayMs: 0, dropsTransactions: false, chainId: null, lie: null };

/** Lies that are told about what the chain holds. */
export const LIES = {
  /** Every block has another hash. */
  blockHashes: (method: string, result: unknown): unknown =>
    /^eth_getBlockBy/.test(method) && result !== null
      ? { ...(result as object), hash: keccak256((result as { hash: Hex }).hash) }
      : result,
  /** Rounds hold a base unit more, and contracts take no signature. */
  calls: (method: string, result: unknown): unknown =>
    method === "eth_call" ? (result as string).replace("3b9aca00", "3b9aca01").replace("1626ba7e", "ffffffff") : result,
  /** There are no logs. */
  noLogs: (method: string, result: unknown): unknown => (method === "eth_getLogs" ? [] : result),
  /** Transactions are never mined. */
  noReceipts: (method: string, result: unknown): unknown => (method === "eth_getTransactionReceipt" ? null : result),
} as const;

/** Starts an endpoint on a free port. */
export async function startRpcProxy(provider: Provider): Promise<RpcProxy> {
  const faults: Faults = { ...HONEST };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(await bodyOf(request)) as { id: number; method: string; params?: unknown[] };
      asked.push(body.method);
      if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
      if (faults.down) return request.socket.destroy();
      const answer = await answerOf(provider, faults, body.method, body.params ?? []);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id: body.id, ...answer }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/canary-key`,
    faults,
    asked,
    heal: () => void Object.assign(faults, HONEST),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function answerOf(provider: Provider, faults: Faults, method: string, params: unknown[]): Promise<object> {
  try {
    const result = await resultOf(provider, faults, method, params);
    return { result: faults.lie === null ? result : faults.lie(method, result, params) };
  } catch (error) {
    const { code, message, data } = error as { code?: number; message: string; data?: unknown };
    return { error: { code: code ?? -32_000, message, data } };
  }
}

async function resultOf(provider: Provider, faults: Faults, method: string, params: unknown[]): Promise<unknown> {
  if (method === "eth_chainId" && faults.chainId !== null) return numberToHex(faults.chainId);
  if (method === "eth_sendRawTransaction" && faults.dropsTransactions) return keccak256(params[0] as Hex);
  if (faults.lag === 0) return provider.request({ method, params });
  return lagging(provider, faults.lag, method, params);
}

/** What an endpoint says that has not heard of the newest blocks yet. */
async function lagging(provider: Provider, lag: number, method: string, params: unknown[]): Promise<unknown> {
  const newest = hexToNumber((await provider.request({ method: "eth_blockNumber", params: [] })) as Hex);
  const head = Math.max(0, newest - lag);
  if (method === "eth_blockNumber") return numberToHex(head);
  const named = params.map((one) => (one === "latest" || one === "finalized" ? numberToHex(head) : one));
  const at = await blockNamed(provider, method, named);
  if (at !== null && at > head) {
    if (method.startsWith("eth_getBlock")) return null;
    throw new Error("header not found");
  }
  const result = await provider.request({ method, params: named });
  const mined = method === "eth_getTransactionReceipt" ? (result as { blockNumber: Hex } | null) : null;
  return mined !== null && hexToNumber(mined.blockNumber) > head ? null : result;
}

/** Number of the block a request is about; `null` where it is about none. */
async function blockNamed(provider: Provider, method: string, params: unknown[]): Promise<number | null> {
  if (method === "eth_getBlockByNumber") return hexToNumber(params[0] as Hex);
  const last = params.at(-1);
  const hash = method === "eth_getBlockByHash" ? params[0] : (last as { blockHash?: Hex } | null)?.blockHash;
  if (hash === undefined) return null;
  const block = (await provider.request({ method: "eth_getBlockByHash", params: [hash, false] })) as {
    number: Hex;
  } | null;
  return block === null ? null : hexToNumber(block.number);
}
