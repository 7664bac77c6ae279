import { MAX_METERED_PROVIDERS, MAX_ROUNDS } from "../../../contracts/protocol/limits.ts";
import { readCsv, type CsvRow } from "../csv.ts";
import { InputError } from "../errors.ts";
import { onlyFile } from "./one-file.ts";
import { inRosterOrder } from "./season.ts";
import type { EvidenceFile, Finding, PaymentRule, SeasonOptions, SeasonPlan, Template } from "./template.ts";

/** A provider: some engines whose hours are sold together. */
export interface Fleet {
  readonly id: string;
  /** Engine numbers of the data set. */
  readonly engines: readonly number[];
}

export interface EngineParams {
  readonly fleets: readonly Fleet[];
  /** Flight cycles contracted per engine and round. */
  readonly cyclesPerRound: number;
}

/** One flight cycle of one engine. */
interface Flight {
  readonly row: CsvRow;
  readonly engine: number;
  readonly cycle: number;
}

const ENGINES_PER_FLEET = 5;
const CYCLES_PER_ROUND = 30;
const DEFAULT_ROUNDS = 12;
/** Fleets are no column of the file: they stand in the settings of the season. */
const ROSTER = { file: "outcome spec", field: "fleets" } as const;
const EXPECTED = "one CSV of telemetry";
const NEWLINE = 10;
const RETURN = 13;

/** Power by the hour: below 95 % a missed flight costs more than its hour, as units and score both fall. */
const PAYMENT: PaymentRule = {
  metered: true,
  curve: [
    { x: 0, y: 0 },
    { x: 9500, y: 9500 },
    { x: 9500, y: 10_000 },
  ],
  fullPayBar: 10_000,
  defaultRate: 5000,
};

/** Turbofans by the hour: telemetry with a row per engine and flight cycle; fleets of five are paid by cycles flown. */
export const engineTemplate: Template<EngineParams> = {
  name: "engine",
  files: null,
  mediaType: () => "text/csv",
  plan,
  assess,
};

function plan(files: readonly EvidenceFile[], options: SeasonOptions): SeasonPlan<EngineParams> {
  const rounds = checkOptions(options);
  const file = onlyFile(files, EXPECTED);
  const flights = readFlights(file, 1);
  const fleets = formFleets(file.name, [...new Set(flights.map((flight) => flight.engine))]);
  return {
    title: `${fleets.length} turbofan fleets by the hour, ${rounds} rounds of ${CYCLES_PER_ROUND} cycles`,
    params: { fleets, cyclesPerRound: CYCLES_PER_ROUND },
    criteria: [
      {
        id: "cycles-flown",
        statement: `The fleet flies the ${CYCLES_PER_ROUND} cycles contracted per engine and round.`,
        direction: "higher",
        weight: 1,
        sourceTypes: ["telemetry"],
        singleSourceReason:
          "Every flight cycle leaves its own telemetry; nobody else records flights in this data set.",
      },
    ],
    payment: PAYMENT,
    providers: fleets.map(({ id, engines }) => ({
      id,
      name: engines.length === 1 ? `Engine ${engines[0]}` : `Engines ${engines.join(", ")}`,
      weight: contracted(engines, CYCLES_PER_ROUND),
    })),
    evidence: sliceRounds(file, flights, rounds),
    notes: [],
  };
}

function assess(
  { fleets, cyclesPerRound }: EngineParams,
  providerIds: readonly string[],
  evidence: readonly EvidenceFile[],
  round: number,
): Finding[] {
  const file = onlyFile(evidence, EXPECTED);
  const first = round * cyclesPerRound + 1;
  const flown = new Map(fleets.flatMap(({ engines }) => engines.map((number) => [number, 0])));
  for (const { row, engine, cycle } of isHeaderOnly(file) ? [] : readFlights(file, first)) {
    const count = flown.get(engine);
    if (count === undefined) throw row.error("the engine is in no fleet", "engine", "an engine of the season");
    if (cycle >= first + cyclesPerRound) {
      throw row.error(`the cycle is not of round ${round + 1}`, "cycle", `${first} to ${first + cyclesPerRound - 1}`);
    }
    flown.set(engine, count + 1);
  }
  const roster = inRosterOrder(new Map(fleets.map((fleet) => [fleet.id, fleet])), providerIds, ROSTER);
  return roster.map(({ id, engines }) => {
    const units = engines.reduce((sum, number) => sum + flown.get(number)!, 0);
    return finding(id, units, contracted(engines, cyclesPerRound));
  });
}

