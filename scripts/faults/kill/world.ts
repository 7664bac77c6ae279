import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { localAccount, localKey, lower } from "../../season/accounts.ts";
import type { LocalChain } from "../../season/local-chain.ts";
import { startFaultChain } from "../support/fault-chain.ts";
import { nodeProcess, type NodeProcess } from "../support/node-process.ts";
import { freePorts, oracleNodes, planNodes, type PlannedNode } from "../support/node-set.ts";
import { jsonAt } from "../support/round-end.ts";
import { makeSmallPool, type SmallPool } from "../support/small-pool.ts";
import { bundledNode } from "./bundled.ts";
import { planSchema, type KillPlan } from "./killer.ts";

export const NODES = 3;
export const QUORUM = 2;
export const HANDOVER_SECONDS = 60;

/** Rounds of a pool; then another one is made, which brings the steps that come once a pool. */
const ROUNDS = 3;
/** Most characters shown of a line of a log. */
const LINE = 400;
/** How nodes are started where nobody bundled them. */
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
  /** Whether the next round is the first of a pool. */
  isPoolNext(): boolean;
  /** Starts another node with nothing, of no oracle, which dies by these plans; it is the one after the last victim. */
  startNewcomer(plans: readonly KillPlan[]): Promise<Newcomer>;
  /** The pool and round that are played next. */
  nextRound(): Promise<{ readonly small: SmallPool; readonly round: number }>;
  /** Last lines of all logs. */
  logs(): Promise<string>;
  stop(): Promise<void>;
}

/** A node that begins with nothing. */
export interface Newcomer {
  /** Waits until it answers and removes it. @throws Error where it does not answer */
  leave(): Promise<void>;
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
  const entry = await bundledNode();
  const victims = set.nodes.map((planned, node) => victimOf(planned, node, events, entry));
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
  const isPoolNext = (): boolean => small === null || round === ROUNDS;
  return {
    ...{ chain, victims, stop, isPoolNext },
    async startNewcomer(plans) {
      const planned = await newcomerOf(set.nodes[0]!, set.folder);
      const newcomer = victimOf(planned, NODES, events, entry);
      newcomer.arm(plans);
      // It may die before it is ready; then it is started again.
      await newcomer.process.start().catch(() => undefined);
      return {
        async leave() {
          await newcomer.back();
          await newcomer.process.start();
          await jsonAt(planned.url, "/healthz");
          await newcomer.process.kill();
          await rm(planned.settings["GUERDON_DATA_DIR"]!, { recursive: true });
        },
      };
    },
    async nextRound() {
      if (small === null || isPoolNext()) {
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
export function victimOf(planned: PlannedNode, node: number, events: WorldEvents, entry = ENTRY): Victim {
  const { address, url, settings, logFile } = planned;
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
    entry,
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

/** Settings of a node of no oracle, with an empty folder and the others' chain. */
async function newcomerOf({ settings }: PlannedNode, folder: string): Promise<PlannedNode> {
  const [port] = await freePorts(1);
  const address = lower(localAccount("newcomer").address);
  const url = `http://127.0.0.1:${port!}`;
  const own = {
    GUERDON_NODE_KEY: localKey("newcomer"),
    GUERDON_PEERS: "",
    GUERDON_PORT: String(port!),
    GUERDON_PUBLIC_URL: url,
    GUERDON_DATA_DIR: await mkdtemp(join(folder, "newcomer-")),
  };
  return { address, url, port: port!, settings: { ...settings, ...own }, logFile: join(folder, "newcomer.log") };
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
