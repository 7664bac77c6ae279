import { readCsv, type CsvRow } from "../../csv.ts";
import { InputError } from "../../errors.ts";
import type { EvidenceFile } from "../template.ts";
import { chainKey, type ImpactSettings } from "./settings.ts";

/** Sums of products of amounts up to this stay finite in a double. */
const MOST_AMOUNT = 1e30;

/** A project of the round; `flag` is null where the metadata leave eligibility open. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly flag: boolean | null;
}

/** A project's figure of one metric in both periods. */
export interface Figures {
  readonly previous: number;
  readonly current: number;
}

/** A scored project: its figures by metric, in the order of `weightedMetrics`, and its total value locked now. */
export interface Measured {
  readonly id: string;
  readonly figures: readonly Figures[];
  readonly totalValueLocked: number;
}

interface Reading {
  readonly project: string;
  readonly chain: string;
  readonly metric: string;
  readonly period: string;
  readonly amount: number;
}

type Amounts = ReadonlyMap<string, readonly Reading[]>;

/** Names of the metrics with a weight above 0, sorted so that no sum depends on the order of the file. */
export function weightedMetrics({ simulation: { metrics } }: ImpactSettings): string[] {
  return Object.keys(metrics)
    .filter((metric) => metrics[metric]! > 0)
    .sort();
}

/** The projects of the metadata, in their order. An id that is there twice, or a flag that is no flag, is an `InputError`. */
export function readProjects(file: EvidenceFile): Project[] {
  const lines = new Map<string, number>();
  return readCsv(file, ["project_id", "display_name", "is_eligible"]).rows.map((row) => {
    const id = row.filled("project_id");
    const earlier = lines.get(id);
    if (earlier !== undefined)
      throw row.error("the project occurs twice", "project_id", `each id once; it is on line ${earlier} too`);
    lines.set(id, row.line);
    return { id, name: row.text("display_name").trim() || id, flag: readFlag(row) };
  });
}

/**
 * The scored projects with their figures: eligible ones with a row of a weighted metric in either period, sorted by id. A metric
 * is summed over chains, each amount times the chain's weight (1 where none is set).
 */
export function measure(settings: ImpactSettings, projects: readonly Project[], file: EvidenceFile): Measured[] {
  const readings = readMetrics(file);
  const { eligibility_filter: filtered } = settings.simulation;
  const eligible = new Set(projects.filter(({ flag }) => !filtered || flag === true).map(({ id }) => id));
  const amounts = byFigure(readings.filter(({ project }) => eligible.has(project)));
  const metrics = weightedMetrics(settings);
  const { previous, current } = settings.simulation.periods;
  const population = [...eligible]
    .sort()
    .filter((id) =>
      metrics.some((metric) => [previous, current].some((period) => amounts.has(key(id, metric, period)))),
    );
  checkCoverage(settings, population, amounts, file.name);
  return population.map((id) => measureOne(settings, metrics, id, amounts));
}

/** The distinct project ids of the metrics, sorted. */
export function measuredIds(file: EvidenceFile): string[] {
  return [...new Set(readMetrics(file).map(({ project }) => project))].sort();
}

/** Readings of one project, metric and period together. */
function byFigure(readings: readonly Reading[]): Amounts {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const figure = key(reading.project, reading.metric, reading.period);
    const group = groups.get(figure);
    if (group === undefined) groups.set(figure, [reading]);
    else group.push(reading);
  }
  return groups;
}

function readMetrics(file: EvidenceFile): Reading[] {
  const lines = new Map<string, number>();
  return readCsv(file, ["project_id", "chain", "metric_name", "measurement_period", "amount"]).rows.map((row) => {
    const reading = readReading(row);
    const identity = key(reading.project, reading.chain, reading.metric, reading.period);
    const earlier = lines.get(identity);
    if (earlier !== undefined) {
      const limit = `one amount for each project, chain, metric and period; line ${earlier} has one too`;
      throw row.error("the amount is there twice", "metric_name", limit);
    }
    lines.set(identity, row.line);
    return reading;
  });
}

function readReading(row: CsvRow): Reading {
  return {
    project: row.filled("project_id"),
    chain: chainKey(row.filled("chain")),
    metric: row.filled("metric_name"),
    period: row.filled("measurement_period"),
    amount: row.finite("amount", { max: MOST_AMOUNT }),
  };
}

function readFlag(row: CsvRow): boolean | null {
  const text = row.text("is_eligible");
  if (text !== "True" && text !== "False" && text !== "")
    throw row.error("no flag", "is_eligible", "True, False or nothing");
  return text === "" ? null : text === "True";
}

/** A metric without any amount would be one constant for all, and a period without any would turn growth into adoption. */
function checkCoverage(settings: ImpactSettings, population: readonly string[], amounts: Amounts, file: string): void {
  const metrics = weightedMetrics(settings);
  const periods = Object.values(settings.simulation.periods);
  const covers = (metric: string, period: string): boolean =>
    population.some((id) => amounts.has(key(id, metric, period)));
  const metric = metrics.find((name) => !periods.some((period) => covers(name, period)));
  const period = periods.find((name) => !metrics.some((each) => covers(each, name)));
  const limit = "at least one row of an eligible project";
  if (period !== undefined)
    throw new InputError("no row of a weighted metric", { file, field: "measurement_period", value: period, limit });
  if (metric !== undefined)
    throw new InputError("no row of a weighted metric", { file, field: "metric_name", value: metric, limit });
}

function measureOne(settings: ImpactSettings, metrics: readonly string[], id: string, amounts: Amounts): Measured {
  const { periods } = settings.simulation;
  const figure = (metric: string, period: string): number =>
    figureOf(settings, metric, amounts.get(key(id, metric, period)) ?? []);
  const figures = metrics.map((metric) => ({
    previous: figure(metric, periods.previous),
    current: figure(metric, periods.current),
  }));
  const tvlMetrics = Object.keys(settings.simulation.metrics).filter(isTotalValueLocked).sort();
  const totalValueLocked = tvlMetrics.reduce((total, metric) => total + figure(metric, periods.current), 0);
  return { id, figures, totalValueLocked };
}

/** One metric of one project in one period, summed in the order of chain names. */
function figureOf(settings: ImpactSettings, metric: string, readings: readonly Reading[]): number {
  const { chains, tvl_minimum: minimum } = settings.simulation;
  const weights = new Map(Object.entries(chains).map(([chain, weight]) => [chainKey(chain), weight]));
  const ordered = readings.toSorted((a, b) => (a.chain < b.chain ? -1 : 1));
  const total = ordered.reduce((sum, { amount }) => sum + amount, 0);
  if (isTotalValueLocked(metric) && total < minimum) return 0;
  return ordered.reduce((sum, { amount, chain }) => sum + amount * (weights.get(chain) ?? 1), 0);
}

function isTotalValueLocked(metric: string): boolean {
  return metric.toLowerCase().includes("tvl");
}

function key(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
