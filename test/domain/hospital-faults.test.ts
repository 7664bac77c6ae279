import { expect } from "chai";
import { InputError } from "../../oracle/domain/errors.ts";
import { hospitalTemplate } from "../../oracle/domain/templates/hospital.ts";
import type { Finding } from "../../oracle/domain/templates/template.ts";
import { faultOf } from "./fault.ts";
import { filesOf, FIRST, NA, NAMES, planOf, REAL, realFiles, some, TOTAL } from "./hospital-files.ts";

describe("hospital template on files that cannot be used", () => {
  const changed = "the published figure is not the recomputed one";
  const limit = "malformed or out of range";
  const cases: readonly (readonly [string, string, string, string, string])[] = [
    ["clinical_outcomes.csv", "MORT-30-AMI Achievement Points", "5 out of 10", changed, "6, as recomputed"],
    ["clinical_outcomes.csv", "MORT-30-AMI Improvement Points", NA, changed, "7, as recomputed"],
    ["clinical_outcomes.csv", "MORT-30-AMI Measure Score", "6 out of 10", changed, "7, as recomputed"],
    ["safety.csv", "HAI-4 Measure Score", "3 out of 10", changed, "Not Available, as recomputed"],
    ["safety.csv", "HAI-3 Achievement Points", "0 out of 10", changed, "1, as recomputed"],
    ["person_and_community_engagement.csv", "Care Transition Dimension Score", "2", changed, "1, as recomputed"],
    ["person_and_community_engagement.csv", "Hcahps Base Score", "5", changed, "4, as recomputed"],
    ["person_and_community_engagement.csv", "Hcahps Consistency Score", "21", limit, "a whole number from 0 to 20"],
    ["efficiency_and_cost_reduction.csv", "MSPB-1 Achievement Points", "11 out of 10", limit, 'written "N out of 10"'],
    ["efficiency_and_cost_reduction.csv", "MSPB-1 Improvement Points", "10 out of 9", limit, "0 to 9 points"],
    ["efficiency_and_cost_reduction.csv", "MSPB-1 Performance Rate", "-1.0", limit, "a rate of at least 0"],
    ["efficiency_and_cost_reduction.csv", "MSPB-1 Performance Rate", "1e0", limit, "a rate of at least 0"],
    ["efficiency_and_cost_reduction.csv", "MSPB-1 Performance Rate", "", limit, "a rate of at least 0"],
    [
      "person_and_community_engagement.csv",
      "Care Transition Baseline Rate",
      "100.1%",
      limit,
      "a percentage up to 100%",
    ],
    ["clinical_outcomes.csv", "MORT-30-HF Benchmark", "0.882308", "the benchmark is the threshold", "another value"],
    [TOTAL, "Unweighted Normalized Safety Domain Score", "8.000000000001", changed, "8.000000000000, as recomputed"],
    [TOTAL, "Weighted Safety Domain Score", "2.1", changed, "2.000000000000, as recomputed"],
    [TOTAL, "Total Performance Score", "15.583333333334", changed, "15.583333333333, as recomputed"],
    [TOTAL, "Total Performance Score", "115.5", limit, "a decimal number from 0 to 100"],
    [TOTAL, "Fiscal Year", "2023", "another fiscal year", "2024"],
  ];
  for (const [file, field, value, problem, expected] of cases) {
    it(`refuses ${field} = "${value}"`, () => {
      const tables = some();
      const last = tables[file]!.find((row) => row["Facility ID"] === FIRST)!;
      tables[file] = [...tables[file]!.slice(1), { ...last, [field]: value }];
      const { message, fault } = faultOf(() => planOf(tables));
      expect(fault).to.include({ file, line: 4, field, value });
      expect(message).to.include(`hospital ${FIRST} (SOUTHEAST HEALTH MEDICAL CENTER): ${problem}`);
      expect(fault.limit).to.include(expected);
    });
  }

  it("notices every single change of a published figure", () => {
    const checked = NAMES.flatMap((name) =>
      Object.keys(REAL[name]![0]!)
        .filter((field) =>
          /(Points|Measure Score|Dimension Score|Base Score|Consistency Score|Domain Score|Performance Score)$/.test(
            field,
          ),
        )
        .map((field) => [name, field] as const),
    );
    for (const [name, field] of checked) {
      const tables = some(1);
      const row = tables[name]![0]!;
      row[field] =
        row[field] === NA ? row[field].replace(NA, name === TOTAL ? "1" : "1 out of 9") : shifted(row[field]!);
      expect(() => planOf(tables), `${name} ${field}`).to.throw(InputError, FIRST);
    }
  });

  it("refuses a hospital that is twice in a file or missing from one", () => {
    const twice = some();
    twice["safety.csv"]!.push({ ...twice["safety.csv"]![0]! });
    const { fault, message } = faultOf(() => planOf(twice));
    expect(fault).to.deep.include({ file: "safety.csv", line: 5, field: "Facility ID", value: FIRST });
    expect(message).to.include("each hospital once; it is on line 2 too");
    for (const name of NAMES) {
      const tables = some();
      tables[name]!.splice(1, 1);
      const expected = `${name}, field "Facility ID": hospital 010005 (MARSHALL MEDICAL CENTERS) is missing; expected a row for every hospital`;
      expect(faultOf(() => planOf(tables)).message).to.include(expected);
    }
  });

  it("refuses missing, repeated and unreadable files, and missing columns", () => {
    for (const name of NAMES) {
      const others = realFiles().filter((file) => file.name !== name);
      expect(faultOf(() => hospitalTemplate.plan(others, {})).message).to.include(`${name}: the file is missing`);
    }
    expect(faultOf(() => hospitalTemplate.plan([...realFiles(), realFiles()[0]!], {})).message).to.include(
      "the file is given twice",
    );
    const tables = some();
    for (const row of tables["safety.csv"]!) delete row["HAI-6 Baseline Rate"];
    expect(faultOf(() => planOf(tables)).message).to.equal(
      'safety.csv, line 1, field "HAI-6 Baseline Rate": the column is missing',
    );
  });

  it("refuses options it has no use for", () => {
    const files = filesOf(some());
    expect(faultOf(() => hospitalTemplate.plan(files, { from: "2024-01-01" })).fault).to.include({
      field: "--from",
      value: "2024-01-01",
    });
    expect(faultOf(() => hospitalTemplate.plan(files, { to: "2024-01-01" })).fault.field).to.equal("--to");
    expect(faultOf(() => hospitalTemplate.plan(files, { rounds: 2 })).fault).to.include({
      field: "--rounds",
      value: "2",
      limit: "1",
    });
    expect(hospitalTemplate.plan(files, { rounds: 1 }).providers).to.have.length(3);
  });

  it("holds the roster and the evidence against each other", () => {
    const { params, providers, evidence } = planOf(some());
    const ids = providers.map(({ id }) => id);
    const assess = (roster: readonly string[], fiscalYear = params.fiscalYear, round = 0): Finding[] =>
      hospitalTemplate.assess({ fiscalYear }, roster, evidence[0]!, round);
    expect(assess(ids.toReversed()).map(({ providerId }) => providerId)).to.deep.equal(ids.toReversed());
    expect(faultOf(() => assess([...ids, "X"])).message).to.include("a provider of the roster is not in the evidence");
    expect(faultOf(() => assess(ids.slice(1))).fault).to.include({
      file: TOTAL,
      value: FIRST,
      limit: "only providers on the roster",
    });
    expect(faultOf(() => assess([...ids, FIRST])).message).to.include("on the roster twice");
    expect(faultOf(() => assess(ids, 2025)).message).to.include("evidence of another year");
    expect(faultOf(() => assess(ids, 2024, 1)).message).to.include("has one round");
  });
});

/** Another figure of the same form. */
function shifted(text: string): string {
  return text.startsWith("0") ? text.replace("0", "1") : text.replace(/^\d+/, (digits) => String(Number(digits) - 1));
}
