import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { standardise, type StratumResult } from "../../../oracle/domain/statistics/strata.ts";

const of = (stratum: string, n: number, mean: number): StratumResult => ({ stratum, n, mean });
const scoresOf = (providers: StratumResult[][], covered?: number) =>
  standardise(providers, covered).map(({ score }) => (score === null ? null : Math.round(score * 1e9) / 1e9));

const results = fc.uniqueArray(
  fc.record({
    stratum: fc.constantFrom("a", "b", "c", "d"),
    n: fc.integer({ min: 1, max: 50 }),
    mean: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { selector: ({ stratum }) => stratum, maxLength: 4 },
);

describe("case mix", () => {
  it("undoes a difference that is all mix: equal in every stratum, so equal in the whole", () => {
    // Crude 0.9·0.8 + 0.1·0.4 = 0.76 against 0.44; the pool's mix is half and half: (0.8 + 0.4)/2.
    const providers = [
      [of("easy", 90, 0.8), of("hard", 10, 0.4)],
      [of("easy", 10, 0.8), of("hard", 90, 0.4)],
    ];
    expect(scoresOf(providers)).to.deep.equal([0.6, 0.6]);
    expect(standardise(providers).map(({ crude }) => Math.round(crude! * 1e9))).to.deep.equal([76e7, 44e7]);
  });

  it("tells the better in every stratum although the crude mean says the contrary (Simpson)", () => {
    const [good, bad] = scoresOf([
      [of("easy", 10, 0.9), of("hard", 90, 0.5)],
      [of("easy", 90, 0.8), of("hard", 10, 0.4)],
    ]);
    expect([good, bad]).to.deep.equal([0.7, 0.6]);
  });

  it("fills a missing stratum with the pool's mean there, and not above it for who is better elsewhere", () => {
    // Pool: easy (0.9·50 + 0.5·50)/100 = 0.7, hard 0.2 from the second alone, 100 of 150 and 50 of 150 cases.
    const [better, whole] = standardise([[of("easy", 50, 0.9)], [of("easy", 50, 0.5), of("hard", 50, 0.2)]]);
    expect(Math.round(better!.score! * 1e9)).to.equal(Math.round((1e9 * (2 * 0.9 + 0.2)) / 3));
    expect(better!.missing).to.deep.equal(["hard"]);
    expect(Math.round(better!.covered * 3e9)).to.equal(2e9);
    expect(whole).to.deep.include({ covered: 1, missing: [] });
  });

  it("takes the shortfall elsewhere off where one is worse, down to 0", () => {
    // Easy: pool (0.3·50 + 0.9·50)/100 = 0.6, so the first is 0.3 short; hard: 0.5 − 0.3 = 0.2.
    const [worse] = scoresOf([[of("easy", 50, 0.3)], [of("easy", 50, 0.9), of("hard", 50, 0.5)]]);
    expect(worse).to.equal(Math.round(((2 * 0.3 + 0.2) / 3) * 1e9) / 1e9);
    const [worst] = scoresOf([[of("easy", 50, 0)], [of("easy", 50, 0.9), of("hard", 50, 0.1)]]);
    expect(worst).to.equal(0);
  });

  it("says nothing where too little of the mix is covered, or nothing", () => {
    const providers = [[of("easy", 10, 1)], [of("hard", 20, 0.5)], []];
    expect(scoresOf(providers)).to.deep.equal(
      [null, 0.5 * (2 / 3) + 1 / 3, null].map((x) => x && Math.round(x * 1e9) / 1e9),
    );
    expect(scoresOf(providers, 0.7)).to.deep.equal([null, null, null]);
    expect(standardise(providers)[2]).to.deep.equal({
      score: null,
      crude: null,
      covered: 0,
      missing: ["easy", "hard"],
    });
    expect(standardise([[]])).to.deep.equal([{ score: null, crude: null, covered: 0, missing: [] }]);
    expect(standardise([])).to.deep.equal([]);
  });

  it("refuses a stratum twice, no cases, and what is no mean", () => {
    expect(() => standardise([[of("a", 1, 1), of("a", 1, 1)]])).to.throw(InputError, "twice");
    for (const bad of [of("a", 0, 1), of("a", 1.5, 1), of("a", 1, 2), of("a", 1, NaN)]) {
      expect(() => standardise([[bad]])).to.throw(InputError);
    }
  });

  it("gives a lone provider its crude mean, and everyone a score of 0 to 1 whatever the order", () => {
    fc.assert(
      fc.property(fc.array(results, { minLength: 1, maxLength: 5 }), (providers) => {
        const found = standardise(providers);
        for (const { score } of found) if (score !== null) expect(score).to.be.within(0, 1);
        const turned = standardise(providers.map((one) => one.toReversed()).toReversed()).toReversed();
        expect(turned).to.deep.equal(found);
        const [alone] = standardise(providers.slice(0, 1));
        if (alone!.crude !== null) expect(Math.abs(alone!.score! - alone!.crude)).to.be.lessThan(1e-12);
      }),
    );
  });

  it("never rewards leaving out a stratum in which one is at the pool's mean or better", () => {
    fc.assert(
      fc.property(fc.array(results, { minLength: 2, maxLength: 4 }), ([own, ...others]) => {
        fc.pre(own!.length > 1);
        const all = [own!, ...others];
        const full = standardise(all)[0]!.score!;
        // The pool stays as it is: only how the first is read changes, as if a second like it had the stratum.
        const [dropped, ...rest] = own!;
        const without = standardise([rest, ...others, [dropped!]])[0]!;
        const pooled = all.flat().filter(({ stratum }) => stratum === dropped!.stratum);
        const cases = pooled.reduce((total, { n }) => total + n, 0);
        const mean = pooled.reduce((total, one) => total + one.n * one.mean, 0) / cases;
        if (without.score === null || dropped!.mean < mean) return;
        expect(without.score).to.be.at.most(full + 1e-12);
      }),
    );
  });
});