function finding(providerId: string, units: number, weight: number): Finding {
  const scoreBps = Math.floor((10_000 * units) / weight);
  return { providerId, scoreBps, units, outcome: `${units} of ${weight} cycles` };
}

function contracted(engines: readonly number[], cyclesPerRound: number): number {
  return engines.length * cyclesPerRound;
}

/**
 * The rows of a file. Every field is a number, and the cycles of an engine follow each other without a gap.
 * @param first cycle each engine starts with
 */
function readFlights(file: EvidenceFile, first: number): Flight[] {
  const { columns, rows } = readCsv(file, ["engine", "cycle"]);
  const readings = columns.filter((column) => column !== "engine" && column !== "cycle");
  const due = new Map<number, number>();
  return rows.map((row, i) => {
    // Slices are cut by line, so a row must be a line; its numbers cannot hold line breaks, which leaves the header.
    if (i === 0 && row.line !== 2) throw new InputError("the header is not one line", { file: file.name, line: 1 });
    const flight = { row, engine: row.integer("engine", { min: 1 }), cycle: row.integer("cycle", { min: 1 }) };
    const next = due.get(flight.engine) ?? first;
    if (flight.cycle !== next) {
      throw row.error(`engine ${flight.engine} has a cycle twice, missing or out of order`, "cycle", `cycle ${next}`);
    }
    due.set(flight.engine, next + 1);
    for (const column of readings) row.finite(column, { min: -Infinity });
    return flight;
  });
}

/** Fleets of five in file order; the last may be smaller. */
function formFleets(file: string, engines: readonly number[]): Fleet[] {
  const count = Math.ceil(engines.length / ENGINES_PER_FLEET);
  if (count > MAX_METERED_PROVIDERS) {
    const limit = `at most ${MAX_METERED_PROVIDERS * ENGINES_PER_FLEET}`;
    throw new InputError("too many engines", { file, field: "engine", value: String(engines.length), limit });
  }
  return Array.from({ length: count }, (_, i) => ({
    id: `fleet-${i + 1}`,
    engines: engines.slice(i * ENGINES_PER_FLEET, (i + 1) * ENGINES_PER_FLEET),
  }));
}

/** A file per round with the header and the lines of that round's cycles, bytes untouched; later cycles are in no round. */
function sliceRounds(file: EvidenceFile, flights: readonly Flight[], rounds: number): EvidenceFile[][] {
  const [header, ...lines] = splitLines(file.bytes);
  const slices = Array.from({ length: rounds }, () => [header!]);
  flights.forEach(({ cycle }, i) => slices[Math.floor((cycle - 1) / CYCLES_PER_ROUND)]?.push(lines[i]!));
  return slices.map((slice) => [{ ...file, bytes: concat(slice) }]);
}

/** The lines of a file with their line breaks; a last line without one gets the first line's. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const ends = bytes[i] === NEWLINE || (bytes[i] === RETURN && bytes[i + 1] !== NEWLINE);
    if (!ends) continue;
    lines.push(bytes.subarray(start, i + 1));
    start = i + 1;
  }
  if (start < bytes.length) lines.push(concat([bytes.subarray(start), lineBreak(lines[0])]));
  return lines;
}

function lineBreak(line: Uint8Array | undefined): Uint8Array {
  if (line === undefined) return Uint8Array.of(NEWLINE);
  return line.subarray(line.at(-2) === RETURN ? -2 : -1);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether nothing was flown. The header is checked all the same: the reader wants a row, so it gets the header as one. */
function isHeaderOnly(file: EvidenceFile): boolean {
  const lines = splitLines(file.bytes);
  if (lines.length !== 1) return false;
  readCsv({ ...file, bytes: concat([lines[0]!, lines[0]!]) }, ["engine", "cycle"]);
  return true;
}

function checkOptions({ from, to, rounds = DEFAULT_ROUNDS }: SeasonOptions): number {
  for (const [field, value] of Object.entries({ "--from": from, "--to": to })) {
    if (value !== undefined)
      throw new InputError("this template counts cycles, not days", { field, value, limit: "no such option" });
  }
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    const limit = `a whole number, 1 to ${MAX_ROUNDS}`;
    throw new InputError("the number of rounds is out of range", { field: "--rounds", value: String(rounds), limit });
  }
  return rounds;
}
