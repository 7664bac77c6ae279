import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Table from "cli-table3";
import { Command, CommanderError } from "commander";
import { slopeOf } from "./soak/slope.ts";
import { NODES, soak } from "./soak/run.ts";

/** Most bytes a node's heap may grow by a round. */
const LIMIT = 1024;

/**
 * `npm run soak`: three nodes in one process play rounds; how much memory each round leaves behind. Exit codes: 0 within the limit,
 * 1 above it or a round went wrong, 2 wrong usage.
 */
async function main(argv: readonly string[]): Promise<number> {
  const { rounds, warmUp, every } = readOptions(argv);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const begun = Date.now();
  const points = await soak({
    ...{ rounds, warmUp, every, collect },
    say: ({ x, y }) => console.log(`${((Date.now() - begun) / 60_000).toFixed(1)} min, ${x} rounds: ${y} bytes`),
  });
  const slope = slopeOf(points) / NODES;
  const table = new Table({ head: ["rounds", "heap after collection, bytes"], style: { head: [], border: [] } });
  for (const { x, y } of points) table.push([x, y]);
  console.log(table.toString());
  console.log(
    `${NODES} nodes in one process; the heap grows by ${slope.toFixed(0)} bytes a node and round; limit ${LIMIT}`,
  );
  return points.length >= 2 && slope <= LIMIT ? 0 : 1;
}

function readOptions(argv: readonly string[]): { rounds: number; warmUp: number; every: number } {
  const whole = (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new CommanderError(2, "number", `${text} is no whole number from 1`);
  };
  return new Command("soak")
    .exitOverride()
    .option("--rounds <number>", "rounds to play", whole, 1000)
    .option("--warm-up <number>", "rounds before the first measurement: caches fill", whole, 300)
    .option("--every <number>", "rounds between two measurements", whole, 50)
    .parse(argv, { from: "user" })
    .opts();
}

// Chain and nodes go with this process.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof CommanderError)) console.error(error);
    process.exit(error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : 1);
  },
);
