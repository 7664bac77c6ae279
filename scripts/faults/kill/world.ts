import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { LocalChain } from "../../season/local-chain.ts";
import { startFaultChain } from "../support/fault-chain.ts";
import { nodeProcess, type NodeProcess } from "../support/node-process.ts";
import { oracleNodes, planNodes, type PlannedNode } from "../support/node-set.ts";
import { makeSmallPool, type SmallPool } from "../support/small-pool.ts";
import { planSchema, type KillPlan } from "./killer.ts";

export const NODES = 3;
export const QUORUM = 2;
export const HANDOVER_SECONDS = 60;

/** Rounds of a pool; then another one is made. */
const ROUNDS = 40;
/** Most characters shown of a line of a log. */
const LINE = 400;
const ENTRY = fileURLToPath(new URL("node.ts", import.meta.url));

/** A node that can be told when to die. */
export interface Victim {
  readonly process: NodeProcess;
  /** Sets, in place of all before, when it dies; what was carried out is dropped. */
  arm(plans: readonly KillPlan[]): void;
  /** Plans not carried out yet. */
  armed(): readonly KillPlan[];
  /** Resolves when a process that died answers again. */
  back(): Promise<void>;
}

/** A chain, three nodes and one pool after the other. */
export interface World {
  readonly chain: LocalChain;
  readonly victims: readonly Victim[];
  /** The pool and round that are played next. */
  nextRound(): Promise<{ readonly small: SmallPool; readonly round: number }>;
  /** Last lines of all logs. */
  logs(): Promise<string>;
  stop(): Promise<void>;
}

/** What the nodes do, as it happens. */
export interface WorldEvents {
  /** A node made a step durable. */
  readonly onStep: (node: number, step: string) => void;
  readonly onKill: (node: number, plan: KillPlan) => void;
  /** A process ended that was not told to. */
  readonly onCrash: (node: number, how: string) => void;
}

/** @throws Error where something does not start; nothing is left running then */
export async function startWorld(events: WorldEvents): Promise<World> {
  const oracle = { signers: oracleNodes(NODES).map(({ address }) => address), threshold: QUORUM };
  const chain = await startFaultChain(oracle);
  const set = await planNodes({
    chain,
    count: NODES,
    more: () => ({ GUERDON_HANDOVER_SECONDS: String(HANDOVER_SECONDS) }),
  });
  const victims = set.nodes.map((planned, node) => victimOf(planned, node, events));
  const stop = async (): Promise<void> => {
    await Promise.all(victims.map(({ process }) => process.kill()));
    await chain.stop();
    await set.remove();
  };
  try {
    for (const { address } of set.nodes) await chain.provideGas(address);
    await Promise.all(victims.map(({ process }) => process.start()));
  } catch (error) {
    const logs = await logsOf(set.nodes);
    await stop();
    throw new Error(`the nodes do not start\n${logs}`, { cause: error });
  }
  let [small, round, pools]: [SmallPool | null, number, number] = [null, ROUNDS, 0];
  return {
    ...{ chain, victims, stop },
    async nextRound() {
      if (small === null || round === ROUNDS) {
        const title = `Pool ${++pools} of a campaign`;
        small = await makeSmallPool(chain, { rounds: ROUNDS, oracle: { ...oracle, address: chain.quorum }, title });
        round = 0;
      }
      return { small, round: round++ };
    },
    logs: () => logsOf(set.nodes),
  };
}

/** A node of a campaign, not started yet. */
export function victimOf({ address, url, settings, logFile }: PlannedNode, node: number, events: WorldEvents): Victim {
  const noteFile = `${logFile}.notes`;
  let plans: readonly KillPlan[] = [];
  let [noted, starting] = [0, Promise.resolve()];

  /** What a process wrote before it killed itself. */
  async function note(): Promise<KillPlan | null> {
    const lines = existsSync(noteFile) ? (await readFile(noteFile, "utf8")).trim().split("\n") : [];
    if (lines.length === noted) return null;
    noted = lines.length;
    return planSchema.parse(JSON.parse(lines.at(-1)!));
  }

  async function died(how: string): Promise<void> {
    const plan = await note();
    if (plan === null) events.onCrash(node, how);
    else {
      events.onKill(node, plan);
      plans = plans.filter((one) => one.step !== plan.step || one.when !== plan.when);
    }
    // One that ends before it is ready is heard of by its own end.
    await process.start().catch(() => undefined);
  }

  const process = nodeProcess({
    ...{ address, url, settings, logFile },
    entry: ENTRY,
    environment: { FAULT_NODE: address, FAULT_NOTE: noteFile },
    begin: () => ({ begin: true, arm: plans }),
    onMessage(message) {
      const { success, data } = stepsSchema.safeParse(message);
      if (success) for (const step of data.steps) events.onStep(node, step);
    },
    onDeath(signal, code) {
      starting = died(signal ?? `code ${code ?? "none"}`).catch((error: unknown) =>
        events.onCrash(node, String(error)),
      );
      return false;
    },
  });
  return {
    process,
    arm(wanted) {
      plans = wanted;
      process.tell({ arm: plans });
    },
    armed: () => plans,
    back: () => starting,
  };
}

const stepsSchema = z.object({ steps: z.array(z.string()) });

async function logsOf(nodes: readonly PlannedNode[]): Promise<string> {
  const tails = nodes.map(async ({ logFile, address }) => {
    const text = existsSync(logFile) ? await readFile(logFile, "utf8") : "";
    return `${address}:\n${text
      .split("\n")
      .slice(-6)
      .map((line) => line.slice(0, LINE))
      .join("\n")}`;
  });
  return (await Promise.all(tails)).join("\n");
}
