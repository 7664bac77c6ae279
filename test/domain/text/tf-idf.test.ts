import { expect } from "chai";
import fc from "fast-check";
import { cosine, denseVector, log2, textVectors } from "../../../oracle/domain/text/tf-idf.ts";

const micro = (value: number): number => Math.round(value * 1e6);

/** Of texts over a small alphabet, so that they have terms in common. */
const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "é", "字", "9"), maxLength: 30 }), {
  minLength: 1,
  maxLength: 6,
});

function likeness(a: string, b: string, others: readonly string[] = []): number {
  const [first, second] = textVectors([a, b, ...others]);
  return cosine(first!, second!);
}

describe("likeness of texts", () => {
  it("is the cosine worked out by hand", () => {
    // Words: "ab" in both, "cd" only in the second; N = 2. Of "ab": df 2, 1 + log2(3/3) = 1. Of "cd": df 1, 1 + log2(3/2) = 1.5.
    // Each occurs once, so each counts 1/2.2, which cancels. Words of the first: (1); of the second: (1, 1.5), length sqrt(3.25).
    // Runs: " ab", "ab ", " ab " in both; " cd", "cd ", " cd " only in the second: (1,1,1) against (1,1,1,1.5,1.5,1.5).
    // Both parts have the cosine 1/sqrt(3.25).
    expect(micro(likeness("ab", "ab cd"))).to.equal(micro(1 / Math.sqrt(3.25)));
    // The second "ab" counts 2/3.2 where the first counts 1/2.2: (1/2.2) against (2/3.2, 1.5/2.2).
    const [twice, other] = [2 / 3.2, 1.5 / 2.2];
    expect(micro(likeness("ab", "ab ab cd"))).to.equal(micro(twice / Math.sqrt(twice * twice + other * other)));
  });

  it("is 1 for the same words, whatever their order, case and form, and 0 for nothing in common", () => {
    expect(likeness("The brakes hold.", "the BRAKES hold")).to.equal(1);
    expect(likeness("brakes hold", "hold, brakes!")).to.equal(1);
    expect(likeness("ﬁne e\u0301tat", "fine \u00e9tat")).to.equal(1);
    expect(likeness("bra\u200bkes", "brakes")).to.equal(1);
    expect(likeness("abc", "xyz")).to.equal(0);
    expect(likeness("", "xyz")).to.equal(0);
    expect(likeness("...", "—")).to.equal(0);
  });

  it("sees inflection, misspelling and scripts without spaces, where whole words have nothing in common", () => {
    expect(likeness("repairing", "repaired")).to.be.within(0.1, 0.6);
    expect(likeness("reliable", "relaible")).to.be.within(0.02, 0.4);
    expect(likeness("修理はとても良かった", "修理は良かったです")).to.be.within(0.05, 0.7);
  });

  it("counts a rare word in common for more than one that all have", () => {
    const others = ["the car runs", "the car stops", "the car turns"];
    const rare = likeness("the gearbox", "a gearbox", others);
    const common = likeness("the gearbox", "the clutch", others);
    expect(rare).to.be.greaterThan(common);
  });

  it("orders paraphrases before other reports", () => {
    const [copy, paraphrase, other] = textVectors([
      "The mechanic explained the timing belt and the car has started every morning since.",
      "Since the mechanic explained the timing belt, my car has started each morning.",
      "Our neighbours cooked together and I felt at home for the first time.",
    ]);
    expect(cosine(copy!, paraphrase!)).to.be.greaterThan(0.5);
    expect(cosine(copy!, other!)).to.be.lessThan(0.15);
  });

  it("is symmetric to the bit, within 0 and 1, and 1 for a text with itself", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const vectors = textVectors(given);
        for (const a of vectors) {
          expect(cosine(a, a)).to.equal(a.terms.length === 0 ? 0 : 1);
          for (const b of vectors) {
            expect(cosine(a, b)).to.equal(cosine(b, a));
            expect(cosine(a, b)).to.be.within(0, 1);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("does not depend on which text stands where, to the bit", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const forwards = textVectors(given);
        expect(textVectors([...given].reverse()).reverse()).to.deep.equal(forwards);
      }),
      { numRuns: 100 },
    );
  });

  it("takes vectors of a model too", () => {
    expect(micro(cosine(denseVector([1, 0, 1]), denseVector([1, 1, 0])))).to.equal(500_000);
    expect(micro(cosine(denseVector([1, -1]), denseVector([-1, 1])))).to.equal(-1_000_000);
    expect(cosine(denseVector([0, 0]), denseVector([1, 1]))).to.equal(0);
  });
});

describe("the logarithm of likeness", () => {
  it("is exact at powers of two and at most 0.0861 too little between", () => {
    for (let exponent = 0; exponent < 50; exponent++) expect(log2(2 ** exponent)).to.equal(exponent);
    let worst = 0;
    for (let value = 1; value < 64; value += 1 / 512) worst = Math.max(worst, Math.log2(value) - log2(value));
    // log2(1 + f) − f is greatest at f = 1/ln 2 − 1, where it is 0.08607.
    expect(worst).to.be.within(0.086, 0.0861);
  });

  it("never falls", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        (a, b) => {
          expect(log2(Math.max(a, b))).to.be.at.least(log2(Math.min(a, b)));
        },
      ),
    );
  });
});
