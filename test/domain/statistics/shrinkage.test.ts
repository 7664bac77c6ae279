import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import {
  betweenVariance,
  sampleOf,
  shrinkEstimates,
  shrinkSamples,
  type Estimate,
} from "../../../oracle/domain/statistics/shrinkage.ts";
import { interviewErrors } from "../../../scripts/bench-assess/few-interviews.ts";

/** Hits of 18 players in their first 45 times at bat (Efron and Morris 1975, table 1). */
const HITS = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7];
/** Effects and standard errors of coaching in eight schools (Rubin 1981). */
const SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12];
const SCHOOL_ERRORS = [15, 10, 16, 11, 9, 11, 10, 18];

/** Cases and others among the vaccinated, cases and others among controls, in 13 trials (Colditz et al. 1994). */
const BCG = [
  [4, 119, 11, 128],
  [6, 300, 29, 274],
  [3, 228, 11, 209],
  [62, 13536, 248, 12619],
  [33, 5036, 47, 5761],
  [180, 1361, 372, 1079],
  [8, 2537, 10, 619],
  [505, 87886, 499, 87892],
  [29, 7470, 45, 7232],
  [17, 1699, 65, 1600],
  [186, 50448, 141, 27197],
  [5, 2493, 3, 2338],
  [27, 16886, 29, 17825],
] as const;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const interviews = fc.array(fc.array(share, { maxLength: 12 }), { maxLength: 9 });
const estimates = fc.array(fc.record({ mean: share, variance: fc.double({ min: 1e-6, max: 0.25, noNaN: true }) }), {
  minLength: 1,
  maxLength: 9,
});

describe("shrinkage of estimates", () => {
  it("gives the published factor of 18 players, 0.212, and so 0.400 → 0.294, 0.178 → 0.247, 0.156 → 0.242", () => {
    const means = HITS.map((hits) => hits / 45);
    const centre = means.reduce((a, b) => a + b) / 18;
    const found = shrinkEstimates(means.map((mean) => ({ mean, variance: (centre * (1 - centre)) / 45 })));
    const [first, before, last] = [0, 16, 17].map((i) => Math.round(found.providers[i]!.mean * 1000));
    expect([first, before, last]).to.deep.equal([294, 247, 242]);
    for (const { shrinkage } of found.providers) expect(Math.round((1 - shrinkage) * 1000)).to.equal(212);
  });

  it("finds no difference between eight schools, mean 7.7, and moves all by 5/7", () => {
    const schools = SCHOOLS.map((mean, i) => ({ mean, variance: SCHOOL_ERRORS[i]! ** 2 }));
    const { between, centre, providers } = shrinkEstimates(schools);
    expect([between, Math.round(centre! * 100)]).to.deep.equal([0, 769]);
    for (const { shrinkage } of providers) expect(Math.round(shrinkage * 7e9)).to.equal(5e9);
  });

  it("finds DerSimonian and Laird's published variance between 13 trials, 0.3088, and mean −0.7141", () => {
    const trials = BCG.map(([a, b, c, d]): Estimate => {
      const mean = Math.log(a / (a + b)) - Math.log(c / (c + d));
      return { mean, variance: 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) };
    });
    expect(Math.round(betweenVariance(trials) * 1e4)).to.equal(3088);
    expect(Math.round(shrinkEstimates(trials).centre! * 1e4)).to.equal(-7141);
  });

  it("computes Morris's variance by hand: four at 0, 0, 1, 1, each of variance 0.1", () => {
    // Q = 10, A = (10 − 3)/(40 − 10) = 7/30, B = 1/3 · 0.1/(0.1 + 7/30) = 0.1; 0.1·(1 − 3/4·0.1) + 2·0.01·0.25 = 0.0975.
    const found = shrinkEstimates([0, 0, 1, 1].map((mean) => ({ mean, variance: 0.1 })));
    expect(Math.round(found.between * 30e9)).to.equal(7e9);
    expect(found.providers.map(({ mean }) => Math.round(mean * 1e9))).to.deep.equal([5e7, 5e7, 95e7, 95e7]);
    for (const { variance } of found.providers) expect(Math.round(variance * 1e9)).to.equal(97_500_000);
  });

  it("weighs unequal variances, against the same formulas computed apart", () => {
    const variances = [0.01, 0.02, 0.01, 0.05, 0.02];
    const found = shrinkEstimates([0.2, 0.4, 0.5, 0.9, 0.8].map((mean, i) => ({ mean, variance: variances[i]! })));
    expect([found.between, found.centre!].map((x) => Math.round(x * 1e6))).to.deep.equal([52_987, 527_029]);
    const means = found.providers.map(({ mean }) => Math.round(mean * 1e6));
    expect(means).to.deep.equal([225_960, 417_404, 502_146, 809_462, 762_600]);
    const spreads = found.providers.map(({ variance }) => Math.round(variance * 1e6));
    expect(spreads).to.deep.equal([10_142, 18_109, 9_370, 46_069, 19_199]);
  });

  it("moves nobody among three, alone, or where all is certain; nobody has no centre", () => {
    const three = [0.1, 0.5, 0.9].map((mean) => ({ mean, variance: 0.1 }));
    expect(shrinkEstimates(three).providers.map(({ mean }) => mean)).to.deep.equal([0.1, 0.5, 0.9]);
    expect(shrinkEstimates(three.slice(0, 1))).to.deep.equal({
      centre: 0.1,
      between: 0,
      providers: [{ own: 0.1, mean: 0.1, variance: 0.1, shrinkage: 0 }],
    });
    const certain = shrinkEstimates([0, 0.25, 0.5, 0.75].map((mean) => ({ mean, variance: 0 })));
    expect(certain.providers.map(({ mean }) => mean)).to.deep.equal([0, 0.25, 0.5, 0.75]);
    expect(Math.round(certain.between * 48)).to.equal(5);
    expect(shrinkEstimates(Array.from({ length: 5 }, () => ({ mean: 0.5, variance: 0 }))).centre).to.equal(0.5);
    expect(shrinkEstimates([])).to.deep.equal({ centre: null, between: 0, providers: [] });
  });

  it("refuses certain and uncertain estimates together, and what is no variance", () => {
    const mixed = [0, 0.1].map((variance) => ({ mean: 0.5, variance }));
    expect(() => shrinkEstimates(mixed)).to.throw(InputError, "all above 0, or all 0");
    for (const variance of [-0.1, NaN, Infinity]) {
      expect(() => shrinkEstimates([{ mean: 0.5, variance }])).to.throw(InputError, "variance");
    }
  });

  it("leaves each between its own mean and the centre, the less certain moved more", () => {
    fc.assert(
      fc.property(estimates, (found) => {
        const { centre, providers } = shrinkEstimates(found);
        const means = found.map(({ mean }) => mean);
        expect(centre).to.be.within(Math.min(...means), Math.max(...means));
        for (const { mean, own, shrinkage, variance } of providers) {
          expect(mean).to.be.within(Math.min(own, centre!), Math.max(own, centre!));
          expect(shrinkage).to.be.within(0, 1);
          expect(variance).to.be.greaterThan(0);
        }
        const order = found.map((_, i) => i).sort((a, b) => found[a]!.variance - found[b]!.variance);
        const moved = order.map((i) => providers[i]!.shrinkage);
        moved.slice(1).forEach((one, i) => expect(one).to.be.at.least(moved[i]! - 1e-12));
      }),
    );
  });

  it("does not depend, to the bit, on the order of providers", () => {
    fc.assert(
      fc.property(estimates, (found) => {
        const turned = shrinkEstimates(found.toReversed());
        expect({ ...turned, providers: turned.providers.toReversed() }).to.deep.equal(shrinkEstimates(found));
      }),
    );
  });
});

