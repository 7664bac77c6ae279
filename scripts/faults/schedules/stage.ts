import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seeded } from "../../fuzz-api/random.ts";
import { createActing, type Acting } from "./acts.ts";
import { openEndpointsOf } from "./endpoints.ts";
import { startHostile } from "./hostile.ts";
import { freePorts, startPlayedNode, type PlayedNode } from "./node.ts";
import type { Plan } from "./plan.ts";
import type { RedisPark } from "./redis.ts";
import { replayAll } from "./replay.ts";
import { NODES, type World } from "./season.ts";
import type { Trace } from "./trace.ts";
import { createWire } from "./wire.ts";
import { createWitness, type Witness } from "./witness.ts";

/** A schedule's nodes at work, with all that can be done to them. */
export interface Stage {
  readonly world: World;
  readonly plan: Plan;
  /** Nodes that are to be relied on, the intake first. */
  readonly honest: readonly PlayedNode[];
  readonly acting: Acting;
  readonly witness: Witness;
  readonly trace: Trace;
  /** Block time the play has come to; the chain's clock is moved there again where a reorganisation takes it back. */
  readonly reach: (time: number, more?: number) => Promise<void>;
  close(): Promise<void>;
}

/** Sets the world back and starts a schedule's nodes in it. Nothing is left running where they cannot start. */
export async function openStage(world: World, plan: Plan, park: RedisPark, trace: Trace): Promise<Stage> {
  const { chain, nodes } = world;
  const stops: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return await opened();
  } catch (error) {
    await close();
    throw error;
  }

  async function opened(): Promise<Stage> {
    await chain.reset();
    // Few blocks where few are needed: a node that starts reads all it may have to take back.
    await chain.mine(plan.confirmations + 1);
    stops.push(chain.produce());
    const folder = await mkdtemp(join(quickFolder(), "guerdon-schedule-"));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const lone = plan.stores.includes("redis") ? await park.alone() : null;
    const pair = plan.stores.includes("pair") ? await park.pair() : null;
    await park.clear();
    const witness = createWitness();
    const ports = await freePorts();
    const random = seeded(plan.seed);
    const wire = createWire(random, witness, (port) => placeOf(ports, port));
    const skews = nodes.map(() => 0);
    let target = 0;
    const reach = async (time: number, more = 0): Promise<void> => {
      target = Math.max(target, time);
      await chain.jump(target, more);
    };
    const endpoints = await Promise.all(nodes.map((_, node) => openEndpointsOf(chain, faultyPlaces(plan, node))));
    stops.push(() => Promise.all(endpoints.map((one) => one.close())));
    const acting = createActing(plan, {
      ...{ chain, wire, endpoints, skews, lone, pair, trace },
      replay: () => replayAll(witness.envelopes(), ports, random),
      restoreTime: () => reach(target),
    });

    const start = (node: number): Promise<PlayedNode> => {
      const redis =
        plan.stores[node] === "redis"
          ? { url: lone!.urlOf(node), replicas: 0 }
          : plan.stores[node] === "pair"
            ? { url: pair!.urlOf(node), replicas: 1 }
            : null;
      const { confirmations, hostile } = plan;
      const liar = hostile?.node === node;
      const order = {
        world,
        node,
        ports,
        urls: endpoints[node]!.urls,
        confirmations,
        folder,
        liar,
        ...(redis && { redis }),
      };
      return startPlayedNode(order, { wire, witness, trace, clock: () => Date.now() + skews[node]! });
    };
    const { hostile } = plan;
    const programs = Array.from({ length: NODES }, (_, node) => node).filter(
      (node) => node !== hostile?.node || hostile.way === "liar",
    );
    const started = await Promise.allSettled(programs.map(start));
    const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    stops.push(() => Promise.all(running.map((node) => node.stop())));
    for (const one of started) if (one.status === "rejected") throw one.reason;
    if (hostile !== null && hostile.way !== "liar") {
      const { way } = hostile;
      const enemy = await startHostile({
        world,
        node: hostile.node,
        ports,
        way,
        rounds: plan.rounds,
        random: seeded(plan.seed + 1),
        trace,
      });
      stops.push(() => enemy.stop());
    }
    const honest = running.filter(({ node }) => node !== hostile?.node);
    return { world, plan, honest, acting, witness, trace, reach, close };
  }
}

/** In memory where that can be: no schedule takes the power away, and waiting for the disk is most of what a node does. */
function quickFolder(): string {
  return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

function placeOf(ports: readonly number[], port: string): number | null {
  const place = ports.indexOf(Number(port));
  return place < 0 ? null : place;
}

function faultyPlaces({ faults }: Plan, node: number): Set<number> {
  return new Set(faults.flatMap(({ act }) => (act.what === "endpoint" && act.node === node ? [act.place] : [])));
}
