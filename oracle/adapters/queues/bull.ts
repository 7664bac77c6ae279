import { Queue as Bull } from "bullmq";
import { Redis } from "ioredis";
import { InputError } from "../../domain/errors.ts";
import { StoreUnavailable, type Job, type Queue } from "../../ports.ts";
import type { RedisAddress } from "../stores/redis-connection.ts";
import { startBullWorker, type BullWorker } from "./bull-worker.ts";
import { checkJob, checkWork, closedQueue, QUEUE_DEFAULTS, type QueueOptions } from "./jobs.ts";

export interface BullQueueOptions extends QueueOptions {
  readonly server: RedisAddress;
  /** Of all keys; `guerdon` where not given. */
  readonly prefix?: string;
  /** How many replicas must hold a job before it counts as added; 0 where not given. */
  readonly waitReplicas?: number;
  /** How long `add` and `counts` wait at most, ms; 5,000 where not given. */
  readonly timeoutMs?: number;
}

/** A queue of which the queues of BullMQ can be shown. */
export interface BullQueue extends Queue {
  /** BullMQ's queue of each kind known so far, for a page that shows them. */
  boards(): Promise<readonly Bull[]>;
}

const PREFIX = /^[A-Za-z0-9._:-]{1,64}$/;

/**
 * A queue of BullMQ for each kind of job. While a job waits or runs, adding it again changes nothing, not even its data or its time:
 * work that comes up while the job runs needs another id, or a handler that looks again before it ends. A failed job starts anew when
 * it is added again. A job whose worker was killed runs again after one to two leases.
 * @throws StoreUnavailable from `add` and `counts`, where Redis does not answer in time; the job may or may not have been added
 */
export function openBullQueue(options: BullQueueOptions): BullQueue {
  const { server, prefix: name = "guerdon", waitReplicas = 0, timeoutMs = 5_000, log, ...given } = options;
  if (!PREFIX.test(name))
    throw new InputError("not a prefix", { field: "prefix", value: name, limit: "1 to 64 letters, digits and ._:-" });
  const settings = { ...QUEUE_DEFAULTS, ...given };
  const prefix = `{${name}}:queue`;
  const client = connect(server, 1);
  const workerClient = connect(server, null);
  const blocking = duplicatesOf(workerClient);
  const queues = new Map<string, Bull>();
  const workers = new Map<string, BullWorker>();
  let closed: Promise<void> | null = null;

  function queueOf(kind: string): Bull {
    const known = queues.get(kind);
    if (known !== undefined) return known;
    const made = new Bull(kind, { connection: client, prefix });
    made.on("error", () => undefined);
    queues.set(kind, made);
    return made;
  }

  async function add(job: Job): Promise<void> {
    await client.sadd(`${prefix}:kinds`, job.kind);
    await insert(queueOf(job.kind), job, settings.keepFailed);
    if (waitReplicas === 0) return;
    const held = await client.wait(waitReplicas, timeoutMs / 2);
    if (held < waitReplicas) throw new StoreUnavailable(`Redis: ${held} of ${waitReplicas} replicas hold the job`);
  }

  async function boards(): Promise<readonly Bull[]> {
    const kinds = new Set([...queues.keys(), ...(await client.smembers(`${prefix}:kinds`))]);
    return [...kinds].sort().map(queueOf);
  }

  async function close(): Promise<void> {
    await Promise.all([...workers.values()].map((worker) => worker.close()));
    // With its connection the library's queue ends; where Redis is away, closing it would wait for Redis.
    for (const connection of [client, workerClient, ...blocking]) connection.disconnect();
  }

  return {
    async add(job) {
      checkJob(job);
      if (closed !== null) throw closedQueue();
      await inTime(timeoutMs, add(job));
    },
    work(kind, handle, work) {
      checkWork(kind, work);
      if (closed !== null) throw closedQueue();
      if (workers.has(kind)) throw new Error(`jobs of kind ${kind} have a handler in this process already`);
      workers.set(kind, startBullWorker({ client: workerClient, prefix, settings, log }, { kind, handle, ...work }));
    },
    counts: () =>
      inTime(
        timeoutMs,
        boards().then((all) => Promise.all(all.map(countOf))),
      ).then((all) => all.filter(hasJobs)),
    boards: () => inTime(timeoutMs, boards()),
    close: () => (closed ??= close()),
  };
}

/** The id by which BullMQ knows a job: it takes no colon, nor a number alone. No other part of an id is a tilde. */
export function bullId(kind: string, id: string): string {
  return `${kind}~${id.replaceAll(":", "~")}`;
}

async function insert(queue: Bull, { kind, id, data, notBefore }: Job, keepFailed: number): Promise<void> {
  const jobId = bullId(kind, id);
  if ((await queue.getJobState(jobId)) === "failed") {
    // Another process may be faster; what it has put in place of the failed job stays.
    await (await queue.getJob(jobId))?.remove().catch(() => undefined);
  }
  await queue.add(
    kind,
    { id, data },
    {
      jobId,
      delay: notBefore === undefined ? 0 : Math.max(0, notBefore - Date.now()),
      // How many attempts there are is for the worker to say.
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: "custom" },
      removeOnComplete: true,
      removeOnFail: { count: keepFailed },
      stackTraceLimit: 0,
    },
  );
}

async function countOf(queue: Bull) {
  const counts = await queue.getJobCounts("waiting", "delayed", "prioritized", "active", "failed");
  const { waiting = 0, delayed = 0, prioritized = 0, active = 0, failed = 0 } = counts;
  return { kind: queue.name, waiting: waiting + delayed + prioritized, active, failed };
}

function hasJobs({ waiting, active, failed }: { waiting: number; active: number; failed: number }): boolean {
  return waiting + active + failed > 0;
}

function connect(server: RedisAddress, maxRetriesPerRequest: number | null): Redis {
  const options = { maxRetriesPerRequest, retryStrategy: (times: number) => Math.min(50 * times, 1_000) };
  const client = typeof server === "string" ? new Redis(server, options) : new Redis({ ...server, ...options });
  // Callers get the reason; without a listener the library would print it.
  return client.on("error", () => undefined);
}

/** Connections that the library makes for itself, so that none stays behind when it cannot close them. */
function duplicatesOf(client: Redis): Redis[] {
  const made: Redis[] = [];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => {
    const copy = duplicate(override);
    made.push(copy);
    return copy;
  };
  return made;
}

/** Errors of the library may quote the command and so the job: only that it failed is passed on. */
async function inTime<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable(`Redis: the queue did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : new StoreUnavailable("Redis: the queue failed");
  } finally {
    clearTimeout(timer);
  }
}
