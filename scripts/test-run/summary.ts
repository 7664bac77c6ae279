import { stripVTControlCharacters } from "node:util";

/** Tests that passed and that failed; those that were skipped count as neither. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export const NO_TESTS: Counts = { passed: 0, failed: 0 };

/**
 * Counts in the output of mocha's spec reporter or of Hardhat's runner of Solidity tests, which end alike: a line `N passing`,
 * perhaps one `N failing`. `null` where there is no such line, so that a runner that died is never taken for an empty one.
 */
export function parseCounts(output: string): Counts | null {
  const plain = stripVTControlCharacters(output);
  const passing = [...plain.matchAll(/^ +(\d+) passing(?: \([^)]*\))?[ \t]*\r?$/gm)].at(-1);
  if (passing === undefined) return null;
  const failing = /^ +(\d+) failing[ \t]*\r?$/m.exec(plain.slice(passing.index));
  return { passed: Number(passing[1]), failed: Number(failing?.[1] ?? 0) };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** The last line of a run. */
export function closingLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}
