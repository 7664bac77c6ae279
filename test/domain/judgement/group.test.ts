import { expect } from "chai";
import fc from "fast-check";
import { decodeClaims, encodeClaims, joinClaims } from "../../../oracle/domain/judgement/claims.ts";
import { estimateOf, NOTHING, voiceScore, type Estimate } from "../../../oracle/domain/judgement/group.ts";
import { supportedScore } from "../../../oracle/domain/judgement/support.ts";

const bps = fc.integer({ min: 0, max: 10_000 });
const scored = fc.record({ score: bps, count: fc.integer({ min: 1, max: 65_535 }), spread: bps });
const estimate: fc.Arbitrary<Estimate> = fc.oneof(scored, fc.constant(NOTHING));

describe("a voice", () => {
  it("says what its fixed answers say, or its words where there are none", () => {
    expect(voiceScore({ items: 7_000, words: null })).to.equal(7_000);
    expect(voiceScore({ items: null, words: 4_000 })).to.equal(4_000);
    expect(voiceScore({ items: null, words: null })).to.equal(null);
  });

  it("is lowered by worse words half of the way, by 20 points at most", () => {
    expect(voiceScore({ items: 7_000, words: 5_000 })).to.equal(6_000);
    expect(voiceScore({ items: 7_001, words: 7_000 })).to.equal(7_000);
    expect(voiceScore({ items: 9_000, words: 0 })).to.equal(7_000);
  });

  it("is never raised by words", () => {
    fc.assert(fc.property(bps, bps, (items, words) => voiceScore({ items, words })! <= items));
  });

  it("is worth no less for better words", () => {
    fc.assert(
      fc.property(bps, bps, bps, (items, one, other) => {
        const [worse, better] = [Math.min(one, other), Math.max(one, other)];
        return voiceScore({ items, words: worse })! <= voiceScore({ items, words: better })!;
      }),
    );
  });
});

describe("voices of a provider", () => {
  const voice = (items: number | null, weight = 1) => ({ items, words: null, weight });

  it("come to their weighted mean, count and spread", () => {
    expect(estimateOf([voice(4_000), voice(6_000)])).to.deep.equal({ score: 5_000, count: 2, spread: 1_000 });
    // Two that are likely one: (0.5 + 0.5 + 1)² / (0.25 + 0.25 + 1) = 2.67 voices.
    expect(estimateOf([voice(0, 0.5), voice(0, 0.5), voice(9_000)])).to.deep.equal({
      score: 4_500,
      count: 2,
      spread: 4_500,
    });
  });

  it("do not count where they say nothing or weigh nothing", () => {
    expect(estimateOf([voice(4_000), voice(null), voice(9_000, 0)])).to.deep.equal({
      score: 4_000,
      count: 1,
      spread: 0,
    });
    expect(estimateOf([])).to.deep.equal(NOTHING);
    expect(estimateOf([voice(null)])).to.deep.equal(NOTHING);
  });
});

describe("kinds of source", () => {
  const channels = (...scores: (number | null)[]) => scores.map((score, i) => ({ type: `${i}`, estimate: { score } }));

  it("carry a score as far as two of them reach", () => {
    expect(supportedScore(channels(9_000, 6_000), 5_000)).to.equal(6_000);
    expect(supportedScore(channels(3_000, 9_000, 6_000), 5_000)).to.equal(6_000);
  });

  it("carry no more than the limit where one is alone", () => {
    expect(supportedScore(channels(9_000, null), 5_000)).to.equal(5_000);
    expect(supportedScore(channels(4_000), 5_000)).to.equal(4_000);
    expect(supportedScore(channels(9_000), 10_000)).to.equal(9_000);
    expect(supportedScore(channels(null), 5_000)).to.equal(null);
  });

  it("cannot be raised by one of them above what the others reach", () => {
    fc.assert(
      fc.property(fc.array(bps, { minLength: 1, maxLength: 5 }), bps, (others, own) => {
        return supportedScore(channels(...others, own), 0)! <= Math.max(...others);
      }),
    );
  });
});

describe("claims", () => {
  it("are read back as they were written", () => {
    fc.assert(
      fc.property(fc.array(estimate, { maxLength: 12 }), (estimates) => {
        expect(decodeClaims(encodeClaims(estimates), estimates.length)).to.deep.equal(estimates);
      }),
    );
  });

  it("are refused where they do not fit", () => {
    for (const bad of [
      { score: 10_001, count: 1, spread: 0 },
      { score: 1, count: 65_536, spread: 0 },
      { score: 0.5, count: 1, spread: 0 },
    ]) {
      expect(() => encodeClaims([bad])).to.throw(RangeError, "claim 0 does not fit");
    }
    expect(() => decodeClaims("0x0001", 1)).to.throw(RangeError, "2 bytes, not 6");
    expect(() => decodeClaims("0x271100010000", 1)).to.throw(RangeError, "a score of 10001");
    expect(() => decodeClaims("0xffff00010001", 1)).to.throw(RangeError, "abstained, yet spread");
    expect(decodeClaims("0xffff00010000", 1)).to.deep.equal([{ score: null, count: 1, spread: 0 }]);
  });

  it("are joined on the cautious side of each number", () => {
    const joined = joinClaims([
      [{ score: 6_000, count: 10, spread: 100 }],
      [{ score: 7_000, count: 12, spread: 300 }],
      [{ score: 9_000, count: 14, spread: 200 }],
      [NOTHING],
    ]);
    expect(joined).to.deep.equal([{ score: 7_000, count: 12, spread: 200 }]);
  });

  it("take the lower of two scores and counts, and the higher of two spreads", () => {
    const claims = [[{ score: 6_000, count: 10, spread: 100 }], [{ score: 7_000, count: 9, spread: 300 }]];
    expect(joinClaims(claims)).to.deep.equal([{ score: 6_000, count: 9, spread: 300 }]);
  });

  it("are abstained where no more than two thirds of the nodes judged", () => {
    const one = [{ score: 6_000, count: 10, spread: 100 }];
    expect(joinClaims([one, one, one, [NOTHING]])).to.deep.equal(joinClaims([one]));
    const there = [{ score: null, count: 10, spread: 0 }];
    expect(joinClaims([one, one, [NOTHING]])).to.deep.equal(there);
    expect(joinClaims([one, [NOTHING], [NOTHING]])).to.deep.equal([NOTHING]);
    expect(joinClaims([there, [NOTHING], [NOTHING], [NOTHING]])).to.deep.equal([NOTHING]);
    expect(joinClaims([there, there, [NOTHING], [NOTHING]])).to.deep.equal(there);
    expect(() => joinClaims([])).to.throw(RangeError, "no claims");
  });

  it("lie within those of honest nodes where fewer than a third are false, whoever abstains", () => {
    const nodes = fc
      .integer({ min: 1, max: 3 })
      .chain((faults) =>
        fc.tuple(
          fc.array(estimate, { minLength: 2 * faults + 1, maxLength: 2 * faults + 3 }),
          fc.array(estimate, { minLength: faults, maxLength: faults }),
        ),
      );
    fc.assert(
      fc.property(nodes, ([honest, liars]) => {
        const [joined] = joinClaims([...honest, ...liars].map((one) => [one]));
        if (joined!.score === null) return;
        const judged = honest.filter(({ score }) => score !== null);
        for (const part of ["score", "count", "spread"] as const) {
          const theirs = judged.map((one) => one[part]!);
          const value = joined![part]!;
          expect(value >= Math.min(...theirs) && value <= Math.max(...theirs)).to.equal(true);
        }
      }),
    );
  });
});
