import { clockTerms } from "../../contracts/protocol/terms.ts";
import { roundTimes } from "../../contracts/protocol/clock.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Store } from "../ports.ts";
import type { KnownPools } from "../roles/watcher/pools.ts";
import { listStatuses, ROUND_PROGRESS, type RoundProgress } from "../store/rounds.ts";

/** What of a node's rounds is shown. */
export interface GaugeParts {
  readonly metrics: Metrics;
  readonly store: Store;
  readonly chainId: number;
  readonly pools: KnownPools;
  /** Time of the newest block, seconds. */
  readonly time: () => number;
}

/** Where this node still has to sign. */
const UNSIGNED: readonly RoundProgress[] = ["collecting", "frozen", "committed", "revealed"];

/** Shows rounds by progress, and the time left for the most urgent one that is not signed; read when metrics are asked for. */
export function showRounds({ metrics, store, chainId, pools, time }: GaugeParts): void {
  metrics.read("guerdon_rounds", async () => {
    const counts = new Map<RoundProgress, number>(ROUND_PROGRESS.map((progress) => [progress, 0]));
    for (const { pool } of await pools.list()) {
      for (const { progress } of await listStatuses(store, { chainId, pool })) {
        counts.set(progress, counts.get(progress)! + 1);
      }
    }
    return [...counts].map(([progress, value]) => ({ labels: { progress }, value }));
  });
  metrics.read("guerdon_round_deadline_seconds", async () => {
    let least = Infinity;
    for (const { pool, terms } of await pools.list()) {
      for (const { round, progress } of await listStatuses(store, { chainId, pool })) {
        if (!UNSIGNED.includes(progress)) continue;
        const { end } = roundTimes(clockTerms(terms), round);
        least = Math.min(least, Number(end) + terms.assessmentWindow - time());
      }
    }
    return Number.isFinite(least) ? [{ labels: {}, value: least }] : [];
  });
}
