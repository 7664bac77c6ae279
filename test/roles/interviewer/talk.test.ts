import { expect } from "chai";
import { hash } from "node:crypto";
import type { Step } from "../../../oracle/domain/interview/steps.ts";
import type { Transcript } from "../../../oracle/domain/interview/transcript.ts";
import { STORY } from "../../domain/interview/plans.ts";
import { ROUND } from "../intake/fixture.ts";
import { INTERVIEWER, startInterviews, walk, type InterviewPlay } from "./fixture.ts";
import { refused } from "./refused.ts";

const sha256 = (text: string): string => hash("sha256", text);

describe("An interview", () => {
  let play: InterviewPlay;
  let id: string;
  beforeEach(async () => {
    play = await startInterviews();
    await play.drawAll();
    id = await play.invite();
  });
  afterEach(() => play.close());

  it("goes from consent to its end, and each process goes on where the one before left it", async () => {
    const seen: string[] = [];
    for (let answered = 0; ;) {
      const one = play.other();
      const { step, progress } = await one.step(id);
      expect(progress.answered).to.equal(answered);
      seen.push(step.id);
      if (step.kind === "end") break;
      const next = await goOn(one, id, step);
      if (!["consent", "language"].includes(step.kind)) answered++;
      expect((await play.other().step(id)).step).to.deep.equal(next);
      play.pass(5);
    }
    expect(seen.slice(0, 2)).to.deep.equal(["consent", "language"]);
    expect(seen).to.include.members(["item/ons4/satisfied", "story", "negative", "item/criteria/welcome", "pressure"]);
    expect(seen.at(-1)).to.equal("end");
    const { transcript } = await play.interviewer.transcript(id);
    expect(transcript).to.include({ complete: true, participant: "garage-7-person-0", wave: "day-30", language: "en" });
    expect(transcript.turns).to.have.length(seen.length - 3);
  });

  it("takes the same answer again and changes nothing, and refuses what is out of order or of another kind", async () => {
    const early = await refused(play.interviewer.answer(id, "story", { text: "x" }), "interview-refused");
    expect(early.code).to.equal("consent-first");
    await play.interviewer.consent(id, true);
    await play.interviewer.consent(id, true);
    const late = await refused(play.interviewer.consent(id, false), "interview-refused");
    expect(late.code).to.equal("already-answered");
    await play.interviewer.language(id, "en");
    const first = "item/ons4/satisfied";
    const early2 = await refused(play.interviewer.answer(id, "story", { text: "x" }), "interview-refused");
    expect(early2).to.deep.include({ code: "out-of-order", fault: { field: "step", value: "story", limit: first } });
    const wrong = await refused(play.interviewer.answer(id, first, { text: "fine" }), "interview-refused");
    expect(wrong.code).to.equal("wrong-kind");
    const none = await refused(play.interviewer.answer(id, first, { value: 11 }), "interview-refused");
    expect(none.code).to.equal("no-such-answer");
    const next = await play.interviewer.answer(id, first, { value: 8 });
    const before = await play.dump();
    expect(await play.interviewer.answer(id, first, { value: 8 })).to.deep.equal(next);
    expect(await play.dump()).to.equal(before);
    const other = await refused(play.interviewer.answer(id, first, { value: 9 }), "interview-refused");
    expect(other.code).to.equal("already-answered");
  });

  it("lets questions be skipped and the language be changed in between", async () => {
    await walk(play.interviewer, id, {}, "story");
    const odd = await refused(play.interviewer.language(id, "fr"), "interview-refused");
    expect(odd).to.deep.include({ code: "no-such-answer", fault: { field: "language", value: "fr", limit: "en, de" } });
    const { step } = await play.interviewer.language(id, "de");
    expect(step).to.deep.include({ id: "story", language: "de" });
    expect(step.text).to.contain("die Reparatur Ihres Autos");
    await play.interviewer.answer(id, "story", null);
    const view = await play.interviewer.step(id);
    // A story that was skipped is not probed.
    expect(view.step.id).to.equal("negative");
    await walk(play.interviewer, id, { detail: null, "item/ons4/happy": null });
    const { transcript } = await play.interviewer.transcript(id);
    const turn = (name: string) => transcript.turns.find(({ step: of }) => of === name);
    expect(turn("story")).to.deep.include({ reply: null, language: "de" });
    expect(turn("item/ons4/satisfied")).to.deep.include({ language: "en" });
    expect(turn("detail")).to.deep.include({ reply: null });
  });

  it("takes one of several answers that come at once to different processes", async () => {
    await walk(play.interviewer, id, {}, "item/ons4/satisfied");
    const processes = Array.from({ length: 4 }, () => play.other());
    const given = await Promise.allSettled(
      [1, 2, 3, 4, 4, 4].map((value, i) => processes[i % 4]!.answer(id, "item/ons4/satisfied", { value })),
    );
    const { transcript } = await play.interviewer.transcript(id);
    expect(transcript.turns).to.have.length(1);
    const { reply } = transcript.turns[0]!;
    given.forEach((one, i) => {
      const same = (reply as { value: number }).value === [1, 2, 3, 4, 4, 4][i];
      expect(one.status).to.equal(same ? "fulfilled" : "rejected");
      if (one.status === "rejected") expect(one.reason).to.include({ code: "already-answered" });
    });
  });

  it("has one link at a time, of which only a hash is kept", async () => {
    const who = { participant: "garage-7-person-0", provider: "garage-7", wave: "day-30" };
    const first = await play.interviewer.invite(ROUND, INTERVIEWER, who);
    const second = await play.other().invite(ROUND, INTERVIEWER, who);
    expect(second.interview).to.equal(id);
    expect(await play.interviewer.holds(id, sha256(first.secret))).to.equal(false);
    expect(await play.interviewer.holds(id, sha256(second.secret))).to.equal(true);
    expect(await play.interviewer.holds("ab".repeat(20), sha256(second.secret))).to.equal(false);
    expect(await play.dump()).not.to.contain(second.secret);
    expect((await play.interviewer.invite(ROUND, INTERVIEWER, { ...who, wave: "day-90" })).interview).not.to.equal(id);
  });

  it("shows nothing of what is said in the store", async () => {
    await walk(play.interviewer, id, { story: STORY });
    const dump = await play.dump();
    for (const text of ["brakes", "Words at", "garage-7-person", Buffer.from(STORY).toString("base64").slice(4, 40)]) {
      expect(dump, text).not.to.contain(text);
    }
    expect(play.warned).to.deep.equal([]);
  });

  it("is counted by provider and state, without a word", async () => {
    await walk(play.interviewer, id);
    await play.interviewer.consent(await play.invite("garage-7-person-1"), true);
    await play.interviewer.consent(await play.invite("garage-7-person-2"), false);
    await play.interviewer.withdraw(await play.invite("garage-8-person-1"));
    await play.invite("garage-8-person-2");
    expect(await play.interviewer.counts(ROUND, INTERVIEWER)).to.deep.equal([
      { provider: "garage-7", opened: 0, consented: 1, completed: 1, declined: 1, withdrawn: 0 },
      { provider: "garage-8", opened: 1, consented: 0, completed: 0, declined: 0, withdrawn: 1 },
    ]);
    await refused(play.interviewer.counts(ROUND, `0x${"d".repeat(40)}`), "not-interviewer");
  });

  it("has no transcript before consent or after withdrawal", async () => {
    await refused(play.interviewer.transcript(id), "no-transcript");
    await play.interviewer.consent(id, true);
    const { transcript } = await play.interviewer.transcript(id);
    expect(transcript).to.deep.include({ complete: false, turns: [] } satisfies Partial<Transcript>);
    await play.interviewer.withdraw(id);
    await refused(play.interviewer.transcript(id), "no-transcript");
    expect((await play.interviewer.step(id)).step).to.include({ kind: "end", reason: "withdrawn" });
    const { code } = await refused(play.interviewer.consent(id, true), "interview-refused");
    expect(code).to.equal("over");
  });
});

/** Does what a step asks for. @returns the step that came of it */
async function goOn(interviewer: InterviewPlay["interviewer"], id: string, step: Step): Promise<Step> {
  if (step.kind === "consent") return (await interviewer.consent(id, true)).step;
  if (step.kind === "language") return (await interviewer.language(id, "en")).step;
  const reply = step.kind === "item" ? { value: step.options[0]!.value } : { text: `Words at ${step.id}.` };
  return (await interviewer.answer(id, step.id, reply)).step;
}
