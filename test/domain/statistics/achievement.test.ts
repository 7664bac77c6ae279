import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { rational } from "../../../oracle/domain/rational.ts";
import { achievementOrImprovement, turned } from "../../../oracle/domain/statistics/achievement.ts";
import {
  achievementPoints,
  improvementPoints,
  measureScore,
} from "../../../oracle/domain/templates/hospital/measures.ts";

const rate = fc.integer({ min: 0, max: 1000 });
const round = (score: number | null) => (score === null ? null : Math.round(score * 1e6));

describe("achievement or improvement", () => {
  it("follows the rule by hand: threshold 0.47, benchmark 0.87, from 0.21 to 0.70", () => {
    // (0.70 − 0.47)/0.40 = 0.575; (0.70 − 0.21)/0.66 = 0.742424…
    const { achievement, improvement, score } = achievementOrImprovement(0.7, {
      threshold: 0.47,
      benchmark: 0.87,
      baseline: 0.21,
    });
    expect([achievement, improvement, score].map(round)).to.deep.equal([575_000, 742_424, 742_424]);
  });

  it("turns round where less is better: infections 1.2, threshold 1, benchmark 0.2", () => {
    const standards = { threshold: 1, benchmark: 0.2, baseline: 1.8 };
    expect(round(achievementOrImprovement(1.2, standards).achievement)).to.equal(0);
    expect(round(achievementOrImprovement(1.2, standards).improvement)).to.equal(375_000);
    expect(round(achievementOrImprovement(0.6, standards).achievement)).to.equal(500_000);
    expect(achievementOrImprovement(0.1, standards).score).to.equal(1);
  });

  const standards = { threshold: 0.5, benchmark: 0.75, baseline: 0.25 };
  const cases: [string, number | null, { baseline: number | null }, (number | null)[]][] = [
    ["nothing without a value", null, standards, [null, null, null]],
    ["achievement alone without a baseline", 0.625, { baseline: null }, [0.5, null, 0.5]],
    ["improvement under the threshold", 0.375, standards, [0, 0.25, 0.25]],
    ["no improvement of who got worse", 0.125, standards, [0, 0, 0]],
    ["full achievement at the benchmark, improvement at most 0.9", 0.75, standards, [1, 0.9, 1]],
    ["no improvement from a baseline at the benchmark", 0.625, { baseline: 0.75 }, [0.5, 0, 0.5]],
    ["no improvement from a baseline beyond the benchmark", 0.8, { baseline: 0.9 }, [1, 0, 1]],
  ];
  for (const [what, value, own, expected] of cases) {
    it(`gives ${what}`, () => {
      const { achievement, improvement, score } = achievementOrImprovement(value, { ...standards, ...own });
      expect([achievement, improvement, score]).to.deep.equal(expected);
    });
  }

  it("refuses standards that are one, and what is no number", () => {
    expect(() => achievementOrImprovement(1, { threshold: 1, benchmark: 1, baseline: null })).to.throw(InputError);
    expect(() => achievementOrImprovement(NaN, standards)).to.throw(InputError, '"value"');
    expect(() => achievementOrImprovement(null, { ...standards, baseline: Infinity })).to.throw(
      InputError,
      '"baseline"',
    );
    expect(() => achievementOrImprovement(0.5, standards, 2)).to.throw(InputError, '"mostImprovement"');
  });

  it("rounds to the hospital programme's points", () => {
    const exact = (thousandths: number) => rational(thousandths, 1000);
    fc.assert(
      fc.property(rate, rate, rate, rate, (threshold, benchmark, baseline, performance) => {
        fc.pre(threshold !== benchmark);
        const points = [
          { threshold, benchmark, baseline, performance },
          { threshold: -threshold, benchmark: -benchmark, baseline: -baseline, performance: -performance },
        ].map((one) => {
          const { achievement, improvement } = achievementOrImprovement(one.performance, one);
          const good =
            one.benchmark > one.threshold ? one.performance >= one.threshold : one.performance <= one.threshold;
          // 9a + 0.5 rounded half up from the threshold on, 10 when full; 10i − 0.5 rounded half up.
          const forAchievement = achievement === 1 ? 10 : good ? Math.floor(9 * achievement! + 1 + 1e-9) : 0;
          return measureScore(forAchievement, Math.min(9, Math.floor(10 * improvement! + 1e-9)));
        });
        const rates = {
          threshold: exact(threshold),
          benchmark: exact(benchmark),
          baseline: exact(baseline),
          performance: exact(performance),
        };
        const published = measureScore(achievementPoints(rates), improvementPoints(rates));
        // The programme gives 9 for reaching the benchmark from any worse baseline; so does this.
        expect(points).to.deep.equal([published, published]);
      }),
      { numRuns: 400 },
    );
  });

  it("never falls as the value gets better", () => {
    fc.assert(
      fc.property(rate, rate, rate, rate, rate, (threshold, benchmark, baseline, one, other) => {
        fc.pre(threshold !== benchmark);
        const sign = benchmark > threshold ? 1 : -1;
        const [worse, best] = sign * (one - other) < 0 ? [one, other] : [other, one];
        const score = (value: number) => achievementOrImprovement(value, { threshold, benchmark, baseline }).score!;
        expect(score(best)).to.be.at.least(score(worse));
        expect(score(best)).to.be.within(0, 1);
      }),
    );
  });

  it("turns a score of which less is better", () => {
    expect([turned(0.25), turned(1), turned(null)]).to.deep.equal([0.75, 0, null]);
    expect(() => turned(2)).to.throw(InputError);
  });
});