describe("shrinkage of interviews", () => {
  it("counts, averages, and takes the variance", () => {
    expect(sampleOf([])).to.deep.equal({ n: 0, mean: null, variance: null });
    expect(sampleOf([0.25])).to.deep.equal({ n: 1, mean: 0.25, variance: null });
    expect(sampleOf([0, 1, 1, 0])).to.deep.equal({ n: 4, mean: 0.5, variance: 1 / 3 });
    expect(() => sampleOf([0.5, 1.5])).to.throw(InputError, '"value"');
  });

  it("leaves who was not interviewed at null, and out of everything", () => {
    const samples = [
      [0, 1],
      [1, 1],
      [0, 0],
      [1, 0, 1],
    ].map(sampleOf);
    const found = shrinkSamples([sampleOf([]), ...samples]);
    expect(found.providers[0]).to.equal(null);
    expect(found.providers.slice(1)).to.deep.equal(shrinkSamples(samples).providers);
    expect(shrinkSamples([sampleOf([])])).to.deep.equal({ centre: null, between: 0, providers: [null] });
  });

  it("pools the variance within, with one degree of freedom at 1/4: (2·1/2 + 1/4)/(2 + 1), over n", () => {
    const { providers } = shrinkSamples([sampleOf([0, 1]), sampleOf([1, 0])]);
    expect(providers.map((one) => Math.round(one!.variance * 24e9))).to.deep.equal([5e9, 5e9]);
  });

  it("does not take unanimous interviews, or single ones, for certainty", () => {
    const unanimous = shrinkSamples(Array.from({ length: 5 }, (_, i) => sampleOf(i < 4 ? [1, 1, 1] : [0, 0, 0])));
    for (const one of unanimous.providers) expect(one!.variance).to.be.greaterThan(0);
    const single = shrinkSamples([0, 1, 1, 1, 1].map((value) => sampleOf([value])));
    for (const one of single.providers) expect(one!.shrinkage).to.be.greaterThan(0.4);
    expect(shrinkSamples([sampleOf([1])]).providers[0]).to.deep.equal({
      own: 1,
      mean: 1,
      variance: 0.25,
      shrinkage: 0,
    });
  });

  it("refuses means without interviews and impossible variances", () => {
    const bad = [
      { n: 0, mean: 0.5, variance: null },
      { n: 3, mean: null, variance: 0.1 },
      { n: 1, mean: 0.5, variance: 0 },
      { n: 3, mean: 0.5, variance: null },
      { n: 3, mean: 1.5, variance: 0 },
      { n: 2, mean: 0.5, variance: 0.6 },
      { n: 1.5, mean: 0.5, variance: 0.1 },
    ];
    for (const sample of bad) expect(() => shrinkSamples([sample]), JSON.stringify(sample)).to.throw(InputError);
    expect(shrinkSamples([{ n: 2, mean: 0.5, variance: 0.5 }]).providers).to.have.length(1);
  });

  it("leaves each between its own mean and the centre", () => {
    fc.assert(
      fc.property(interviews, (values) => {
        const { centre, providers } = shrinkSamples(values.map(sampleOf));
        providers.forEach((one, i) => {
          if (values[i]!.length === 0) return expect(one).to.equal(null);
          expect(one!.mean).to.be.within(Math.min(one!.own, centre!), Math.max(one!.own, centre!));
        });
      }),
    );
  });

  it("brings the error at ten interviews to 0.55 of the unshrunk, on the bench's population", () => {
    const { unshrunk, shrunk, belowBound } = interviewErrors(11, 50, 60);
    expect(unshrunk).to.be.within(0.14, 0.155);
    expect(shrunk).to.be.at.most(0.55 * unshrunk);
    expect(belowBound).to.be.lessThan(0.15);
  });
});
