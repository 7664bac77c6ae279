import type { Hex } from "viem";
import { startFaultChain } from "../support/fault-chain.ts";
import type { LocalChain } from "../../season/local-chain.ts";

/** Seconds of block time between two blocks that are mined one after the other. */
const BLOCK_SECONDS = 2;
/** Milliseconds between two blocks while blocks are produced. */
const BLOCK_MS = 150;

/** How the chain is thrown back. */
export interface Reorg {
  /** How many of the newest blocks go. */
  readonly depth: number;
  /** Whether the new blocks are of the times of the old ones, so that the chain's clock goes back; else they go on from the newest. */
  readonly back: boolean;
  /** Signed transactions that the new blocks begin with. All others of the old blocks are lost. */
  readonly carry: readonly Hex[];
}

/** Mining on a fork. */
export interface ForkMining {
  mine(blocks: number): Promise<void>;
  mineAt(time: number): Promise<void>;
}

/** A chain whose blocks come at a pace, whose clock can be moved, and that can be reorganised and set back to where it began. */
export interface PlayedChain extends LocalChain {
  rpc<Result = unknown>(method: string, ...params: readonly unknown[]): Promise<Result>;
  head(): Promise<{ readonly number: number; readonly time: number }>;
  /** Lets blocks come from now on. @returns what stops it */
  produce(): () => Promise<void>;
  /** Does something while no block comes or goes. */
  still<Result>(work: () => Promise<Result>): Promise<Result>;
  mine(blocks: number): Promise<void>;
  /** A block of that time, if that is still to come, and so many on top of it. */
  jump(time: number, more: number): Promise<void>;
  reorg(reorg: Reorg): Promise<void>;
  /**
   * Lets something happen on blocks that are then thrown away; no others come meanwhile.
   * @param play mines with what it is given; @returns what the new blocks, of the old times, begin with
   */
  fork(play: (mine: ForkMining) => Promise<readonly Hex[]>): Promise<void>;
  /** Remembers the chain as it is; `reset` returns to there, as often as it is asked to. */
  keep(): Promise<void>;
  reset(): Promise<void>;
}

/** Starts a chain with factory, quorum and token; each transaction is mined at once until blocks are produced. */
export async function startPlayedChain(oracle: {
  readonly signers: readonly Hex[];
  readonly threshold: number;
}): Promise<PlayedChain> {
  const chain = await startFaultChain(oracle);
  const rpc = <Result>(method: string, ...params: readonly unknown[]): Promise<Result> =>
    chain.client.request({ method, params } as never);
  const inTurn = turns();
  let kept: Hex | null = null;

  const head = async (): Promise<{ number: number; time: number }> => {
    const { number, timestamp } = await rpc<{ number: Hex; timestamp: Hex }>("eth_getBlockByNumber", "latest", false);
    return { number: Number(number), time: Number(timestamp) };
  };
  const mine = async (blocks: number): Promise<void> => {
    await rpc("anvil_mine", `0x${blocks.toString(16)}`);
  };
  const mineAt = async (time: number): Promise<void> => {
    await rpc("evm_setNextBlockTimestamp", time);
    await mine(1);
  };

  async function throwBack({ depth, back, carry }: Reorg): Promise<void> {
    const old = await head();
    await rpc("anvil_rollback", depth);
    for (const raw of carry) await rpc("eth_sendRawTransaction", raw).catch(() => undefined);
    // Another time than the old block's in the same place, so that its hash is another even where nothing is in it.
    await mineAt(back ? (await head()).time + BLOCK_SECONDS + 1 : old.time + 1);
    await mine(depth);
  }

  await rpc("anvil_setBlockTimestampInterval", BLOCK_SECONDS);
  return {
    ...{ ...chain, rpc, head, still: inTurn },
    mine: (blocks) => inTurn(() => mine(blocks)),
    produce() {
      let stopped = false;
      const running = (async () => {
        await rpc("evm_setAutomine", false);
        while (!stopped) {
          await inTurn(() => mine(1));
          await new Promise((resolve) => setTimeout(resolve, BLOCK_MS));
        }
        await rpc("evm_setAutomine", true);
      })();
      return () => {
        stopped = true;
        return running;
      };
    },
    jump: (time, more) =>
      inTurn(async () => {
        if (time > (await head()).time) await mineAt(time);
        if (more > 0) await mine(more);
      }),
    reorg: (wanted) => inTurn(() => throwBack(wanted)),
    fork: (play) =>
      inTurn(async () => {
        const before = await head();
        const carry = await play({ mine, mineAt });
        await throwBack({ depth: (await head()).number - before.number, back: true, carry });
      }),
    keep: () =>
      inTurn(async () => {
        kept = await rpc<Hex>("evm_snapshot");
      }),
    reset: () =>
      inTurn(async () => {
        await rpc("evm_revert", kept);
        kept = await rpc<Hex>("evm_snapshot");
        await rpc("anvil_dropAllTransactions");
      }),
  };
}

/** Does one thing after the other: a block must not be mined in the middle of a reorganisation. */
function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
