import { expect } from "chai";
import { agreementNamed } from "../../../oracle/data/agreements/load.ts";
import { criteriaDocumentSchema, type CriteriaDocument } from "../../../oracle/domain/criteria/document.ts";
import { feedbackFor, type FeedbackOrder, type SeenRuling } from "../../../oracle/domain/judgement/feedback.ts";
import { NOTHING, type Estimate } from "../../../oracle/domain/judgement/group.ts";

let document: CriteriaDocument;
const people = (score: number): Estimate => ({ score, count: 30, spread: 1_000 });
const other = (score: number): Estimate => ({ score, count: 1, spread: 0 });
const QUOTE = { question: "running", passage: "p1", text: "I drive it every day." };
const ruling = (question: string, answer: SeenRuling["answer"], quotes = [QUOTE]): SeenRuling => {
  return { criterion: "still-runs", question, answer, quotes };
};

function order(estimates: readonly Estimate[], rulings: readonly SeenRuling[] = []): FeedbackOrder {
  return { document, providers: estimates.length / 4, estimates, level: 0.9, provider: 0, rulings };
}

describe("feedback to a provider", () => {
  before(async () => {
    const whole = criteriaDocumentSchema.parse((await agreementNamed("car-repair")).criteria);
    const [runs, codes] = whole.criteria;
    const guard = { kind: "none", reason: "not needed here" } as const;
    // Two criteria of two groups each: owners and an inspector; a reader and an inspector.
    document = {
      ...whole,
      criteria: [
        { ...runs!, guard, weight: 6_000 },
        { ...codes!, guard, weight: 4_000 },
      ],
    };
  });

  it("begins with what would raise the score most", () => {
    const [first, second] = feedbackFor(order([people(5_000), other(9_000), other(9_000), other(9_500)]));
    expect([first!.criterion, second!.criterion]).to.deep.equal(["still-runs", "fault-codes"]);
    // One smallest change of 500 of 10,000, of a weight of 6 in 10, and the bound moves with it: about 300.
    expect(first!.gain! > 250 && first!.gain! <= 310).to.equal(true);
    // 2 of 27 points of the range are 741 of 10,000, of a weight of 4 in 10; both scores are rounded down.
    expect([296, 297]).to.include(second!.gain);
  });

  it("names the group that holds a criterion, and what is missing", () => {
    const told = feedbackFor(order([people(9_000), other(5_000), other(9_000), NOTHING]));
    const [runs, codes] = ["still-runs", "fault-codes"].map((id) => told.find(({ criterion }) => criterion === id)!);
    expect(runs!.heldBy).to.equal("inspector");
    expect(runs!.missing).to.deep.equal([]);
    expect(codes!.heldBy).to.equal(null);
    expect(codes!.missing).to.deep.equal(["codes read by the vehicle inspectorate"]);
  });

  it("counts answers by question, with the quotes that may be shown", () => {
    const rulings = [ruling("running", "met"), ruling("running", "met", []), ruling("same-fault", "insufficient", [])];
    const [runs] = feedbackFor(order([people(5_000), other(9_000), other(9_000), other(9_500)], rulings));
    const [running, fault] = runs!.questions;
    expect(running!.answers).to.deep.equal({ met: 2, "not-met": 0, insufficient: 0 });
    expect(running!.quotes).to.deep.equal([{ ...QUOTE, answer: "met" }]);
    expect(fault!.answers.insufficient).to.equal(1);
    expect(runs!.questions).to.have.length(5);
  });

  it("promises nothing where the provider would abstain all the same", () => {
    const told = feedbackFor(order([NOTHING, NOTHING, NOTHING, NOTHING]));
    expect(told.map(({ gain, payable }) => [gain, payable])).to.deep.equal([
      [null, null],
      [null, null],
    ]);
  });

  it("hangs on the provider's own evidence, not on its place", () => {
    const [one, two] = [
      [people(5_000), other(9_000), other(9_000), other(9_500)],
      [people(7_000), other(8_000), other(6_000), other(9_500)],
    ] as const;
    const first = feedbackFor(order([...one, ...two]));
    const last = feedbackFor({ ...order([...two, ...one]), provider: 1 });
    expect(first).to.deep.equal(last);
  });
});
