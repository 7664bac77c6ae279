import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startNode, type RunningNode } from "../../../oracle/compose/node.ts";
import { readConfig, type NodeConfig } from "../../../oracle/config.ts";
import type { Logger } from "../../../oracle/ports.ts";
import type { Trace } from "./trace.ts";
import type { Wire } from "./wire.ts";
import type { Witness } from "./witness.ts";
import { NODES, nodeKey, type World } from "./season.ts";

/** How often nodes look at the chain, milliseconds. */
const POLL_MS = 200;
/** Seconds of block time after which the next node has the turn. */
export const HANDOVER = 300;

/** How a node of a schedule is set up. */
export interface NodeOrder {
  readonly world: World;
  /** From 0. */
  readonly node: number;
  readonly ports: readonly number[];
  readonly urls: readonly string[];
  readonly confirmations: number;
  readonly folder: string;
  /** Where it remembers; a file of its own where not given. */
  readonly redis?: { readonly url: string; readonly replicas: number };
  readonly liar: boolean;
}

/** What a schedule has of a node. */
export interface PlayedNode extends RunningNode {
  readonly node: number;
  /** Finished looks at rounds; and when something last changed in what they found, as a count of looks. */
  readonly looks: () => number;
  readonly changes: () => number;
  /**
   * Until when it is not quiet although it does nothing, milliseconds: it does not look at the chain because its last looks failed, or
   * asks nobody for a spec that nobody gave it, and will.
   */
  readonly waitsUntil: () => number;
}

export interface NodeSurroundings {
  readonly wire: Wire;
  readonly witness: Witness;
  readonly trace: Trace;
  /** Wall-clock time as the node has it. */
  readonly clock: () => number;
}

export async function startPlayedNode(order: NodeOrder, around: NodeSurroundings): Promise<PlayedNode> {
  const { node } = order;
  const address = order.world.nodes[node]!;
  const watch = { looks: 0, changes: 0, blindUntil: 0, pausesUntil: 0, last: new Map<string, string>() };
  const running = await startNode(await configOf(order), [], {
    clock: around.clock,
    fetch: around.wire.fetchOf(node),
    store: (store) => around.witness.watchStore(address, store),
    log: logOf(around.trace, node, watch),
  });
  return {
    ...running,
    node,
    looks: () => watch.looks,
    changes: () => watch.changes,
    waitsUntil: () => Math.max(watch.blindUntil, watch.pausesUntil),
  };
}

async function configOf(order: NodeOrder): Promise<NodeConfig> {
  const { world, node, ports, folder, redis, urls, confirmations } = order;
  const masterKey = join(folder, `master-key-${node}`);
  await writeFile(masterKey, randomBytes(32).toString("hex"), { mode: 0o600 });
  const peers = ports.flatMap((port, other) =>
    other === node ? [] : [`${world.nodes[other]}=http://127.0.0.1:${port}`],
  );
  const config = readConfig({
    GUERDON_ROLES: node === 0 ? "intake,assessor,submitter" : "assessor,submitter",
    GUERDON_RPC_URLS: urls.join(","),
    GUERDON_CONFIRMATIONS: String(confirmations),
    GUERDON_FACTORY: world.chain.factory.toLowerCase(),
    GUERDON_NODE_KEY: nodeKey(node),
    GUERDON_PEERS: peers.join(","),
    GUERDON_HOST: "127.0.0.1",
    GUERDON_PORT: String(ports[node]),
    GUERDON_PUBLIC_URL: `http://127.0.0.1:${ports[node]}`,
    GUERDON_OPS_PORT: "0",
    GUERDON_DATA_DIR: join(folder, `node-${node}`),
    GUERDON_MASTER_KEY_FILE: masterKey,
    GUERDON_RATE_LIMIT_PER_MINUTE: "1000000",
    GUERDON_HANDOVER_SECONDS: String(HANDOVER),
    GUERDON_FAULTY: String(order.liar),
    ...(redis && {
      GUERDON_REDIS_URL: redis.url,
      GUERDON_REDIS_WAIT_REPLICAS: String(redis.replicas),
      GUERDON_REDIS_WAIT_MS: "1000",
    }),
  });
  return { ...config, chain: { ...config.chain, pollMs: POLL_MS } };
}

/** The first two pauses before a spec is asked for again, two and four seconds, and what asking takes. */
const SPEC_PAUSES_MS = 6_500;

/** What the driver writes down of each look. */
interface Look {
  readonly kind: string;
  readonly round: number;
  readonly progress: string;
  readonly obstacle: string | null;
}

interface Watched {
  looks: number;
  changes: number;
  blindUntil: number;
  pausesUntil: number;
  readonly last: Map<string, string>;
}

/** The log as the schedule reads it: how often the node has looked at rounds, and what it found of them. */
function logOf(trace: Trace, node: number, watch: Watched): Logger {
  const told = (level: "info" | "warn" | "error") => (fields: object, message: string) => {
    if ("nextMs" in fields) watch.blindUntil = Date.now() + Number(fields.nextMs);
    if (message !== "request") trace.say(`node ${node} ${level}: ${message} ${brief(fields)}`);
  };
  const log: Logger = {
    debug(fields) {
      if (!("progress" in fields) || !("kind" in fields) || !("round" in fields)) return;
      watch.looks += 1;
      const { kind, round, progress, obstacle } = fields as Look;
      const found = obstacle === null ? progress : `${progress} (${obstacle})`;
      const what = `${kind} ${round}`;
      if (watch.last.get(what) === found) return;
      watch.last.set(what, found);
      watch.changes = watch.looks;
      watch.pausesUntil = obstacle === "no-spec" ? Date.now() + SPEC_PAUSES_MS : 0;
      trace.say(`node ${node} ${what}: ${found}`);
    },
    info: told("info"),
    warn: told("warn"),
    error: told("error"),
    child: () => log,
  };
  return log;
}

function brief(fields: object): string {
  return JSON.stringify(fields, (_, value: unknown) => {
    if (value instanceof Error) return `${value.name}: ${value.message.slice(0, 160)}`;
    return typeof value === "bigint" ? String(value) : value;
  }).slice(0, 400);
}

/** Ports from here on are given to whoever connects to somebody, so that one that is free now may be taken in a moment. */
const FIRST_LENT = 32_000;

/** Ports nobody listens on now, one for each node: they have to know each other's before they listen. */
export async function freePorts(): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < NODES) {
    const port = randomInt(10_000, FIRST_LENT);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  await once(server.close(), "close");
  return true;
}
