import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";

const USAGE = `A long invariant campaign of the contracts: quick campaigns of successive seeds, added up.

  npm run campaign                       1,000,000 calls, seeds 1, 2, …
  npm run campaign -- --calls 5000000
  npm run campaign -- --seed 100         seeds 100, 101, …

A failing run names its seed; CAMPAIGN_SEED=<seed> hardhat test solidity test/solidity/invariant/Campaign.t.sol
repeats it. Every invariant is checked in all calls.`;

/** In the order of the enum in the campaign's Book.sol. */
const ACTIONS = [
  "enrol",
  "fund",
  "fund for another",
  "fundWithPermit",
  "fundWithAuthorization",
  "withdraw",
  "assess",
  "challenge",
  "rule: uphold",
  "rule: replace",
  "rule: void",
  "claim",
  "claimTo",
  "claimToWithSignature",
  "multicall",
  "distribute",
  "refund",
  "refund elsewhere",
  "payFee",
  "payBond",
  "payArbiter",
  "donate",
  "freeze an account",
] as const;

interface Totals {
  readonly calls: number[];
  readonly successes: number[];
  drain: number;
  warps: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: "1000000" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean" },
    },
  });
  const wanted = Number(values.calls);
  const first = Number(values.seed);
  if (values.help === true || !Number.isSafeInteger(wanted) || !Number.isSafeInteger(first)) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const totals: Totals = { calls: ACTIONS.map(() => 0), successes: ACTIONS.map(() => 0), drain: 0, warps: 0 };
  const began = performance.now();
  for (let seed = first; sum(totals.calls) < wanted; seed++) {
    const { code, output } = await run(seed);
    if (code !== 0) {
      console.error(`${output}\nThe campaign of seed ${seed} failed.`);
      return 1;
    }
    const before = sum(totals.calls);
    add(totals, output);
    if (sum(totals.calls) === before) throw new Error(`The campaign of seed ${seed} reported no calls:\n${output}`);
    console.log(`seed ${seed}: ${sum(totals.calls)} calls so far, ${elapsed(began)} s`);
  }
  report(totals, elapsed(began));
  return 0;
}

/** One quick campaign. */
async function run(seed: number): Promise<{ code: number; output: string }> {
  const cli = join("node_modules", "hardhat", "dist", "src", "cli.js");
  const child = spawn(process.execPath, [cli, "test", "solidity", "test/solidity/invariant/Campaign.t.sol"], {
    env: { ...process.env, CAMPAIGN_SEED: String(seed), CAMPAIGN_PERCENT: "100", CAMPAIGN_REPORT: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      resolve(exit ?? 1);
    });
  });
  return { code, output: stripVTControlCharacters(Buffer.concat(parts).toString("utf8")) };
}

function add(totals: Totals, output: string): void {
  for (const [, action, calls, successes] of output.matchAll(
    /^campaign action (\d+): (\d+) calls, (\d+) succeeded/gm,
  )) {
    const a = Number(action);
    totals.calls[a] = (totals.calls[a] ?? 0) + Number(calls);
    totals.successes[a] = (totals.successes[a] ?? 0) + Number(successes);
  }
  for (const [, calls] of output.matchAll(/^campaign drain: (\d+) calls/gm)) totals.drain += Number(calls);
  for (const [, warps] of output.matchAll(/^campaign [^:]+: \d+ calls, (\d+) warps/gm)) totals.warps += Number(warps);
}

function report(totals: Totals, seconds: number): void {
  console.log("\n| action | calls | succeeded | share |\n| --- | ---: | ---: | ---: |");
  for (const [a, name] of ACTIONS.entries()) {
    const [calls, successes] = [totals.calls[a] ?? 0, totals.successes[a] ?? 0];
    console.log(`| ${name} | ${calls} | ${successes} | ${((100 * successes) / calls).toFixed(0)}% |`);
  }
  const calls = sum(totals.calls);
  console.log(`| all | ${calls} | ${sum(totals.successes)} | ${((100 * sum(totals.successes)) / calls).toFixed(0)}% |`);
  console.log(`\n${calls} calls and ${totals.drain} more to drain, ${totals.warps} moves of the clock, ${seconds} s`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function elapsed(began: number): number {
  return Math.round((performance.now() - began) / 1000);
}

process.exitCode = await main();
