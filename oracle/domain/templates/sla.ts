import { InputError } from "../errors.ts";
import { onlyFile } from "./one-file.ts";
import { checkFirstRound, inRosterOrder } from "./season.ts";
import type { EvidenceFile, Finding, PaymentRule, SeasonOptions, SeasonPlan, Template } from "./template.ts";
import { dayNumber, dayText, MINUTES_PER_DAY, readSummary, type Service } from "./upptime.ts";

/** The performance window in UTC days, both inclusive, as `YYYY-MM-DD`. */
export interface SlaParams {
  readonly from: string;
  readonly to: string;
}

/** The same window in `dayNumber`s, and its length in days. */
interface Window {
  readonly first: number;
  readonly last: number;
  readonly days: number;
}

const EXPECTED = "one Upptime summary.json";

/** Longest window, in days: ten years. */
export const MAX_WINDOW_DAYS = 3660;

/** Service credits: what falls short of a step is not paid. */
const PAYMENT: PaymentRule = {
  metered: false,
  curve: [
    { x: 9500, y: 0 },
    { x: 9500, y: 7500 },
    { x: 9900, y: 7500 },
    { x: 9900, y: 9000 },
    { x: 9990, y: 9000 },
    { x: 9990, y: 10_000 },
  ],
  fullPayBar: 10_000,
  defaultRate: 5000,
};

/** Cloud service levels: an Upptime `summary.json`, one round, every service paid by its availability in the window. */
export const slaTemplate: Template<SlaParams> = {
  name: "sla",
  files: null,
  mediaType: () => "application/json",
  plan,
  assess,
};

function plan(files: readonly EvidenceFile[], options: SeasonOptions): SeasonPlan<SlaParams> {
  const file = onlyFile(files, EXPECTED);
  if (options.rounds !== undefined && options.rounds !== 1) {
    throw new InputError("this template has a single round", {
      field: "--rounds",
      value: String(options.rounds),
      limit: "1",
    });
  }
  const services = readSummary(file);
  const params = resolveWindow(file.name, services, options);
  const window = checkWindow(params);
  return {
    title: `Availability of ${services.length} services, ${params.from} to ${params.to}`,
    params,
    criteria: [
      {
        id: "availability",
        statement: `The service answers its users from ${params.from} to ${params.to} (UTC days).`,
        direction: "higher",
        weight: 1,
        sourceTypes: ["monitor"],
        singleSourceReason:
          "No second monitor watches these services; one found down all the time is not judged on it.",
      },
    ],
    payment: PAYMENT,
    providers: services.map(({ slug, name }) => ({ id: slug, name, weight: 1 })),
    evidence: [[file]],
    notes: services.flatMap((service) => doubt(service, params, window)),
  };
}

function assess(
  params: SlaParams,
  providerIds: readonly string[],
  evidence: readonly EvidenceFile[],
  round: number,
): Finding[] {
  checkFirstRound("sla", round);
  const window = checkWindow(params);
  const file = onlyFile(evidence, EXPECTED);
  const services = new Map(readSummary(file).map((service) => [service.slug, service]));
  const ordered = inRosterOrder(services, providerIds, { file: file.name, field: "slug" });
  return ordered.map((service) => ({ providerId: service.slug, ...judge(minutesDown(service, window), window.days) }));
}

/** Score = floor(10,000 · minutes up / minutes); abstains where the service's only monitor saw it down throughout. */
function judge(down: number, days: number): Omit<Finding, "providerId"> {
  const all = MINUTES_PER_DAY * days;
  if (down === all) return { scoreBps: null, outcome: "down throughout by its only monitor" };
  const scoreBps = Math.floor((10_000 * (all - down)) / all);
  return { scoreBps, outcome: `${fixed(scoreBps, 2)} % available` };
}

function minutesDown({ minutesDown }: Service, { first, last }: Window): number {
  let total = 0;
  for (const [day, minutes] of minutesDown) if (day >= first && day <= last) total += minutes;
  return total;
}

/** A note where `uptimeYear` lies more than 0.1 points below the computed availability; compared exactly, in integers. */
function doubt(service: Service, { from, to }: SlaParams, window: Window): string[] {
  const all = MINUTES_PER_DAY * window.days;
  const up = all - minutesDown(service, window);
  // Both sides in 1/10,000 points times `all`: below 2^53 for any window allowed.
  const short = 1_000_000 * up - tenThousandths(service.uptimeYear) * all;
  if (short <= 1000 * all) return [];
  const computed = fixed(Math.floor((1_000_000 * up) / all), 4);
  return [
    `${service.slug}: uptimeYear ${service.uptimeYear} lies more than 0.1 points below the ${computed} % computed ` +
      `for ${from} to ${to}; some days may not have been watched`,
  ];
}

/** `99.62%` as 996,200 ten-thousandths of a point; the reader has checked the form. */
function tenThousandths(percent: string): number {
  const [whole, fraction = ""] = percent.slice(0, -1).split(".");
  return Number(whole) * 10_000 + Number(fraction.padEnd(4, "0"));
}

/** A whole number of 10^-`places`, written with that many decimals. */
function fixed(value: number, places: number): string {
  const digits = String(value).padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The window asked for; a side not given is the first or last day with downtime over all services. */
function resolveWindow(file: string, services: readonly Service[], { from, to }: SeasonOptions): SlaParams {
  let first = Infinity;
  let last = -Infinity;
  for (const { minutesDown } of services) {
    for (const [day, minutes] of minutesDown) {
      if (minutes === 0) continue;
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
  }
  if (first > last && (from === undefined || to === undefined)) {
    const field = from === undefined ? "--from" : "--to";
    const limit = "both --from and --to, as YYYY-MM-DD";
    throw new InputError("no service has downtime, so no window follows from the file", { file, field, limit });
  }
  return { from: from ?? dayText(first), to: to ?? dayText(last) };
}

function checkWindow({ from, to }: SlaParams): Window {
  const first = checkDay("--from", from);
  const last = checkDay("--to", to);
  const days = last - first + 1;
  if (days < 1) {
    throw new InputError("the window ends before it starts", { field: "--to", value: to, limit: `${from} or later` });
  }
  if (days > MAX_WINDOW_DAYS) {
    const limit = `at most ${MAX_WINDOW_DAYS} days`;
    throw new InputError(`the window has ${days} days`, { field: "--from", value: from, limit });
  }
  return { first, last, days };
}

function checkDay(field: string, day: string): number {
  const number = dayNumber(day);
  if (number === null) throw new InputError("no such day", { field, value: day, limit: "a UTC day as YYYY-MM-DD" });
  return number;
}
