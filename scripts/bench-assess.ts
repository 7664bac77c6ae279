import { parseArgs } from "node:util";
import { ROWS } from "./bench-assess/rows.ts";
import type { Measured, Row } from "./bench-assess/row.ts";

const USAGE = `npm run bench:assess -- [--seed N] [--row NAME]...
  prints what assessment reaches beside what was known before and what has to be reached
  --seed  another simulation; 1 where not given, and the same figures every time
  --row   only this row, may be repeated: ${ROWS.map(({ name }) => name).join(", ")}
Exit codes: 0 all marks met, 1 one is missed, 2 wrong usage.`;

const PREFACE = `No language model runs here, hosted or local. Judges are simulated, scripted or replayed, as each row says: the figures
test the arithmetic and the pipeline around a judge, and say nothing about how good any real judge is.`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  console.log(`${PREFACE}\nseed ${options.seed}\n`);
  let missed = 0;
  for (const row of options.rows) {
    const measured = await row.measure(options.seed);
    console.log(`${textOf(row, measured)}\n`);
    if (!measured.passed) missed++;
  }
  console.log(
    missed === 0 ? `all ${options.rows.length} marks met` : `${missed} of ${options.rows.length} marks missed`,
  );
  return missed === 0 ? 0 : 1;
}

function textOf(row: Row, { value, passed, notes = [] }: Measured): string {
  return [
    row.what,
    `  anchor    ${row.anchor}`,
    `  mark      ${row.mark}`,
    `  measured  ${value}  ${passed ? "met" : "MISSED"}`,
    `  basis     ${row.basis}`,
    ...notes.map((note) => `            ${note}`),
  ].join("\n");
}

function readOptions(): { seed: number; rows: readonly Row[] } | null {
  try {
    const { values } = parseArgs({ options: { seed: { type: "string" }, row: { type: "string", multiple: true } } });
    const { seed = "1", row: names } = values;
    const unknown = names?.some((name) => ROWS.every((row) => row.name !== name)) ?? false;
    if (!/^\d{1,9}$/.test(seed) || unknown) return null;
    return { seed: Number(seed), rows: ROWS.filter(({ name }) => names?.includes(name) ?? true) };
  } catch {
    return null;
  }
}
