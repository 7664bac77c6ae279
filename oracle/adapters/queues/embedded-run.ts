import { setTimeout as sleep } from "node:timers/promises";
import { StoreUnavailable, type Batch } from "../../ports.ts";
import { failures, replace, type Found, type JobRecord } from "./job-records.ts";
import { delayAfter, reasonOf } from "./jobs.ts";
import type { Work, WorkerContext } from "./embedded-worker.ts";

/** How long until a write is tried again that the store could not take. */
const RETRY_MS = 200;

/** Runs a job under its lease and writes down how it ended. Never rejects: a job that cannot be written off runs again. */
export async function runLeased(context: WorkerContext, work: Work, job: Found): Promise<void> {
  const { log } = context;
  const lease = keepLease(context, work.kind, job);
  const outcome = await attempt(work, job);
  const held = await lease.end();
  if (outcome !== null) log.warn({ kind: work.kind, id: job.id, err: outcome.error }, "a job was rejected");
  const next = outcome === null ? null : afterRejection(context, work, held.record, outcome.error);
  const written = await persist(context, replace(work.kind, job.id, held, next), held.record.at);
  if (!written) log.warn({ kind: work.kind, id: job.id }, "a job's end could not be written down; it may run again");
  if (next?.state === "failed") await prune(context, work.kind).catch(() => undefined);
}

async function attempt({ handle }: Work, { id, record }: Found): Promise<{ error: unknown } | null> {
  try {
    await handle(record.data, id);
    return null;
  } catch (error) {
    return { error };
  }
}

/** Renews a lease until told to end. @returns what then stands in the store, as far as is known */
function keepLease(context: WorkerContext, kind: string, job: Found): { end(): Promise<Found> } {
  const { store, clock, settings } = context;
  let held = job;
  let renewal: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    const record: JobRecord = { ...held.record, at: clock() + settings.leaseMs };
    const renewed = { id: job.id, text: JSON.stringify(record), record };
    const { ok } = await store.commit(replace(kind, job.id, held, record));
    if (ok) held = renewed;
    else clearInterval(timer);
  }

  const timer = setInterval(() => {
    // Where the store is away, the next one may still come in time.
    renewal = renewal.then(renew).catch(() => undefined);
  }, settings.leaseMs / 3);

  return {
    async end() {
      clearInterval(timer);
      await renewal;
      return held;
    },
  };
}

function afterRejection(context: WorkerContext, work: Work, record: JobRecord, error: unknown): JobRecord {
  const { clock, settings } = context;
  const attempts = record.attempts + 1;
  if (attempts >= work.attempts) {
    return { state: "failed", at: clock(), attempts, data: record.data, reason: reasonOf(error) };
  }
  return { state: "waiting", at: clock() + delayAfter(attempts, settings), attempts, data: record.data };
}

/** Tries as long as the lease runs. That the condition does not hold after a try means it was made, or the lease was lost. */
async function persist({ store, clock }: WorkerContext, batch: Batch, until: number): Promise<boolean> {
  for (;;) {
    try {
      await store.commit(batch);
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || clock() + RETRY_MS > until) return false;
      await sleep(RETRY_MS);
    }
  }
}

/** Removes the oldest failed jobs beyond what is kept. */
async function prune({ store, settings }: WorkerContext, kind: string): Promise<void> {
  const entries = await store.list(failures(kind), { reverse: true, limit: settings.keepFailed + 10 });
  for (const { key } of entries.slice(settings.keepFailed)) {
    const id = key.slice(failures(kind).length + 17);
    await store.commit({ put: { [key]: null, [`jobs/${kind}/job/${id}`]: null } });
  }
}
