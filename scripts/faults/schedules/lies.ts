import { keccak256, numberToHex, type Hex } from "viem";
import type { Faults } from "../../../test/support/rpc-proxy.ts";

type Lie = NonNullable<Faults["lie"]>;

/** Changes the answer to some methods, where there is one. */
function about(methods: RegExp, change: (result: unknown) => unknown): Lie {
  return (method, result) => (methods.test(method) && result !== null ? change(result) : result);
}

const with_ = (fields: (block: Record<string, Hex>) => Record<string, unknown>) => (result: unknown) => ({
  ...(result as object),
  ...fields(result as Record<string, Hex>),
});

/** What a lying endpoint says of the chain; each is told consistently, as by one who wants to be believed. */
export const RPC_LIES = {
  "block hashes": about(
    /^eth_getBlockBy/,
    with_(({ hash }) => ({ hash: keccak256(hash!) })),
  ),
  "block times": about(
    /^eth_getBlockBy/,
    with_(({ timestamp }) => ({ timestamp: numberToHex(Number(timestamp) + 7_200) })),
  ),
  /** The last byte of whatever a call returns: states and scores end in it. */
  "call results": about(/^eth_call$/, (result) => flipped(result as Hex, 1)),
  /** The state of a round, which is the first word of what it returns inside two others. */
  "round state": about(/^eth_call$/, (result) => movedState(result as Hex)),
  terms: about(/^eth_getCode$/, (result) => flipped(result as Hex, 9)),
  "no logs": about(/^eth_getLogs$/, () => []),
  "forged logs": about(/^eth_getLogs$/, (result) =>
    (result as { data: Hex }[]).map((log) => ({ ...log, data: flipped(log.data, 40) })),
  ),
  "far head": about(/^eth_blockNumber$/, (result) => numberToHex(Number(result) + 1_000)),
  "no receipts": (method, result) => (method === "eth_getTransactionReceipt" ? null : result),
  "failed receipts": about(
    /^eth_getTransactionReceipt$/,
    with_(() => ({ status: "0x0" })),
  ),
  nonces: about(/^eth_getTransactionCount$/, (result) => numberToHex(Number(result) + 3)),
  gas: about(/^eth_estimateGas$/, () => "0xffffff"),
} as const satisfies Record<string, Lie>;

export type RpcLie = keyof typeof RPC_LIES;

/** With the byte in this place from the end changed; as it is where it is too short. */
function flipped(hex: Hex, fromEnd: number): Hex {
  const at = hex.length - 2 * fromEnd;
  if (at < 2) return hex;
  const byte = Number.parseInt(hex.slice(at, at + 2), 16) ^ 1;
  return `${hex.slice(0, at)}${byte.toString(16).padStart(2, "0")}${hex.slice(at + 2)}` as Hex;
}

/** Words of a multicall's answer: offset, count, offset, length, then what the only call returned. */
function movedState(hex: Hex): Hex {
  const at = 2 + 64 * 5 - 2;
  if (hex.length < at + 2) return hex;
  const state = Number.parseInt(hex.slice(at, at + 2), 16);
  return `${hex.slice(0, at)}${((state + 1) % 8).toString(16).padStart(2, "0")}${hex.slice(at + 2)}` as Hex;
}
