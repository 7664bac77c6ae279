import { parseArgs } from "node:util";
import { BUGS, type Bug } from "./seeded-bugs/bugs.ts";
import { SpoiledCopy } from "./seeded-bugs/spoiled-copy.ts";
import type { Ended } from "./test-run/copy.ts";

const USAGE = `Puts known bugs into a copy of the contracts, one at a time, and requires that tests catch each.

  npm run seeded-bugs                    all bugs
  npm run seeded-bugs -- --only bond     bugs whose name contains "bond"
  npm run seeded-bugs -- --required      bugs that the campaign itself must catch: the double claim, every deadline off by one
  npm run seeded-bugs -- --list          their names
  npm run seeded-bugs -- --seed 7        other campaigns

A campaign of a quarter of the calls runs first, then the whole one, then the unit tests. Exits with 1 if a bug survives, or if one
that the campaign must catch is caught by unit tests only.`;

const CAMPAIGN = "test/solidity/invariant/Campaign.t.sol";
/** Seconds instead of a minute for each bug, and a bug in the source is one however it is compiled. */
const QUICK = ["--build-profile", "quick"];
/** Without the tests of gas limits, which hold for optimized code only. */
const EXACT = ["--grep-exclude", "StaysWithin"];
/** All that campaigns deploy: the pool is part of its factory. */
const DEPLOYED = ["contracts/OutcomePoolFactory.sol", "contracts/OracleQuorum.sol"];

interface Caught {
  readonly by: "campaign" | "unit tests";
  readonly test: string;
  readonly reason: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      required: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      list: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return say(USAGE);
  const bugs = BUGS.filter((bug) => bug.name.includes(values.only) && (!values.required || bug.byCampaign === true));
  if (values.list === true) return say(bugs.map(({ name }) => name).join("\n"));
  const copy = new SpoiledCopy(process.cwd());
  try {
    return await hunt(copy, bugs, values.seed);
  } finally {
    copy.remove();
  }
}

async function hunt(copy: SpoiledCopy, bugs: readonly Bug[], seed: string): Promise<number> {
  must(await copy.hardhat([...QUICK, "build"]), "the contracts do not build");
  const sound = await copy.hardhat([...QUICK, "test", "solidity", "--no-compile", CAMPAIGN], campaign(seed, 10));
  must(sound, "the campaign fails without a bug");
  let wrong = 0;
  for (const bug of bugs) {
    const began = performance.now();
    const caught = await copy.with(bug, () => tryBug(copy, seed));
    const good = caught !== null && (bug.byCampaign !== true || caught.by === "campaign");
    if (!good) wrong++;
    const what = caught === null ? "SURVIVED" : `${caught.by}: ${caught.test}: ${caught.reason}`;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${good ? "caught" : "WRONG "} | ${bug.name} | ${what} | ${seconds} s`);
  }
  console.log(`${bugs.length - wrong} of ${bugs.length} seeded bugs caught as required`);
  return wrong === 0 && bugs.length > 0 ? 0 : 1;
}

/** Who catches the bug that is in the copy. */
async function tryBug(copy: SpoiledCopy, seed: string): Promise<Caught | null> {
  must(await copy.hardhat([...QUICK, "build", "--no-tests", ...DEPLOYED]), "the bug does not compile");
  for (const percent of [25, 100]) {
    const run = await copy.hardhat([...QUICK, "test", "solidity", "--no-compile", CAMPAIGN], campaign(seed, percent));
    if (run.code !== 0) return { by: "campaign", ...firstFailure(run) };
  }
  const run = await copy.hardhat([...QUICK, "test", "solidity", ...EXACT], campaign(seed, 1));
  return run.code === 0 ? null : { by: "unit tests", ...firstFailure(run) };
}

function campaign(seed: string, percent: number): Record<string, string> {
  return { CAMPAIGN_SEED: seed, CAMPAIGN_PERCENT: String(percent) };
}

/** Test and error that a run reports first. A run that fails without naming a test is no catch. */
function firstFailure({ output }: Ended): { test: string; reason: string } {
  const found = /^ +1\) (\S+)\r?\n\s+Error: (.*)$/m.exec(output);
  if (found === null) throw new Error(`a run failed without a failing test:\n${output}`);
  return { test: found[1] ?? "", reason: shorten(found[2] ?? "") };
}

/** Errors carry the data of a call; its first numbers are enough. */
function shorten(text: string): string {
  return text.length > 110 ? `${text.slice(0, 110)}…` : text;
}

function must({ code, output }: Ended, fault: string): void {
  if (code !== 0) throw new Error(`${fault}:\n${output}`);
}

function say(text: string): number {
  console.log(text);
  return 0;
}

process.exitCode = await main();
