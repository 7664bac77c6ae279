import { compare, divide, rational, sum, type Rational } from "../../rational.ts";
import {
  achievementPoints,
  CLINICAL_MEASURES,
  DIMENSIONS,
  EFFICIENCY_MEASURES,
  improvementPoints,
  measureScore,
  MOST_ACHIEVEMENT_POINTS,
  MOST_IMPROVEMENT_POINTS,
  SAFETY_MEASURES,
  type Measure,
  type Rates,
} from "./measures.ts";
import type { HospitalRow } from "./row.ts";
import {
  BASE_SCORE,
  COMBINED_SSI_SCORE,
  CONSISTENCY_SCORE,
  DOMAIN_COLUMNS,
  DOMAINS,
  TOTAL_SCORE,
  type Domain,
  type HospitalRows,
} from "./tables.ts";

/** Fewest measure scores a clinical outcomes or safety domain score may rest on. */
const LEAST_MEASURES = 2;
const MOST_BASE_SCORE = MOST_ACHIEVEMENT_POINTS * DIMENSIONS.length;
const MOST_CONSISTENCY_SCORE = 20;

type DomainScores = Readonly<Record<Domain, Rational | null>>;

/**
 * Recomputes a hospital's points, scores and Total Performance Score, and throws an `InputError` at the first published figure
 * that differs. The combined SSI score and the consistency score rest on unpublished inputs and are taken as given.
 * @returns the exact score, 0 to 100; null where the programme publishes none
 */
export function totalPerformanceScore(rows: HospitalRows): Rational | null {
  const domains: DomainScores = {
    clinical: clinicalScore(rows.clinical),
    person: personScore(rows.person),
    safety: safetyScore(rows.safety),
    efficiency: efficiencyScore(rows.efficiency),
  };
  const published = rows.total.score(TOTAL_SCORE);
  checkDomains(rows.total, domains, published !== null);
  // The programme may withhold a total for reasons these files do not show, so a missing one is no difference.
  if (published === null) return null;
  const total = mean(DOMAINS.map((domain) => domains[domain]).filter((score) => score !== null));
  rows.total.checkScore(TOTAL_SCORE, published, total);
  return total;
}

/** A hospital's clinical outcomes score: the mean of the measure scores there are, as a percentage of 10, from two measures on. */
function clinicalScore(row: HospitalRow): Rational | null {
  return percentOfMost(CLINICAL_MEASURES.map((measure) => checkedScore(row, measure)));
}

/** As for clinical outcomes, with one combined score in place of the two surgical site infections. */
function safetyScore(row: HospitalRow): Rational | null {
  const scores = new Map(SAFETY_MEASURES.map((measure) => [measure.name, checkedScore(row, measure)]));
  scores.delete("HAI-3");
  scores.delete("HAI-4");
  return percentOfMost([...scores.values(), row.points(COMBINED_SSI_SCORE, MOST_ACHIEVEMENT_POINTS)]);
}

function efficiencyScore(row: HospitalRow): Rational | null {
  const scores = EFFICIENCY_MEASURES.map((measure) => checkedScore(row, measure));
  return percentOfMost(scores, EFFICIENCY_MEASURES.length);
}

/** Base score (the sum of all eight dimension scores) plus consistency score; null where a part is missing. */
function personScore(row: HospitalRow): Rational | null {
  const scores = DIMENSIONS.map((dimension) => checkedScore(row, dimension)).filter((score) => score !== null);
  const base = scores.length === DIMENSIONS.length ? scores.reduce((total, score) => total + score, 0) : null;
  row.checkPoints(BASE_SCORE, row.whole(BASE_SCORE, MOST_BASE_SCORE), base);
  const consistency = row.whole(CONSISTENCY_SCORE, MOST_CONSISTENCY_SCORE);
  return base === null || consistency === null ? null : rational(base + consistency);
}

/** Recomputes a measure's points and score from its rates, against what is published. */
function checkedScore(row: HospitalRow, measure: Measure): number | null {
  const field = (figure: string): string => `${measure.name} ${figure}`;
  const rates = ratesOf(row, measure);
  const achievement = achievementPoints(rates);
  const improvement = improvementPoints(rates);
  const score = measureScore(achievement, improvement);
  const [achieved, improved] = [field("Achievement Points"), field("Improvement Points")];
  row.checkPoints(achieved, row.points(achieved, MOST_ACHIEVEMENT_POINTS), achievement);
  row.checkPoints(improved, row.points(improved, MOST_IMPROVEMENT_POINTS), improvement);
  row.checkPoints(field(measure.score), publishedScore(row, measure), score);
  return score;
}

function publishedScore(row: HospitalRow, { name, score }: Measure): number | null {
  const field = `${name} ${score}`;
  return score === "Dimension Score"
    ? row.whole(field, MOST_ACHIEVEMENT_POINTS)
    : row.points(field, MOST_ACHIEVEMENT_POINTS);
}

function ratesOf(row: HospitalRow, { name }: Measure): Rates {
  const [threshold, benchmark] = [row.rate(`${name} Achievement Threshold`), row.rate(`${name} Benchmark`)];
  if (threshold !== null && benchmark !== null && compare(threshold, benchmark) === 0) {
    throw row.fault(
      "the benchmark is the threshold",
      `${name} Benchmark`,
      "another value, which says what better means",
    );
  }
  return {
    threshold,
    benchmark,
    baseline: row.rate(`${name} Baseline Rate`),
    performance: row.rate(`${name} Performance Rate`),
  };
}

/**
 * Each domain score, and its weighted form: its equal share among the domains there are. Without a total nothing rests on them,
 * so those that are withheld with it are let be.
 */
function checkDomains(row: HospitalRow, domains: DomainScores, hasTotal: boolean): void {
  const count = DOMAINS.filter((domain) => domains[domain] !== null).length;
  for (const domain of DOMAINS) {
    const { unweighted, weighted } = DOMAIN_COLUMNS[domain];
    const score = domains[domain];
    const expected = { [unweighted]: score, [weighted]: score === null ? null : divide(score, rational(count)) };
    for (const [field, recomputed] of Object.entries(expected)) {
      const published = row.score(field);
      if (published !== null || hasTotal) row.checkScore(field, published, recomputed);
    }
  }
}

function percentOfMost(scores: readonly (number | null)[], least = LEAST_MEASURES): Rational | null {
  const present = scores.filter((score) => score !== null);
  if (present.length < least) return null;
  const points = present.reduce((total, score) => total + score, 0);
  return rational(100 * points, MOST_ACHIEVEMENT_POINTS * present.length);
}

function mean(scores: readonly Rational[]): Rational | null {
  return scores.length === 0 ? null : divide(sum(scores), rational(scores.length));
}
