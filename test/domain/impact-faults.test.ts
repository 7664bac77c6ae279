import { expect } from "chai";
import type { InputError } from "../../oracle/domain/errors.ts";
import { impactTemplate, publishedRewards } from "../../oracle/domain/templates/impact.ts";
import type { EvidenceFile, Finding } from "../../oracle/domain/templates/template.ts";
import { faultOf } from "./fault.ts";
import {
  GAS,
  METRICS_NAME,
  PROJECTS_NAME,
  roundOf,
  THREE,
  unitsOf,
  YAML_NAME,
  type Project,
  type Row,
} from "./impact-files.ts";

describe("impact template on files that cannot be used", () => {
  const badRows: readonly (readonly [string, Row, string])[] = [
    [
      "a negative amount",
      ["a", "BASE", "gas", "Jan", -1],
      `${METRICS_NAME}, line 5, field "amount": out of range (found "-1"); expected a number of 0 to 1e+30`,
    ],
    [
      "no amount",
      ["a", "BASE", "gas", "Jan", ""],
      `${METRICS_NAME}, line 5, field "amount": not a finite number (found "")`,
    ],
    [
      "NaN",
      ["a", "BASE", "unused", "Jan", "nan"],
      `${METRICS_NAME}, line 5, field "amount": not a finite number (found "nan")`,
    ],
    ["an amount beyond use", ["a", "BASE", "gas", "Jan", "1e31"], `line 5, field "amount": out of range`],
    [
      "an amount given twice",
      ["a", "Base", "gas", "Feb", 1],
      `line 5, field "metric_name": the amount is there twice (found "gas"); expected one amount for each project, chain, metric and period; line 2 has one too`,
    ],
    ["no chain", ["a", "", "gas", "Jan", 1], `line 5, field "chain": the field is empty`],
  ];
  for (const [what, row, message] of badRows) {
    it(`refuses ${what}`, () =>
      expect(faultOf(() => impactTemplate.plan(roundOf({ metrics: [...GAS, row] }), {})).message).to.include(message));
  }

  const badRules: readonly (readonly [string, string, string, string])[] = [
    [
      "percentile_cap: 100",
      "percentile_cap: 101",
      "simulation.percentile_cap",
      'line 9, field "simulation.percentile_cap": the setting cannot be used (found "101"); expected number to be <=100',
    ],
    ["budget: 900", "budget: 0", "allocation.budget", "expected number to be >0"],
    ["budget: 900", "budget: lots", "allocation.budget", "expected number, received string"],
    [
      "max_share_per_project: 1",
      "max_share_per_project: 1.1",
      "allocation.max_share_per_project",
      "expected number to be <=1",
    ],
    [
      "min_amount_per_project: 0",
      "min_amount_per_project: -5",
      "allocation.min_amount_per_project",
      "expected number to be >=0",
    ],
    ["gas: 1.0", "gas: 0", "simulation.metrics", "at least one weight above 0"],
    ["gas: 1.0", "gas: -1", "simulation.metrics.gas", "expected number to be >=0"],
    ["retention: 0", "retained: 0", "simulation.metric_variants.retention", "expected number, received undefined"],
    ["tvl_minimum", "tvl_minium", "simulation.tvl_minium", "expected only settings of the published rule"],
    ["previous: Jan", "previous: Feb", "simulation.periods", "two different periods"],
    [
      "eligibility_filter: true",
      "eligibility_filter: 1",
      "simulation.eligibility_filter",
      "expected boolean, received number",
    ],
    ["previous: Jan", 'previous: "\\ud800"', "simulation.periods.previous", "whole characters"],
    ["base: 1.0", 'base: 1, "\\ud800": 2', "simulation.chains", "whole characters"],
    ["base: 1.0", "base: 1, BASE: 2", "simulation.chains", "each chain once"],
  ];
  for (const [from, to, field, message] of badRules) {
    it(`refuses the rule with ${to}`, () => {
      const error = faultOf(() => impactTemplate.plan(roundOf({ yaml: [[from, to]] }), {}));
      expect(error.fault).to.include({ file: YAML_NAME, field });
      expect(error.message).to.include(message);
    });
  }

  it("refuses what is not YAML", () => {
    const fault = faultOf(() => impactTemplate.plan(roundOf({ yaml: [["simulation:", "simulation: ["]] }), {}));
    expect(fault.message).to.match(/^onchain__goldilocks\.yaml, line \d+: not valid YAML/);
  });

  it("refuses a metric or a period without any row of a scored project", () => {
    const metric = faultOf(() => impactTemplate.plan(roundOf({ yaml: [["unused: 0", "unused: 1"]] }), {}));
    expect(metric.message).to.equal(
      `${METRICS_NAME}, field "metric_name": no row of a weighted metric (found "unused"); expected at least one row of an eligible project`,
    );
    const period = faultOf(() => impactTemplate.plan(roundOf({ yaml: [["previous: Jan", "previous: Dec"]] }), {}));
    expect(period.fault).to.include({ field: "measurement_period", value: "Dec" });
  });

  it("refuses metadata with a project twice or a flag that is none", () => {
    const twice = faultOf(() => impactTemplate.plan(roundOf({ projects: [...THREE, ["a", "Ann", "True"]] }), {}));
    expect(twice.message).to.include(
      `${PROJECTS_NAME}, line 5, field "project_id": the project occurs twice (found "a"); expected each id once; it is on line 2 too`,
    );
    const flag = faultOf(() => impactTemplate.plan(roundOf({ projects: [["a", "Ann", "yes"]] }), {}));
    expect(flag.message).to.equal(
      `${PROJECTS_NAME}, line 2, field "is_eligible": no flag (found "yes"); expected True, False or nothing`,
    );
  });

  it("refuses missing files, options, and a reward or a roster too large for a pool", () => {
    for (const name of impactTemplate.files!) {
      expect(
        faultOf(() =>
          impactTemplate.plan(
            roundOf({}).filter((file) => file.name !== name),
            {},
          ),
        ).message,
      ).to.include(`${name}: the file is missing`);
    }
    expect(faultOf(() => impactTemplate.plan(roundOf({}), { from: "2025-01-01" })).fault.field).to.equal("--from");
    expect(faultOf(() => impactTemplate.plan(roundOf({}), { rounds: 3 })).fault).to.include({
      field: "--rounds",
      value: "3",
    });
    const rich = faultOf(() => impactTemplate.plan(roundOf({ yaml: [["budget: 900", "budget: 64424509.44"]] }), {}));
    expect(rich.message).to.include(
      'field "allocation.budget": a reward does not fit a score record (found "64424509.44")',
    );
    expect(unitsOf(roundOf({ yaml: [["budget: 900", "budget: 64424509.425"]] }))["a"]).to.equal(2 ** 32 - 1);
    const crowd = (count: number): EvidenceFile[] => {
      const projects = Array.from({ length: count }, (_, id): Project => [`p${id}`, "", "True"]);
      return roundOf({
        projects,
        metrics: projects.flatMap(([id]): Row[] => [
          [id, "BASE", "gas", "Feb", 1],
          [id, "BASE", "gas", "Jan", 1],
        ]),
      });
    };
    const message = `${PROJECTS_NAME}, field "project_id": more providers than a pool holds (found "4091"); expected 1 to 4090 providers`;
    expect(faultOf(() => impactTemplate.plan(crowd(4091), {})).message).to.equal(message);
    expect(impactTemplate.plan(crowd(4090), {}).providers).to.have.length(4090);
  }).timeout(20_000);

  it("holds roster, rule and round against the outcome spec", () => {
    const { params, providers, evidence } = impactTemplate.plan(roundOf({}), {});
    const ids = providers.map(({ id }) => id);
    const assess = (roster: readonly string[], files = evidence[0]!, round = 0): Finding[] =>
      impactTemplate.assess(params, roster, files, round);
    expect(assess(["c", "a", "b"]).map(({ units }) => units)).to.deep.equal([0, 60000, 30000]);
    expect(faultOf(() => assess([...ids, "z"])).message).to.include("a provider of the roster is not in the evidence");
    expect(faultOf(() => assess(["a", "b"])).fault).to.include({ value: "c", limit: "only providers on the roster" });
    expect(faultOf(() => assess(ids, roundOf({ yaml: [["budget: 900", "budget: 901"]] }))).message).to.include(
      "not the one of the outcome spec",
    );
    expect(assess(ids, roundOf({ yaml: [["gas: 1.0, unused: 0", "unused: 0, gas: 1"]] }))).to.deep.equal(assess(ids));
    expect(faultOf(() => assess(ids, evidence[0]!, 1)).fault.field).to.equal("round");
  });

  it("refuses results that cannot be read", () => {
    const read = (text: string): InputError => faultOf(() => publishedRewards(new TextEncoder().encode(text)));
    expect(read("[").message).to.include("onchain__results.json: not valid JSON");
    expect(read('[{"oso_project_id":"a","op_reward":"1"}]').fault).to.include({ field: "0.op_reward" });
  });
});
