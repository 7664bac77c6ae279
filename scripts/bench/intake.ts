import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openRedisStore } from "../../oracle/adapters/stores/redis.ts";
import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import { startRedis } from "../../test/support/redis.ts";
import type { Load, LoadResult } from "./intake-load.ts";
import { POOL, serveBareRedis, serveBareSqlite, serveIntake, type Running } from "./intake-servers.ts";

/** Items a second that were acknowledged as durable. */
export interface IntakeRates {
  readonly store: "sqlite" | "redis";
  readonly ours: number;
  readonly bare: number;
  readonly ratio: number;
}

/** What the intake has to reach, as a part of bare hono and bare store. */
export const MARK = 0.6;

const CONNECTIONS = 64;
const LOAD = fileURLToPath(new URL("./intake-load.ts", import.meta.url));
const BODY = csvOf(1024);

/** How long it is measured. */
export interface IntakeBench {
  /** How often each is measured, in turns; the median counts. */
  readonly turns: number;
  readonly milliseconds: number;
}

/** Measures the intake against the bare on both stores, all in this process, the load coming from another. */
export async function measureIntake(bench: IntakeBench): Promise<IntakeRates[]> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-bench-"));
  const redis = await startRedis();
  const sqliteStore = await openSqliteStore(join(folder, "ours.sqlite"));
  const redisStore = await openRedisStore({ server: redis.url });
  try {
    const onSqlite = await inTurns(bench, await serveIntake(sqliteStore), await serveBareSqlite(folder));
    const onRedis = await inTurns(bench, await serveIntake(redisStore), await serveBareRedis(redis.url));
    return [
      { store: "sqlite", ...onSqlite },
      { store: "redis", ...onRedis },
    ];
  } finally {
    await Promise.all([sqliteStore.close(), redisStore.close()]);
    await redis.stop();
    await rm(folder, { recursive: true });
  }
}

async function inTurns(bench: IntakeBench, ours: Running, bare: Running): Promise<Omit<IntakeRates, "store">> {
  const [found, reference]: [number[], number[]] = [[], []];
  // The first turn only warms up.
  for (let turn = 0; turn <= bench.turns; turn++) {
    reference.push(await rateOf(bare, turn, bench.milliseconds));
    found.push(await rateOf(ours, turn, bench.milliseconds));
  }
  await Promise.all([ours.stop(), bare.stop()]);
  const [rate, bareRate] = [median(found.slice(1)), median(reference.slice(1))];
  return { ours: rate, bare: bareRate, ratio: rate / bareRate };
}

async function rateOf({ port }: Running, turn: number, milliseconds: number): Promise<number> {
  const path = `/v1/pools/${POOL}/rounds/${turn}/telemetry/bench.csv`;
  const load: Load = { port, path, firstSequence: 0, connections: CONNECTIONS, milliseconds, body: BODY };
  const { stdout } = await promisify(execFile)(process.execPath, [LOAD, JSON.stringify(load)]);
  const { answered, failed, seconds } = JSON.parse(stdout) as LoadResult;
  if (failed > 0) throw new Error(`${failed} of ${answered} requests failed`);
  return answered / seconds;
}

function csvOf(bytes: number): string {
  const row = "2026-01-01T00:00:00Z,web,200,1\n";
  const header = "time,service,status,up\n";
  return header + row.repeat(Math.floor((bytes - header.length) / row.length));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The rates as text; a ratio below the mark is named. */
export function ratesText(rates: readonly IntakeRates[]): string {
  return rates
    .map(({ store, ours, bare, ratio }) => {
      const below = ratio < MARK ? ` (below ${MARK})` : "";
      return `${store}: ${ours.toFixed(0)} items a second, bare ${bare.toFixed(0)}, ratio ${ratio.toFixed(2)}${below}`;
    })
    .join("\n");
}

if (import.meta.main) {
  const rates = await measureIntake({ turns: 5, milliseconds: 3_000 });
  console.log(ratesText(rates));
  if (rates.some(({ ratio }) => ratio < MARK)) process.exitCode = 1;
}
