import { expect } from "chai";
import fc from "fast-check";
import {
  roundStatus,
  roundTimes,
  settledAt,
  settledOutcome,
  type ClockTerms,
  type RoundFacts,
  type RoundPhase,
  type RoundState,
} from "../../contracts/protocol/clock.ts";

const terms: ClockTerms = {
  start: 1000n,
  period: 100n,
  assessmentWindow: 50n,
  challengeWindow: 30n,
  rulingWindow: 70n,
};
const ROUND = 2; // S = 1200, E = 1300, silence from 1350
const idle: RoundFacts = { funded: 10n, minimum: 10n, providerCount: 1, phase: "none", assessed: false, at: 0n };
const at = (phase: RoundPhase, time: bigint, assessed = true): RoundFacts => ({ ...idle, phase, assessed, at: time });

function state(facts: RoundFacts, t: bigint): RoundState {
  return roundStatus(terms, ROUND, facts, t).state;
}

describe("round clock", () => {
  it("starts rounds one period after the other", () => {
    expect(roundTimes(terms, 0)).to.deep.equal({ start: 1000n, end: 1100n });
    expect(roundTimes(terms, ROUND)).to.deep.equal({ start: 1200n, end: 1300n });
  });

  it("refuses rounds that are not whole numbers from 0", () => {
    for (const round of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => roundTimes(terms, round)).to.throw(RangeError, `round ${round} is not a whole number`);
    }
  });

  // Each boundary is checked one second before, at, and one second after it.
  const boundaries: [string, RoundFacts, bigint, RoundState, RoundState][] = [
    ["the start", idle, 1200n, "upcoming", "running"],
    ["the end", idle, 1300n, "running", "assessing"],
    ["the end of a round with too little money", { ...idle, funded: 9n }, 1300n, "running", "cancelled"],
    ["the end of a round without providers", { ...idle, providerCount: 0 }, 1300n, "running", "cancelled"],
    ["E + A without assessment", idle, 1350n, "assessing", "silent"],
    ["E + A + C in silence", idle, 1380n, "silent", "settled"],
    ["T + C of an early assessment", at("assessed", 1300n), 1330n, "assessed", "settled"],
    ["T + C of the last possible assessment", at("assessed", 1349n), 1379n, "assessed", "settled"],
    ["H + R after an assessment", at("challenged", 1378n), 1448n, "challenged", "settled"],
    ["H + R after silence", at("challenged", 1379n, false), 1449n, "challenged", "settled"],
  ];
  for (const [what, facts, t, before, after] of boundaries) {
    it(`turns from ${before} to ${after} at ${what}`, () => {
      expect([t - 1n, t, t + 1n].map((time) => state(facts, time))).to.deep.equal([before, after, after]);
      expect(roundStatus(terms, ROUND, facts, t - 1n).deadline).to.equal(t);
    });
  }

  it("is settled from the ruling on, without deadline", () => {
    for (const phase of ["upheld", "replaced", "voided"] as const) {
      expect(roundStatus(terms, ROUND, at(phase, 1390n), 1390n)).to.deep.equal({ state: "settled", deadline: null });
      expect(settledAt(terms, ROUND, at(phase, 1390n))).to.equal(1390n);
      expect(settledOutcome(terms, ROUND, at(phase, 1390n), 1390n)).to.equal(phase);
    }
  });

  it("has no deadline once cancelled or settled", () => {
    expect(roundStatus(terms, ROUND, { ...idle, funded: 9n }, 99_999n)).to.deep.equal({
      state: "cancelled",
      deadline: null,
    });
    expect(roundStatus(terms, ROUND, idle, 99_999n)).to.deep.equal({ state: "settled", deadline: null });
  });

  it("does not cancel a round that holds exactly the minimum", () => {
    expect(state(idle, 1300n)).to.equal("assessing");
  });

  const endings: [string, RoundFacts, bigint, string][] = [
    ["cancelled", { ...idle, funded: 0n }, 1300n, "cancelled"],
    ["nobody acts", idle, 1380n, "silence"],
    ["nobody challenges", at("assessed", 1320n), 1350n, "unchallenged"],
    ["the arbiter stays silent", at("challenged", 1330n), 1400n, "unruled"],
  ];
  for (const [what, facts, time, outcome] of endings) {
    it(`ends ${outcome} when ${what}, and not a second earlier`, () => {
      expect(settledAt(terms, ROUND, facts)).to.equal(time);
      expect(settledOutcome(terms, ROUND, facts, time - 1n)).to.equal(null);
      expect(settledOutcome(terms, ROUND, facts, time)).to.equal(outcome);
    });
  }
});

