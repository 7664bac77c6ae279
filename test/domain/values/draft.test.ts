import { expect } from "chai";
import fc from "fast-check";
import { criteriaDraftSchema } from "../../../oracle/domain/criteria/document.ts";
import { confirm } from "../../../oracle/domain/criteria/version.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { lintCriteria } from "../../../oracle/domain/lint/lint.ts";
import { wordingProblems } from "../../../oracle/domain/lint/rules/wording.ts";
import { draftCriteria, questionsFor } from "../../../oracle/domain/values/draft.ts";
import { reconcile, type Ballot } from "../../../oracle/domain/values/reconcile.ts";
import { ANNA, card } from "../criteria/example.ts";

const cards = [card("calm"), card("craft", ["a", "b", "c", "d"])];
const ballots = (counts: readonly number[]): Ballot[] =>
  counts.flatMap((count, i) =>
    Array.from({ length: count }, (_, n) => ({
      voter: `0x${String(i * 100 + n).padStart(40, "0")}` as const,
      approves: [cards[i]!.id],
      pairs: [],
    })),
  );
const vote = (...counts: number[]) => reconcile(cards, ballots(counts), { similarity: () => 0, acceptBps: 1 });

describe("draft criteria", () => {
  // calm has 3 of 4 approvals: 7,500 for its 3 policies; craft 2,500 for 4. 7 are set aside, 1 each; of the other 9,993 calm's get
  // 2,498.25 each, craft's 624.5625: rounded down with the rest to the four largest remainders.
  it("have the weights of the vote, as computed by hand", () => {
    const { criteria } = draftCriteria("From people", "en", vote(3, 1));
    expect(criteria.map(({ id, weight }) => [id, weight])).to.deep.equal([
      ["calm-one", 2499],
      ["calm-two", 2499],
      ["calm-three", 2499],
      ["craft-a", 626],
      ["craft-b", 626],
      ["craft-c", 626],
      ["craft-d", 625],
    ]);
  });

  it("ask for the good, its detail, its contrary and what would have been anyway, in words the linter takes", () => {
    const questions = questionsFor({ text: 'MOMENTS of "light" in a room' });
    expect(questions.map(({ met }) => met)).to.deep.equal(["good", "good", "bad", "bad"]);
    for (const { text } of questions) {
      expect(text).to.include("\"MOMENTS of 'light' in a room\"");
      expect(wordingProblems(text)).to.deep.equal([]);
    }
  });

  it("leave to people what is theirs, and the linter asks for exactly that", () => {
    const draft = draftCriteria("From people", "en", vote(1, 1));
    expect(criteriaDraftSchema.parse(draft)).to.deep.equal(draft);
    const rules = (found: { rule: string; severity: string }[]): string[] =>
      [...new Set(found.filter(({ severity }) => severity === "error").map(({ rule }) => rule))].sort();
    expect(rules(lintCriteria(draft))).to.deep.equal(["independent-sources", "missing", "unconfirmed"]);
    const missing = lintCriteria(draft).flatMap(({ rule, path }) => (rule === "missing" ? [path] : []));
    expect(missing.filter((path) => !path.startsWith("criteria[") || path.startsWith("criteria[0]"))).to.deep.equal([
      "roundDays",
      "assessmentDays",
      "abstention",
      "confidenceBps",
      ...["guard", "baseline", "smallestChange", "window", "stratum"].map((name) => `criteria[0].${name}`),
    ]);
    const confirmed = confirm(
      draft,
      draft.criteria.map(({ id }) => id),
      ANNA,
    );
    expect(rules(lintCriteria(confirmed))).to.deep.equal(["independent-sources", "missing"]);
  });

  it("always add up to 10,000, each at least 1, and map every policy", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (one, other) => {
        const draft = draftCriteria("x", "en", vote(one, other));
        const weights = draft.criteria.map(({ weight }) => weight!);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).to.equal(10_000);
        expect(Math.min(...weights)).to.be.at.least(1);
        expect(lintCriteria(draft).filter(({ rule }) => rule.startsWith("policy") || rule === "weights")).to.deep.equal(
          [],
        );
      }),
      { numRuns: 30 },
    );
  });

  it("keep ids apart and within their length", () => {
    const long = "x".repeat(58);
    const twins = [card("a", [`b-${long}`, `b-${long}y`, "c"])];
    const result = reconcile(twins, [{ voter: ANNA, approves: ["a"], pairs: [] }]);
    const ids = draftCriteria("x", "en", result).criteria.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(3);
    expect(ids.every((id) => id.length <= 60)).to.equal(true);
  });

  it("are refused where no card was accepted", () => {
    expect(() => draftCriteria("x", "en", reconcile(cards, []))).to.throw(InputError, /no card was accepted/);
  });
});
