import { GOAL_ATTAINMENT } from "./goal-attainment.ts";
import type { Instrument } from "./instrument.ts";
import { ONS4 } from "./ons4.ts";
import { PERMA_PROFILER } from "./perma-profiler.ts";
import { SECURE_FLOURISH } from "./secure-flourish.ts";
import { WHO5 } from "./who5.ts";

/** Instruments by id. ONS4 is the default: free for any use, and its items are facts of their own. */
export const INSTRUMENTS: ReadonlyMap<string, Instrument> = new Map(
  [ONS4, WHO5, SECURE_FLOURISH, PERMA_PROFILER, GOAL_ATTAINMENT].map((instrument) => [instrument.id, instrument]),
);
