import { expect } from "chai";
import fc from "fast-check";
import { parseDecimal, rational, type Rational } from "../../oracle/domain/rational.ts";
import { hospitalTemplate } from "../../oracle/domain/templates/hospital.ts";
import { achievementPoints, improvementPoints, measureScore } from "../../oracle/domain/templates/hospital/measures.ts";
import { faultOf } from "./fault.ts";
import {
  filesOf,
  findingsOf,
  FIRST,
  NA,
  NAMES,
  planOf,
  REAL,
  realFiles,
  some,
  TOTAL,
  type Tables,
} from "./hospital-files.ts";

function rates(
  threshold: string,
  benchmark: string,
  baseline: string | null,
  performance: string | null,
): Parameters<typeof achievementPoints>[0] {
  const read = (text: string | null): Rational | null => (text === null ? null : parseDecimal(text));
  return {
    threshold: read(threshold),
    benchmark: read(benchmark),
    baseline: read(baseline),
    performance: read(performance),
  };
}

describe("hospital points", () => {
  it("follow the published rule by hand", () => {
    const southeast = rates("0.869247", "0.887868", "0.856752", "0.880237");
    expect(achievementPoints(southeast)).to.equal(6);
    expect(improvementPoints(southeast)).to.equal(7);
    const lowerIsBetter = rates("0.988920", "0.848160", "1.011867", "0.949566");
    expect(achievementPoints(lowerIsBetter)).to.equal(3);
    expect(improvementPoints(lowerIsBetter)).to.equal(3);
  });

  it("round an exact half up", () => {
    expect(achievementPoints(rates("0", "0.9", null, "0.3"))).to.equal(4);
    expect(achievementPoints(rates("0.9", "0", null, "0.1"))).to.equal(9);
    expect(improvementPoints(rates("0", "0.8", "0.1", "0.31"))).to.equal(3);
    expect(improvementPoints(rates("0", "0.8", "0.1", "0.309999"))).to.equal(2);
  });

  it("keep to their ends", () => {
    expect(achievementPoints(rates("0.5", "0.8", null, "0.8"))).to.equal(10);
    expect(achievementPoints(rates("0.5", "0.8", null, "0.79999"))).to.equal(9);
    expect(achievementPoints(rates("0.5", "0.8", null, "0.5"))).to.equal(1);
    expect(achievementPoints(rates("0.5", "0.8", null, "0.49999"))).to.equal(0);
    expect(improvementPoints(rates("0.5", "0.8", "0.9", "0.95"))).to.equal(9);
    expect(improvementPoints(rates("0.5", "0.8", "0.9", "0.9"))).to.equal(0);
    expect(improvementPoints(rates("0.6", "0", "0", "0"))).to.equal(0);
  });

  it("are missing where a rate they need is", () => {
    expect(achievementPoints(rates("0.5", "0.8", "0.6", null))).to.equal(null);
    expect(improvementPoints(rates("0.5", "0.8", null, "0.6"))).to.equal(null);
    expect(measureScore(3, null)).to.equal(3);
    expect(measureScore(3, 7)).to.equal(7);
    expect(measureScore(null, null)).to.equal(null);
  });

  it("are the integer the rule brackets, whatever the rates and the direction", () => {
    const rate = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(
        fc.tuple(rate, rate, rate, rate).filter(([t, b]) => t !== b),
        ([t, b, base, p]) => {
          const exact = {
            threshold: rational(t),
            benchmark: rational(b),
            baseline: rational(base),
            performance: rational(p),
          };
          const sign = b > t ? 1 : -1;
          const achieved = achievementPoints(exact)!;
          if (sign * (p - b) >= 0) expect(achieved).to.equal(10);
          else if (sign * (p - t) < 0) expect(achieved).to.equal(0);
          // k <= 9q + 1 < k + 1, multiplied out so that all is exact.
          else expect(Math.abs(9 * (p - t)) - (achieved - 1) * Math.abs(b - t)).to.be.within(0, Math.abs(b - t) - 1);
          const improved = improvementPoints(exact)!;
          if (sign * (p - base) <= 0) expect(improved).to.equal(0);
          else if (sign * (p - b) >= 0) expect(improved).to.equal(9);
          else
            expect(Math.abs(10 * (p - base)) - improved * Math.abs(b - base)).to.be.within(0, Math.abs(b - base) - 1);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("hospital template on the published year", () => {
  it("reproduces all 1,249 hospitals", () => {
    const plan = hospitalTemplate.plan(realFiles(), {});
    expect(plan.providers).to.have.length(1249);
    expect(plan.providers[0]).to.deep.equal({ id: FIRST, name: "SOUTHEAST HEALTH MEDICAL CENTER", weight: 1 });
    expect(plan.params).to.deep.equal({ fiscalYear: 2024 });
    expect(plan.payment).to.deep.equal({ metered: false, curve: [], fullPayBar: 0, defaultRate: 5000 });
    expect(plan.evidence).to.have.length(1);
    expect(plan.evidence[0]!.map(({ name }) => name)).to.deep.equal(NAMES);
  });

  it("scores each hospital by its published total, rounded half up", () => {
    const findings = findingsOf(realFiles());
    for (const [index, row] of REAL[TOTAL]!.entries()) {
      const units = BigInt(row["Total Performance Score"]!.replace(".", ""));
      const score = Number((units + 5_000_000_000n) / 10_000_000_000n);
      expect(findings[index]).to.deep.equal({
        providerId: row["Facility ID"],
        scoreBps: score,
        outcome: `TPS ${Math.floor(score / 100)}.${String(score % 100).padStart(2, "0")}`,
      });
    }
  });

  it("does not depend on the order of rows in any file", () => {
    const tables = some(20);
    const expected = findingsOf(filesOf(tables));
    tables["safety.csv"]!.reverse();
    tables["clinical_outcomes.csv"]!.sort((a, b) => (a["Facility Name"]! < b["Facility Name"]! ? -1 : 1));
    expect(findingsOf(filesOf(tables))).to.deep.equal(expected);
  });
});

describe("hospital template on other files of the same form", () => {
  /** Rewrites the first hospital to hold one efficiency measure and four clinical ones with 1 point in all. */
  function tinyHospital(): Tables {
    const tables = some(1);
    for (const table of Object.values(tables)) {
      const row = table[0]!;
      for (const field of Object.keys(row).slice(4)) if (!/Threshold|Benchmark|Floor/.test(field)) row[field] = NA;
    }
    const clinical = tables["clinical_outcomes.csv"]![0]!;
    for (const [index, measure] of ["MORT-30-AMI", "MORT-30-HF", "MORT-30-PN", "COMP-HIP-KNEE"].entries()) {
      Object.assign(clinical, {
        [`${measure} Performance Rate`]:
          index === 0 ? clinical[`${measure} Achievement Threshold`] : measure === "COMP-HIP-KNEE" ? "0.9" : "0.1",
        [`${measure} Achievement Points`]: index === 0 ? "1 out of 10" : "0 out of 10",
        [`${measure} Measure Score`]: index === 0 ? "1 out of 10" : "0 out of 10",
      });
    }
    const fields = {
      "MSPB-1 Performance Rate": "1.5",
      "MSPB-1 Achievement Points": "0 out of 10",
      "MSPB-1 Measure Score": "0 out of 10",
    };
    Object.assign(tables["efficiency_and_cost_reduction.csv"]![0]!, fields);
    Object.assign(tables[TOTAL]![0]!, {
      "Unweighted Normalized Clinical Outcomes Domain Score": "2.500000000000",
      "Weighted Normalized Clinical Outcomes Domain Score": "1.250000000000",
      "Unweighted Normalized Efficiency And Cost Reduction Domain Score": "0.000000000000",
      "Weighted Efficiency And Cost Reduction Domain Score": "0.000000000000",
      "Total Performance Score": "1.250000000000",
    });
    return tables;
  }

  it("computes by hand, with other years, names and missing domains", () => {
    const tables = tinyHospital();
    for (const table of Object.values(tables))
      Object.assign(table[0]!, { "Fiscal Year": "2031", "Facility Name": 'SAINT "X", INC' });
    const plan = planOf(tables);
    expect(plan.params).to.deep.equal({ fiscalYear: 2031 });
    expect(plan.providers).to.deep.equal([{ id: FIRST, name: 'SAINT "X", INC', weight: 1 }]);
    expect(findingsOf(filesOf(tables))).to.deep.equal([{ providerId: FIRST, scoreBps: 125, outcome: "TPS 1.25" }]);
  });

  it("rounds an exact half of a basis point up", () => {
    const tables = tinyHospital();
    for (const measure of DIMENSION_NAMES) {
      const row = tables["person_and_community_engagement.csv"]![0]!;
      row[`${measure} Performance Rate`] = "0.00%";
      row[`${measure} Achievement Points`] = "0 out of 10";
      row[`${measure} Dimension Score`] = "0";
    }
    Object.assign(tables["person_and_community_engagement.csv"]![0]!, {
      "Hcahps Base Score": "0",
      "Hcahps Consistency Score": "0",
    });
    const safety = tables["safety.csv"]![0]!;
    Object.assign(safety, {
      "Combined SSI Measure Score": "0 out of 10",
      "HAI-1 Performance Rate": "9",
      "HAI-1 Achievement Points": "0 out of 10",
    });
    Object.assign(safety, { "HAI-1 Measure Score": "0 out of 10" });
    const row = tables[TOTAL]![0]!;
    for (const field of Object.keys(row).slice(4)) if (row[field] === NA) row[field] = "0";
    row["Weighted Normalized Clinical Outcomes Domain Score"] = "0.625";
    row["Total Performance Score"] = "0.625000000000";
    expect(findingsOf(filesOf(tables))).to.deep.equal([{ providerId: FIRST, scoreBps: 63, outcome: "TPS 0.63" }]);
  });

  it("lists a hospital without a score and does not enrol it", () => {
    const tables = some();
    Object.assign(tables[TOTAL]![1]!, { "Total Performance Score": NA, "Weighted Safety Domain Score": NA });
    const plan = planOf(tables);
    expect(plan.providers.map(({ id }) => id)).to.deep.equal([FIRST, "010006"]);
    expect(plan.notes).to.include(
      "Not enrolled: hospital 010005 (MARSHALL MEDICAL CENTERS) has no Total Performance Score.",
    );
    expect(findingsOf(filesOf(tables))).to.have.length(2);
  });

  it("refuses a season without any score, or with more hospitals than a pool holds", () => {
    const none = some(1);
    none[TOTAL]![0]!["Total Performance Score"] = NA;
    expect(faultOf(() => planOf(none)).message).to.include("no provider to enrol");
    const many = tinyHospital();
    for (const [name, [row]] of Object.entries(many))
      many[name] = Array.from({ length: 8192 }, (_, id) => ({ ...row!, "Facility ID": `H${id}` }));
    const message = `${TOTAL}, field "Total Performance Score": more providers than a pool holds (found "8192"); expected 1 to 8191 providers`;
    expect(faultOf(() => planOf(many)).message).to.equal(message);
    for (const table of Object.values(many)) table.pop();
    expect(planOf(many).providers).to.have.length(8191);
  }).timeout(60_000);
});

const DIMENSION_NAMES = Object.keys(REAL["person_and_community_engagement.csv"]![0]!)
  .filter((field) => field.endsWith(" Dimension Score"))
  .map((field) => field.replace(" Dimension Score", ""));
