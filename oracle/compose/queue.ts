import type { NodeConfig } from "../config.ts";
import { openBullQueue, type BullQueue } from "../adapters/queues/bull.ts";
import { openEmbeddedQueue } from "../adapters/queues/embedded.ts";
import type { Clock, Logger, Queue, Store } from "../ports.ts";

/** How long a job is left with a process that gives no sign of life, milliseconds. */
const LEASE_MS = 5_000;

/** The queue of a node, and what its operator can be shown of it. */
export interface NodeQueue {
  readonly queue: Queue;
  /** BullMQ's own queues, of the kinds known so far; none where jobs are kept in the store. */
  readonly boards: () => ReturnType<BullQueue["boards"]>;
}

/** Jobs are kept where everything else is: in the one file of an embedded node, or in Redis, for all processes of the operator. */
export function openQueue({ store: config }: NodeConfig, store: Store, log: Logger, clock: Clock): NodeQueue {
  if (config.kind === "sqlite") {
    return { queue: openEmbeddedQueue(store, { log, clock, sole: true }), boards: () => Promise.resolve([]) };
  }
  const { url, prefix, waitReplicas } = config;
  const queue = openBullQueue({ server: url, prefix, waitReplicas, log, leaseMs: LEASE_MS });
  return { queue, boards: () => queue.boards() };
}
