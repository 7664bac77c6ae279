import { expect } from "chai";
import fc from "fast-check";
import { ABSTAINED, type ScoreRecord } from "../../contracts/protocol/payout.ts";
import { decodeScores, encodeScores } from "../../contracts/protocol/vector.ts";
import { aggregate, deviations, medianRecord } from "../../oracle/domain/aggregate.ts";

const judged = (score: number, units = 0n): ScoreRecord => ({ score, units });
const abstained = judged(ABSTAINED);

const record = fc.oneof(
  fc.constant(abstained),
  fc.record({ score: fc.integer({ min: 0, max: 10_000 }), units: fc.bigInt({ min: 0n, max: 4_294_967_295n }) }),
);

describe("median of records", () => {
  const cases: [string, ScoreRecord[], ScoreRecord][] = [
    ["one node alone", [judged(7, 3n)], judged(7, 3n)],
    ["the middle of three", [judged(9000), judged(1), judged(5000)], judged(5000)],
    ["the lower middle of two", [judged(9000), judged(8000)], judged(8000)],
    ["the lower middle of four", [judged(4), judged(1), judged(3), judged(2)], judged(2)],
    ["score and units each on their own", [judged(1, 30n), judged(2, 10n), judged(3, 20n)], judged(2, 20n)],
    ["units by size, not by digits", [judged(1, 9n), judged(1, 10n), judged(1, 100n)], judged(1, 10n)],
    ["judged where two of three judge: the lower", [abstained, judged(8), judged(6)], judged(6)],
    ["abstained where one of three judges", [abstained, judged(8), abstained], abstained],
    ["abstained where exactly half judge", [abstained, judged(8), abstained, judged(8)], abstained],
    ["abstained where nobody judges", [abstained, abstained], abstained],
    ["a score of 0 is judged", [judged(0), judged(0), abstained], judged(0)],
  ];
  for (const [what, records, expected] of cases) {
    it(`gives ${what}`, () => expect(medianRecord(records)).to.deep.equal(expected));
  }

  it("does not depend on the order of nodes", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 9 }), (records) => {
        expect(medianRecord(records.toReversed())).to.deep.equal(medianRecord(records));
      }),
    );
  });

  it("stays within what honest nodes say where fewer than half lie", () => {
    const honest = fc.array(fc.record({ score: fc.nat(10_000), units: fc.bigInt(0n, 99n) }), {
      minLength: 2,
      maxLength: 7,
    });
    fc.assert(
      fc.property(honest, fc.array(record, { maxLength: 6 }), (truths, lies) => {
        const { score, units } = medianRecord([...truths, ...lies.slice(0, truths.length - 1)]);
        const scores = truths.map((truth) => truth.score);
        expect(score).to.be.within(Math.min(...scores), Math.max(...scores));
        expect(truths.some((truth) => truth.units <= units) && truths.some((truth) => truth.units >= units)).to.equal(
          true,
        );
      }),
    );
  });
});

describe("aggregate of vectors", () => {
  for (const metered of [false, true]) {
    it(`joins provider by provider${metered ? ", metered" : ""}`, () => {
      const units = metered ? 5n : 0n;
      const vectors = [
        [judged(1, units), abstained],
        [judged(3, units), judged(9, units)],
        [judged(2, units), abstained],
      ].map((records) => encodeScores(records, metered));
      expect(decodeScores(aggregate(vectors, metered, 2), metered)).to.deep.equal([judged(2, units), abstained]);
    });
  }

  it("refuses no vector, and one of another length", () => {
    expect(() => aggregate([], false, 1)).to.throw(RangeError, "no report");
    expect(() => aggregate(["0x0001", "0x00010002"], false, 1)).to.throw(RangeError, "4 bytes");
    expect(() => aggregate(["0x0001"], true, 1)).to.throw(RangeError, "2 bytes");
  });
});

describe("deviations", () => {
  it("names node, provider and both records, in the order of providers", () => {
    const joined = encodeScores([judged(1, 1n), judged(2, 2n), abstained], true);
    const theirs = encodeScores([judged(1, 2n), judged(2, 2n), judged(0, 0n)], true);
    expect(deviations("0xaa", theirs, joined, true)).to.deep.equal([
      { node: "0xaa", index: 0, reported: judged(1, 2n), aggregate: judged(1, 1n) },
      { node: "0xaa", index: 2, reported: judged(0, 0n), aggregate: abstained },
    ]);
    expect(deviations("0xaa", joined, joined, true)).to.deep.equal([]);
  });
});
