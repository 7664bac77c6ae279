import { expect } from "chai";
import {
  ASSUMED,
  FAKE_KINDS,
  shiftsOf,
  shiftsOver,
  type FakeKind,
  type Mix,
} from "../../../scripts/bench-assess/fakes.ts";

// the simulated population: fakes move an undefended payout as 30% · (1 − 0.6) says; each defence takes its kind away;
// what it does not take away shows; same seed, same figures

const only = (kind: FakeKind): Mix => {
  const none = Object.fromEntries(FAKE_KINDS.map((each) => [each, 0])) as Record<FakeKind, number>;
  return { ...none, [kind]: 1 };
};

describe("Fake participants", () => {
  it("move a payout that nothing defends by about 12 points, and a defended one by 2 at most on average", () => {
    expect(Object.values(ASSUMED).reduce((sum, share) => sum + Math.round(100 * share), 0)).to.equal(100);
    const found = shiftsOver(1, 4, ASSUMED);
    expect(found.undefended.mean).to.be.within(8, 16);
    expect(found.answers.mean).to.be.within(1, 8);
    expect(found.supported.mean).to.be.within(-2, 2);
  }).timeout(20_000);

  it("who cannot sign move nothing at all", () => {
    const shifts = shiftsOf(1, only("unsigned"));
    expect([shifts.answers, shifts.supported]).to.deep.equal([0, 0]);
    expect(shifts.undefended).to.be.greaterThan(5);
  }).timeout(20_000);

  it("who sign and lie in their own words are not told apart; only the second source bounds them", () => {
    const shifts = shiftsOf(2, only("liar"));
    expect(shifts.answers).to.be.greaterThan(7);
    expect(shifts.supported).to.be.lessThan(5);
    expect(shiftsOf(2, only("liar"))).to.deep.equal(shifts);
  }).timeout(20_000);
});
