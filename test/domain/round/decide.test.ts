import { expect } from "chai";
import fc from "fast-check";
import { ROUND_STATES } from "../../../contracts/protocol/clock.ts";
import { decide, type AssessorStep, type RoundView } from "../../../oracle/domain/round/decide.ts";
import type { Tally } from "../../../oracle/domain/round/tally.ts";
import { scheduleOfFour } from "./fixture.ts";

const schedule = scheduleOfFour();
const [A, B, C, D] = ["0xa", "0xb", "0xc", "0xd"] as const;

function tallied(change: Partial<Tally> = {}): Tally {
  return {
    committed: [A, B, C, D],
    reports: [],
    excluded: [],
    awaited: { commit: [], reveal: [A, B, C, D] },
    ...change,
  };
}

const report = (node: `0x${string}`) =>
  ({ node, vector: "0x", signature: "0x", salt: "0x", commit: { deadline: 0, signature: "0x" } }) as const;
const REPORTS = [A, B, C].map(report);

function view(change: Partial<RoundView> = {}): RoundView {
  return {
    self: A,
    state: "assessing",
    time: schedule.freezeAt,
    schedule,
    threshold: 3,
    fetched: true,
    committed: true,
    revealed: false,
    signed: false,
    tally: tallied(),
    ...change,
  };
}

describe("a node's next step", () => {
  const cases: readonly (readonly [string, Partial<RoundView>, AssessorStep])[] = [
    ["waits for the end of the round", { state: "running", time: schedule.end - 1 }, { step: "wait", for: "freeze" }],
    ["waits for late evidence", { time: schedule.freezeAt - 1 }, { step: "wait", for: "freeze" }],
    ["fetches evidence from then on", { fetched: false, committed: false, tally: null }, { step: "fetch" }],
    ["commits", { committed: false, tally: tallied() }, { step: "commit" }],
    [
      "commits a second before the deadline",
      { committed: false, time: schedule.commitBy - 1, tally: tallied() },
      { step: "commit" },
    ],
    [
      "waits for commits that may still come",
      { tally: tallied({ committed: [A, B, C], awaited: { commit: [D], reveal: [A, B, C] } }) },
      { step: "wait", for: "commits" },
    ],
    ["shows its report when all have committed", {}, { step: "reveal" }],
    [
      "shows its report at the deadline when a quorum has committed",
      { time: schedule.commitBy, tally: tallied({ committed: [A, B, C], awaited: { commit: [], reveal: [A, B, C] } }) },
      { step: "reveal" },
    ],
    [
      "shows nothing to fewer than a quorum",
      { time: schedule.commitBy, tally: tallied({ committed: [A, B], awaited: { commit: [], reveal: [A, B] } }) },
      { step: "miss", reason: "too-few-commits" },
    ],
    [
      "waits for reveals that may still come",
      { revealed: true, tally: tallied({ reports: REPORTS, awaited: { commit: [], reveal: [D] } }) },
      { step: "wait", for: "reveals" },
    ],
    [
      "signs when all have revealed",
      { revealed: true, tally: tallied({ reports: [...REPORTS, report(D)], awaited: { commit: [], reveal: [] } }) },
      { step: "sign" },
    ],
    [
      "signs at the deadline what a quorum has revealed",
      {
        revealed: true,
        time: schedule.revealBy,
        tally: tallied({ reports: REPORTS, awaited: { commit: [], reveal: [] } }),
      },
      { step: "sign" },
    ],
    [
      "signs nothing on fewer reports than a quorum",
      {
        revealed: true,
        time: schedule.revealBy,
        tally: tallied({ reports: REPORTS.slice(1), awaited: { commit: [], reveal: [] } }),
      },
      { step: "miss", reason: "too-few-reports" },
    ],
    [
      "signs what others have shown where it came too late to commit",
      {
        committed: false,
        time: schedule.commitBy,
        tally: tallied({ committed: [B, C, D], reports: [B, C, D].map(report), awaited: { commit: [], reveal: [] } }),
      },
      { step: "sign" },
    ],
    ["signs once", { signed: true, revealed: true }, { step: "wait", for: "chain" }],
    ["does nothing after the window", { time: schedule.silenceAt }, { step: "miss", reason: "too-late" }],
    ["leaves what the chain has decided", { state: "assessed" }, { step: "over" }],
    ["leaves a cancelled round", { state: "cancelled", fetched: false }, { step: "over" }],
  ];
  for (const [what, change, step] of cases) {
    it(what, () => expect(decide(view(change))).to.deep.equal(step));
  }

  const views = fc.record({
    self: fc.constant(A),
    state: fc.constantFrom(...ROUND_STATES),
    time: fc.integer({ min: schedule.end - 10, max: schedule.silenceAt + 10 }),
    schedule: fc.constant(schedule),
    threshold: fc.constantFrom(2, 3),
    fetched: fc.boolean(),
    committed: fc.boolean(),
    revealed: fc.boolean(),
    signed: fc.boolean(),
    tally: fc.option(
      fc.record({
        committed: fc.subarray([A, B, C, D]),
        reports: fc.subarray([A, B, C, D].map(report)),
        excluded: fc.constant([]),
        awaited: fc.record({ commit: fc.subarray([B, C, D]), reveal: fc.subarray([B, C, D]) }),
      }),
    ),
  });

  it("never signs twice, outside the window, without evidence, or on fewer reports than a quorum", () => {
    fc.assert(
      fc.property(views, (seen) => {
        if (decide(seen).step !== "sign") return;
        expect(seen.signed).to.equal(false);
        expect(seen.fetched).to.equal(true);
        expect(seen.state).to.equal("assessing");
        expect(seen.time).to.be.within(schedule.freezeAt, schedule.silenceAt - 1);
        expect(seen.tally!.reports.length).to.be.at.least(seen.threshold);
      }),
      { numRuns: 5_000 },
    );
  });

  it("never shows a report while somebody may still commit, nor to fewer than a quorum", () => {
    fc.assert(
      fc.property(views, (seen) => {
        if (decide(seen).step !== "reveal") return;
        const { awaited, committed } = seen.tally!;
        expect(awaited.commit.length === 0 || seen.time >= schedule.commitBy).to.equal(true);
        expect(committed.length).to.be.at.least(seen.threshold);
        expect(seen.time).to.be.below(schedule.revealBy);
      }),
      { numRuns: 5_000 },
    );
  });
});
