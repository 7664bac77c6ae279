import { clockTerms, type Terms } from "../../contracts/protocol/terms.ts";
import { roundTimes } from "../../contracts/protocol/clock.ts";
import type { Hex } from "viem";
import { z } from "zod";
import { roundSchedule } from "../domain/round/schedule.ts";
import type { ChainReader, Logger, Queue, RoundFacts, RoundId, Store } from "../ports.ts";
import type { SpanOf } from "../ops/traces.ts";
import { createDriven } from "./driven.ts";
import type { ProgressKeeper } from "./progress.ts";

/** One of a node's roles in a round. */
export interface RoundRole {
  /** Kind of its jobs. */
  readonly kind: "round-freeze" | "round-assess" | "round-submit";
  /** Whether it is only for pools whose oracle the node is of. */
  readonly signersOnly: boolean;
  /** Goes as far with a round as it can now; `done` says that there will never be more to do. */
  readonly advance: (
    id: RoundId,
    facts: RoundFacts,
    terms: Terms,
  ) => Promise<{ done: boolean; obstacle: string | null }>;
}

/** A pool this node has work with. */
export interface DrivenPool {
  readonly pool: Hex;
  readonly terms: Terms;
  /** Whether it is of the pool's oracle. */
  readonly signs: boolean;
}

/** Pools as a node sees them that assesses and submits only for these managers, lower case; for all where not given. */
export function ofManagers<Pool extends DrivenPool>(
  pools: readonly Pool[],
  managers: readonly Hex[] | undefined,
): readonly Pool[] {
  if (managers === undefined) return pools;
  return pools.map((one) => ({
    ...one,
    signs: one.signs && managers.includes(one.terms.manager.toLowerCase() as Hex),
  }));
}

/**
 * Whether nothing can come of a round any more but what is late for everybody: it is cancelled, or settled and the time to publish is
 * over. The chain and the terms say so, whatever the pool's spec is.
 */
export function isPast({ state }: Pick<RoundFacts, "state">, terms: Terms, round: number, time: number): boolean {
  if (state === "cancelled") return true;
  return state === "settled" && time >= roundSchedule(clockTerms(terms), round).publishBy;
}

/** What drives rounds. */
export interface DriverParts {
  readonly chain: ChainReader;
  readonly store: Store;
  readonly queue: Queue;
  readonly roles: readonly RoundRole[];
  readonly progress: ProgressKeeper;
  readonly log: Logger;
  /** Around each look at a round. */
  readonly span: SpanOf;
  readonly pools: () => Promise<readonly DrivenPool[]>;
  /** Time of the newest block, seconds. */
  readonly time: () => number;
  /** Told of a round that cannot go on now, by a stable name. */
  readonly onObstacle: (obstacle: string) => void;
}

export interface Driver {
  /** Begins to handle jobs. */
  start(): void;
  /** Asks for work on every round that has ended and is not done with. */
  tick(): Promise<void>;
  /** Asks for work on one round at once. */
  nudge(id: RoundId): Promise<void>;
}

const jobSchema = z.strictObject({ chainId: z.int(), pool: z.string(), round: z.int() });

/** Rounds worked on at the same time, for each role. */
const CONCURRENCY = 4;

/**
 * Sees to it that each role looks at each round again and again until it is done. What a role does is idempotent, so a job that is
 * lost, late or done twice does no harm.
 */
export function createDriver(parts: DriverParts): Driver {
  const { chain, store, queue, roles, progress, log, span } = parts;
  const driven = createDriven({
    ...{ store, chainId: chain.chainId },
    kinds: roles.map(({ kind }) => kind),
    wanted: async (pool) => wantedBy(await poolOf(pool)).map(({ kind }) => kind),
  });

  async function poolOf(address: Hex): Promise<DrivenPool | undefined> {
    return (await parts.pools()).find(({ pool }) => pool === address);
  }

  /** Roles that have work with a pool. */
  function wantedBy(pool: DrivenPool | undefined): readonly RoundRole[] {
    return roles.filter(({ signersOnly }) => pool?.signs === true || !signersOnly);
  }

  async function handle(role: RoundRole, id: RoundId): Promise<void> {
    const pool = await poolOf(id.pool);
    // A job that was kept may be of a pool that is none of the role's any more.
    if (pool === undefined || !wantedBy(pool).includes(role)) return;
    const facts = await chain.roundFacts(id.pool, id.round, await chain.finalized());
    const { done: over, obstacle } = await role.advance(id, facts, pool.terms);
    if (obstacle !== null) parts.onObstacle(obstacle);
    const { progress: now } = await progress.refresh(id, facts, obstacle);
    if (facts.state === "assessing") await warnInTime(id, pool.terms, facts.deadline, obstacle ?? now);
    log.debug({ kind: role.kind, pool: id.pool, round: id.round, progress: now, obstacle }, "looked at a round");
    await driven.looked(id, role.kind, over, facts);
  }

  /** When three quarters of the window are over, the reveals are, and a round without an assessment needs a person. */
  async function warnInTime(id: RoundId, terms: Terms, deadline: number | null, missing: string): Promise<void> {
    if (deadline === null) return;
    const { revealBy } = roundSchedule(clockTerms(terms), id.round);
    if (parts.time() >= revealBy) await progress.warn(id, deadline, missing);
  }

  function ask({ kind }: RoundRole, id: RoundId): Promise<void> {
    return queue.add({ kind, id: `${id.pool}-${id.round}`, data: id });
  }

  return {
    start() {
      for (const role of roles) {
        queue.work(
          role.kind,
          async (data) => {
            const id = jobSchema.parse(data) as RoundId;
            // It is asked for again with the next block, so a failure is told and not kept.
            const { pool, round } = id;
            await span(role.kind, { pool, round }, () => handle(role, id)).catch((error: unknown) => {
              log.warn({ kind: role.kind, pool, round, error }, "a round could not be worked on now");
            });
          },
          { concurrency: CONCURRENCY, attempts: 1 },
        );
      }
    },
    async tick() {
      const time = BigInt(parts.time());
      for (const one of await parts.pools()) {
        const { pool, terms } = one;
        for (const round of ended(terms, time, await driven.floor(pool))) {
          const id = { chainId: chain.chainId, pool, round };
          const open = wantedBy(one).filter(({ kind }) => !driven.isDone(pool, round, kind));
          await Promise.all(open.map((role) => ask(role, id)));
        }
      }
    },
    async nudge(id) {
      await Promise.all(wantedBy(await poolOf(id.pool)).map((role) => ask(role, id)));
    },
  };
}

/** Rounds from one on whose period is over. */
function ended(terms: Terms, time: bigint, from: number): number[] {
  const clock = clockTerms(terms);
  const rounds: number[] = [];
  for (let round = from; round < terms.rounds && roundTimes(clock, round).end <= time; round++) rounds.push(round);
  return rounds;
}
