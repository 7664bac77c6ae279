import type { Hex } from "viem";
import type { Block } from "../../ports.ts";

/** Most blocks a reorganisation may throw away without the chain being looked at anew. */
export const REORG_DEPTH = 64;

/** Where a new head leaves the chain that was known. */
export type Joint =
  /** Nothing was known before. */
  | { readonly kind: "first" }
  /** So many known blocks are gone; none where the head builds on the last one. */
  | { readonly kind: "joins"; readonly depth: number; readonly dropped: readonly Block[] }
  /** Its line of parents does not reach what is known. */
  | { readonly kind: "unknown" };

/**
 * How a line of blocks joins the known ones.
 * @param known the chain so far, oldest first
 * @param line new blocks, newest first, each the child of the next
 */
export function joint(known: readonly Block[], line: readonly Block[]): Joint {
  if (known.length === 0) return { kind: "first" };
  const parent = line.at(-1)!.parentHash;
  const at = known.findIndex(({ hash }) => hash === parent);
  if (at < 0) return { kind: "unknown" };
  const dropped = known.slice(at + 1);
  if (dropped.length > REORG_DEPTH) return { kind: "unknown" };
  return { kind: "joins", depth: dropped.length, dropped };
}

/** Whether a further step back could still reach what is known, without many steps. */
export function mayJoin(known: readonly Block[], line: readonly Block[]): boolean {
  const [oldest, newest] = [known[0], known.at(-1)];
  if (oldest === undefined || newest === undefined) return false;
  const near = line[0]!.number <= newest.number + BigInt(REORG_DEPTH);
  return near && line.at(-1)!.number > oldest.number + 1n;
}

/** Whether a block is known by its hash. */
export function isKnown(known: readonly Block[], hash: Hex): boolean {
  return known.some((block) => block.hash === hash);
}

/** The chain with a new line on top, cut to the blocks that are kept: the newest, and as many below it as may be thrown away. */
export function extended(known: readonly Block[], dropped: readonly Block[], line: readonly Block[]): Block[] {
  return [...known.slice(0, known.length - dropped.length), ...line.toReversed()].slice(-(REORG_DEPTH + 1));
}
