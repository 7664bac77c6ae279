import { Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../../oracle/domain/errors.ts";
import { EXAMPLE_NAMES, type ExampleName } from "./example-form.ts";
import { JUDGE_KINDS, type JudgeKind } from "./judges.ts";
import { TEMPLATE_NAMES, type TemplateName } from "../../oracle/domain/templates/index.ts";

/** Decimals of the local stablecoin. */
export const TOKEN_DECIMALS = 6;

/** What a person asked `npm start` for. */
export interface SeasonRequest {
  readonly template: TemplateName | ExampleName;
  /** Who judges words; models where one is set, else scripted judges. */
  readonly judges?: JudgeKind;
  /** File or folder of evidence; the project's own data where absent. */
  readonly data?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rounds?: number;
  /** Funds of the whole season, base units. */
  readonly budget: bigint;
  readonly feeBps: number;
  /** Node that is told to lie, 1 to 3. */
  readonly faultyNode?: number;
  /** Redis server the nodes keep their state in, each under keys of its own; each in a file of its own where absent. */
  readonly redis?: string;
  /** Node that is killed in the middle of the first round and started again, 1 to 3. */
  readonly restartNode?: number;
  /** Node that is killed in the middle of the first round and stays away, 2 or 3: the first takes in the evidence. */
  readonly silentNode?: number;
  /** Folder for the result. */
  readonly out?: string;
  /** New folder for what is private of it, as the arbiter may have it. */
  readonly privateOut?: string;
  /** End when the season is over, instead of serving it. */
  readonly once: boolean;
  /** Port of the HTTP API, and of the chain's endpoint; 0: any free one. */
  readonly port: number;
  readonly rpcPort: number;
}

/**
 * Reads the command line.
 * @throws CommanderError for wrong usage (its `exitCode` is set to 2 by the caller)
 * @throws InputError for a value that cannot be used
 */
export function readRequest(argv: readonly string[]): SeasonRequest {
  const command = program().parse(argv, { from: "user" });
  const options = command.opts<RawOptions>();
  const { budget, once, ...rest } = options;
  const port = options.port ?? (once === true ? 0 : 8787);
  const rpcPort = options.rpcPort ?? (once === true ? 0 : 8545);
  // Both are free at the start, and the second to be taken would only be missed when the season is over.
  if (port !== 0 && port === rpcPort) {
    command.error(`error: options '--port <n>' and '--rpc-port <n>' are both ${port}. Expected two different ports.`);
  }
  return { ...rest, once: once === true, budget: parseBudget(budget), port, rpcPort };
}

/**
 * Base units of an amount in token units.
 * @throws InputError where it is not a decimal above zero with at most 6 decimals
 */
export function parseBudget(text: string): bigint {
  const fault = { field: "--budget", value: text };
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new InputError("not an amount", { ...fault, limit: "digits, with a point or without" });
  const [, whole = "", fraction = ""] = match;
  if (fraction.length > TOKEN_DECIMALS) {
    throw new InputError("too many decimals", { ...fault, limit: `at most ${TOKEN_DECIMALS}, as the token has` });
  }
  const amount = BigInt(whole + fraction.padEnd(TOKEN_DECIMALS, "0"));
  if (amount === 0n) throw new InputError("nothing to pay with", { ...fault, limit: "an amount above zero" });
  if (amount >= 2n ** 128n) throw new InputError("too much", { ...fault, limit: "below 2^128 base units" });
  return amount;
}

/** What can be played: templates that compute, and examples of agreements whose words are judged. */
const SEASONS = [...TEMPLATE_NAMES, ...EXAMPLE_NAMES];

type RawOptions = Omit<SeasonRequest, "budget" | "once" | "port" | "rpcPort"> & {
  readonly budget: string;
  readonly once?: boolean;
  readonly port?: number;
  readonly rpcPort?: number;
};

function program(): Command {
  return new Command("npm start --")
    .description("Runs a season on a local chain: evidence, assessment, payout, refund, audit.")
    .addOption(new Option("--template <name>", "kind of outcome contract").choices(SEASONS).default("sla"))
    .addOption(
      new Option(
        "--judges <kind>",
        "who judges words (car-repair, flourishing): models of the settings, or scripted judges",
      ).choices(JUDGE_KINDS),
    )
    .option("--data <path>", "evidence: a file for sla and engine, a folder for hospital and impact")
    .option("--from <day>", "first day of the window, YYYY-MM-DD (sla)")
    .option("--to <day>", "last day of the window, inclusive (sla)")
    .option("--rounds <n>", "rounds of the season (engine)", wholeNumber(1, 520))
    .option("--budget <amount>", "funds of the whole season, in token units", "100000")
    .option("--fee-bps <n>", "fee in basis points", wholeNumber(0, 1_000), 0)
    .option("--faulty-node <n>", "node that signs a false result, 1 to 3", wholeNumber(1, 3))
    .option("--redis <url>", "Redis server for the nodes' state, such as redis://127.0.0.1:6379", redisUrl)
    .option(
      "--silent-node <n>",
      "node that is killed in the middle of the first round for good, 2 or 3",
      wholeNumber(2, 3),
    )
    .option("--restart-node <n>", "node that is killed in the middle of the first round, 1 to 3", wholeNumber(1, 3))
    .option("--out <folder>", "where to write the result, the bundles and the chain export")
    .option(
      "--private-out <folder>",
      "new folder for private evidence and records, which the arbiter downloads (car-repair, flourishing)",
    )
    .option("--once", "end when the season is over")
    .option("--port <n>", "port of the HTTP API (8787; any free one with --once)", wholeNumber(0, 65_535))
    .option("--rpc-port <n>", "port of the local chain (8545; any free one with --once)", wholeNumber(0, 65_535))
    .allowExcessArguments(false)
    .exitOverride();
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

function redisUrl(text: string): string {
  if (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("Expected an address such as redis://127.0.0.1:6379.");
}
