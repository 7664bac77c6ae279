import { keccak256 } from "viem";

/**
 * Keccak-256 of bytes, 32 bytes. All implementations find the same: one that is faster is passed on by who puts a node together.
 */
export type Keccak = (bytes: Uint8Array) => Uint8Array;

/** By viem: everywhere, without anything else. */
export const viemKeccak: Keccak = (bytes) => keccak256(bytes, "bytes");
