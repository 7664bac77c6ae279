import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { lowerMedian, medianScore, medianScores, midMedian } from "../../../oracle/domain/statistics/median.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const said = fc.option(share, { freq: 3 });

describe("median of a criterion over nodes", () => {
  const cases: [string, (number | null)[], number | null][] = [
    ["one node alone", [0.7], 0.7],
    ["the middle of three", [0.9, 0, 0.5], 0.5],
    ["the lower middle of two", [0.9, 0.8], 0.8],
    ["the lower middle of four", [0.4, 0.1, 0.3, 0.2], 0.2],
    ["judged where two of three judge: the lower", [null, 0.8, 0.6], 0.6],
    ["abstained where one of three judges", [null, 0.8, null], null],
    ["abstained where exactly half judge", [null, 0.8, null, 0.8], null],
    ["abstained where nobody judges", [null, null], null],
    ["abstained of no node", [], null],
    ["a score of 0 as judged", [0, 0, null], 0],
  ];
  for (const [what, scores, expected] of cases) {
    it(`gives ${what}`, () => expect(medianScore(scores)).to.equal(expected));
  }

  it("does not depend on the order of nodes", () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 9 }), (scores) => {
        const sorted = scores.toSorted((a, b) => (a ?? -1) - (b ?? -1));
        expect(medianScore(scores.toReversed())).to.equal(medianScore(scores));
        expect(medianScore(sorted)).to.equal(medianScore(scores));
      }),
    );
  });

  it("stays within what honest nodes judged while false ones are fewer than half of those that judged", () => {
    const honest = fc.array(share, { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(honest, fc.array(share, { maxLength: 6 }), fc.nat(12), (truths, lies, silent) => {
        const judged = [...lies.slice(0, truths.length - 1), ...truths];
        const found = medianScore([...judged, ...Array.from({ length: silent % judged.length }, () => null)]);
        expect(found).to.be.within(Math.min(...truths), Math.max(...truths));
      }),
    );
  });

  it("does not where honest nodes abstain: 3 false of 7, and 3 that judge", () => {
    expect(medianScore([0, 0, 0, 0.8, 0.8, 0.8, null])).to.equal(0);
    expect(medianScore([0, 0, 0, 0.8, 0.8, 0.8, 0.8])).to.equal(0.8);
  });

  it("never falls where a node raises its score", () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 9 }), fc.nat(8), share, (scores, at, raised) => {
        const place = at % scores.length;
        const after = scores.with(place, Math.max(scores[place]!, raised));
        expect(medianScore(after)!).to.be.at.least(medianScore(scores)!);
      }),
    );
  });

  it("joins criterion by criterion, and refuses lists of different lengths, none, and what is no share", () => {
    const nodes = [
      [0.1, null, 1],
      [0.3, 0.9, null],
      [0.2, null, 0.5],
    ];
    expect(medianScores(nodes)).to.deep.equal([0.2, null, 0.5]);
    expect(() => medianScores([[0.1], [0.1, 0.2]])).to.throw(InputError, "wrong number of criteria");
    expect(() => medianScores([])).to.throw(RangeError, "no node");
    for (const bad of [NaN, -0.1, 1.1, Infinity]) expect(() => medianScore([bad])).to.throw(InputError, '"score"');
  });

  it("has no median of nothing, and a middle one without tilt", () => {
    expect(() => lowerMedian([])).to.throw(RangeError);
    expect(() => midMedian([])).to.throw(RangeError);
    expect([midMedian([3, 1]), midMedian([5, 1, 2]), lowerMedian([3, 1])]).to.deep.equal([2, 2, 1]);
  });
});
