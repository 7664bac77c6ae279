/**
 * Line and branch coverage of the contracts by their Solidity tests, measured by forge; fails below 100%.
 *
 * Hardhat's coverage counts lines and statements; forge also counts branches. Two passes, and what either sees is covered:
 * 1. all tests, compiled via IR as the pool must be. Source maps made via IR do not reach into inline assembly;
 * 2. the tests of `test/solidity/libraries`, compiled by the legacy code generator, whose source maps do.
 *
 * No pass sees the assembly of the functions in `BY_HAND`, as the legacy code generator cannot compile them. Other tests run
 * every statement of it, as stated there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "1.7.1";
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CACHE = join(ROOT, "cache", "forge");

/** Functions whose assembly no pass sees, and the tests that run each of its statements. */
const BY_HAND: Record<string, Record<string, string>> = {
  "contracts/OutcomePool.sol": {
    _pushRange: "cuts the list of skipped providers: hostile/Push.t.sol, by the exact `Distributed` event",
  },
  "contracts/libraries/ScoreVector.sol": {
    _tallyPlain: "four scores at a time, tails, abstentions, bad scores in every lane: ScoreVector.t.sol, Assess.t.sol",
    _tallyCurved: "reads a record: ScoreVector.t.sol against the definition",
    _tallyMetered: "reads a record: ScoreVector.t.sol against the definition",
    _bounds: "begin and end of the vector: used by both of the above",
  },
};

/** Hits per line, and per branch (`line,block,branch`), of each file. */
interface Hits {
  lines: Map<number, number>;
  branches: Map<string, number>;
}
type Report = Map<string, Hits>;

/** Path of forge, which is installed below the cache if it is not there yet. */
function forge(): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/forge-${process.platform}-${arch}`;
  const binary = join(CACHE, "tool", "node_modules", name, "bin", process.platform === "win32" ? "forge.exe" : "forge");
  if (!existsSync(binary)) {
    const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
    run("npm", ["install", "--prefix", join(CACHE, "tool"), ...options, `${name}@${VERSION}`]);
  }
  return binary;
}

/** Runs a program to its end, with this node first on its path, as the compiler is a script. */
function run(program: string, args: string[], env: Record<string, string> = {}): void {
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd: ROOT,
    env: { ...process.env, PATH: path, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} failed (${signal ?? status}):\n${tail(stdout)}\n${tail(stderr)}`);
}

function tail(text: string): string {
  return text.split("\n").slice(-60).join("\n");
}

/** One pass of `forge coverage`. */
function measure(binary: string, profile: string, options: string[]): Report {
  const file = join(CACHE, `${profile}.lcov`);
  run(binary, ["coverage", "--report", "lcov", "--report-file", file, ...options], { FOUNDRY_PROFILE: profile });
  return parse(readFileSync(file, "utf8"));
}

function parse(lcov: string): Report {
  const report: Report = new Map();
  let hits: Hits = { lines: new Map(), branches: new Map() };
  for (const line of lcov.split("\n")) {
    const [key, value = ""] = line.trim().split(/:(.*)/s);
    const fields = value.split(",");
    if (key === "SF") {
      hits = { lines: new Map(), branches: new Map() };
      report.set(value.replaceAll("\\", "/"), hits);
    } else if (key === "DA") {
      hits.lines.set(Number(fields[0]), Number(fields[1]));
    } else if (key === "BRDA") {
      hits.branches.set(fields.slice(0, 3).join(","), Number(fields[3]) || 0);
    }
  }
  return report;
}

/** Pool, factory, quorum and libraries: what is deployed. */
function measured(): string[] {
  return ["contracts", "contracts/libraries", "contracts/arbiters"]
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith(".sol"))
    .sort();
}

/** Lines of inline assembly in a source, each with the function it is in. */
function assemblyLines(source: string): Map<number, string> {
  const found = new Map<number, string>();
  let name = "";
  let depth = 0;
  source.split("\n").forEach((text, index) => {
    name = /^ {4}function (\w+)/.exec(text)?.[1] ?? name;
    if (depth > 0) found.set(index + 1, name);
    if (depth > 0 || /\bassembly \(/.test(text)) {
      const code = text.replace(/\/\/.*/, "");
      depth += code.split("{").length - code.split("}").length;
    }
  });
  return found;
}

/** What neither pass covers in a file, without the assembly that is checked by hand. */
function uncovered(
  path: string,
  passes: Report[],
): { missing: string[]; byHand: number; lines: number; branches: number } {
  const assembly = assemblyLines(readFileSync(join(ROOT, path), "utf8"));
  const excused = (line: number): boolean => BY_HAND[path]?.[assembly.get(line) ?? ""] !== undefined;
  const reports = passes.map((pass) => pass.get(path)).filter((hits) => hits !== undefined);
  const lines = merge(reports.map((hits) => hits.lines));
  const branches = merge(reports.map((hits) => hits.branches));
  const missedLines = [...lines].filter(([, hits]) => hits === 0).map(([line]) => line);
  const missedBranches = [...branches].filter(([, hits]) => hits === 0).map(([key]) => key);
  const missing = [
    ...missedLines.filter((line) => !excused(line)).map((line) => `${path}:${line} line`),
    ...missedBranches.filter((key) => !excused(Number.parseInt(key))).map((key) => `${path}:${key} branch`),
  ];
  if (reports.length === 0) missing.push(`${path} was not measured`);
  return {
    missing,
    byHand: missedLines.length + missedBranches.length - missing.length,
    lines: lines.size,
    branches: branches.size,
  };
}

function merge<K>(maps: Map<K, number>[]): Map<K, number> {
  const sum = new Map<K, number>();
  for (const map of maps) for (const [key, hits] of map) sum.set(key, (sum.get(key) ?? 0) + hits);
  return sum;
}

function main(): void {
  const binary = forge();
  // Gas limits hold for optimized code only; the invariants add nothing that the tests do not reach.
  const all = ["--ir-minimum", "--no-match-contract", "LargestGas", "--no-match-path", "test/solidity/invariant/*"];
  const passes = [measure(binary, "default", all), measure(binary, "libraries", [])];
  const missing: string[] = [];
  for (const path of measured()) {
    const found = uncovered(path, passes);
    missing.push(...found.missing);
    const note = found.byHand > 0 ? `, ${found.byHand} in assembly checked by hand` : "";
    console.log(
      `${found.missing.length === 0 ? "100%" : "below"} ${path}: ${found.lines} lines, ${found.branches} branches${note}`,
    );
  }
  if (missing.length === 0) return console.log("All lines and branches are covered.");
  console.error(`Not covered:\n${missing.join("\n")}`);
  process.exitCode = 1;
}

main();
