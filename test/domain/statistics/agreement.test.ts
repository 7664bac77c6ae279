import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { agreement, type Category } from "../../../oracle/domain/statistics/agreement.ts";
import { krippendorffAlpha } from "../../../oracle/domain/statistics/krippendorff.ts";

/** Judgements of two judges from a table of counts, rows the first judge's categories. */
function judged(table: readonly (readonly number[])[]): [number[], number[]] {
  const pairs = table.flatMap((row, a) => row.flatMap((n, b) => Array.from({ length: n }, () => [a, b] as const)));
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
}

/** Four observers, twelve units (Krippendorff 2011, section C). */
const OBSERVERS = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
  [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
];
const UNITS = OBSERVERS[0]!.map((_, unit) => OBSERVERS.map((row) => row[unit]!));

describe("agreement of two judges", () => {
  it("gives Cohen's published example: 0.70 raw, kappa 0.492", () => {
    const [one, other] = judged([
      [88, 14, 18],
      [10, 40, 10],
      [2, 6, 12],
    ]);
    const found = agreement(one, other);
    expect([found.items, found.raw, Math.round(found.kappa! * 1000)]).to.deep.equal([200, 0.7, 492]);
  });

  it("computes by hand: 20, 5, 10, 15 of 50, chance 1/2, kappa 0.4", () => {
    expect(
      agreement(
        ...judged([
          [20, 5],
          [10, 15],
        ]),
      ),
    ).to.deep.equal({ items: 50, raw: 0.7, kappa: 0.4 });
  });

  it("is below 0 where they contradict, 1 where they never do, null where chance alone explains all", () => {
    expect(agreement([true, false], [false, true])).to.deep.equal({ items: 2, raw: 0, kappa: -1 });
    expect(agreement(["a", "b"], ["a", "b"])).to.deep.equal({ items: 2, raw: 1, kappa: 1 });
    expect(agreement([1, 1], [1, 1])).to.deep.equal({ items: 2, raw: 1, kappa: null });
    expect(agreement([1, 1], [1, 0])).to.deep.equal({ items: 2, raw: 0.5, kappa: 0 });
  });

  it("leaves out what either left out; false and 0 are answers", () => {
    expect(agreement([null, 1, 0, false], [1, null, 0, false])).to.deep.equal({ items: 2, raw: 1, kappa: 1 });
    expect(agreement([null], [1])).to.deep.equal({ items: 0, raw: null, kappa: null });
    expect(() => agreement([1], [])).to.throw(InputError, "wrong number");
  });

  it("is the same from either side and in any order, and at most 1", () => {
    const pair = fc.tuple(fc.constantFrom<Category>("a", "b", "c", null), fc.constantFrom<Category>("a", "b", null));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), (pairs) => {
        const [one, other] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const found = agreement(one, other);
        expect(agreement(other, one)).to.deep.equal(found);
        expect(agreement(one.toReversed(), other.toReversed())).to.deep.equal(found);
        if (found.kappa !== null) expect(found.kappa).to.be.within(-1, 1);
      }),
    );
  });
});

describe("Krippendorff's alpha", () => {
  it("gives the published example: nominal 0.743, interval 0.849", () => {
    const [nominal, interval] = (["nominal", "interval"] as const).map((metric) => krippendorffAlpha(UNITS, metric));
    expect([nominal!.items, nominal!.values]).to.deep.equal([11, 40]);
    expect([nominal!, interval!].map(({ alpha }) => Math.round(alpha! * 1000))).to.deep.equal([743, 849]);
  });

  it("gives Krippendorff's binary example of two observers and ten units, 0.095", () => {
    const one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0];
    const other = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0];
    const { alpha } = krippendorffAlpha(
      one.map((value, i) => [value, other[i]!]),
      "nominal",
    );
    expect(Math.round(alpha! * 1000)).to.equal(95);
  });

  it("is 1 where all agree, null where nothing varied or nothing can be compared", () => {
    expect(
      krippendorffAlpha(
        [
          [0, 0],
          [1, 1],
        ],
        "interval",
      ).alpha,
    ).to.equal(1);
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        "nominal",
      ).alpha,
    ).to.equal(null);
    expect(
      krippendorffAlpha(
        [
          [1, null],
          [null, 2],
        ],
        "nominal",
      ),
    ).to.deep.equal({ alpha: null, items: 0, values: 0 });
    expect(krippendorffAlpha([], "interval").alpha).to.equal(null);
    expect(() => krippendorffAlpha([[1], [1, 2]], "nominal")).to.throw(InputError);
  });

  it("does not depend on the order of units or judges, nor, by interval, on origin and unit", () => {
    const row = fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { freq: 4 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 12 }),
        fc.constantFrom("nominal" as const, "interval" as const),
        (rows, metric) => {
          const found = krippendorffAlpha(rows, metric);
          const turned = rows.map((one) => one.toReversed()).toReversed();
          expect(krippendorffAlpha(turned, metric)).to.deep.equal(found);
          const scaled = krippendorffAlpha(
            rows.map((one) => one.map((v) => (v === null ? null : 8 * v + 16))),
            metric,
          );
          expect(scaled.alpha === null).to.equal(found.alpha === null);
          if (found.alpha !== null) expect(Math.abs(scaled.alpha! - found.alpha)).to.be.lessThan(1e-12);
        },
      ),
    );
  });
});
