import type { Hex } from "viem";
import type { Block, ChainReader, Store } from "../../ports.ts";
import { extended, isKnown, joint, mayJoin, REORG_DEPTH } from "./headers.ts";
import { headerStore } from "./header-store.ts";

/** What following a chain needs of it. */
export interface FollowedChain extends Pick<ChainReader, "chainId" | "latest" | "finalized"> {
  blockByHash(hash: Hex): Promise<Block>;
  blockByNumber(number: bigint): Promise<Block>;
}

/** What a look at the chain found. */
export interface Step {
  readonly latest: Block;
  /** How many blocks known before are no longer part of the chain. */
  readonly reorgDepth: number;
  /** Those blocks, oldest first: whatever was kept under their hashes is void. */
  readonly dropped: readonly Block[];
  /** Whether more blocks are gone than are kept, so that what was derived from blocks above the final one must be derived anew. */
  readonly tooDeep: boolean;
}

/** Follows the newest block of a chain from one look to the next. */
export function followerOf(chain: FollowedChain, store: Store): () => Promise<Step> {
  const rows = headerStore(store, chain.chainId);
  let known: Block[] | null = null;

  /** The new blocks back to one that is known, or as far as it makes sense; newest first. */
  async function lineTo(latest: Block, kept: readonly Block[]): Promise<Block[]> {
    const line = [latest];
    while (!isKnown(kept, line.at(-1)!.parentHash) && mayJoin(kept, line)) {
      line.push(await chain.blockByHash(line.at(-1)!.parentHash));
    }
    return line;
  }

  /** How many of the kept blocks, from the newest on, the chain no longer has; all where it has none of them. */
  async function missing(kept: readonly Block[], latest: Block): Promise<number> {
    for (let gone = 0; gone < kept.length; gone++) {
      const block = kept[kept.length - 1 - gone]!;
      if (block.number <= latest.number && (await chain.blockByNumber(block.number)).hash === block.hash) return gone;
    }
    return kept.length;
  }

  /** A block and those below it that are kept, oldest first. */
  async function ancestry(latest: Block): Promise<Block[]> {
    const line = [latest];
    while (line[0]!.number > 0n && line.length <= REORG_DEPTH)
      line.unshift(await chain.blockByHash(line[0]!.parentHash));
    return line;
  }

  async function keep(before: readonly Block[], after: Block[]): Promise<void> {
    await rows.replace(before, after);
    known = after;
  }

  return async () => {
    const kept = known ?? (await rows.load());
    const latest = await chain.latest();
    const head = kept.at(-1);
    if (head?.hash === latest.hash) return { latest, reorgDepth: 0, dropped: [], tooDeep: false };
    // Endpoints that are behind take nothing back; if the chain did become shorter, its next block will tell.
    if (isKnown(kept, latest.hash)) return { latest, reorgDepth: 0, dropped: [], tooDeep: false };
    const line = await lineTo(latest, kept);
    const where = joint(kept, line);
    if (where.kind === "first") {
      await keep(kept, await ancestry(latest));
      return { latest, reorgDepth: 0, dropped: [], tooDeep: false };
    }
    if (where.kind === "joins") {
      await keep(kept, extended(kept, where.dropped, line));
      return { latest, reorgDepth: where.depth, dropped: where.dropped, tooDeep: false };
    }
    const gone = await missing(kept, latest);
    const dropped = kept.slice(kept.length - gone);
    await keep(kept, await ancestry(latest));
    return { latest, reorgDepth: gone, dropped, tooDeep: gone === kept.length };
  };
}
