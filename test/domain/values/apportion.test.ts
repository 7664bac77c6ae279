import { expect } from "chai";
import fc from "fast-check";
import { apportion } from "../../../oracle/domain/values/apportion.ts";

describe("largest remainders", () => {
  // Hamilton's method by hand: 10 seats for 47, 16, 15.8, 12, 6.1, 3.1 (in tenths): quotas 4.7 1.6 1.58 1.2 0.61 0.31.
  it("gives the textbook's seats", () => {
    expect(apportion([470n, 160n, 158n, 120n, 61n, 31n], 10)).to.deep.equal([5, 2, 1, 1, 1, 0]);
  });

  const cases: [string, bigint[], number, number, number[]][] = [
    ["ties to whoever stands first", [1n, 1n, 1n], 100, 0, [34, 33, 33]],
    ["equal parts of nothing", [0n, 0n], 5, 0, [3, 2]],
    ["the least to each before the rest", [0n, 9n], 10, 1, [1, 9]],
    ["all to the only one", [7n], 10_000, 1, [10_000]],
    ["whole numbers beyond 2^53", [2n ** 80n, 2n ** 80n * 3n], 4, 0, [1, 3]],
  ];
  for (const [what, shares, total, least, expected] of cases) {
    it(`gives ${what}`, () => expect(apportion(shares, total, least)).to.deep.equal(expected));
  }

  it("adds up, is within one of the exact quota, and gives more to the larger share", () => {
    const shares = fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(shares, fc.nat(20_000), (list, total) => {
        const parts = apportion(list, total);
        expect(parts.reduce((sum, part) => sum + part, 0)).to.equal(total);
        const sum = list.reduce((all, share) => all + share, 0n);
        if (sum === 0n) return;
        list.forEach((share, i) => {
          const floor = (BigInt(total) * share) / sum;
          expect([floor, floor + 1n]).to.include(BigInt(parts[i]!));
          list.forEach((other, k) => {
            if (share > other) expect(parts[i]!).to.be.at.least(parts[k]!);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it("refuses what cannot be split", () => {
    expect(() => apportion([], 5)).to.throw(RangeError);
    expect(() => apportion([1n, 1n, 1n], 2, 1)).to.throw(RangeError, "2 cannot be split into 3 parts");
  });
});
