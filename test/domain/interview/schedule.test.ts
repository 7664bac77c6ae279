import { expect } from "chai";
import fc from "fast-check";
import { answer, applied, openInterview } from "../../../oracle/domain/interview/engine.ts";
import { nonResponse, type Stratum } from "../../../oracle/domain/interview/nonresponse.ts";
import { responseRates, waveStates, type Course, type WaveState } from "../../../oracle/domain/interview/schedule.ts";
import { faultOf } from "../fault.ts";
import { repair, SALT, walk, type Chat } from "./plans.ts";

const DAY = 86_400;
const course = (changes: Partial<Course> = {}): Course => {
  return { participant: "p1", provider: "g", stratum: "s", enrolledAt: 100, servedAt: 1000, paidAt: null, ...changes };
};
const plan = repair();

function interview(wave: string, participant = "p1"): Chat {
  return { plan, log: [openInterview(plan, { participant, provider: "g", wave, at: 50 })] };
}

function statuses(courses: readonly Course[], logs: readonly Chat["log"][], now: number): string[] {
  return waveStates(plan, courses, logs, now).map(({ status }) => status);
}

describe("The schedule of waves", () => {
  it("opens and closes each wave at its time, to the second", () => {
    const open = 1000 + 30 * DAY;
    const close = open + 14 * DAY;
    for (const [now, baseline, first] of [
      [99, "not-yet", "not-yet"],
      [100, "due", "not-yet"],
      [999, "due", "not-yet"],
      [1000, "missing", "not-yet"],
      [open - 1, "missing", "not-yet"],
      [open, "missing", "due"],
      [close - 1, "missing", "due"],
      [close, "missing", "missing"],
    ] as const) {
      expect(statuses([course()], [], now).slice(0, 2), String(now)).to.deep.equal([baseline, first]);
    }
  });

  it("waits for a service and a payment that have not been", () => {
    expect(statuses([course({ servedAt: null })], [], 1e9)).to.deep.equal(["due", "not-yet", "not-yet", "not-yet"]);
    expect(statuses([course({ paidAt: 2000 })], [], 2000 + 7 * DAY)[3]).to.equal("due");
    expect(statuses([course({ paidAt: 2000 })], [], 2000 + 21 * DAY)[3]).to.equal("missing");
  });

  it("knows what became of an interview", () => {
    const finished = interview("day-30");
    walk(finished);
    const begun = interview("day-30");
    walk(begun, {}, "story");
    const unanswered = interview("day-30");
    const ended = (what: "decline" | "withdraw") => {
      const chat = interview("day-30");
      const input = what === "decline" ? ({ do: what, at: 60 } as const) : ({ do: what, salt: SALT, at: 60 } as const);
      return applied(chat.log, answer(plan, chat.log, input));
    };
    const late = 1e9;
    const first = (log: Chat["log"], now = late) => statuses([course()], [log], now)[1];
    expect(first(finished.log)).to.equal("completed");
    expect([first(begun.log, 1000 + 31 * DAY), first(begun.log)]).to.deep.equal(["due", "partial"]);
    expect(first(unanswered.log)).to.equal("missing");
    expect([first(ended("decline")), first(ended("withdraw"))]).to.deep.equal(["declined", "withdrawn"]);
    expect(statuses([course({ participant: "p2" })], [finished.log], late)[1]).to.equal("missing");
    expect(statuses([course()], [finished.log, begun.log], late)[1]).to.equal("completed");
  });

  it("counts rates by provider and wave, and nothing that is still open", () => {
    const state = (provider: string, status: WaveState["status"]): WaveState => {
      return { participant: "p", provider, stratum: "s", wave: "w", opensAt: 0, closesAt: 1, status };
    };
    const states = [
      ...(["completed", "completed", "partial", "missing", "declined", "withdrawn", "due", "not-yet"] as const).map(
        (one) => state("b", one),
      ),
      state("a", "due"),
    ];
    expect(responseRates(states)).to.deep.equal([
      {
        provider: "a",
        wave: "w",
        closed: 0,
        completed: 0,
        partial: 0,
        missing: 0,
        declined: 0,
        withdrawn: 0,
        rate: null,
      },
      {
        provider: "b",
        wave: "w",
        closed: 6,
        completed: 2,
        partial: 1,
        missing: 1,
        declined: 1,
        withdrawn: 1,
        rate: 2 / 6,
      },
    ]);
  });
});

