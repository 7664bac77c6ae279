import { MAX_PROVIDERS } from "../../../contracts/protocol/limits.ts";
import { InputError } from "../errors.ts";
import { roundToDecimals, toFixed, type Rational } from "../rational.ts";
import { fileNamed } from "./files.ts";
import { totalPerformanceScore } from "./hospital/recompute.ts";
import { HOSPITAL_FILES, readHospitals, TOTAL_SCORE } from "./hospital/tables.ts";
import { checkFirstRound, checkOneRound, checkProviderCount, inRosterOrder } from "./season.ts";
import type { Criterion, EvidenceFile, Finding, PaymentRule, SeasonOptions, SeasonPlan, Template } from "./template.ts";

/** Settings of a hospital season as they stand in the outcome spec. */
export interface HospitalParams {
  /** Programme year of every row. */
  readonly fiscalYear: number;
}

interface Hospital {
  readonly id: string;
  readonly name: string;
  readonly total: Rational | null;
}

const FILES = Object.values(HOSPITAL_FILES);
const ROSTER = { file: HOSPITAL_FILES.total, field: "Facility ID" } as const;
const PAYMENT: PaymentRule = { metered: false, curve: [], fullPayBar: 0, defaultRate: 5_000 };

/**
 * Value-based health contracts after the Hospital Value-Based Purchasing Program of the Centers for Medicare & Medicaid
 * Services: a hospital is paid by its Total Performance Score, which is recomputed from the published rates.
 */
export const hospitalTemplate: Template<HospitalParams> = {
  name: "hospital",
  files: FILES,
  mediaType: () => "text/csv",
  plan,
  assess,
};

function plan(files: readonly EvidenceFile[], options: SeasonOptions): SeasonPlan<HospitalParams> {
  checkOneRound("hospital", options);
  const { fiscalYear, hospitals } = assessHospitals(files);
  const enrolled = hospitals.filter(({ total }) => total !== null);
  checkProviderCount(HOSPITAL_FILES.total, TOTAL_SCORE, enrolled.length, MAX_PROVIDERS);
  return {
    title: `Hospital value-based purchasing, fiscal year ${fiscalYear}`,
    params: { fiscalYear },
    criteria: CRITERIA,
    payment: PAYMENT,
    providers: enrolled.map(({ id, name }) => ({ id, name, weight: 1 })),
    evidence: [FILES.map((name) => fileNamed(files, name))],
    notes: notesOn(hospitals),
  };
}

function assess(
  params: HospitalParams,
  providerIds: readonly string[],
  files: readonly EvidenceFile[],
  round: number,
): Finding[] {
  checkFirstRound("hospital", round);
  const { fiscalYear, hospitals } = assessHospitals(files);
  if (fiscalYear !== params.fiscalYear) {
    const fault = { file: HOSPITAL_FILES.total, field: "Fiscal Year", value: String(fiscalYear) };
    throw new InputError("evidence of another year", {
      ...fault,
      limit: `${params.fiscalYear}, as in the outcome spec`,
    });
  }
  const findings = hospitals.flatMap(({ id, total }) => (total === null ? [] : [findingOf(id, total)]));
  return inRosterOrder(new Map(findings.map((finding) => [finding.providerId, finding])), providerIds, ROSTER);
}

function assessHospitals(files: readonly EvidenceFile[]): {
  readonly fiscalYear: number;
  readonly hospitals: readonly Hospital[];
} {
  const { fiscalYear, hospitals } = readHospitals(files);
  const assessed = hospitals.map((rows) => ({
    id: rows.total.id,
    name: rows.total.name,
    total: totalPerformanceScore(rows),
  }));
  return { fiscalYear, hospitals: assessed };
}

/** Score in basis points: the Total Performance Score (0 to 100) times 100, rounded half up. */
function findingOf(providerId: string, total: Rational): Finding {
  return { providerId, scoreBps: Number(roundToDecimals(total, 2)), outcome: `TPS ${toFixed(total, 2)}` };
}

function notesOn(hospitals: readonly Hospital[]): string[] {
  const given =
    "The combined SSI score and the HCAHPS consistency score rest on unpublished inputs and are taken as given.";
  const leftOut = hospitals.filter(({ total }) => total === null);
  return [given, ...leftOut.map(({ id, name }) => `Not enrolled: hospital ${id} (${name}) has no ${TOTAL_SCORE}.`)];
}

const CRITERIA: readonly Criterion[] = [
  criterion(
    "clinical-outcomes",
    "Patients survive the illnesses and operations treated, free of complications.",
    "claims",
  ),
  criterion("person-and-community-engagement", "Patients say that they were cared for well.", "patient-survey"),
  criterion("safety", "Patients do not catch infections in the hospital.", "infection-surveillance"),
  criterion("efficiency-and-cost-reduction", "Care around a stay costs less than it does elsewhere.", "claims"),
];

function criterion(id: string, statement: string, sourceType: string): Criterion {
  const singleSourceReason = "The programme publishes one source for each domain; its four domains check one another.";
  return { id, statement, direction: "higher", weight: 1, sourceTypes: [sourceType], singleSourceReason };
}
