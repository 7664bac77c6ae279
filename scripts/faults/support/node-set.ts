import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "viem";
import { localKey, localAccount, lower } from "../../season/accounts.ts";
import type { LocalChain } from "../../season/local-chain.ts";

/** Settings of nodes that know each other, and the folder their files are in. */
export interface NodeSet {
  readonly folder: string;
  readonly nodes: readonly PlannedNode[];
  /** Removes all files. */
  remove(): Promise<void>;
}

/** A node before it runs. */
export interface PlannedNode {
  readonly address: Hex;
  readonly url: string;
  readonly port: number;
  /** Settings, as its operator would write them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export interface NodeSetOptions {
  readonly chain: Pick<LocalChain, "rpcUrl" | "factory">;
  readonly count: number;
  /** Settings besides, by place of the node. */
  readonly more?: (place: number) => Readonly<Record<string, string>>;
  /** Where others reach a node, where that is not where it listens. */
  readonly publicUrl?: (place: number, port: number) => string | undefined;
}

/** Nodes of the campaigns, by their addresses: the first takes the evidence in. */
export function oracleNodes(count: number): { readonly address: Hex; readonly key: Hex }[] {
  const named = Array.from({ length: count }, (_, i) => `node ${i + 1}`);
  const nodes = named.map((name) => ({ address: lower(localAccount(name).address), key: localKey(name) }));
  return nodes.sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Plans nodes in one folder of their own: each has all roles, a key, a store and a port that is free now. */
export async function planNodes(options: NodeSetOptions): Promise<NodeSet> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-faults-"));
  const ports = await freePorts(options.count);
  const urls = ports.map((port, place) => options.publicUrl?.(place, port) ?? `http://127.0.0.1:${port}`);
  const keys = oracleNodes(options.count);
  const nodes = await Promise.all(
    keys.map(async ({ address, key }, place): Promise<PlannedNode> => {
      const masterKey = join(folder, `master-key-${place}`);
      await writeFile(masterKey, randomBytes(32).toString("hex"), { mode: 0o600 });
      const peers = keys.flatMap((peer, i) => (i === place ? [] : [`${peer.address}=${urls[i]!}`]));
      const settings = {
        ...fixed(options.chain),
        GUERDON_NODE_KEY: key,
        GUERDON_PEERS: peers.join(","),
        GUERDON_PORT: String(ports[place]!),
        GUERDON_PUBLIC_URL: urls[place]!,
        GUERDON_DATA_DIR: join(folder, `node-${place}`),
        GUERDON_MASTER_KEY_FILE: masterKey,
        ...options.more?.(place),
      };
      return { address, url: urls[place]!, port: ports[place]!, settings, logFile: join(folder, `node-${place}.log`) };
    }),
  );
  return { folder, nodes, remove: () => rm(folder, { recursive: true, force: true }) };
}

function fixed({ rpcUrl, factory }: NodeSetOptions["chain"]): Record<string, string> {
  return {
    GUERDON_ROLES: "intake,assessor,submitter",
    GUERDON_RPC_URLS: rpcUrl,
    // The local chain has one endpoint and no reorganisations.
    GUERDON_CONFIRMATIONS: "0",
    GUERDON_FACTORY: factory.toLowerCase(),
    GUERDON_POLL_MS: "200",
    GUERDON_HANDOVER_SECONDS: "60",
    GUERDON_SPEND_LIMIT_WEI: String(10n ** 20n),
    GUERDON_RATE_LIMIT_PER_MINUTE: "1000000",
    GUERDON_LOG_LEVEL: "warn",
  };
}

/** Below what the system gives to whoever asks for any port: nobody takes the port of a node that is dead for a moment. */
const PORTS = { first: 15_000, count: 15_000 };

/** Ports nobody listens on now, all different: nodes have to know each other's before they listen. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = PORTS.first + randomInt(PORTS.count);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
