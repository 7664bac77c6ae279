import { checkSchedule, type Verdict } from "./check.ts";
import type { Lane } from "./lane.ts";
import { KINDS, type Kind, type Plan } from "./plan.ts";
import { playRounds } from "./play.ts";
import type { RedisPark } from "./redis.ts";
import type { World } from "./season.ts";
import { openStage } from "./stage.ts";
import { createTrace, type Trace } from "./trace.ts";

/** What became of one schedule. */
export interface Played extends Verdict {
  readonly plan: Plan;
  readonly ms: number;
  readonly trace: readonly string[];
}

/** What is to be played. */
export interface CampaignOrder {
  /** First seed, and how many seeds from there on. */
  readonly seed: number;
  readonly count: number;
  /** Kinds that take turns. */
  readonly kinds: readonly Kind[];
  /** Schedules at the same time, each on a chain of its own. */
  readonly lanes: number;
  readonly openLane: () => Promise<Lane>;
  /** No schedule begins after so many milliseconds. */
  readonly forMs?: number;
  /** No schedule begins after it was given. */
  readonly signal?: AbortSignal;
  /** Whether others are played after one that breaks a rule. */
  readonly keepGoing?: boolean;
  readonly onPlayed: (played: Played) => void;
}

const LONGEST_MS = 240_000;

/** Kinds that need `redis-server`. */
export const REDIS_KINDS: readonly Kind[] = ["redis-kill", "redis-failover", "mixed"];

/** Kind of the schedule of a seed: they take turns. */
export function kindOf(seed: number, kinds: readonly Kind[] = KINDS): Kind {
  return kinds[seed % kinds.length]!;
}

/** Plays schedules until all are done, one breaks a rule, or time is up. */
export async function playCampaign(order: CampaignOrder): Promise<readonly Played[]> {
  const played: Played[] = [];
  const end = Date.now() + (order.forMs ?? Infinity);
  let next = order.seed;
  let broken = false;

  async function work(): Promise<void> {
    const lane = await order.openLane();
    try {
      while (!broken && order.signal?.aborted !== true && next < order.seed + order.count && Date.now() < end) {
        const seed = next++;
        const one = await lane.play(kindOf(seed, order.kinds), seed);
        played.push(one);
        broken ||= one.violations.length > 0 && order.keepGoing !== true;
        order.onPlayed(one);
      }
    } finally {
      await lane.stop();
    }
  }

  await Promise.all(Array.from({ length: Math.min(order.lanes, order.count) }, work));
  return played;
}

/** Plays one schedule and checks what came of it. What the campaign itself fails with counts as a violation. */
export async function playSchedule(world: World, plan: Plan, park: RedisPark): Promise<Played> {
  const trace = createTrace();
  const began = Date.now();
  const verdict = await judged(world, plan, park, trace).catch((error: unknown): Verdict => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      endings: [],
      signatures: 0,
      wrong: 0,
      bundles: 0,
      violations: [`the schedule could not be played: ${text}`],
    };
  });
  return { ...verdict, plan, ms: Date.now() - began, trace: trace.lines() };
}

/** A schedule that does not end has broken a rule as well. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${LONGEST_MS} ms`)), LONGEST_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function judged(world: World, plan: Plan, park: RedisPark, trace: Trace) {
  const stage = await openStage(world, plan, park, trace);
  try {
    return await inTime(playRounds(stage).then(() => checkSchedule(stage)));
  } finally {
    await stage.close();
  }
}
