import { setTimeout as pause } from "node:timers/promises";
import { startNode } from "../../../oracle/compose/node.ts";
import { readConfig } from "../../../oracle/config.ts";
import { secretsOf } from "../../../oracle/config/secrets.ts";
import type { Logger } from "../../../oracle/ports.ts";
import { localAccount } from "../../season/accounts.ts";
import { evidenceClient } from "../support/evidence-client.ts";
import { startFaultChain } from "../support/fault-chain.ts";
import { oracleNodes, planNodes } from "../support/node-set.ts";
import { endOf, midRound, playRound, type Played } from "../support/round-end.ts";
import { makeSmallPool, telemetry } from "../support/small-pool.ts";
import type { Point } from "./slope.ts";

export interface SoakOptions {
  readonly rounds: number;
  /** Rounds before the first measurement, while caches fill. */
  readonly warmUp: number;
  /** Rounds between two measurements. */
  readonly every: number;
  /** Collects garbage. */
  readonly collect: () => void;
  /** Told of every measurement. */
  readonly say: (point: Point) => void;
}

/** Nodes in this process. */
export const NODES = 3;
const QUORUM = 2;
const HANDOVER_SECONDS = 60;
/** Rounds of a pool, the most there can be; then another one is made. */
const POOL_ROUNDS = 520;
/** Looks at the heap for one measurement, and the pause before each. */
const LOOKS = 6;
const QUIET_MS = 400;

/** Three nodes in this process play rounds. @returns heap in use after collection, bytes, by rounds played */
export async function soak({ rounds, warmUp, every, collect, say }: SoakOptions): Promise<Point[]> {
  const oracle = { signers: oracleNodes(NODES).map(({ address }) => address), threshold: QUORUM };
  const chain = await startFaultChain(oracle);
  const more = (): Record<string, string> => ({ GUERDON_HANDOVER_SECONDS: String(HANDOVER_SECONDS) });
  const set = await planNodes({ chain, count: NODES, more });
  const stops: (() => Promise<void>)[] = [() => set.remove(), () => chain.stop()];
  const points: Point[] = [];
  try {
    for (const { settings, address } of set.nodes) {
      await chain.provideGas(address);
      const node = await startNode(readConfig(settings), secretsOf(settings), { log: SILENT });
      stops.push(() => node.stop());
    }
    let play: ((round: number) => Promise<void>) | null = null;
    for (let played = 0; played < rounds; played++) {
      const round = played % POOL_ROUNDS;
      if (round === 0 || play === null) {
        const order = { oracle: { ...oracle, address: chain.quorum }, title: `Soak from round ${played}` };
        const small = await makeSmallPool(chain, { rounds: Math.min(POOL_ROUNDS, rounds - played), ...order });
        play = playerOf({ chain, small, nodes: set.nodes, handoverSeconds: HANDOVER_SECONDS });
      }
      await play(round);
      const done = played + 1;
      if (done < warmUp || done % every !== 0) continue;
      points.push({ x: done, y: await heapAfter(collect) });
      say(points.at(-1)!);
    }
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
  return points;
}

/** Rounds in which the manager signs in anew; more often would be refused. */
const SIGN_IN_EVERY = 10;

function playerOf(played: Played): (round: number) => Promise<void> {
  const { chain, small, nodes } = played;
  const client = evidenceClient(nodes[0]!.url, localAccount("manager"), chain.chainId, small.pool);
  return async (round) => {
    await chain.moveTo(Math.max(midRound(small, round), (await chain.now()) + 1));
    if (round % SIGN_IN_EVERY === 0) client.forget();
    const { id, token } = await client.makeKey(small.spec);
    for (const part of [0, 1]) await client.sendTelemetry(token, round, part, telemetry(round, part));
    await client.revokeKey(id);
    await playRound(played, round);
    const { end, said } = await endOf(played, round);
    if (end !== "settled") throw new Error(`round ${round} is not settled: ${said.join(", ")}`);
  };
}

/** The least of several looks: what is under way at one of them is over at the next. */
async function heapAfter(collect: () => void): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < LOOKS; look++) {
    await pause(QUIET_MS);
    collect();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

const nothing = (): void => undefined;
const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => SILENT };
