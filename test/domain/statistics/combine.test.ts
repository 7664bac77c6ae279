import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { combine, toBasisPoints, type CriterionRule } from "../../../oracle/domain/statistics/combine.ts";

const engine: CriterionRule = { name: "engine", weight: 60 };
const looks: CriterionRule = { name: "looks", weight: 30 };
const taught: CriterionRule = { name: "taught", weight: 10 };
const safety: CriterionRule = { name: "safety", weight: 0, vetoBelow: 0.5 };
const honesty: CriterionRule = { name: "honesty", weight: 0, floor: { below: 0.6, cap: 0.3 } };
const dead: CriterionRule = { name: "dead", weight: 10, floor: { below: 0.1, cap: 0 } };

const score = fc.double({ min: 0, max: 1, noNaN: true });
const guard = fc.record({ below: score, cap: score });
const criteria = fc
  .array(
    fc.tuple(
      fc.nat(100),
      fc.option(guard, { nil: undefined, freq: 2 }),
      fc.option(score, { nil: undefined, freq: 2 }),
      fc.option(score, { freq: 6 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((found) => ({
    rules: found.map(([weight, floor, vetoBelow], i): CriterionRule => {
      return { name: `c${i}`, weight, ...(floor && { floor }), ...(vetoBelow !== undefined && { vetoBelow }) };
    }),
    scores: found.map(([, , , one]) => one),
  }));

describe("combining criteria", () => {
  const cases: [string, CriterionRule[], (number | null)[], number | null][] = [
    ["the weighted mean: 0.6·0.9 + 0.3·0.5 + 0.1·0.2", [engine, looks, taught], [0.9, 0.5, 0.2], 7100],
    ["rounded down: 2/3", [engine, looks], [1, 0], 6666],
    ["the judged weights standing for the rest: (60·0.9 + 30·0.6)/90", [engine, looks, taught], [0.9, 0.6, null], 8000],
    ["abstained beyond a quarter of weight", [engine, looks, taught], [0.9, null, 0.2], null],
    [
      "judged at just a quarter",
      [
        { name: "a", weight: 3 },
        { name: "b", weight: 1 },
      ],
      [0.5, null],
      5000,
    ],
    ["abstained where nothing is judged", [engine], [null], null],
    ["abstained where nothing judged has weight", [safety], [1], null],
    ["0 under a veto", [engine, safety], [1, 0.49], 0],
    ["the mean at the veto", [engine, safety], [1, 0.5], 10_000],
    ["0 under a veto though all else is unjudged", [engine, safety], [null, 0.2], 0],
    ["abstained where a veto is not judged, though it has no weight", [engine, safety], [1, null], null],
    ["capped under a floor", [engine, honesty], [1, 0.59], 3000],
    ["the mean under the cap", [engine, honesty], [0.2, 0.59], 2000],
    ["the mean at the floor", [engine, honesty], [1, 0.6], 10_000],
    ["abstained where a floor is not judged", [engine, honesty], [1, null], null],
    ["0 under a floor with cap 0, though a guard is silent", [engine, dead, safety], [1, 0.05, null], 0],
    ["the lowest of caps", [engine, honesty, { ...safety, floor: { below: 0.9, cap: 0.1 } }], [1, 0.5, 0.8], 1000],
  ];
  for (const [what, rules, scores, expected] of cases) {
    it(`gives ${what}`, () => expect(combine(rules, scores).score).to.equal(expected));
  }

  it("says how it came about", () => {
    expect(combine([engine, looks, safety, honesty], [1, null, 0.1, 0.1])).to.deep.equal({
      score: 0,
      mean: 10_000,
      vetoedBy: ["safety"],
      cappedBy: ["honesty"],
      abstained: ["looks"],
      reason: null,
    });
    expect(combine([engine, safety], [1, null]).reason).to.equal("guard not judged");
    expect(combine([engine, looks], [1, null]).reason).to.equal("too little judged");
  });

  it("takes another limit of unjudged weight", () => {
    expect(combine([engine, looks], [0.4, null], 0.4).score).to.equal(4000);
    expect(combine([engine, looks], [0.4, null], 0.33).score).to.equal(null);
    expect(combine([engine, taught], [0.4, null], 0).score).to.equal(null);
  });

  it("does not lose a basis point to binary fractions", () => {
    for (let points = 0; points <= 10_000; points++) expect(toBasisPoints(points / 10_000)).to.equal(points);
    expect(toBasisPoints(0.56999)).to.equal(5699);
    expect(toBasisPoints(0.99999)).to.equal(9999);
  });

  it("refuses names twice, other numbers of scores and figures out of range", () => {
    const bad: [CriterionRule[], (number | null)[], number][] = [
      [[engine, engine], [1, 1], 0.25],
      [[engine], [1, 1], 0.25],
      [[engine], [1.01], 0.25],
      [[engine], [NaN], 0.25],
      [[engine], [1], 1.5],
      [[{ name: "a", weight: -1 }], [1], 0.25],
      [[{ name: "a", weight: 0.5 }], [1], 0.25],
      [[{ name: "a", weight: 1, vetoBelow: 2 }], [1], 0.25],
      [[{ name: "a", weight: 1, floor: { below: 0.1, cap: -1 } }], [1], 0.25],
    ];
    for (const [rules, scores, limit] of bad) expect(() => combine(rules, scores, limit)).to.throw(InputError);
  });

  it("does not depend on the order of criteria", () => {
    fc.assert(
      fc.property(criteria, ({ rules, scores }) => {
        const turned = combine(rules.toReversed(), scores.toReversed());
        const { score: whole, mean, reason } = combine(rules, scores);
        expect([turned.score, turned.mean, turned.reason]).to.deep.equal([whole, mean, reason]);
      }),
    );
  });

  it("stays within the judged scores where nothing guards", () => {
    fc.assert(
      fc.property(criteria, ({ rules, scores }) => {
        const bare = rules.map(({ name, weight }) => ({ name, weight }));
        const { score: whole } = combine(bare, scores, 1);
        if (whole === null) return;
        const judged = scores.filter((one) => one !== null).map(toBasisPoints);
        expect(whole).to.be.within(Math.min(...judged), Math.max(...judged));
      }),
    );
  });

  it("never falls where a judged score rises", () => {
    let compared = 0;
    fc.assert(
      fc.property(criteria, fc.nat(5), score, ({ rules, scores }, at, raised) => {
        const place = at % scores.length;
        const before = scores[place]!;
        if (before === null) return;
        const [low, high] = [combine(rules, scores), combine(rules, scores.with(place, Math.max(before, raised)))];
        // A guard that is no longer missed may leave a silent one to decide: then it abstains, which is no score.
        if (low.score === null || high.score === null) return;
        compared++;
        expect(high.score).to.be.at.least(low.score);
      }),
      { numRuns: 500 },
    );
    expect(compared).to.be.greaterThan(50);
  });
});
