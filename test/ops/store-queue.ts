import type { Job, Queue, Store } from "../../oracle/ports.ts";

/** A queue whose jobs are in a store, so that they outlive a restart; tries again after a few milliseconds. */
export function storeQueue(store: Store): Queue {
  const running = new Set<Promise<void>>();
  const handlers = new Map<string, (key: string) => Promise<void>>();
  let closed = false;
  const keyOf = ({ kind, id }: Job): string => `jobs/${kind}/${id}`;
  const start = (key: string): void => {
    const handle = handlers.get(key.split("/")[1]!);
    if (handle === undefined || closed) return;
    const run = handle(key).catch(() => undefined);
    running.add(run);
    void run.finally(() => running.delete(run));
  };

  async function attempt(
    key: string,
    work: (data: unknown, id: string) => Promise<void>,
    attempts: number,
  ): Promise<void> {
    for (let tried = 1; !closed; tried++) {
      const text = await store.get(key);
      if (text === null) return;
      const ended = await work(JSON.parse(text), key.split("/")[2]!).then(
        () => true,
        () => false,
      );
      if (ended) return void (await store.commit({ put: { [key]: null } }));
      if (tried === attempts) {
        return void (await store.commit({ put: { [key]: null, [key.replace("jobs/", "failed/")]: text } }));
      }
      await new Promise((resolve) => setTimeout(resolve, 5 * tried));
    }
  }

  return {
    async add(job) {
      const key = keyOf(job);
      const { ok } = await store.commit({ expect: { [key]: null }, put: { [key]: JSON.stringify(job.data) } });
      if (ok) start(key);
    },
    work(kind, handle, { attempts }) {
      handlers.set(kind, (key) => attempt(key, handle, attempts));
      void store.list(`jobs/${kind}/`).then((left) => {
        for (const { key } of left) start(key);
      });
    },
    async counts() {
      const [waiting, failed] = await Promise.all([store.list("jobs/"), store.list("failed/")]);
      return [{ kind: "webhook", waiting: waiting.length, active: 0, failed: failed.length }];
    },
    async close() {
      closed = true;
      await Promise.all(running);
    },
  };
}
