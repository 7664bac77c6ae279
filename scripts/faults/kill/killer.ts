import { appendFileSync } from "node:fs";
import type { Hex } from "viem";
import { z } from "zod";
import type { BlobStore, Store } from "../../../oracle/ports.ts";
import { blobStepOf, stepOf } from "./steps.ts";

/** When a process shall die: right before, or right after, the n-th time a step is made durable. */
export const planSchema = z.strictObject({
  step: z.string(),
  when: z.enum(["before", "after"]),
  nth: z.int().min(1),
});
export type KillPlan = z.output<typeof planSchema>;

/** Holds what is durable against the plans, and dies. */
export interface Killer {
  /** In place of all plans before. */
  arm(plans: readonly KillPlan[]): void;
  store(store: Store): Store;
  blobs(blobs: BlobStore): BlobStore;
}

/**
 * @param self the node, lower case
 * @param noteFile where the plan is written that was carried out, as a line of JSON
 * @param onStep hears of every step that was made durable
 */
export function createKiller(self: Hex, noteFile: string, onStep: (step: string) => void): Killer {
  let armed: { readonly plan: KillPlan; seen: number }[] = [];

  function reached(step: string, when: KillPlan["when"]): void {
    for (const one of armed) {
      if (one.plan.step !== step || one.plan.when !== when) continue;
      one.seen += 1;
      if (one.seen === one.plan.nth) die(one.plan, noteFile);
    }
  }

  async function around<Result>(
    step: string | null,
    work: () => Promise<Result>,
    made: (result: Result) => boolean,
  ): Promise<Result> {
    if (step === null) return work();
    reached(step, "before");
    const result = await work();
    if (made(result)) {
      reached(step, "after");
      onStep(step);
    }
    return result;
  }

  const always = (): boolean => true;
  return {
    arm(plans) {
      armed = plans.map((plan) => ({ plan, seen: 0 }));
    },
    store: (store) => ({
      ...store,
      commit: (batch) =>
        around(
          stepOf(batch, self),
          () => store.commit(batch),
          ({ ok }) => ok,
        ),
    }),
    blobs: (blobs) => ({
      ...blobs,
      put: (key, bytes) => around(blobStepOf("put", key, self), () => blobs.put(key, bytes), always),
      remove: (key) => around(blobStepOf("remove", key, self), () => blobs.remove(key), always),
    }),
  };
}

/** No line of the program runs after this. */
function die(plan: KillPlan, noteFile: string): void {
  appendFileSync(noteFile, `${JSON.stringify(plan)}\n`);
  process.kill(process.pid, "SIGKILL");
}
