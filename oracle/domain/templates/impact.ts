import { MAX_METERED_PROVIDERS } from "../../../contracts/protocol/limits.ts";
import { InputError } from "../errors.ts";
import { fileNamed } from "./files.ts";
import { measure, measuredIds, readProjects, weightedMetrics, type Project } from "./impact/population.ts";
import { rewardsInCents } from "./impact/rewards.ts";
import { readSettings, sameSettings, type ImpactSettings } from "./impact/settings.ts";
import { checkFirstRound, checkOneRound, checkProviderCount, inRosterOrder } from "./season.ts";
import type { Criterion, EvidenceFile, Finding, PaymentRule, SeasonOptions, SeasonPlan, Template } from "./template.ts";

export { publishedRewards } from "./impact/published.ts";
export type { ImpactSettings } from "./impact/settings.ts";

const SETTINGS_FILE = "onchain__goldilocks.yaml";
const METRICS_FILE = "onchain__metrics_by_project.csv";
const PROJECTS_FILE = "onchain__project_metadata.csv";
const FILES = [SETTINGS_FILE, METRICS_FILE, PROJECTS_FILE];
const ROSTER = { file: PROJECTS_FILE, field: "project_id" } as const;

const MOST_UNITS = 2 ** 32 - 1;
const FULL_SCORE = 10_000;
const PAYMENT: PaymentRule = { metered: true, curve: [], fullPayBar: 0, defaultRate: 5_000 };

interface Assessed {
  readonly settings: ImpactSettings;
  readonly projects: readonly Project[];
  /** Cents by project id, of the scored projects only. */
  readonly rewards: ReadonlyMap<string, number>;
}

/**
 * One budget routed to many projects by measured impact, after Optimism's Retro Funding for on-chain builders. The pool is
 * metered: a project's units are its reward in cents, so the payout rule splits any budget as the round split its own.
 */
export const impactTemplate: Template<ImpactSettings> = {
  name: "impact",
  files: FILES,
  mediaType,
  plan,
  assess,
};

function mediaType(name: string): EvidenceFile["mediaType"] {
  if (name.endsWith(".json")) return "application/json";
  return /\.ya?ml$/.test(name) ? "application/yaml" : "text/csv";
}

function plan(files: readonly EvidenceFile[], options: SeasonOptions): SeasonPlan<ImpactSettings> {
  checkOneRound("impact", options);
  const assessed = assessProjects(files);
  const { settings, projects, rewards } = assessed;
  const scored = projects.filter(({ id }) => rewards.has(id));
  return {
    title: `Retro funding of on-chain builders, ${settings.simulation.periods.current}`,
    params: settings,
    criteria: criteriaOf(settings),
    payment: PAYMENT,
    providers: scored.map(({ id, name }) => ({ id, name, weight: 1 })),
    evidence: [FILES.map((name) => fileNamed(files, name))],
    notes: notesOn(assessed, measuredIds(fileNamed(files, METRICS_FILE))),
  };
}

function assess(
  params: ImpactSettings,
  providerIds: readonly string[],
  files: readonly EvidenceFile[],
  round: number,
): Finding[] {
  checkFirstRound("impact", round);
  const { settings, rewards } = assessProjects(files);
  if (!sameSettings(params, settings)) {
    throw new InputError("the round's rule is not the one of the outcome spec", {
      file: SETTINGS_FILE,
      limit: "the same settings",
    });
  }
  const findings = [...rewards].map(([id, cents]): [string, Finding] => [id, findingOf(id, cents)]);
  return inRosterOrder(new Map(findings), providerIds, ROSTER);
}

function assessProjects(files: readonly EvidenceFile[]): Assessed {
  const settings = readSettings(fileNamed(files, SETTINGS_FILE));
  const projects = readProjects(fileNamed(files, PROJECTS_FILE));
  const population = measure(settings, projects, fileNamed(files, METRICS_FILE));
  checkProviderCount(PROJECTS_FILE, ROSTER.field, population.length, MAX_METERED_PROVIDERS);
  const rewards = rewardsInCents(settings, population);
  checkUnits(settings, rewards);
  return { settings, projects, rewards };
}

function checkUnits({ allocation: { budget } }: ImpactSettings, rewards: ReadonlyMap<string, number>): void {
  const largest = [...rewards.values()].reduce((most, cents) => Math.max(most, cents), 0);
  if (largest <= MOST_UNITS) return;
  const fault = { file: SETTINGS_FILE, field: "allocation.budget", value: String(budget) };
  throw new InputError("a reward does not fit a score record", {
    ...fault,
    limit: `rewards of at most ${MOST_UNITS} cents`,
  });
}

/** Units are cents. The score is full: the reward already says everything about the outcome. */
function findingOf(providerId: string, cents: number): Finding {
  return { providerId, scoreBps: FULL_SCORE, units: cents, outcome: `reward ${(cents / 100).toFixed(2)} OP` };
}

function notesOn({ settings, projects, rewards }: Assessed, measured: readonly string[]): string[] {
  const filtered = settings.simulation.eligibility_filter;
  const known = new Set(projects.map(({ id }) => id));
  const leftOut = projects.filter(({ id }) => !rewards.has(id));
  const ofFlag = (flag: boolean | null): readonly Project[] => leftOut.filter((project) => project.flag === flag);
  const open = filtered ? leftOut.filter(({ flag }) => flag === true) : leftOut;
  return [
    ...noteOf("not eligible", filtered ? ofFlag(false).map(nameOf) : []),
    ...noteOf("eligibility not stated", filtered ? ofFlag(null).map(nameOf) : []),
    ...noteOf("no row of a weighted metric in either period", open.map(nameOf)),
    ...noteOf(
      "not in the project metadata",
      measured.filter((id) => !known.has(id)),
    ),
  ];
}

function nameOf({ name }: Project): string {
  return name;
}

function noteOf(reason: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Not enrolled, ${reason}: ${names.length} (${names.join(", ")}).`];
}

function criteriaOf(settings: ImpactSettings): Criterion[] {
  return weightedMetrics(settings).map((metric) => ({
    id: metric,
    statement: `The project brings the network more ${metric.replaceAll("_", " ")}: much of it now, growing, and kept.`,
    direction: "higher",
    weight: settings.simulation.metrics[metric]!,
    sourceTypes: ["public-chain-data"],
    singleSourceReason: "The figures are computed from public chains, where anyone can compute them again.",
  }));
}