const window = fc.bigInt({ min: 1n, max: 1000n });
const anyTerms: fc.Arbitrary<ClockTerms> = fc.record({
  start: fc.bigInt({ min: 0n, max: 10_000n }),
  period: window,
  assessmentWindow: window,
  challengeWindow: window,
  rulingWindow: window,
});

/** The states that hold at t, each by its own interval from the table, independent of one another. */
function statesByTheTable(terms: ClockTerms, round: number, facts: RoundFacts, t: bigint): RoundState[] {
  const s = terms.start + BigInt(round) * terms.period;
  const e = s + terms.period;
  const [a, c, r] = [e + terms.assessmentWindow, terms.challengeWindow, terms.rulingWindow];
  const { phase, at: then } = facts;
  const dead = facts.funded < facts.minimum || facts.providerCount === 0;
  const live = t >= e && !dead;
  const ruled = phase === "upheld" || phase === "replaced" || phase === "voided";
  const table: Record<RoundState, boolean> = {
    upcoming: t < s,
    running: s <= t && t < e,
    cancelled: t >= e && dead,
    assessing: live && phase === "none" && t < a,
    silent: live && phase === "none" && a <= t && t < a + c,
    assessed: live && phase === "assessed" && then <= t && t < then + c,
    challenged: live && phase === "challenged" && then <= t && t < then + r,
    settled:
      live &&
      ((phase === "none" && t >= a + c) ||
        (phase === "assessed" && t >= then + c) ||
        (phase === "challenged" && t >= then + r) ||
        (ruled && t >= then)),
  };
  return (Object.keys(table) as RoundState[]).filter((name) => table[name]);
}

describe("round clock, on random terms", () => {
  const phases = fc.constantFrom<RoundPhase>("none", "assessed", "challenged", "upheld", "replaced", "voided");
  const offsets = fc.bigInt({ min: 0n, max: 3000n });

  it("has exactly one state at every time: that of the table", () => {
    fc.assert(
      fc.property(anyTerms, fc.nat(20), phases, offsets, offsets, fc.nat(20), fc.nat(1), (...args) => {
        const [terms, round, phase, since, later, funded, providerCount] = args;
        const then = phase === "none" ? 0n : roundTimes(terms, round).end + since;
        const facts = { ...at(phase, then), funded: BigInt(funded), minimum: 10n, providerCount };
        const t = phase === "none" ? terms.start + since + later : then + later;
        expect(statesByTheTable(terms, round, facts, t)).to.deep.equal([roundStatus(terms, round, facts, t).state]);
      }),
      { numRuns: 3000 },
    );
  });

  it("changes state at its deadline and not before", () => {
    fc.assert(
      fc.property(anyTerms, fc.nat(20), offsets, (terms, round, since) => {
        const now = roundStatus(terms, round, idle, terms.start + since);
        if (now.deadline === null) return;
        expect(roundStatus(terms, round, idle, now.deadline - 1n)).to.deep.equal(now);
        expect(roundStatus(terms, round, idle, now.deadline).state).to.not.equal(now.state);
      }),
    );
  });

  it("walks through the states to settledAt", () => {
    fc.assert(
      fc.property(anyTerms, fc.nat(20), (terms, round) => {
        const walked: RoundState[] = [];
        let t = 0n;
        let deadline: bigint | null = -1n;
        while (deadline !== null) {
          const status = roundStatus(terms, round, idle, t);
          walked.push(status.state);
          deadline = status.deadline;
          t = deadline ?? t;
        }
        const expected = ["upcoming", "running", "assessing", "silent", "settled"];
        expect(walked).to.deep.equal(terms.start + BigInt(round) > 0n ? expected : expected.slice(1));
        expect(settledAt(terms, round, idle)).to.equal(t);
      }),
    );
  });
});
