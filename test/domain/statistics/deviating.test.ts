import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { DEVIATION_RULE, judgeDeviations } from "../../../oracle/domain/statistics/deviating.ts";
import { normal } from "../../../scripts/bench-assess/draws.ts";
import { seededRandom } from "../../../scripts/faults/support/random.ts";

function honest(seed: number, items: number, judges: number, spread: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: items }, () => {
    const truth = random();
    return Array.from({ length: judges }, () => truth + spread * normal(random));
  });
}

const flaggedOf = (rows: readonly (readonly (number | null)[])[]) =>
  judgeDeviations(rows)
    .filter(({ flagged }) => flagged)
    .map(({ judge }) => judge);

describe("deviating judges", () => {
  it("are measured against the median of the others, by hand", () => {
    // Others' medians: 0.75 0.75, 0.5 0.5, 0.5 0.5 – of the two others, the middle between them.
    const rows = Array.from({ length: 5 }, () => [0, 1, 0.5]);
    expect(judgeDeviations(rows)).to.deep.equal([
      { judge: 0, items: 5, deviation: 0.75, flagged: false },
      { judge: 1, items: 5, deviation: 0.75, flagged: false },
      { judge: 2, items: 5, deviation: 0, flagged: false },
    ]);
  });

  it("are flagged where one of three always says the contrary", () => {
    expect(flaggedOf(Array.from({ length: 5 }, (_, i) => [i % 2, i % 2, 1 - (i % 2)]))).to.deep.equal([2]);
  });

  it("are two of seven who always say 1", () => {
    const rows = honest(3, 40, 5, 0.1).map((row) => [...row, 1, 1]);
    expect(flaggedOf(rows)).to.deep.equal([5, 6]);
  });

  it("are none where all are equally unsure, however much", () => {
    for (const spread of [0.01, 0.1, 0.3]) expect(flaggedOf(honest(4, 40, 7, spread))).to.deep.equal([]);
  });

  it("are none within the tolerance, though the others agree to the bit", () => {
    const off = (by: number) => Array.from({ length: 10 }, () => [0.5, 0.5, 0.5, 0.5 + by]);
    expect(flaggedOf(off(0.09))).to.deep.equal([]);
    expect(flaggedOf(off(0.11))).to.deep.equal([3]);
  });

  it("say nothing of too few items, nor of items that nobody else judged", () => {
    const few = Array.from({ length: 6 }, (_, i) => [0, i < 4 ? 0 : null, 1, i < 4 ? 1 : null]);
    expect(judgeDeviations(few)[3]).to.deep.equal({ judge: 3, items: 4, deviation: null, flagged: false });
    expect(judgeDeviations(Array.from({ length: 9 }, () => [1, null]))[0]).to.deep.include({
      items: 0,
      deviation: null,
    });
    expect(judgeDeviations([])).to.deep.equal([]);
  });

  it("refuses a rule out of range", () => {
    for (const bad of [{ minItems: 0 }, { tolerance: -1 }, { factor: 0.5 }]) {
      expect(() => judgeDeviations([[1]], { ...DEVIATION_RULE, ...bad })).to.throw(InputError);
    }
  });

  it("do not depend on the order of items", () => {
    const rows = fc.array(
      fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(rows, (found) => {
        expect(judgeDeviations(found.toReversed())).to.deep.equal(judgeDeviations(found));
      }),
    );
  });
});
