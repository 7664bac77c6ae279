import type { Queue, Store } from "../ports.ts";
import type { Readiness } from "./health.ts";
import type { Metrics } from "./metrics.ts";

/** A request that has been answered: by its route's pattern, as paths themselves would be without number. */
interface Timing {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** What the frame of an API is told with, to measure its requests. */
export function measureHttp(metrics: Metrics): (timing: Timing) => void {
  return ({ method, route, status, ms }) => {
    metrics.observe("guerdon_http_request_seconds", { route, method, status: String(status) }, ms / 1000);
  };
}

/** The same store, its work measured and its failures counted. */
export function measureStore(store: Store, metrics: Metrics): Store {
  async function measured<Result>(operation: string, work: Promise<Result>): Promise<Result> {
    const began = performance.now();
    try {
      return await work;
    } catch (error) {
      metrics.count("guerdon_store_errors_total", { operation });
      throw error;
    } finally {
      metrics.observe("guerdon_store_seconds", { operation }, secondsSince(began));
    }
  }
  return {
    get: (key) => measured("get", store.get(key)),
    getMany: (keys) => measured("getMany", store.getMany(keys)),
    list: (prefix, listing) => measured("list", store.list(prefix, listing)),
    commit: (batch) => measured("commit", store.commit(batch)),
    probe: () => measured("probe", store.probe()),
    close: () => store.close(),
  };
}

/** Shows the jobs of a queue by kind and state. */
export function measureQueue(queue: Pick<Queue, "counts">, metrics: Metrics): void {
  metrics.read("guerdon_queue_jobs", async () => {
    const counts = await queue.counts();
    return counts.flatMap(({ kind, ...states }) =>
      Object.entries(states).map(([state, value]) => ({ labels: { kind, state }, value })),
    );
  });
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

/** Shows what the last look at the node's health found. */
export function measureHealth(metrics: Metrics): (readiness: Readiness) => void {
  return ({ checks }) => {
    for (const { name, ok } of checks) metrics.set("guerdon_ready", { check: name }, ok ? 1 : 0);
  };
}
