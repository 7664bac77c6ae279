import { z } from "zod";
import type { Hex } from "viem";
import type { Store } from "../../ports.ts";

/** How far the payouts of a round have come, as this operator sees it. */
const progressSchema = z.strictObject({
  /** Block time of the final block in which the round was first seen settled: the turns of the payers begin then. */
  since: z.int().min(0),
  /** Ranges under way, and their intents. */
  sent: z.array(z.strictObject({ id: z.string(), from: z.int().min(0), count: z.int().min(1) })),
  /** Most providers of the next range: halved where a range took too much gas. */
  size: z.int().min(1),
  /** Calls sent so far; makes every intent another one. */
  calls: z.int().min(0),
  skips: z.record(z.string(), z.strictObject({ tries: z.int().min(1), notBefore: z.int() })),
  fee: z.strictObject({ tries: z.int().min(0), notBefore: z.int() }),
  /** Providers that were owed something and not paid when it was last looked at. */
  unpaid: z.int().min(0),
  /** Block time before which nothing is due. */
  restUntil: z.int().min(0),
  /** Nothing is left that could be done. */
  complete: z.boolean(),
});

export type Progress = z.output<typeof progressSchema>;

export function firstProgress(since: number, size: number): Progress {
  return {
    since,
    size,
    sent: [],
    calls: 0,
    skips: {},
    fee: { tries: 0, notBefore: 0 },
    unpaid: 0,
    restUntil: 0,
    complete: false,
  };
}

/** A round's progress with what stood in the store. */
export interface Kept {
  readonly text: string | null;
  readonly progress: Progress | null;
}

/** Where progress is kept. */
export interface ProgressRows {
  read(pool: Hex, round: number): Promise<Kept>;
  /** `false` where another process changed it first. */
  write(pool: Hex, round: number, before: string | null, progress: Progress): Promise<boolean>;
}

export function progressRows(store: Store, chainId: number): ProgressRows {
  const key = (pool: Hex, round: number): string => `payouts/${chainId}/${pool}/${round}`;
  return {
    async read(pool, round) {
      const text = await store.get(key(pool, round));
      return { text, progress: text === null ? null : progressSchema.parse(JSON.parse(text)) };
    },
    async write(pool, round, before, progress) {
      const place = key(pool, round);
      const change = { expect: { [place]: before }, put: { [place]: JSON.stringify(progress) } };
      return (await store.commit(change)).ok;
    },
  };
}
