import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { correlationOf, effectiveVotes, errorsOf } from "../../../oracle/domain/statistics/effective-votes.ts";
import { normal } from "../../../scripts/bench-assess/draws.ts";
import { seededRandom } from "../../../scripts/faults/support/random.ts";

/** Errors of judges that share a part: any two have this correlation. */
function panel(seed: number, items: number, judges: number, correlation: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: items }, () => {
    const shared = normal(random) * Math.sqrt(correlation);
    return Array.from({ length: judges }, () => shared + normal(random) * Math.sqrt(1 - correlation));
  });
}

const rows = fc.integer({ min: 1, max: 5 }).chain((judges) =>
  fc.array(fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { freq: 4 }), { minLength: judges, maxLength: judges }), {
    maxLength: 12,
  }),
);

describe("effective votes", () => {
  it("correlates by hand: 1 2 3 with 1 3 2 is 1/2", () => {
    const pairs = [
      [1, 1],
      [2, 3],
      [3, 2],
    ] as const;
    expect(Math.round(correlationOf(pairs)! * 1e12)).to.equal(5e11);
    expect(correlationOf([[1, 2]])).to.equal(null);
    expect(correlationOf([...pairs].map(([x]) => [x, 0.1] as const))).to.equal(null);
  });

  it("counts judges who always say the same as one", () => {
    const same = Array.from({ length: 10 }, (_, i) => [i % 3, i % 3, i % 3]);
    for (const judges of [2, 3]) {
      const { votes } = effectiveVotes(same.map((row) => row.slice(0, judges)));
      expect(Math.abs(votes - 1), `${judges} judges`).to.be.lessThan(1e-12);
    }
  });

  it("finds 2.1 votes of six judges at the correlation that makes it so, (6/2.1 − 1)/5", () => {
    const { votes, correlation, pairs, judges } = effectiveVotes(panel(7, 4_000, 6, (6 / 2.1 - 1) / 5));
    expect(Math.abs(votes - 2.1)).to.be.lessThan(0.1);
    expect(Math.abs(correlation! - 0.371)).to.be.lessThan(0.03);
    expect([judges, pairs]).to.deep.equal([6, { used: 15, thin: 0, constant: 0 }]);
  });

  it("counts nearly all of independent judges, and never more than there are", () => {
    const { votes } = effectiveVotes(panel(8, 2_000, 5, 0));
    expect(votes).to.be.within(4.5, 5);
    const against = Array.from({ length: 12 }, (_, i) => [i, -i]);
    expect(effectiveVotes(against)).to.deep.include({ judges: 2, votes: 2 });
    expect(Math.round(effectiveVotes(against).correlation! * 1e9)).to.equal(-1e9);
  });

  it("leaves out pairs with too few items in common, and pairs of which one never varies, and says so", () => {
    const judgements = Array.from({ length: 12 }, (_, i) => [i, i, 5, i < 4 ? i : null]);
    expect(effectiveVotes(judgements).pairs).to.deep.equal({ used: 1, thin: 3, constant: 2 });
    expect(effectiveVotes(judgements, 4).pairs).to.deep.equal({ used: 3, thin: 0, constant: 3 });
  });

  it("counts one vote where no pair says anything, one of a judge alone, none of nobody", () => {
    const nothing = Array.from({ length: 12 }, () => [1, 1, 1]);
    expect(effectiveVotes(nothing)).to.deep.equal({
      judges: 3,
      correlation: null,
      votes: 1,
      pairs: { used: 0, thin: 0, constant: 3 },
    });
    expect(effectiveVotes([[1], [2]])).to.deep.include({ judges: 1, votes: 1 });
    expect(effectiveVotes([[null, 1]])).to.deep.include({ judges: 1, votes: 1 });
    expect(effectiveVotes([])).to.deep.include({ judges: 0, votes: 0 });
  });

  it("takes errors against the truth where both are known", () => {
    expect(
      errorsOf(
        [
          [1, null],
          [0.5, 0.25],
        ],
        [0.5, null],
      ),
    ).to.deep.equal([
      [0.5, null],
      [null, null],
    ]);
    expect(() => errorsOf([[1]], [])).to.throw(InputError, "wrong number of truths");
  });

  it("refuses rows of different lengths and values that are no number", () => {
    expect(() => effectiveVotes([[1, 2], [1]])).to.throw(InputError, "differ in length");
    expect(() => effectiveVotes([[NaN]])).to.throw(InputError, "judgement");
    expect(() => effectiveVotes([[1]], 1)).to.throw(InputError, "minOverlap");
  });

  it("does not depend, to the bit, on the order of items or judges", () => {
    fc.assert(
      fc.property(rows, (judgements) => {
        const found = effectiveVotes(judgements, 3);
        expect(effectiveVotes(judgements.toReversed(), 3)).to.deep.equal(found);
        expect(
          effectiveVotes(
            judgements.map((row) => row.toReversed()),
            3,
          ),
        ).to.deep.equal(found);
        expect(found.votes).to.be.within(Math.min(1, found.judges), found.judges);
      }),
    );
  });
});
