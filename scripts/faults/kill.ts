import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { PROJECT } from "./support/artifacts.ts";
import { countsIn, type StepCounts } from "./kill/book.ts";
import { runCampaign } from "./kill/campaign.ts";
import { killTable } from "./kill/table.ts";
import { seededRandom } from "./support/random.ts";

/**
 * `npm run faults:kill`: nodes that kill themselves right before and right after everything they make durable. Exit codes: 0 all
 * rounds went well, 1 something was lost, doubled or stuck, or steps were left over, 2 wrong usage.
 */
const FOLDER = join(PROJECT, ".guerdon/faults");

interface Options {
  readonly repeat: number;
  readonly step: string;
  readonly seed: number;
  readonly minutes: number;
  readonly perRound: number;
  readonly book?: string;
}

function readOptions(argv: readonly string[]): Options {
  const whole = (text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1)
      throw new CommanderError(2, "number", `${text} is no whole number from 1`);
    return value;
  };
  const command = new Command("faults:kill").exitOverride();
  command
    .option("--repeat <times>", "kills at every step, half before and half after it", whole, 100)
    .option("--step <pattern>", "only steps that match this regular expression", "")
    .option("--seed <number>", "which node dies at what", whole, 1)
    .option("--minutes <number>", "no further round after so long", whole, 24 * 60)
    .option("--book <file>", "counts that earlier campaigns left there go on; it is written after every round")
    .option("--per-round <number>", "most kills of one round, over all nodes", whole, 36);
  return command.parse(argv, { from: "user" }).opts<Options>();
}

interface Earlier {
  readonly steps: readonly StepCounts[];
  readonly violations: readonly string[];
}

const EMPTY: Earlier = { steps: [], violations: [] };

/** What earlier campaigns left; nothing where there was none. */
async function readBook(file: string): Promise<Earlier> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  });
  return text === null ? EMPTY : (JSON.parse(text) as Earlier);
}

async function main(argv: readonly string[]): Promise<number> {
  const { repeat, step, seed, minutes, perRound, book: file } = readOptions(argv);
  const earlier = file === undefined ? EMPTY : await readBook(file);
  const form = new RegExp(step);
  const begun = Date.now();
  const { book, rounds, kills, violations, complete } = await runCampaign({
    ...{ repeat, killsPerRound: perRound, firstRounds: 6, random: seededRandom(seed) },
    wanted: (name) => form.test(name),
    limitMs: minutes * 60_000,
    before: earlier.steps,
    onRound: async (kept, found) => {
      if (file === undefined) return;
      const all = { steps: countsIn(kept), violations: [...earlier.violations, ...found] };
      await writeFile(`${file}.tmp`, JSON.stringify(all, null, 1));
      await rename(`${file}.tmp`, file);
    },
    say: (line) => console.log(`${((Date.now() - begun) / 60_000).toFixed(1)} min, ${line}`),
  });
  const table = killTable(book);
  const took = ((Date.now() - begun) / 60_000).toFixed(1);
  const left = complete ? "" : `; ${book.left()} kills were not made`;
  const summary = `${rounds} rounds, ${kills} kills at ${book.rows.size} steps in ${took} minutes, seed ${seed}${left}`;
  console.log(`${table}\n${summary}`);
  if (earlier.violations.length > 0)
    console.log(`${earlier.violations.length} violations in earlier campaigns, see ${file}`);
  for (const violation of violations) console.error(violation);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, "kill.txt"), [table, summary, ...violations, ""].join("\n"));
  return violations.length === 0 ? 0 : 1;
}

// Chain and nodes go with this process.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof CommanderError)) console.error(error);
    process.exit(error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : 1);
  },
);
