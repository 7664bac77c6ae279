import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { addCounts, closingLine, NO_TESTS, type Counts } from "./test-run/summary.ts";
import { runCommand } from "./test-run/run.ts";
import { isOnly, ONLY, stepsFor, type Lane, type Step } from "./test-run/steps.ts";

/** All of `npm test`: the steps in order up to the first failure, then one line with the number of tests passed and failed. */
async function main(): Promise<number> {
  const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
  if (only !== undefined && !isOnly(only)) {
    console.error(`--only takes one of ${ONLY.join(", ")}, not ${only}`);
    return 2;
  }
  let total = NO_TESTS;
  for (const lanes of stepsFor(only)) {
    const ended = (await Promise.all(lanes.map((lane) => runLane(lane, lanes.length > 1)))).flat();
    for (const { counts } of ended) total = addCounts(total, counts);
    const failed = ended.filter(({ fault }) => fault !== null);
    if (failed.length === 0) continue;
    for (const { name, fault } of failed) console.error(`\n${name}: ${fault}`);
    // A step that fails without a failing test is one failure, so that no broken run ends with "0 failed".
    console.log(closingLine(total.failed > 0 ? total : { ...total, failed: 1 }));
    return 1;
  }
  console.log(`\n${closingLine(total)}`);
  return 0;
}

/** Runs steps up to the first that fails. */
async function runLane(lane: Lane, besideOthers: boolean): Promise<Ran[]> {
  const ended: Ran[] = [];
  for (const step of lane.filter(({ needs }) => needs === undefined || existsSync(needs))) {
    const ran = await runStep(step, besideOthers);
    ended.push(ran);
    if (ran.fault !== null) break;
  }
  return ended;
}

/** Runs one step; `fault` says why it failed, or is `null`. */
async function runStep(step: Step, besideOthers: boolean): Promise<Ran> {
  const { name } = step;
  console.log(`\n=== ${name}: ${shownCommand(step)}`);
  const began = performance.now();
  const { code, counts } = await runCommand(step.command, step.args, besideOthers);
  console.log(`=== ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return { name, counts: step.tests ? (counts ?? NO_TESTS) : NO_TESTS, fault: faultOf(step, code, counts) };
}

/** Most arguments that are shown; files to test are hundreds. */
const SHOWN_ARGS = 6;

function shownCommand({ command, args }: Step): string {
  const more = args.length - SHOWN_ARGS;
  return [command, ...args.slice(0, SHOWN_ARGS), ...(more > 0 ? [`… and ${more} more`] : [])].join(" ");
}

interface Ran {
  readonly name: string;
  readonly counts: Counts;
  readonly fault: string | null;
}

function faultOf({ tests }: Step, code: number, counts: Counts | null): string | null {
  if (!tests) return code === 0 ? null : `exit code ${code}`;
  if (counts === null) return `exit code ${code}, and no count of passed tests`;
  if (counts.failed > 0) return `${counts.failed} of ${counts.passed + counts.failed} tests failed`;
  if (code !== 0) return `exit code ${code}`;
  return counts.passed > 0 ? null : "no test was executed";
}

process.exitCode = await main();
