import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { correctedMean, type Labelled } from "../../../oracle/domain/statistics/prediction-powered.ts";
import { bernoulli } from "../../../scripts/bench-assess/draws.ts";
import { seededRandom } from "../../../scripts/faults/support/random.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const labelled = fc.array(fc.record({ judged: share, label: share }), { minLength: 1, maxLength: 20 });
const micro = (value: number | null | undefined) => (value == null ? null : Math.round(value * 1e6));

/** Pools of which people label some: outcomes 0 or 1, a judge that is right about most and too kind about the rest. */
function repeat(seed: number, how: "full" | "tuned", labels: number, times: number) {
  const random = seededRandom(seed);
  const item = (): Labelled => {
    const label = bernoulli(random, 0.5);
    return { judged: label === 1 || random() < 0.3 ? 0.9 : 0.1, label };
  };
  const found = { covered: 0, width: 0, bias: 0, classical: 0 };
  for (let i = 0; i < times; i++) {
    const slice = Array.from({ length: labels }, item);
    const rest = Array.from({ length: 1_000 }, () => item().judged);
    const { mean, interval } = correctedMean(rest, slice, 0.975, how);
    const alone = correctedMean([], slice, 0.975).interval!;
    if (interval!.low <= 0.5 && interval!.high >= 0.5) found.covered += 1 / times;
    found.width += (interval!.high - interval!.low) / times;
    found.classical += (alone.high - alone.low) / times;
    found.bias += (mean! - 0.5) / times;
  }
  return found;
}

describe("prediction-powered mean", () => {
  const slice: Labelled[] = [
    { judged: 0.75, label: 1 },
    { judged: 0.75, label: 0 },
    { judged: 0.25, label: 0 },
    { judged: 0.25, label: 0 },
  ];

  it("takes the judge's mean error off, by hand", () => {
    // 0.75 − (0.5 − 0.25); labels less judged are 0.25, −0.75, −0.25, −0.25, about −0.25.
    const found = correctedMean([0.5, 1, 0.75, 0.75], slice, 0.975, "full");
    const rest = [0.25, -0.75, -0.25, -0.25].map((error) => (error + 0.25) ** 2).reduce((a, b) => a + b) / 3;
    const judged = [0.5, 1, 0.75, 0.75, 0.75, 0.75, 0.25, 0.25];
    const spread = judged.map((f) => (f - 0.625) ** 2).reduce((a, b) => a + b) / 7;
    expect(micro(found.mean)).to.equal(500_000);
    expect(micro(found.standardError)).to.equal(micro(Math.sqrt(rest / 4 + spread / 4)));
    expect(micro(found.interval!.low)).to.equal(micro(Math.max(0, 0.5 - 1.959963984540054 * found.standardError!)));
    expect(found).to.deep.include({ trust: 1, labels: 4, unlabelled: 4 });
  });

  it("tunes its trust: cov(y, f) = 0.25/3, s²(f) = 0.5/7 over all eight, n/N = 1", () => {
    const found = correctedMean([0.5, 1, 0.75, 0.75], slice, 0.975);
    expect(micro(found.trust)).to.equal(micro(0.25 / 3 / (2 * (0.5 / 7))));
    expect(micro(found.mean)).to.equal(micro(0.25 + found.trust * (0.75 - 0.5)));
    // Four deviations of 0.5 and four of 0.25: (4·0.25 + 4·0.0625)/7.
    const little = correctedMean([0, 1, 0, 1], slice, 0.975);
    expect(micro(little.trust)).to.equal(micro(0.25 / 3 / (2 * (1.25 / 7))));
  });

  it("is the classical mean and its interval without unlabelled items", () => {
    fc.assert(
      fc.property(labelled, fc.constantFrom("full" as const, "tuned" as const), (found, how) => {
        const { mean, interval, standardError, trust } = correctedMean([], found, 0.95, how);
        const labels = found.map(({ label }) => label);
        const middle = labels.reduce((a, b) => a + b) / labels.length;
        expect(Math.abs(mean! - middle)).to.be.lessThan(1e-12);
        expect(trust).to.equal(0);
        expect([interval === null, standardError === null]).to.deep.equal([labels.length < 2, labels.length < 2]);
        if (labels.length < 2) return;
        const variance = labels.map((y) => (y - middle) ** 2).reduce((a, b) => a + b) / (labels.length - 1);
        expect(Math.abs(standardError! - Math.sqrt(variance / labels.length))).to.be.lessThan(1e-9);
      }),
    );
  });

  it("is the judge's mean where the judge is always right, and ignores one that says nothing", () => {
    const right = [0, 1, 0, 1, 1].map((label) => ({ judged: label, label }));
    expect(micro(correctedMean([1, 1, 1, 0], right, 0.975, "full").mean)).to.equal(750_000);
    const silent = right.map(({ label }) => ({ judged: 0.5, label }));
    expect(correctedMean([0.5, 0.5], silent, 0.975)).to.deep.include({ mean: 0.6, trust: 0 });
    // Two labels are enough to tell: cov 1/2, s² of 0 1 0 1 1/3, n/N = 1, so trust 3/4 of the judge.
    const two = [0, 1].map((label) => ({ judged: label, label }));
    expect(micro(correctedMean([0, 1], two, 0.975).trust)).to.equal(750_000);
    const contrary = right.map(({ label }) => ({ judged: 1 - label, label }));
    expect(correctedMean([1, 0, 1], contrary, 0.975)).to.deep.include({ mean: 0.6, trust: 0 });
  });

  it("says nothing without a label, and gives no interval with one", () => {
    expect(correctedMean([0.5, 1], [], 0.975)).to.deep.equal({
      mean: null,
      interval: null,
      standardError: null,
      trust: 0,
      labels: 0,
      unlabelled: 2,
    });
    expect(correctedMean([0.5, 1], [{ judged: 0.5, label: 1 }], 0.975)).to.deep.include({ mean: 1, interval: null });
    expect(correctedMean([0.5], [{ judged: 0.5, label: 0.25 }], 0.975, "full")).to.deep.include({ mean: 0.25 });
  });

  it("refuses what is no share", () => {
    expect(() => correctedMean([2], slice, 0.95)).to.throw(InputError, '"judged"');
    expect(() => correctedMean([], [{ judged: 0, label: NaN }], 0.95)).to.throw(InputError, '"label"');
    expect(() => correctedMean([], [{ judged: -1, label: 0 }], 0.95)).to.throw(InputError, '"judged"');
  });

  it("stays within 0 and 1 around its mean, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(share, { maxLength: 30 }), labelled, (rest, found) => {
        const one = correctedMean(rest, found, 0.9);
        expect(one.mean).to.be.within(0, 1);
        if (one.interval !== null) {
          expect(one.interval.low).to.be.within(0, one.mean!);
          expect(one.interval.high).to.be.within(one.mean!, 1);
        }
        expect(correctedMean(rest.toReversed(), found.toReversed(), 0.9)).to.deep.equal(one);
      }),
    );
  });

  it("covers the truth in about 95% of pools with 60 labels, without bias and narrower than labels alone", () => {
    for (const how of ["full", "tuned"] as const) {
      const { covered, width, classical, bias } = repeat(5, how, 60, 300);
      expect(covered, how).to.be.within(0.91, 0.98);
      expect(Math.abs(bias), how).to.be.lessThan(0.01);
      expect(width / classical, how).to.be.lessThan(0.85);
    }
  });
});
