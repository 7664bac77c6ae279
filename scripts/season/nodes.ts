import { fork, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { localAccount, localKey, lower } from "./accounts.ts";

/** Number of oracle nodes, and how many of them make a quorum. */
export const NODES = 3;
export const QUORUM = 2;

/** What a process needs to run these sources: nothing where node reads TypeScript itself, which starts in half the time. */
export const TYPESCRIPT: string[] =
  process.features.typescript === false ? ["--import", "tsx"] : ["--disable-warning=ExperimentalWarning"];

/** How long a node may take to start. */
const START_MS = 60_000;

/** A node of the local run: a process of its own, with all roles, a key and a store. */
export interface LocalNode {
  readonly address: `0x${string}`;
  /** Where it answers, without a slash at the end. */
  readonly url: string;
}

/** The nodes of the local run; the first of them takes in the evidence. */
export interface NodeSet {
  readonly nodes: readonly LocalNode[];
  /** Kills a node without warning (by number, from 1) and starts it again on what it had stored. */
  restart(number: number): Promise<void>;
  /** Kills a node for good. */
  kill(number: number): Promise<void>;
  stop(): Promise<void>;
}

/** What the nodes need to know. */
export interface NodeSetOptions {
  readonly rpcUrl: string;
  readonly factory: string;
  /** Number of the node that is told to lie, from 1. */
  readonly faulty?: number | undefined;
  /** Server of Redis for all of them, each with keys of its own. */
  readonly redis?: string | undefined;
  /** Settings of the models a node judges with, by its place from 0; none where there are none. */
  readonly judges?: ((place: number) => Readonly<Record<string, string>>) | undefined;
}

/** Addresses of the nodes, in their order. */
export function nodeAddresses(): `0x${string}`[] {
  return Array.from({ length: NODES }, (_, i) => lower(localAccount(`node ${i + 1}`).address));
}

/** Account of the node that takes in evidence and has people interviewed. */
export function intakeRole(): string {
  return "node 1";
}

/** The node that takes in evidence. */
export function intakeAddress(): `0x${string}` {
  return nodeAddresses()[0]!;
}

/**
 * Starts the nodes and waits until they answer. Each has its files in a folder of its own, which goes with it.
 * @throws Error where a node ends before it listens
 */
export async function startNodes(options: NodeSetOptions): Promise<NodeSet> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-nodes-"));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => ended(child)));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await freePorts(NODES);
    const environments = await Promise.all(ports.map((_, i) => environment(options, folder, ports, i)));
    const start = (i: number): Promise<LocalNode> => {
      children[i] = spawnNode(environments[i]!);
      return ready(children[i]);
    };
    const restart = async (number: number): Promise<void> => {
      await ended(children[number - 1]!, "SIGKILL");
      await start(number - 1);
    };
    const kill = (number: number): Promise<void> => ended(children[number - 1]!, "SIGKILL");
    return { nodes: await Promise.all(environments.map((_, i) => start(i))), restart, kill, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings of one of the nodes, as its operator would write them. */
async function environment(
  { rpcUrl, factory, faulty, redis, judges }: NodeSetOptions,
  folder: string,
  ports: readonly number[],
  i: number,
): Promise<Record<string, string>> {
  const masterKey = join(folder, `master-key-${i + 1}`);
  await writeFile(masterKey, randomBytes(32).toString("hex"), { mode: 0o600 });
  const others = nodeAddresses().flatMap((address, other) =>
    other === i ? [] : [`${address}=${urlOf(ports[other]!)}`],
  );
  return {
    GUERDON_ROLES: "intake,assessor,submitter",
    GUERDON_RPC_URLS: rpcUrl,
    // The local chain has one endpoint and no reorganisations.
    GUERDON_CONFIRMATIONS: "0",
    GUERDON_FACTORY: factory.toLowerCase(),
    GUERDON_POLL_MS: "100",
    GUERDON_NODE_KEY: localKey(`node ${i + 1}`),
    GUERDON_PEERS: others.join(","),
    GUERDON_PORT: String(ports[i]),
    GUERDON_PUBLIC_URL: urlOf(ports[i]!),
    GUERDON_DATA_DIR: join(folder, `node-${i + 1}`),
    GUERDON_MASTER_KEY_FILE: masterKey,
    GUERDON_RATE_LIMIT_PER_MINUTE: "100000",
    GUERDON_LOG_LEVEL: "warn",
    ...judges?.(i),
    GUERDON_FAULTY: String(faulty === i + 1),
    // The chain begins anew with each run, and so must what nodes know of it.
    ...(redis === undefined ? {} : { GUERDON_REDIS_URL: redis, GUERDON_REDIS_PREFIX: `${basename(folder)}.${i + 1}` }),
  };
}

function spawnNode(settings: Record<string, string>): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:GUERDON|OPENAI)_/.test(name));
  return fork(fileURLToPath(new URL("../../oracle/main.ts", import.meta.url)), [], {
    execArgv: TYPESCRIPT,
    env: { ...Object.fromEntries(inherited), ...settings },
  });
}

const readySchema = z.object({ url: z.string(), address: z.string().transform(lower) });

async function ready(child: ChildProcess): Promise<LocalNode> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`an oracle node did not start within ${START_MS} ms`));
    }, START_MS);
    child.once("message", (message) => {
      clearTimeout(late);
      resolve(readySchema.parse(message));
    });
    child.once("exit", (code) => {
      clearTimeout(late);
      reject(new Error(`an oracle node ended with code ${code ?? "none"} before it was ready`));
    });
  });
}

/** Ends a node and waits until it has. */
async function ended(child: ChildProcess, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  child.kill(signal);
  await exit;
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Ports nobody listens on now, all different: nodes have to know each other's before they listen. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            resolve((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
