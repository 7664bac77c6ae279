import type { Hex } from "viem";
import type { Block, Clock, Store } from "../../ports.ts";
import { followerOf, type FollowedChain } from "./follow.ts";
import { searchPools, type KnownPool, type SearchedChain } from "./pools.ts";

/** The chain as a look at it found it. */
export interface Head {
  readonly latest: Block;
  readonly finalized: Block;
  /** How many blocks known before are no longer part of the chain. */
  readonly reorgDepth: number;
  /** Those blocks, oldest first: whatever was kept under their hashes is void. */
  readonly dropped: readonly Block[];
  /** Wall-clock time less the newest block's, seconds; below 0 where the clock is behind. */
  readonly lagSeconds: number;
}

/** The chain threw away more blocks than a node keeps. What was derived from blocks that were not final is derived anew. */
export class ReorgTooDeep extends Error {
  override readonly name = "ReorgTooDeep";
  readonly depth: number;

  constructor(depth: number) {
    super(
      `at least ${depth} blocks are no longer part of the chain, more than are kept; going on from the final block`,
    );
    this.depth = depth;
  }
}

/** What a watcher is made of. */
export interface WatcherParts {
  readonly chain: FollowedChain & SearchedChain;
  readonly store: Store;
  /** The node whose pools are looked for, lower case. */
  readonly node: Hex;
  /** Whether pools of other oracles are kept too; not where not given. */
  readonly others?: boolean;
  /** Time between two looks, milliseconds. */
  readonly intervalMs: number;
  /** First block to search for pools, when nothing was searched before: the factory's, say. 0 where not given. */
  readonly fromBlock?: bigint;
  readonly clock: Clock;
  /** Hears of every look that found something new: another newest or final block. What it rejects with is a trouble as well. */
  readonly onHead: (head: Head) => Promise<void> | void;
  readonly onPool?: (pool: KnownPool) => void;
  /** Hears of every failure, and when the next look will be, milliseconds from now. A `ReorgTooDeep` calls for a person. */
  readonly onTrouble: (error: unknown, nextMs: number) => void;
}

/** A watcher at work. */
export interface Watcher {
  /** Takes no further look, and resolves when the one under way has ended. */
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MS = 60_000;

/** Takes looks at the chain until it is stopped; while looks fail, the pauses between them grow. */
export function watchChain(parts: WatcherParts): Watcher {
  const look = looker(parts);
  let stopped = false;
  let wake = (): void => undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const running = (async () => {
    for (let failures = 0; !stopped;) {
      let next = parts.intervalMs;
      try {
        await look();
        failures = 0;
      } catch (error) {
        failures += 1;
        next = pauseAfter(failures, parts.intervalMs);
        parts.onTrouble(error, next);
      }
      if (!stopped) await pause(next);
    }
  })();

  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

/** Pause after so many failures in a row, milliseconds. */
export function pauseAfter(failures: number, intervalMs: number): number {
  return Math.max(intervalMs, Math.min(LONGEST_PAUSE_MS, intervalMs * 2 ** Math.min(failures, 16)));
}

/** One look at the chain; exported for those who have a loop of their own. */
export function looker(parts: WatcherParts): () => Promise<Head> {
  const { chain, store, clock, node, others = false, fromBlock = 0n } = parts;
  const follow = followerOf(chain, store);
  let told: string | null = null;
  // What nobody has heard of yet, because a look failed after the chain was followed.
  let untold: readonly Block[] = [];
  const search = { chain, store, node, others, fromBlock, differences: new Map<Hex, number>() };

  async function tell(head: Head): Promise<void> {
    const news = `${head.latest.hash} ${head.finalized.hash}`;
    if (news === told && untold.length === 0) return;
    await parts.onHead(head);
    [told, untold] = [news, []];
  }

  /** Whatever keeps the search from going on must not keep the node from knowing the time: that is told and tried again. */
  async function findPools(finalized: Block): Promise<void> {
    try {
      for (const pool of await searchPools(search, finalized)) parts.onPool?.(pool);
    } catch (error) {
      parts.onTrouble(error, parts.intervalMs);
    }
  }

  return async () => {
    const { latest, dropped, reorgDepth, tooDeep } = await follow();
    untold = [...untold, ...dropped];
    if (tooDeep) parts.onTrouble(new ReorgTooDeep(reorgDepth), 0);
    const finalized = await chain.finalized();
    const lagSeconds = Math.floor(clock() / 1000) - latest.time;
    const head = { latest, finalized, reorgDepth: untold.length, dropped: untold, lagSeconds };
    try {
      await tell(head);
    } finally {
      await findPools(finalized);
    }
    return head;
  };
}
