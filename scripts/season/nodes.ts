import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { cosignatureSchema, reportSchema, type Cosignature, type Report } from "../../oracle/domain/bundle.ts";
import {
  cosignResponseSchema,
  type CosignRequest,
  type CosignResponse,
  type ReportRequest,
  type SealRequest,
} from "../../oracle/domain/messages.ts";
import { addressSchema } from "../../oracle/domain/schema.ts";
import { localAccount, localKey, lower } from "./accounts.ts";

/** Number of oracle nodes, and how many of them make a quorum. */
export const NODES = 3;
export const QUORUM = 2;

/** How long a node may take to answer. */
const ANSWER_MS = 120_000;

/** An oracle node in its own process, asked over HTTP. */
export interface RemoteNode {
  readonly address: `0x${string}`;
  report(request: ReportRequest): Promise<Report>;
  cosign(request: CosignRequest): Promise<CosignResponse>;
  seal(request: SealRequest): Promise<Cosignature>;
}

/** The nodes of the local run. */
export interface NodeSet {
  readonly nodes: readonly RemoteNode[];
  stop(): void;
}

/** Addresses of the nodes, in their order. */
export function nodeAddresses(): `0x${string}`[] {
  return Array.from({ length: NODES }, (_, i) => lower(localAccount(`node ${i + 1}`).address));
}

/**
 * Starts the nodes, each a process with a key of its own.
 * @param faulty number of the node that is told to lie, from 1
 * @throws Error where a node ends before it listens
 */
export async function startNodes(rpcUrl: string, faulty?: number): Promise<NodeSet> {
  const children: ChildProcess[] = [];
  const stop = (): void => {
    for (const child of children) child.kill("SIGTERM");
  };
  try {
    const nodes = await Promise.all(
      Array.from({ length: NODES }, (_, i) => {
        const child = spawnNode(rpcUrl, localKey(`node ${i + 1}`), faulty === i + 1);
        children.push(child);
        return connect(child);
      }),
    );
    return { nodes, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function spawnNode(rpcUrl: string, key: string, faulty: boolean): ChildProcess {
  return fork(fileURLToPath(new URL("../../oracle/main.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, GUERDON_RPC_URL: rpcUrl, GUERDON_NODE_KEY: key, GUERDON_FAULTY: String(faulty) },
  });
}

/**
 * Asks every node at once. Left out is who fails, refuses, answers for another node, or gives an answer with a problem: what one
 * node says must not spoil what the others agree on.
 * @returns the answers in ascending order of nodes
 * @throws what the first node failed with, where none answers
 */
export async function fromEach<Answer extends { readonly node: `0x${string}` }>(
  nodes: readonly RemoteNode[],
  ask: (node: RemoteNode) => Promise<Answer>,
  problem: (answer: Answer) => Promise<string | null>,
): Promise<Answer[]> {
  const results = await Promise.allSettled(
    nodes.map(async (node) => {
      const answer = await ask(node);
      const wrong = answer.node === node.address ? await problem(answer) : `it answers as ${answer.node}`;
      if (wrong !== null) throw new Error(`node ${node.address}: ${wrong}`);
      return answer;
    }),
  );
  const good = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (good.length === 0 && failure !== undefined) throw failure.reason;
  return good.sort((one, other) => (one.node < other.node ? -1 : 1));
}

const readySchema = z.object({ port: z.int(), address: addressSchema });

async function connect(child: ChildProcess): Promise<RemoteNode> {
  const { port, address } = await new Promise<z.output<typeof readySchema>>((resolve, reject) => {
    child.once("message", (message) => {
      resolve(readySchema.parse(message));
    });
    child.once("exit", (code) => {
      reject(new Error(`an oracle node ended with code ${code ?? "none"} before it was ready`));
    });
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    address,
    report: (request) => post(`${url}/v1/reports`, request, reportSchema),
    cosign: (request) => post(`${url}/v1/cosignatures`, request, cosignResponseSchema),
    seal: (request) => post(`${url}/v1/seals`, request, cosignatureSchema),
  };
}

async function post<Schema extends z.ZodType>(url: string, body: object, schema: Schema): Promise<z.output<Schema>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const answer: unknown = await response.json();
  if (response.ok) return schema.parse(answer);
  const title = z.object({ title: z.string() }).safeParse(answer).data?.title ?? response.statusText;
  throw new Error(`a node refused (${response.status}): ${title}`);
}
