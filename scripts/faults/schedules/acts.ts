import type { PlayedChain } from "./chain.ts";
import type { NodeEndpoints } from "./endpoints.ts";
import { RPC_LIES } from "./lies.ts";
import type { Act, EndpointFault, Fault, Moment, Plan } from "./plan.ts";
import type { LoneRedis, RedisFailover } from "./redis.ts";
import type { Trace } from "./trace.ts";
import { pause, type Wire } from "./wire.ts";

/** What faults get hold of. */
export interface ActParts {
  readonly chain: PlayedChain;
  readonly wire: Wire;
  readonly endpoints: readonly NodeEndpoints[];
  /** How much each node's clock is ahead, milliseconds. */
  readonly skews: number[];
  readonly lone: LoneRedis | null;
  readonly pair: RedisFailover | null;
  readonly replay: () => Promise<void>;
  /** Moves the block clock to where it has to be again after blocks are gone. */
  readonly restoreTime: () => Promise<void>;
  readonly trace: Trace;
}

/** Faults at work. */
export interface Acting {
  /** Begins the faults of a moment; each undoes itself when its time is over. */
  enter(round: number, moment: Moment): void;
  /** Whether a fault is still to come of a moment that was entered, or lasts. */
  busy(): boolean;
  /** When the last fault was undone, milliseconds. */
  healedAt(): number;
  /** Resolves when all are over. @throws what a fault failed with: the campaign's own fault */
  over(): Promise<void>;
}

/** How long after new blocks they are thrown away: nodes have seen them by then. */
const SEEN_MS = 260;

export function createActing({ faults }: Plan, parts: ActParts): Acting {
  const { trace } = parts;
  const running = new Set<Promise<void>>();
  const entered = new Set<string>();
  const failures: Error[] = [];
  let healedAt = 0;
  let server: Promise<void> = Promise.resolve();

  async function play({ act, afterMs, forMs }: Fault): Promise<void> {
    await pause(afterMs);
    // One server at a time can be killed, and must have come back before the next time.
    if (act.what === "redis-kill" || act.what === "redis-failover") {
      server = server.then(() => once(act, forMs));
      return server;
    }
    await once(act, forMs);
  }

  async function once(act: Act, forMs: number): Promise<void> {
    trace.say(`fault: ${JSON.stringify(act)} for ${forMs} ms`);
    const undo = await begin(act, parts);
    if (undo === null) return;
    await pause(forMs);
    await undo();
    trace.say(`healed: ${act.what}`);
  }

  return {
    enter(round, moment) {
      const key = `${round} ${moment}`;
      if (entered.has(key)) return;
      entered.add(key);
      for (const fault of faults.filter((one) => one.round === round && one.moment === moment)) {
        const run: Promise<void> = play(fault)
          .catch((error: unknown) => {
            failures.push(error instanceof Error ? error : new Error(String(error)));
          })
          .finally(() => {
            running.delete(run);
            healedAt = Date.now();
          });
        running.add(run);
      }
    },
    busy: () => running.size > 0,
    healedAt: () => healedAt,
    async over() {
      await Promise.all(running);
      if (failures[0] !== undefined) throw failures[0];
    },
  };
}

/** @returns what undoes it; `null` where nothing lasts */
async function begin(act: Act, parts: ActParts): Promise<(() => Promise<void> | void) | null> {
  const { chain, wire, endpoints, skews } = parts;
  switch (act.what) {
    case "reorg":
      if (act.more > 0) await chain.mine(act.more);
      await pause(SEEN_MS);
      await chain.reorg({ depth: act.depth, back: act.back, carry: [] });
      await pause(act.back ? SEEN_MS : 0);
      await parts.restoreTime();
      return null;
    case "endpoint": {
      const { faults, heal } = endpoints[act.node]!.proxies.get(act.place)!;
      Object.assign(faults, faultsOf(act.how));
      return heal;
    }
    case "partition":
      wire.faults.groups = act.groups;
      return () => wire.heal();
    case "lines": {
      const { what: _, ...chances } = act;
      Object.assign(wire.faults, chances);
      return () => wire.heal();
    }
    case "replay":
      await parts.replay();
      return null;
    case "skew":
      skews[act.node] = act.ms;
      return () => {
        skews[act.node] = 0;
      };
    case "redis-kill":
      if (parts.lone === null) return null;
      await parts.lone.kill();
      return () => parts.lone!.restart();
    case "redis-failover":
      if (parts.pair === null) return null;
      await parts.pair.failOver();
      return () => parts.pair!.mend();
  }
}

function faultsOf(how: EndpointFault) {
  return "lie" in how ? { lie: RPC_LIES[how.lie] } : how;
}
