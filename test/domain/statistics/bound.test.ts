import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { cautiousBound, holdBack, release, wilsonBound } from "../../../oracle/domain/statistics/bound.ts";
import { LEVELS, quantile, type Level } from "../../../oracle/domain/statistics/level.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const variance = fc.double({ min: 0, max: 0.25, noNaN: true });
const level = fc.constantFrom(...LEVELS);
const better = fc.constantFrom("higher" as const, "lower" as const);

/** The part of a standard normal distribution below z, by Simpson's rule. */
function below(z: number): number {
  const steps = 2_000;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let total = density(0) + density(z);
  for (let i = 1; i < steps; i++) total += (i % 2 === 1 ? 4 : 2) * density((i * z) / steps);
  return 0.5 + (total * z) / steps / 3;
}

describe("levels", () => {
  it("have the quantiles of the normal distribution", () => {
    for (const one of LEVELS) expect(Math.round(below(quantile(one)) * 1e9)).to.equal(Math.round(one * 1e9));
  });

  it("are no others", () => {
    expect(() => quantile(0.5 as Level)).to.throw(RangeError, "0.8, 0.9, 0.95, 0.975");
    expect(() => quantile("toString" as unknown as Level)).to.throw(RangeError);
  });
});

describe("cautious bound", () => {
  it("is 1.2816 standard errors under the mean at 0.9, above it where lower is better", () => {
    expect(Math.round(cautiousBound({ mean: 0.7, variance: 0.01 }, 0.9) * 1e6)).to.equal(571_845);
    expect(Math.round(cautiousBound({ mean: 0.7, variance: 0.01 }, 0.9, "lower") * 1e6)).to.equal(828_155);
  });

  it("stays within 0 and 1, and refuses what is no mean or variance", () => {
    expect(cautiousBound({ mean: 0.1, variance: 0.25 }, 0.95)).to.equal(0);
    expect(cautiousBound({ mean: 0.9, variance: 0.25 }, 0.95, "lower")).to.equal(1);
    expect(cautiousBound({ mean: 0.4, variance: 0 }, 0.95)).to.equal(0.4);
    expect(() => cautiousBound({ mean: 1.1, variance: 0 }, 0.9)).to.throw(InputError, '"mean"');
    expect(() => cautiousBound({ mean: 1, variance: -1 }, 0.9)).to.throw(InputError, '"variance"');
  });

  it("is never on the provider's side, falls as certainty does, rises with the mean, and mirrors", () => {
    fc.assert(
      fc.property(share, share, variance, variance, level, level, (mean, other, v, w, one, two) => {
        const bound = cautiousBound({ mean, variance: v }, one);
        expect(bound).to.be.within(0, mean);
        expect(cautiousBound({ mean, variance: Math.max(v, w) }, one)).to.be.at.most(bound);
        expect(cautiousBound({ mean: Math.max(mean, other), variance: v }, one)).to.be.at.least(bound);
        if (two > one) expect(cautiousBound({ mean, variance: v }, two)).to.be.at.most(bound);
        const mirrored = 1 - cautiousBound({ mean: 1 - mean, variance: v }, one, "lower");
        expect(Math.abs(mirrored - bound)).to.be.lessThan(1e-12);
      }),
    );
  });
});

describe("Wilson's bound", () => {
  it("gives the published intervals of 81 of 263 and 15 of 148 (Newcombe 1998, method 3)", () => {
    const interval = (count: number, n: number) =>
      (["higher", "lower"] as const).map((side) => Math.round(wilsonBound(count / n, n, 0.975, side) * 1e4));
    expect(interval(81, 263)).to.deep.equal([2553, 3662]);
    expect(interval(15, 148)).to.deep.equal([624, 1605]);
    expect(interval(0, 20)).to.deep.equal([0, 1611]);
  });

  it("is never certain of few cases, and nearer to the share with more", () => {
    expect(wilsonBound(1, 1, 0.8)).to.be.lessThan(0.6);
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 1000 }), level, better, (p, n, one, side) => {
        const [few, many] = [wilsonBound(p, n, one, side), wilsonBound(p, 4 * n, one, side)];
        expect(few).to.be.within(0, 1);
        if (side === "higher") expect(many).to.be.at.least(few - 1e-12);
        else expect(many).to.be.at.most(few + 1e-12);
        // Exactly at 0 and 1 rounding may leave a trace on the wrong side.
        if (side === "higher") expect(few).to.be.at.most(p + 1e-12);
        else expect(few).to.be.at.least(p - 1e-12);
      }),
    );
  });

  it("refuses no case", () => {
    for (const n of [0, -1, 1.5]) expect(() => wilsonBound(0.5, n, 0.9)).to.throw(InputError, '"n"');
  });
});

describe("hold-back", () => {
  it("pays the bound and keeps the rest; never more than the estimate", () => {
    expect(holdBack(0.75, 0.5)).to.deep.equal({ payable: 0.5, heldBack: 0.25 });
    expect(holdBack(0.5, 0.75)).to.deep.equal({ payable: 0.5, heldBack: 0 });
    expect(() => holdBack(1.5, 0.5)).to.throw(InputError, '"estimate"');
    expect(() => holdBack(0.5, NaN)).to.throw(InputError, '"bound"');
  });

  it("frees as much as the follow-up's bound is above, at most what was kept, and asks nothing back", () => {
    const kept = { payable: 0.5, heldBack: 0.25 };
    expect([0.25, 0.5, 0.625, 0.75, 1].map((bound) => release(kept, bound))).to.deep.equal([0, 0, 0.125, 0.25, 0.25]);
  });

  it("pays in all no more than the first estimate, whatever the follow-up finds", () => {
    fc.assert(
      fc.property(share, share, share, (estimate, bound, later) => {
        const kept = holdBack(estimate, bound);
        expect(kept.payable + release(kept, later)).to.be.within(kept.payable, estimate + 1e-15);
      }),
    );
  });
});
