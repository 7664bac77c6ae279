import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { compareJudges, type JudgedAgain } from "../../../oracle/domain/judgement/rejudge.ts";
import { ANSWERS, type Answer } from "../../../oracle/domain/judgement/unit.ts";
import { abstain, type Verdict } from "../../../oracle/domain/judgement/verdict.ts";

const NODE: Hex = `0x${"1".repeat(40)}`;
const QUESTIONS = ["q1", "q2"];

function verdict(score: number | null, answers: readonly Answer[]): Verdict {
  const rulings = answers.map((answer, i) => ({ question: QUESTIONS[i]!, answer, quotes: [] }));
  return { rulings, score, abstention: score === null ? "insufficient" : null };
}

function unit(first: Verdict, second: Verdict, change: Partial<JudgedAgain> = {}): JudgedAgain {
  const fixed = { node: NODE, round: 0, family: "a", again: "b", criterion: "runs", questions: QUESTIONS };
  return { ...fixed, first, second, ...change };
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1e6));

describe("Judges compared with those after them", () => {
  it("are worked out by hand: ten units, of which they agree on eight", () => {
    // First judge: 5 met, 5 not. Second: 7 met, 3 not; they differ on two that the first did not find met.
    const answers = [
      ...Array.from({ length: 5 }, () => ["met", "met"] as const),
      ...Array.from({ length: 2 }, () => ["not-met", "met"] as const),
      ...Array.from({ length: 3 }, () => ["not-met", "not-met"] as const),
    ];
    const scored = (answer: Answer) => verdict(answer === "met" ? 10_000 : 0, [answer]);
    const { all, criteria } = compareJudges(answers.map(([one, other]) => unit(scored(one), scored(other))));
    // Cohen: p_o 0.8, p_e 0.5 · 0.7 + 0.5 · 0.3 = 0.5, so kappa 0.6.
    const [q1, q2] = criteria[0]!.questions;
    expect([q1!.items, rounded(q1!.exact), rounded(q1!.kappa)]).to.deep.equal([10, 800_000, 600_000]);
    // Krippendorff: 20 values, 12 met and 8 not; D_o 2/10, D_e 2 · 12 · 8 / (20 · 19): alpha 1 − 0.2 / 0.505263 = 0.604167.
    expect(rounded(q1!.alpha)).to.equal(604_167);
    expect(q2).to.deep.equal({ question: "q2", items: 0, exact: null, kappa: null, alpha: null });
    // With two values, distances of intervals are those of names, scaled.
    expect([all.units, all.scored, rounded(all.exact), rounded(all.alpha)]).to.deep.equal([10, 10, 800_000, 604_167]);
    expect(all.meanDifference).to.equal(2_000);
  });

  it("count units without a score apart, and no answer where a judge gave none", () => {
    const units = [
      unit(verdict(5_000, ["met", "not-met"]), abstain("no-answer")),
      unit(verdict(null, ["insufficient", "met"]), verdict(5_000, ["insufficient", "met"])),
      unit(verdict(2_500, ["met", "met"]), verdict(7_500, ["not-met", "met"])),
      unit(abstain("decoy"), abstain("no-quotes")),
    ];
    const { all, criteria } = compareJudges(units);
    expect(all).to.deep.include({ units: 4, scored: 1, exact: 0, meanDifference: 5_000 });
    expect(all.withoutVerdict).to.deep.equal({ first: 2, second: 2 });
    const [q1, q2] = criteria[0]!.questions;
    expect([q1!.items, q1!.exact, q2!.items, q2!.exact]).to.deep.equal([2, 0.5, 2, 1]);
  });

  it("are told apart by node, judge and criterion, in the order in which they come", () => {
    const same = verdict(10_000, ["met", "met"]);
    const units = [
      unit(same, same, { criterion: "taught" }),
      unit(same, verdict(0, ["not-met", "met"]), { node: `0x${"2".repeat(40)}` }),
      unit(same, same, { again: "c" }),
      unit(same, same, { family: "z", criterion: "taught" }),
      unit(same, same),
    ];
    const { judges, criteria, all } = compareJudges(units);
    const named = judges.map(({ node, family, again, units: n, exact }) => [node[2], family, again, n, exact]);
    expect(named).to.deep.equal([
      ["1", "a", "b", 2, 1],
      ["2", "a", "b", 1, 0],
      ["1", "a", "c", 1, 1],
      ["1", "z", "b", 1, 1],
    ]);
    expect(criteria.map(({ criterion, units: n }) => [criterion, n])).to.deep.equal([
      ["taught", 2],
      ["runs", 3],
    ]);
    expect(all.units).to.equal(5);
  });

  it("of nothing are nothing", () => {
    const { all, judges, criteria } = compareJudges([]);
    expect(all).to.deep.include({ units: 0, scored: 0, exact: null, alpha: null, meanDifference: null });
    expect([judges, criteria]).to.deep.equal([[], []]);
  });

  it("agree with themselves in all, whatever they say; figures stay in their ranges and are the same both ways round", () => {
    const one = fc
      .tuple(fc.option(fc.nat(10_000), { nil: null }), fc.array(fc.constantFrom(...ANSWERS), { maxLength: 2 }))
      .map(([score, answers]) => verdict(score, answers));
    fc.assert(
      fc.property(fc.array(fc.tuple(one, one), { minLength: 1, maxLength: 20 }), (pairs) => {
        const self = compareJudges(pairs.map(([first]) => unit(first, first)));
        for (const value of [self.all.exact, self.all.alpha]) expect(value ?? 1).to.equal(1);
        expect(self.all.meanDifference ?? 0).to.equal(0);
        for (const { exact, kappa, alpha } of self.criteria[0]!.questions) {
          expect([exact ?? 1, kappa ?? 1, alpha ?? 1]).to.deep.equal([1, 1, 1]);
        }
        const there = compareJudges(pairs.map(([first, second]) => unit(first, second)));
        const back = compareJudges(pairs.map(([first, second]) => unit(second, first)));
        expect(there.all.exact).to.equal(back.all.exact);
        expect(there.all.meanDifference).to.equal(back.all.meanDifference);
        expect(rounded(there.all.alpha)).to.equal(rounded(back.all.alpha));
        const { first, second } = there.all.withoutVerdict;
        expect(there.all.scored).to.be.within(there.all.units - first - second, there.all.units);
        if (there.all.exact !== null) expect(there.all.exact).to.be.within(0, 1);
      }),
    );
  });
});
