import { planOf, type Kind } from "./plan.ts";
import { redisPark } from "./redis.ts";
import { playSchedule, type Played } from "./run.ts";
import { makeWorld } from "./season.ts";

/** Plays one schedule after the other on a chain of its own. */
export interface Lane {
  play(kind: Kind, seed: number): Promise<Played>;
  stop(): Promise<void>;
}

/** A lane in this process. */
export async function openLane(): Promise<Lane> {
  const world = await makeWorld();
  const park = redisPark();
  return {
    play: (kind, seed) => playSchedule(world, planOf(kind, seed), park),
    async stop() {
      await Promise.all([park.stop(), world.chain.stop()]);
    },
  };
}
