import { randomUUID } from "node:crypto";
import type { Clock, Entry, Job, Queue, Store } from "../../ports.ts";
import { behind, failures, find, isActive, replace, timeline } from "./job-records.ts";
import { checkJob, checkWork, closedQueue, QUEUE_DEFAULTS, type QueueOptions } from "./jobs.ts";
import { startStoreWorker, type StoreWorker, type WorkerContext } from "./embedded-worker.ts";

export interface EmbeddedQueueOptions extends QueueOptions {
  readonly clock?: Clock;
  /** Whether no other process works on this store: then what a killed process had taken is taken up at once, not after its lease. */
  readonly sole?: boolean;
}

const PAGE = 1_000;

/**
 * A queue in a store, under `jobs/`. While a job waits or runs, adding it again changes nothing, not even its data or its time: work
 * that comes up while the job runs needs another id, or a handler that looks again before it ends. A failed job starts anew when it
 * is added again.
 * @throws StoreUnavailable from `add` and `counts`, as the store
 */
export function openEmbeddedQueue(store: Store, options: EmbeddedQueueOptions): Queue {
  const { log, clock = Date.now, sole = false, ...given } = options;
  const context: WorkerContext = {
    store,
    log,
    clock,
    sole,
    owner: randomUUID(),
    settings: { ...QUEUE_DEFAULTS, ...given },
  };
  const workers = new Map<string, StoreWorker>();
  let closed: Promise<unknown> | null = null;

  return {
    async add(job) {
      checkJob(job);
      if (closed !== null) throw closedQueue();
      await insert(store, clock, job);
      workers.get(job.kind)?.wake();
    },
    work(kind, handle, work) {
      checkWork(kind, work);
      if (closed !== null) throw closedQueue();
      if (workers.has(kind)) throw new Error(`jobs of kind ${kind} have a handler in this process already`);
      workers.set(kind, startStoreWorker(context, { kind, handle, ...work }));
    },
    counts: () => countAll(store),
    async close() {
      await (closed ??= Promise.all([...workers.values()].map((worker) => worker.close())));
    },
  };
}

async function insert(store: Store, clock: Clock, { kind, id, data, notBefore }: Job): Promise<void> {
  for (;;) {
    const found = await find(store, kind, id);
    if (found !== null && found.record.state !== "failed") return;
    const record = { state: "waiting", at: notBefore ?? clock(), attempts: 0, data } as const;
    if ((await store.commit(replace(kind, id, found, record))).ok) return;
  }
}

async function countAll(store: Store): ReturnType<Queue["counts"]> {
  const counts = [];
  for (let kind = await kindAfter(store, undefined); kind !== null; kind = await kindAfter(store, kind)) {
    const [due, failed] = [await allOf(store, timeline(kind)), await allOf(store, failures(kind))];
    const active = due.filter(isActive).length;
    counts.push({ kind, waiting: due.length - active, active, failed: failed.length });
  }
  return counts;
}

/** The next kind of which there are jobs, found without looking at the jobs. */
async function kindAfter(store: Store, kind: string | undefined): Promise<string | null> {
  const [entry] = await store.list("jobs/", { limit: 1, ...(kind !== undefined && { after: behind(kind) }) });
  return entry?.key.split("/")[1] ?? null;
}

async function allOf(store: Store, prefix: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let after: string | undefined; ; after = entries.at(-1)!.key) {
    const page = await store.list(prefix, { limit: PAGE, ...(after !== undefined && { after }) });
    entries.push(...page);
    if (page.length < PAGE) return entries;
  }
}
