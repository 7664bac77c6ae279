import { expect } from "chai";
import fc from "fast-check";
import { missingEvidence, scoreWithMissing, type EvidenceKey } from "../../../oracle/domain/integrity/missing.ts";

// missingEvidence: by participant, by provider, nothing received, surplus does not count, once for one asked twice
// scoreWithMissing: by hand; nothing expected, nothing received; never above the mean; at 0 nobody gains by holding back

const SOURCES = [
  { criterion: "works", sourceType: "interview", per: "participant" },
  { criterion: "works", sourceType: "inspection", per: "provider" },
] as const;
const key = (sourceType: string, participant: string | null, provider = "p"): EvidenceKey => ({
  provider,
  criterion: "works",
  sourceType,
  participant,
});

describe("Missing evidence", () => {
  const asked = new Map([
    ["p", ["b", "a", "a"]],
    ["q", ["c"]],
  ]);

  it("is what criteria and roster ask for and nobody sent", () => {
    const received = [
      key("interview", "a"),
      key("interview", "stranger"),
      key("inspection", null, "q"),
      key("other", "b"),
    ];
    expect(missingEvidence(SOURCES, asked, received)).to.deep.equal([
      { provider: "p", criterion: "works", sourceType: "interview", expected: 2, received: 1, missing: ["b"] },
      { provider: "p", criterion: "works", sourceType: "inspection", expected: 1, received: 0, missing: [] },
      { provider: "q", criterion: "works", sourceType: "interview", expected: 1, received: 0, missing: ["c"] },
      { provider: "q", criterion: "works", sourceType: "inspection", expected: 1, received: 1, missing: [] },
    ]);
    expect(missingEvidence(SOURCES, new Map([["p", []]]), [])[0]!.expected).to.equal(0);
  });

  it("counts at the worst or at a stated value, never at more than the rest", () => {
    expect(scoreWithMissing(8000, { expected: 4, received: 3 })).to.equal(6000);
    expect(scoreWithMissing(8000, { expected: 4, received: 3 }, 5000)).to.equal(7250);
    expect(scoreWithMissing(3000, { expected: 4, received: 3 }, 5000)).to.equal(3000);
    expect(scoreWithMissing(8000, { expected: 3, received: 3 })).to.equal(8000);
    expect(scoreWithMissing(null, { expected: 3, received: 0 }, 4000)).to.equal(4000);
    expect(scoreWithMissing(null, { expected: 3, received: 0 })).to.equal(0);
    expect(scoreWithMissing(null, { expected: 0, received: 0 })).to.equal(null);
    expect(() => scoreWithMissing(1, { expected: 1, received: 2 })).to.throw("more received than expected");
  });

  it("never pays: who holds back a piece gets no more, whatever the piece says", () => {
    const scores = fc.array(fc.nat(10_000), { minLength: 2, maxLength: 9 });
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    fc.assert(
      fc.property(scores, (all) => {
        const expected = all.length;
        const honest = scoreWithMissing(mean(all), { expected, received: expected })!;
        const held = scoreWithMissing(mean(all.slice(1)), { expected, received: expected - 1 })!;
        // Rounding of a mean may move the floor by one.
        expect(held).to.be.at.most(honest + 1);
      }),
    );
  });
});
