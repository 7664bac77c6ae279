import { expect } from "chai";
import fc from "fast-check";
import type { Criterion } from "../../../oracle/domain/criteria/criterion.ts";
import type { CriteriaDocument } from "../../../oracle/domain/criteria/document.ts";
import { agreementNamed } from "../../../oracle/data/agreements/load.ts";
import { criteriaDocumentSchema } from "../../../oracle/domain/criteria/document.ts";
import { NOTHING, type Estimate } from "../../../oracle/domain/judgement/group.ts";
import { cellsOf, groupsOf, SAMPLED, scoreProviders } from "../../../oracle/domain/judgement/score.ts";

/** People and an inspector under every criterion, but for what is given. */
function documentOf(...changes: readonly Partial<Criterion>[]): CriteriaDocument {
  const criteria = changes.map((change, i) => ({ ...template.criteria[0]!, guard: NO_GUARD, id: `c${i}`, ...change }));
  const weight = 10_000 / criteria.length;
  return {
    ...template,
    abstention: { maxAbstainedBps: 2_500, minInterviews: 5 },
    criteria: criteria.map((one) => ({ ...one, weight })),
  };
}
const NO_GUARD = { kind: "none", reason: "not needed here" } as const;
let template: CriteriaDocument;

const people = (score: number, count = 20, spread = 2_000): Estimate => ({ score, count, spread });
const inspector = (score: number | null): Estimate => (score === null ? NOTHING : { score, count: 1, spread: 0 });
const score = (document: CriteriaDocument, ...providers: readonly (readonly Estimate[])[]) =>
  scoreProviders(document, providers.length, providers.flat(), 0.9);

describe("scores of providers", () => {
  before(async () => {
    template = criteriaDocumentSchema.parse((await agreementNamed("car-repair")).criteria);
  });

  it("have a cell for every group of sources and every veto", () => {
    const [first] = template.criteria;
    expect(groupsOf(first!)).to.deep.equal(["participant", "inspector"]);
    const cells = cellsOf(template).map(({ criterion, group }) => `${criterion.id} ${group ?? "veto"}`);
    expect(cells.slice(0, 3)).to.deep.equal(["still-runs participant", "still-runs inspector", "still-runs veto"]);
    expect(new Set(cells).size).to.equal(cells.length);
  });

  it("are as far as two groups reach, people at their cautious end", () => {
    const [low, high] = score(documentOf({}), [people(6_000), inspector(9_000)], [people(9_000), inspector(5_000)]);
    expect(high!.payable.score).to.equal(5_000);
    const { groups, estimate, payable } = low!.criteria[0]!;
    expect(estimate).to.equal(6_000);
    expect(groups[0]!.bound).to.equal(payable);
    // 20 people, sd 20 points pooled with one at its most: half a standard error of 5 points times 1.28, give or take.
    expect(payable! > 5_000 && payable! < 6_000).to.equal(true);
    expect(low!.heldBack).to.equal(6_000 - low!.payable.score!);
  });

  it("abstain where a group is alone and has no baseline, or too few were asked", () => {
    const none = { kind: "none", reason: "first pool" } as const;
    expect(score(documentOf({ baseline: none }), [people(9_000), inspector(null)])[0]!.payable.score).to.equal(0);
    const value = { kind: "value", value: 4_000, source: "a survey" } as const;
    const judged = template.criteria.find(({ measure }) => measure.kind === "judged")!.measure;
    expect(
      score(documentOf({ baseline: value, measure: judged }), [people(9_000), inspector(null)])[0]!.payable.score,
    ).to.equal(4_000);
    expect(
      score(documentOf({ singleSourceReason: "nobody else sees it" }), [people(9_000, 60_000, 0), inspector(null)])[0]!
        .payable.score,
    ).to.be.greaterThan(8_900);
    expect(score(documentOf({}), [people(9_000, 4), inspector(null)])[0]!.payable).to.include({
      score: null,
      reason: "too little judged",
    });
  });

  it("abstain where the second group is there and no judge answered about it, instead of counting it as missing", () => {
    const there: Estimate = { score: null, count: 2, spread: 0 };
    const [one] = score(documentOf({}), [people(9_000), there]);
    expect(one!.payable).to.include({ score: null, reason: "too little judged" });
    expect(one!.criteria[0]!.groups[1]).to.include({ unanswered: true, bound: null });
  });

  it("shrink few interviews towards the others, from four providers on", () => {
    const odd = people(10_000, 5, 0);
    const others = [people(5_000), people(5_200), people(4_800), people(5_100)];
    const all = [odd, ...others].map((one) => [one, inspector(10_000)]);
    expect(score(documentOf({}), ...all)[0]!.criteria[0]!.estimate!).to.be.lessThan(10_000);
    expect(score(documentOf({}), ...all.slice(0, 2))[0]!.criteria[0]!.estimate).to.equal(10_000);
  });

  it("are nothing under a veto, and none where a veto is not known", () => {
    const guard: Criterion["guard"] = { kind: "veto", questions: ["unsafe"], because: "safety" };
    const vetoed = (veto: number | null) =>
      score(documentOf({ guard }), [people(9_000), inspector(9_000), inspector(veto)])[0]!.payable;
    expect(vetoed(10_000).score).to.be.greaterThan(7_000);
    expect(vetoed(0)).to.deep.include({ score: 0, vetoedBy: ["c0!veto"] });
    expect(vetoed(null)).to.include({ score: null, reason: "guard not judged" });
  });

  it("are held by a floor", () => {
    const guard = { kind: "floor", bps: 5_000, effect: "zero", because: "it must run" } as const;
    expect(
      score(documentOf({ guard }, {}), [people(3_000), inspector(9_000), people(9_000), inspector(9_000)])[0]!.payable
        .score,
    ).to.equal(0);
  });

  it("are refused where estimates are missing", () => {
    expect(() => scoreProviders(documentOf({}), 2, [people(1), inspector(1)], 0.9)).to.throw(
      RangeError,
      "2 estimates for 2 providers of 2 cells",
    );
  });

  it("are paid at no more than the estimate, and are not lowered by a better one", () => {
    const bps = fc.integer({ min: 0, max: 10_000 });
    const one = fc.tuple(bps, fc.integer({ min: 5, max: 40 }), bps);
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), bps, (providers, more) => {
        const rows = providers.map(([mean, count, seen]) => [people(mean, count, 1_500), inspector(seen)]);
        for (const { criteria } of score(documentOf({}), ...rows)) {
          for (const { estimate, payable } of criteria) expect(payable! <= estimate!).to.equal(true);
        }
        const [[own, seen], ...rest] = rows as [[Estimate, Estimate], ...Estimate[][]];
        const better = [own, { ...seen, score: Math.max(seen.score!, more) }];
        const [before] = score(documentOf({}), [own, seen], ...rest);
        const [after] = score(documentOf({}), better, ...rest);
        expect(after!.payable.score! >= before!.payable.score!).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });

  it("name the group that is sampled as the sources do", () => {
    const types = template.criteria
      .flatMap(({ sources }) => sources)
      .filter(({ type }) => type.startsWith("participant-"));
    expect(types.every(({ group }) => group === SAMPLED)).to.equal(true);
  });
});
