import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { openLane } from "./schedules/lane.ts";
import { forkLane } from "./schedules/lanes.ts";
import { KINDS, type Kind } from "./schedules/plan.ts";
import { playCampaign, REDIS_KINDS, type Played } from "./schedules/run.ts";
import { scheduleTable, violationText } from "./schedules/table.ts";

const USAGE = `npm run faults:schedules -- [--count N] [--seed N] [--only KIND] [--minutes M] [--lanes N] [--trace] [--keep-going]
  plays rounds of a pool with four nodes under faults that follow from seeds, and checks what was signed and accepted
  --count       schedules; 1,000 where not given
  --seed        first seed; a random one where not given
  --only        ${KINDS.join(", ")}
  --minutes     begins no schedule after so many minutes
  --lanes       schedules at the same time; 3 where not given
  --keep-going  plays on after a rule was broken
  --trace       prints what happened in every schedule
Exit codes: 0 no rule was broken, 1 one was (its seed and trace are printed), 2 wrong usage.`;

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly kinds: readonly Kind[];
  readonly minutes: number;
  readonly lanes: number;
  readonly trace: boolean;
  readonly keepGoing: boolean;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const { count, seed, kinds, lanes, minutes, trace, keepGoing } = options;
  const missing = spawnSync("redis-server", ["--version"]).status !== 0;
  if (missing && kinds.some((kind) => REDIS_KINDS.includes(kind))) {
    console.error(`redis-server is not installed; ${REDIS_KINDS.join(", ")} need it`);
    return 1;
  }
  const began = performance.now();
  const stop = new AbortController();
  // What was played until then is told; a second signal ends it at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  console.log(`seeds ${seed} to ${seed + count - 1}, ${kinds.length === 1 ? kinds[0] : "all kinds"}`);
  let done = 0;
  const played = await playCampaign({
    ...{ seed, count, kinds, lanes, forMs: minutes * 60_000, keepGoing, signal: stop.signal },
    openLane: lanes === 1 ? openLane : forkLane,
    onPlayed(one) {
      done += 1;
      if (one.violations.length > 0 || trace) console.error(violationText(one));
      if (done % 25 === 0) console.log(`${since(began)}: ${done} schedules`);
    },
  });
  console.log(scheduleTable(played));
  const broken = played.filter((one) => one.violations.length > 0);
  console.log(`${played.length} schedules in ${since(began)}, ${broken.length} with violations: ${summary(played)}`);
  return broken.length === 0 ? 0 : 1;
}

function summary(played: readonly Played[]): string {
  const sum = (of: (one: Played) => number): number => played.reduce((total, one) => total + of(one), 0);
  return `${sum((one) => one.signatures)} signatures, ${sum((one) => one.wrong)} of them wrong; ${sum((one) => one.bundles)} bundles`;
}

function since(began: number): string {
  return `${((performance.now() - began) / 1_000).toFixed(0)} s`;
}

function readOptions(): Options | null {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const options = { count: text, seed: text, only: text, minutes: text, lanes: text, trace: flag, "keep-going": flag };
  try {
    const { values } = parseArgs({ options });
    const { only, trace = false, "keep-going": keepGoing = false } = values;
    const { count = "1000", seed = String(randomInt(2 ** 31)), minutes = "100000", lanes = "3" } = values;
    const kinds = only === undefined ? KINDS : KINDS.filter((kind) => kind === only);
    const areNumbers = [count, seed, minutes, lanes].every((one) => /^\d{1,10}$/.test(one));
    if (!areNumbers || kinds.length === 0 || Number(lanes) < 1 || Number(count) < 1) return null;
    const numbers = { count: Number(count), seed: Number(seed), minutes: Number(minutes), lanes: Number(lanes) };
    return { ...numbers, kinds, trace, keepGoing };
  } catch {
    return null;
  }
}
