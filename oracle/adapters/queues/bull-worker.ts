import { setTimeout as sleep } from "node:timers/promises";
import { UnrecoverableError, Worker, type Job as BullJob } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger, WorkOptions } from "../../ports.ts";
import { delayAfter, reasonOf, type QUEUE_DEFAULTS } from "./jobs.ts";

export interface BullContext {
  readonly client: Redis;
  readonly prefix: string;
  readonly settings: typeof QUEUE_DEFAULTS;
  readonly log: Logger;
}

export interface BullWork extends WorkOptions {
  readonly kind: string;
  readonly handle: (data: unknown, id: string) => Promise<void>;
}

export interface BullWorker {
  /** Ends soon after the last handler, also while Redis is away; whoever made the connections then breaks them. */
  close(): Promise<void>;
}

/** How often a job may lose its worker: killed workers say nothing of the job. */
const ANY_NUMBER = Number.MAX_SAFE_INTEGER;
/** How long writing down the last results may take at the end, ms; then those jobs run again after their lease. */
const CLOSE_MS = 5_000;

/** While Redis is away, closing the library's worker waits for it and goes on renewing leases: that much can be ended alone. */
class AbandonableWorker extends Worker<{ id: string; data: unknown }> {
  async abandon(): Promise<void> {
    await this.lockManager.close();
  }
}

/** A worker of BullMQ for one kind of job. */
export function startBullWorker(context: BullContext, work: BullWork): BullWorker {
  const { client, prefix, settings, log } = context;
  const running = new Set<Promise<void>>();

  async function process(job: BullJob<{ id: string; data: unknown }>): Promise<void> {
    const run = work.handle(job.data.data, job.data.id);
    running.add(run);
    try {
      await run;
    } catch (error) {
      log.warn({ kind: work.kind, id: job.data.id, err: error }, "a job was rejected");
      if (job.attemptsMade + 1 >= work.attempts) throw new UnrecoverableError(reasonOf(error));
      throw new Error(reasonOf(error), { cause: error });
    } finally {
      running.delete(run);
    }
  }

  const worker = new AbandonableWorker(work.kind, process, {
    connection: client,
    prefix,
    concurrency: work.concurrency,
    lockDuration: settings.leaseMs,
    stalledInterval: settings.leaseMs,
    maxStalledCount: ANY_NUMBER,
    settings: { backoffStrategy: (attempts) => delayAfter(attempts, settings) },
  });
  worker.on("error", (error) => log.warn({ kind: work.kind, err: { name: error.name } }, "the queue is disturbed"));

  async function close(): Promise<void> {
    const closing = worker.close().catch(() => undefined);
    await Promise.allSettled(running);
    const late = new AbortController();
    await Promise.race([closing, sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    await worker.abandon();
  }

  return { close };
}
