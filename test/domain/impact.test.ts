import { expect } from "chai";
import { impactTemplate, publishedRewards } from "../../oracle/domain/templates/impact.ts";
import { measure, readProjects } from "../../oracle/domain/templates/impact/population.ts";
import { readSettings } from "../../oracle/domain/templates/impact/settings.ts";
import type { EvidenceFile } from "../../oracle/domain/templates/template.ts";
import {
  findingsOf,
  GAS,
  real,
  realFiles,
  roundOf,
  THREE,
  unitsOf,
  type Project,
  type Round,
  type Row,
} from "./impact-files.ts";

describe("impact template on the published rounds", () => {
  const months = { M1: [186, 187, 148], M2: [213, 213, 188], M3: [127, 253, 223] } as const;
  for (const [month, [equal, all, scored]] of Object.entries(months)) {
    it(`reproduces ${equal} of ${all} rewards of ${month} to the cent`, () => {
      const units = unitsOf(realFiles(month));
      const published = [...publishedRewards(real(month, "onchain__results.json"))];
      const matching = published.filter(([id, cents]) => (units[id] ?? 0) === (cents ?? 0));
      expect([matching.length, published.length, Object.keys(units).length]).to.deep.equal([equal, all, scored]);
    });
  }

  it("plans a metered season of one round from the three files alone", () => {
    const results: EvidenceFile = {
      name: "onchain__results.json",
      mediaType: "application/json",
      bytes: real("M2", "onchain__results.json"),
    };
    const plan = impactTemplate.plan([results, ...realFiles("M2")], { rounds: 1 });
    expect(plan.payment).to.deep.equal({ metered: true, curve: [], fullPayBar: 0, defaultRate: 5000 });
    expect(plan.evidence.map((files) => files.map(({ name }) => name))).to.deep.equal([impactTemplate.files]);
    expect(plan.providers[0]).to.deep.equal({
      id: "rxrN8HnLLV8SOP3md3NfXpntywh7F7n5fuRMqFB3Upo=",
      name: "Aerodrome Finance",
      weight: 1,
    });
    expect(plan.params.allocation.budget).to.equal(1333333.3333333333);
    expect(plan.criteria.map(({ weight }) => weight)).to.deep.equal([0.25, 0.25, 0.25, 0.25]);
    expect(plan.notes[0]).to.match(/^Not enrolled, not eligible: 25 \(HostIT, /);
  });

  it("gives the same rewards whatever the order of rows", () => {
    const expected = unitsOf(realFiles("M3"));
    const reversed = realFiles("M3").map((file) => {
      if (file.mediaType !== "text/csv") return file;
      const [header, ...rows] = new TextDecoder().decode(file.bytes).trim().split("\n");
      return { ...file, bytes: new TextEncoder().encode([header, ...rows.reverse()].join("\n")) };
    });
    expect(unitsOf(reversed)).to.deep.equal(expected);
  });

  it("says where M1 paid a project outside the rule", () => {
    const units = unitsOf(realFiles("M1"));
    const differing = [...publishedRewards(real("M1", "onchain__results.json"))].filter(
      ([id, cents]) => (units[id] ?? 0) !== (cents ?? 0),
    );
    expect(differing).to.deep.equal([["gShBUgODnfUHQo2svXnecUd6kG22drV+Og4nxdq/82k=", 1939322]]);
  });
});

describe("impact rewards by hand", () => {
  it("pay in proportion to the scaled metric", () => {
    expect(findingsOf(roundOf({}))).to.deep.equal([
      { providerId: "a", scoreBps: 10000, units: 60000, outcome: "reward 600.00 OP" },
      { providerId: "b", scoreBps: 10000, units: 30000, outcome: "reward 300.00 OP" },
      { providerId: "c", scoreBps: 10000, units: 0, outcome: "reward 0.00 OP" },
    ]);
  });

  it("take growth as what was added and retention as what was kept", () => {
    const metrics: Row[] = [...GAS, ["a", "BASE", "gas", "Jan", 90], ["b", "BASE", "gas", "Jan", 10]];
    const growth = roundOf({ metrics, yaml: [["adoption: 1, growth: 0", "adoption: 0, growth: 1"]] });
    expect(unitsOf(growth)).to.deep.equal({ a: 18000, b: 72000, c: 0 });
    const retention = roundOf({
      metrics,
      yaml: [["adoption: 1, growth: 0, retention: 0", "adoption: 0, growth: 0, retention: 1"]],
    });
    expect(unitsOf(retention)).to.deep.equal({ a: 81000, b: 9000, c: 0 });
  });

  it("take the root of the mean of squares over all columns", () => {
    // a: gas 1 · 0.6, fees 0; b: gas 0.5 · 0.6, fees 1 · 0.4; so scores as 0.6 : 0.5 and 900 splits into 490.909… and 409.0909…
    const metrics: Row[] = [...GAS, ["b", "BASE", "fees", "Feb", 5], ["a", "BASE", "fees", "Jan", 5]];
    expect(unitsOf(roundOf({ metrics, yaml: [["gas: 1.0", "gas: 0.6, fees: 0.4"]] }))).to.deep.equal({
      a: 49091,
      b: 40909,
      c: 0,
    });
  });

  it("weigh chains without regard to case, others with 1", () => {
    const metrics: Row[] = [...GAS, ["a", "mode", "gas", "Feb", 20]];
    const files = roundOf({ metrics, yaml: [["base: 1.0", "Base: 0.5"]] });
    expect(unitsOf(files)).to.deep.equal({ a: 66316, b: 23684, c: 0 });
  });

  it("count a metric of value locked only from the minimum on, by unweighted total", () => {
    const tvl = ["gas: 1.0", "my_TVL: 1.0"] as const;
    const metrics: Row[] = [
      ["a", "BASE", "my_TVL", "Feb", 99],
      ["b", "BASE", "my_TVL", "Feb", 60],
      ["b", "MODE", "my_TVL", "Feb", 40],
    ];
    const yaml = [tvl, ["base: 1.0", "base: 0.5"]] as const;
    const rows: Row[] = [...metrics, ["c", "BASE", "my_TVL", "Jan", 500]];
    expect(unitsOf(roundOf({ metrics: rows, yaml }))).to.deep.equal({ a: 0, b: 90000, c: 0 });
    expect(unitsOf(roundOf({ metrics: rows, yaml: [tvl, ["tvl_minimum: 100", "tvl_minimum: 99"]] }))).to.deep.equal({
      a: 44774,
      b: 45226,
      c: 0,
    });
  });

  it("zero a project above the maximum of value locked, where there is one", () => {
    const metrics: Row[] = [...GAS, ["a", "BASE", "tvl", "Feb", 1000], ["b", "BASE", "tvl", "Feb", 999]];
    const round = (maximum: string): Round => ({
      metrics,
      yaml: [
        ["unused: 0", "tvl: 0.0001"],
        ["tvl_minimum: 100", maximum],
      ],
    });
    expect(unitsOf(roundOf(round("tvl_maximum: 999")))).to.deep.equal({ a: 0, b: 90000, c: 0 });
    expect(unitsOf(roundOf(round("tvl_maximum: 1000")))["a"]).to.be.greaterThan(0);
    expect(unitsOf(roundOf(round("tvl_maximum: 0")))["a"]).to.be.greaterThan(0);
  });

  it("give everyone the same where a column is constant, and nothing where all scores are 0", () => {
    const both = (metric: string, amount: number): Row[] =>
      GAS.flatMap(([id]) => ["Jan", "Feb"].map((period): Row => [id, "BASE", metric, period, amount]));
    const metrics = both("gas", 7);
    expect(unitsOf(roundOf({ metrics }))).to.deep.equal({ a: 30000, b: 30000, c: 30000 });
    const none = roundOf({
      metrics: both("tvl", 1000),
      yaml: [
        ["gas: 1.0", "tvl: 1.0"],
        ["tvl_minimum: 100", "tvl_maximum: 5"],
      ],
    });
    expect(unitsOf(none)).to.deep.equal({ a: 0, b: 0, c: 0 });
  });

  it("leave out who is not eligible, has no row or is not in the metadata, and say so", () => {
    const projects: Project[] = [...THREE, ["d", "Dot", "False"], ["e", "", ""], ["f", "Fay", "True"]];
    const metrics: Row[] = [
      ...GAS,
      ["d", "BASE", "gas", "Feb", 1e9],
      ["e", "BASE", "gas", "Feb", 1e9],
      ["x", "BASE", "gas", "Feb", 1e9],
    ];
    const rows: Row[] = [...metrics, ["f", "BASE", "unused", "Feb", 5], ["f", "BASE", "gas", "Mar", 5]];
    const files = roundOf({ metrics: rows, projects });
    expect(unitsOf(files)).to.deep.equal({ a: 60000, b: 30000, c: 0 });
    expect(impactTemplate.plan(files, {}).notes).to.deep.equal([
      "Not enrolled, not eligible: 1 (Dot).",
      "Not enrolled, eligibility not stated: 1 (e).",
      "Not enrolled, no row of a weighted metric in either period: 1 (Fay).",
      "Not enrolled, not in the project metadata: 1 (x).",
    ]);
    const everyone = roundOf({
      metrics: rows,
      projects,
      yaml: [["eligibility_filter: true", "eligibility_filter: false"]],
    });
    expect(Object.keys(unitsOf(everyone))).to.deep.equal(["a", "b", "c", "d", "e"]);
  });

  it("round an exact half of a cent to the even one", () => {
    expect(unitsOf(roundOf({ yaml: [["budget: 900", "budget: 0.375"]] }))).to.deep.equal({ a: 25, b: 12, c: 0 });
    expect(unitsOf(roundOf({ yaml: [["budget: 900", "budget: 1.125"]] }))).to.deep.equal({ a: 75, b: 38, c: 0 });
  });

  it("sum chains in one order, to the last bit", () => {
    const [settings, , projects] = roundOf({});
    const rows = ["A", "B", "C", "D"].map((chain, index): Row => [
      "a",
      chain,
      "gas",
      "Feb",
      [0.1, 0.7, 1e9, 0.3][index]!,
    ]);
    const figures = (metrics: readonly Row[]): unknown => {
      const [, file] = roundOf({ metrics: [...metrics, ["a", "A", "gas", "Jan", 1]] });
      return measure(readSettings(settings!), readProjects(projects!), file!)[0]!.figures;
    };
    expect(figures(rows.toReversed())).to.deep.equal(figures(rows));
    expect(figures([rows[2]!, rows[0]!, rows[3]!, rows[1]!])).to.deep.equal(figures(rows));
  });
});
