import { expect } from "chai";
import fc from "fast-check";
import { impactTemplate, type ImpactSettings } from "../../oracle/domain/templates/impact.ts";
import { allocate, scaleToUnit } from "../../oracle/domain/templates/impact/rewards.ts";
import { roundOf, unitsOf, type Project, type Row } from "./impact-files.ts";

describe("impact scaling and allocation", () => {
  const settings = (budget: number, least: number, share: number): ImpactSettings => {
    const yaml = [
      [
        "budget: 900, min_amount_per_project: 0, max_share_per_project: 1",
        `budget: ${budget}, min_amount_per_project: ${least}, max_share_per_project: ${share}`,
      ],
    ] as const;
    return impactTemplate.plan(roundOf({ yaml }), {}).params;
  };
  const split = (rule: ImpactSettings, scores: readonly number[]): number[] => {
    const shares = scores.map((score, index) => ({ id: `p${index}`, score }));
    const allocations = allocate(rule, shares);
    return shares.map(({ id }) => allocations.get(id) ?? 0);
  };

  it("caps at the interpolated percentile", () => {
    expect(scaleToUnit([0, 10, 20, 100], 50)).to.deep.equal([0, 10 / 15, 1, 1]);
    expect(scaleToUnit([4, 2, 3], 100)).to.deep.equal([1, 0, 0.5]);
    expect(scaleToUnit([5], 97)).to.deep.equal([1]);
  });

  it("caps shares, drops small ones and splits what is left once more", () => {
    expect(split(settings(1000, 0, 0.5), [8, 1, 1])).to.deep.equal([500, 250, 250]);
    // The first pass gives 700, 250 and 50; 50 is dropped, and the 1,000 are split again as 700 : 250.
    const again = split(settings(1000, 60, 0.8), [70, 25, 5]);
    expect(again.map((amount) => amount.toFixed(6))).to.deep.equal(["736.842105", "263.157895", "0.000000"]);
    expect(split(settings(1000, 2000, 1), [1, 1])).to.deep.equal([0, 0]);
    expect(split(settings(1000, 250, 1), [3, 1])).to.deep.equal([750, 250]);
    expect(split(settings(1000, 250.5, 1), [3, 1])).to.deep.equal([1000, 0]);
    expect(split(settings(1000, 0, 0.1), [1, 1])).to.deep.equal([100, 100]);
  });

  it("never pays more than the budget or the cap, or less than the minimum, and more for more", () => {
    const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(scores, share, fc.integer({ min: 0, max: 300 }), (values, most, least) => {
        const amounts = split(settings(1000, least, most), values);
        expect(amounts.reduce((sum, amount) => sum + amount, 0)).to.be.at.most(1000.000001);
        for (const [index, amount] of amounts.entries()) {
          expect(amount).to.be.within(-1e-9, most * 1000);
          if (amount > 1e-9 && least <= most * 1000) expect(amount).to.be.at.least(least - 1e-6);
          for (const [other, value] of values.entries())
            if (value >= values[index]!) expect(amounts[other]!).to.be.at.least(amount - 1e-6);
        }
      }),
    );
  });

  it("depends on neither row order nor a common factor of a metric", () => {
    const amount = fc.integer({ min: 0, max: 1000 });
    const rows = fc.array(fc.tuple(amount, amount, amount), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 12 }), (amounts, turn) => {
        const metrics = amounts.flatMap(([before, now, elsewhere], id): Row[] => [
          [`p${id}`, "BASE", "gas", "Jan", before / 7],
          [`p${id}`, "BASE", "gas", "Feb", now / 7],
          [`p${id}`, "MODE", "gas", "Feb", elsewhere / 7],
        ]);
        const projects = amounts.map((_, id): Project => [`p${id}`, "", "True"]);
        const yaml = [
          ["adoption: 1, growth: 0, retention: 0", "adoption: 0.2, growth: 0.3, retention: 0.5"],
          ["percentile_cap: 100", "percentile_cap: 90"],
        ] as const;
        const expected = unitsOf(roundOf({ metrics, projects, yaml }));
        const turned = [...metrics.slice(turn), ...metrics.slice(0, turn)];
        expect(unitsOf(roundOf({ metrics: turned, projects: projects.toReversed(), yaml }))).to.deep.equal(expected);
        const doubled = metrics.map(([id, chain, metric, period, value]): Row => [
          id,
          chain,
          metric,
          period,
          Number(value) * 2,
        ]);
        expect(unitsOf(roundOf({ metrics: doubled, projects, yaml }))).to.deep.equal(expected);
      }),
      { numRuns: 60 },
    );
  });
});
