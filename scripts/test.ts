import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { addCounts, closingLine, NO_TESTS, type Counts } from "./test-run/summary.ts";
import { runCommand } from "./test-run/run.ts";
import { isOnly, ONLY, stepsFor, type Step } from "./test-run/steps.ts";

/** All of `npm test`: the steps in order up to the first failure, then one line with the number of tests passed and failed. */
async function main(): Promise<number> {
  const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
  if (only !== undefined && !isOnly(only)) {
    console.error(`--only takes one of ${ONLY.join(", ")}, not ${only}`);
    return 2;
  }
  const steps = stepsFor(only).filter(({ needs }) => needs === undefined || existsSync(needs));
  let total = NO_TESTS;
  for (const step of steps) {
    const { counts, fault } = await runStep(step);
    total = addCounts(total, counts);
    if (fault === null) continue;
    console.error(`\n${step.name}: ${fault}`);
    // A step that fails without a failing test is one failure, so that no broken run ends with "0 failed".
    console.log(closingLine(total.failed > 0 ? total : { ...total, failed: 1 }));
    return 1;
  }
  console.log(`\n${closingLine(total)}`);
  return 0;
}

/** Runs one step; `fault` says why it failed, or is `null`. */
async function runStep(step: Step): Promise<{ counts: Counts; fault: string | null }> {
  console.log(`\n=== ${step.name}: ${[step.command, ...step.args].join(" ")}`);
  const began = performance.now();
  const { code, counts } = await runCommand(step.command, step.args);
  console.log(`=== ${step.name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (!step.tests) return { counts: NO_TESTS, fault: code === 0 ? null : `exit code ${code}` };
  if (counts === null) return { counts: NO_TESTS, fault: `exit code ${code}, and no count of passed tests` };
  if (counts.failed > 0) return { counts, fault: `${counts.failed} of ${counts.passed + counts.failed} tests failed` };
  if (code !== 0) return { counts, fault: `exit code ${code}` };
  return { counts, fault: counts.passed > 0 ? null : "no test was executed" };
}

process.exitCode = await main();
