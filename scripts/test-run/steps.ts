import { globSync } from "node:fs";

/** One command of a test run. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Whether it prints how many tests passed; it then fails where none did. */
  readonly tests: boolean;
  /** A file without which the step is left out. */
  readonly needs?: string;
}

/** Parts of a run a developer can ask for alone. */
export const ONLY = ["unit", "solidity", "mocha", "lint"] as const;
export type Only = (typeof ONLY)[number];

/** What `--only unit` leaves out: tests that start processes, browsers or stores. */
const SLOW = ["browser", "integration", "fault"];

const BUILD: Step = { name: "build", command: "hardhat", args: ["build"], tests: false };
const LINT: Step = { name: "lint", command: "npm", args: ["run", "--silent", "lint"], tests: false };
const SOLIDITY: Step = {
  name: "solidity",
  command: "hardhat",
  args: ["test", "solidity", "--no-compile"],
  tests: true,
};
const MOCHA: Step = { name: "mocha", command: "hardhat", args: ["test", "mocha", "--no-compile"], tests: true };

export function isOnly(text: string): text is Only {
  return ONLY.some((one) => one === text);
}

/** Steps that run one after the other. */
export type Lane = readonly Step[];

/** The steps of a run: groups in order, the lanes of a group at the same time. What starts processes has the machine for itself. */
export function stepsFor(only?: Only): readonly (readonly Lane[])[] {
  switch (only) {
    case undefined:
      return [[[BUILD, generateCheck()]], [[unit()], [typecheck(), LINT, SOLIDITY]], [[slow(), gasCheck()]]];
    case "lint":
      return [[[LINT]]];
    case "solidity":
      return [[[BUILD, SOLIDITY]]];
    case "mocha":
      return [[[BUILD, MOCHA]]];
    case "unit":
      return [[[BUILD, unit()]]];
  }
}

function unit(): Step {
  return { ...MOCHA, name: "unit", args: [...MOCHA.args, ...testFiles(false)] };
}

function slow(): Step {
  return { ...MOCHA, name: "integration", args: [...MOCHA.args, ...testFiles(true)] };
}

function testFiles(isSlow: boolean): string[] {
  return globSync("test/**/*.test.ts")
    .filter((file) => SLOW.includes(file.split(/[\\/]/)[1] ?? "") === isSlow)
    .sort();
}

function generateCheck(): Step {
  const script = "scripts/generate.ts";
  return {
    name: "generate",
    command: "node",
    args: ["--import", "tsx", script, "--check"],
    tests: false,
    needs: script,
  };
}

function typecheck(): Step {
  return { name: "typecheck", command: "tsc", args: ["--noEmit"], tests: false };
}

function gasCheck(): Step {
  const args = ["--import", "tsx", "scripts/bench-gas.ts", "--check", "--quick"];
  return { name: "gas", command: "node", args, tests: false };
}
