import { expect } from "chai";
import fc from "fast-check";
import { MAX_KNOTS, payFor, type Knot } from "../../contracts/protocol/curve.ts";

const bps = fc.integer({ min: 0, max: 10_000 });
const curves = fc.array(fc.tuple(bps, bps), { maxLength: MAX_KNOTS }).map((pairs): Knot[] => {
  const ys = pairs.map(([, y]) => y).sort((a, b) => a - b);
  return pairs
    .map(([x]) => x)
    .sort((a, b) => a - b)
    .map((x, i) => ({ x, y: ys[i]! }));
});

/** The rule read straight from its words, in bigint: the last knot at or below the score, and the line to the next one. */
function payByTheWords(curve: readonly Knot[], score: number): number {
  if (curve.length === 0) return score;
  const left = curve.findLast(({ x }) => x <= score);
  if (left === undefined) return curve[0]!.y;
  const right = curve[curve.lastIndexOf(left) + 1];
  if (right === undefined) return left.y;
  const rise = BigInt(score - left.x) * BigInt(right.y - left.y);
  return left.y + Number(rise / BigInt(right.x - left.x));
}

describe("payout curve", () => {
  it("is the identity without knots", () => {
    for (const score of [0, 1, 9999, 10_000]) expect(payFor([], score)).to.equal(score);
  });

  it("is flat outside its knots", () => {
    const curve = [
      { x: 2000, y: 1000 },
      { x: 8000, y: 9000 },
    ];
    expect([0, 1999, 2000].map((score) => payFor(curve, score))).to.deep.equal([1000, 1000, 1000]);
    expect([8000, 8001, 10_000].map((score) => payFor(curve, score))).to.deep.equal([9000, 9000, 9000]);
  });

  it("rounds interpolation down", () => {
    const curve = [
      { x: 0, y: 0 },
      { x: 3, y: 2 },
    ];
    expect([1, 2, 3].map((score) => payFor(curve, score))).to.deep.equal([0, 1, 2]);
  });

  it("takes the later y at equal x: a step", () => {
    const steps = [
      { x: 9500, y: 0 },
      { x: 9500, y: 7500 },
      { x: 9900, y: 7500 },
      { x: 9900, y: 9000 },
    ];
    const scores = [0, 9499, 9500, 9899, 9900, 10_000];
    expect(scores.map((score) => payFor(steps, score))).to.deep.equal([0, 0, 7500, 7500, 9000, 9000]);
  });

  it("takes the later y where the first knots share their x, even at 0", () => {
    const curve = [
      { x: 0, y: 100 },
      { x: 0, y: 200 },
    ];
    expect(payFor(curve, 0)).to.equal(200);
  });

  it("has one value with a single knot", () => {
    for (const score of [0, 5000, 10_000]) expect(payFor([{ x: 5000, y: 42 }], score)).to.equal(42);
  });

  it("stays within 0 and 10,000, never falls, and follows its words", () => {
    fc.assert(
      fc.property(curves, bps, bps, (curve, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const pay = payFor(curve, low);
        expect(Number.isInteger(pay) && pay >= 0 && pay <= 10_000).to.equal(true);
        expect(payFor(curve, high)).to.be.at.least(pay);
        expect(pay).to.equal(payByTheWords(curve, low));
      }),
      { numRuns: 2000 },
    );
  });
});
