import { StoreUnavailable, type Clock, type Logger, type Store, type WorkOptions } from "../../ports.ts";
import { find, findDue, isActive, leased, placeOf, replace, timeline, type Found } from "./job-records.ts";
import type { QUEUE_DEFAULTS } from "./jobs.ts";
import { runLeased } from "./embedded-run.ts";

/** What a worker needs to know and to use. */
export interface WorkerContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: typeof QUEUE_DEFAULTS;
  /** Of this process, for this run. */
  readonly owner: string;
  /** Whether no other process works on this store, so that leases of other owners are of the dead. */
  readonly sole: boolean;
}

export interface Work extends WorkOptions {
  readonly kind: string;
  readonly handle: (data: unknown, id: string) => Promise<void>;
}

/** A worker for one kind of job. It looks when it is woken, when a job is due or a lease ends, and now and then. */
export interface StoreWorker {
  wake(): void;
  close(): Promise<void>;
}

/** How often it looks without being woken: other processes cannot wake it. */
const LOOK_MS = 5_000;
/** How long it waits after the store failed or others took what it wanted. */
const PAUSE_MS = 250;

export function startStoreWorker(context: WorkerContext, work: Work): StoreWorker {
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let again = false;
  let closed = false;
  let released = !context.sole;

  /** Takes what is due, as far as there is room. @returns when to look again, ms from now; `null` when woken */
  async function look(): Promise<number | null> {
    if (!released) await release(context, work.kind);
    released = true;
    const room = work.concurrency - running.size;
    if (room <= 0) return null;
    const due = await findDue(context.store, work.kind, context.clock(), room);
    const taken = await Promise.all(due.jobs.map((job) => take(job)));
    if (due.more) return taken.includes(true) ? 0 : PAUSE_MS;
    return due.next === null ? LOOK_MS : Math.min(LOOK_MS, Math.max(0, due.next - context.clock()));
  }

  async function take(found: Found): Promise<boolean> {
    const record = leased(found.record, context.owner, context.clock() + context.settings.leaseMs);
    const { ok } = await context.store.commit(replace(work.kind, found.id, found, record));
    if (ok) start({ id: found.id, text: JSON.stringify(record), record });
    return ok;
  }

  function start(job: Found): void {
    const run = runLeased(context, work, job).finally(() => {
      running.delete(run);
      wake();
    });
    running.add(run);
  }

  async function lookUntilDone(): Promise<void> {
    do {
      again = false;
      const pause = await look().catch(pauseAfter);
      if (pause === 0) again = true;
      else if (pause !== null) arm(pause);
    } while (again && !closed);
    looking = null;
  }

  function pauseAfter(error: unknown): number {
    if (!(error instanceof StoreUnavailable))
      context.log.error({ err: error, kind: work.kind }, "looking for jobs failed");
    return PAUSE_MS;
  }

  function arm(ms: number): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(wake, ms);
  }

  function wake(): void {
    if (closed) return;
    again = true;
    looking ??= lookUntilDone();
  }

  wake();
  return {
    wake,
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
      await Promise.all(running);
    },
  };
}

/** Makes jobs due whose worker is dead. */
async function release({ store, clock, owner }: WorkerContext, kind: string): Promise<void> {
  for (let after: string | undefined; ;) {
    const entries = await store.list(timeline(kind), after === undefined ? {} : { after });
    for (const { key } of entries.filter(isActive)) {
      const found = await find(store, kind, placeOf(key, timeline(kind)).id);
      if (found?.record.state !== "active" || found.record.owner === owner) continue;
      const { attempts, data } = found.record;
      await store.commit(replace(kind, found.id, found, { state: "waiting", at: clock(), attempts, data }));
    }
    after = entries.at(-1)?.key;
    if (after === undefined) return;
  }
}
