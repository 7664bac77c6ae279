import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import Table from "cli-table3";
import { foundry } from "./foundry.ts";
import { parseLcov, type FileCoverage } from "./coverage/lcov.ts";
import { ProjectCopy, type Ended } from "./test-run/copy.ts";

/**
 * Coverage of the contracts by their Solidity tests: lines by Hardhat, on the code as it is deployed plus probes; lines and branches
 * by forge, on unoptimized code. Exits with 1 below 100% of any. Runs in a copy, so that nothing built with probes stays behind.
 */
async function main(): Promise<number> {
  const copy = new ProjectCopy(process.cwd());
  try {
    const byHardhat = await measureByHardhat(copy);
    const byForge = await measureByForge(copy);
    return report(byHardhat, byForge);
  } finally {
    copy.remove();
  }
}

/** Without the tests of gas limits, which probes exceed; campaigns are short, as they reach nothing that other tests do not. */
async function measureByHardhat(copy: ProjectCopy): Promise<Map<string, FileCoverage>> {
  const args = ["--coverage", "test", "solidity", "--grep-exclude", "StaysWithin"];
  must(await copy.hardhat(args, { CAMPAIGN_PERCENT: "1" }), "hardhat");
  return parseLcov(copy.read("coverage/lcov.info"));
}

async function measureByForge(copy: ProjectCopy): Promise<Map<string, FileCoverage>> {
  const left = ["--no-match-contract", "LargestGas", "--no-match-path", "test/solidity/invariant/*"];
  const args = ["coverage", "--report", "lcov", "--report-file", "forge.lcov", ...left];
  // Its compiler is a script that starts with `env node`.
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` };
  must(await copy.run(foundry(process.cwd(), "forge"), args, env), "forge");
  return parseLcov(copy.read("forge.lcov"));
}

/** Pool, factory, quorum, arbiters and libraries: what is deployed. */
function measured(): string[] {
  return ["contracts", "contracts/arbiters", "contracts/libraries"]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith(".sol"));
}

function report(byHardhat: Map<string, FileCoverage>, byForge: Map<string, FileCoverage>): number {
  const table = new Table({
    head: ["contract", "lines (hardhat)", "lines (forge)", "branches (forge)"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  const missing: string[] = [];
  for (const path of measured()) {
    const [hardhat, forge] = [byHardhat.get(path), byForge.get(path)];
    table.push([
      path,
      share(hardhat?.lines, hardhat?.missedLines),
      share(forge?.lines, forge?.missedLines),
      share(forge?.branches, forge?.missedBranches),
    ]);
    // A file that a tool does not know of was not measured, which must not look like 100%.
    if (hardhat === undefined) missing.push(`${path}: not measured by hardhat`);
    if (forge === undefined) missing.push(`${path}: not measured by forge`);
    for (const line of hardhat?.missedLines ?? []) missing.push(`${path}:${line}: no test reaches the line`);
    for (const line of forge?.missedLines ?? []) missing.push(`${path}:${line}: no test reaches the line (forge)`);
    for (const branch of forge?.missedBranches ?? []) missing.push(`${path}:${branch}: no test takes the branch`);
  }
  console.log(table.toString());
  console.log(missing.length === 0 ? "100% of lines and branches" : missing.join("\n"));
  return missing.length === 0 && table.length > 0 ? 0 : 1;
}

function share(all = 0, missed: readonly string[] = []): string {
  return `${all - missed.length} of ${all}`;
}

function must({ code, output }: Ended, name: string): void {
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output.slice(-8_000)}`);
}

process.exitCode = await main();