describe("Those who did not answer", () => {
  const range = { min: 0, max: 10 };
  const stratum = (name: string, asked: number, values: readonly number[]): Stratum => ({
    stratum: name,
    asked,
    values,
  });

  it("leave bounds and a weighted mean: worked example", () => {
    // 20 asked. Easy cases: 10 asked, 8 answered, all 8. Hard ones: 10 asked, 2 answered, both 3.
    const found = nonResponse([stratum("easy", 10, Array<number>(8).fill(8)), stratum("hard", 10, [3, 3])], range);
    // Plain mean 7. Bounds (64 + 6 + 10·0) / 20 and (70 + 10·10) / 20. Weighted (10·8 + 10·3) / 20.
    expect(found).to.deep.equal({
      asked: 20,
      answered: 10,
      bounds: { low: 3.5, high: 8.5 },
      weightedMean: 5.5,
      covered: 1,
      // Weights 1.25 · 8 and 5 · 2: 20² / (8 · 1.5625 + 2 · 25).
      effectiveAnswers: 6.4,
    });
  });

  it("leave nothing to say of a stratum that is silent as a whole, and say so", () => {
    const found = nonResponse([stratum("x", 6, [4, 6]), stratum("y", 2, [])], range);
    expect(found).to.deep.include({ weightedMean: 5, covered: 0.75, bounds: { low: 1.25, high: 8.75 } });
    expect(nonResponse([stratum("y", 2, [])], range)).to.deep.include({
      weightedMean: null,
      covered: 0,
      bounds: { low: 0, high: 10 },
      effectiveAnswers: 0,
    });
    expect(nonResponse([], range)).to.deep.include({ bounds: null, weightedMean: null, covered: null });
  });

  it("cannot move the true mean out of the bounds, whatever they would have said; all answered is the plain mean", () => {
    const person = fc.record({
      stratum: fc.constantFrom("a", "b", "c"),
      value: fc.integer({ min: 0, max: 10 }),
      answers: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 40 }), (people) => {
        const names = [...new Set(people.map((one) => one.stratum))];
        const of = (all: boolean) =>
          names.map((name) => {
            const members = people.filter((one) => one.stratum === name);
            return stratum(
              name,
              members.length,
              members.filter((one) => all || one.answers).map(({ value }) => value),
            );
          });
        const truth = people.reduce((sum, { value }) => sum + value, 0) / people.length;
        const { bounds } = nonResponse(of(false), range);
        expect(bounds!.low <= truth + 1e-9 && truth <= bounds!.high + 1e-9).to.equal(true);
        const whole = nonResponse(of(true), range);
        for (const value of [whole.weightedMean!, whole.bounds!.low, whole.bounds!.high])
          expect(Math.abs(value - truth)).to.be.lessThan(1e-9);
        expect(Math.abs(whole.effectiveAnswers - people.length)).to.be.lessThan(1e-9);
        expect(nonResponse([...of(false)].reverse(), range)).to.deep.equal(nonResponse(of(false), range));
      }),
    );
  });

  it("cannot be fewer than none, and answers keep to their range", () => {
    expect(faultOf(() => nonResponse([stratum("x", 1, [1, 2])], range)).fault).to.include({
      field: "asked",
      value: "1",
    });
    expect(faultOf(() => nonResponse([stratum("x", 1, [11])], range)).fault).to.include({
      field: "values",
      value: "11",
    });
    expect(faultOf(() => nonResponse([stratum("x", 1, [NaN])], range)).fault.field).to.equal("values");
    expect(faultOf(() => nonResponse([stratum("x", 1, []), stratum("x", 1, [])], range)).fault.field).to.equal(
      "stratum",
    );
  });
});
