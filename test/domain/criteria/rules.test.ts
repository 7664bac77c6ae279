import { expect } from "chai";
import { combinationRules, specCriteria } from "../../../oracle/domain/criteria/rules.ts";
import { combine } from "../../../oracle/domain/statistics/combine.ts";
import { figure, judged } from "./example.ts";

describe("rules by which criteria are joined", () => {
  const rules = combinationRules([
    judged("calm", 6000, []),
    figure("up", 3000),
    { ...figure("free", 1000), guard: { kind: "none", reason: "x" } },
  ]);

  it("are one for each criterion, and one more for a veto", () => {
    expect(rules).to.deep.equal([
      { name: "calm", weight: 6000 },
      { name: "calm!veto", weight: 0, vetoBelow: 1 },
      { name: "up", weight: 3000, floor: { below: 0.2, cap: 0.2 } },
      { name: "free", weight: 1000 },
    ]);
  });

  it("do what the words of the criteria say", () => {
    const total = (...scores: (number | null)[]): number | null => combine(rules, scores).score;
    expect(total(1, 1, 0.5, 1)).to.equal(8500);
    expect(total(1, 0, 1, 1), "a veto makes the whole nothing").to.equal(0);
    expect(total(1, 1, 0.19, 1), "a missed floor holds it there").to.equal(2000);
    expect(total(1, null, 1, 1), "an unknown veto leaves it open").to.equal(null);
    const zero = combinationRules([
      { ...figure("up", 1), guard: { kind: "floor", bps: 2000, effect: "zero", because: "x" } },
    ]);
    expect(combine(zero, [0.19]).score).to.equal(0);
  });
});

describe("criteria in an outcome spec", () => {
  it("are listed with the types of their sources, each once, and the reason where there is one", () => {
    const [twice] = judged("calm", 6000, []).sources;
    const single = {
      ...judged("calm", 6000, []),
      sources: [twice!, twice!],
      singleSourceReason: "only people can know",
    };
    const fixed = { id: "calm", statement: "People find calm here", direction: "higher", weight: 6000 };
    expect(specCriteria([single, judged("calm", 6000, [])])).to.deep.equal([
      { ...fixed, sourceTypes: ["participant-interview"], singleSourceReason: "only people can know" },
      { ...fixed, sourceTypes: ["participant-interview", "inspection"] },
    ]);
  });
});
