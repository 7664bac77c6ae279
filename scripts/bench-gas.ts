import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import hre from "hardhat";
import { allCases, measureAll } from "./bench/cases.ts";
import { checkMarks } from "./bench/marks.ts";
import { gasPage } from "./bench/page.ts";
import { differences, readSnapshot, toSnapshot, writeFormatted } from "./bench/snapshot.ts";
import { marksGrid, operationsGrid, printGrid, variantsGrid } from "./bench/table.ts";

const SNAPSHOT = "test/gas/snapshot.json";
const PAGE = "docs/gas.md";
const USAGE = `npm run bench:gas -- [--quick] [--check | --update]
  prints what every operation costs, and which marks that meets
  --quick   fewer numbers of providers
  --check   compares with ${SNAPSHOT}; exit code 1 where a figure differs or a mark is missed
  --update  writes ${SNAPSHOT} and ${PAGE}; needs a full run`;

interface Options {
  readonly quick: boolean;
  readonly check: boolean;
  readonly update: boolean;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const began = performance.now();
  await hre.tasks.getTask("build").run({ quiet: true });
  const results = await measureAll(allCases(options.quick), ({ variant, count }) => {
    console.log(`${seconds(began)} measured ${variant}, ${count} providers`);
  });
  const marks = checkMarks(results);
  for (const grid of [operationsGrid(results), variantsGrid(results), marksGrid(marks)]) printGrid(grid);
  if (options.update) {
    await writeFormatted(pathOf(SNAPSHOT), JSON.stringify(toSnapshot(results)));
    await writeFormatted(pathOf(PAGE), gasPage(results, marks));
    console.log(`wrote ${SNAPSHOT} and ${PAGE}`);
  }
  if (!options.check) return 0;
  const changed = differences(await readSnapshot(pathOf(SNAPSHOT)), toSnapshot(results), options.quick);
  for (const line of changed) console.error(line);
  if (changed.length > 0)
    console.error(`${changed.length} figures differ: if so intended, npm run bench:gas -- --update`);
  const missed = marks.filter(({ passed }) => !passed);
  for (const { what, limit, worst } of missed) console.error(`mark missed: ${what}: ${worst}, at most ${limit}`);
  return changed.length + missed.length > 0 ? 1 : 0;
}

function readOptions(): Options | null {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({ options: { quick: flag, check: flag, update: flag } });
    return values.update && (values.quick || values.check) ? null : values;
  } catch {
    return null;
  }
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`;
}

process.exitCode = await main();
