import { expect } from "chai";
import { canonicalJson } from "../../../oracle/domain/canonical.ts";
import { IntakeRefusal } from "../../../oracle/domain/evidence-refusal.ts";
import { StoreUnavailable } from "../../../oracle/ports.ts";
import type { Intake } from "../../../oracle/roles/intake/intake.ts";
import type { Interviewer } from "../../../oracle/roles/interviewer/interviewer.ts";
import { UNSETTLED } from "../../../oracle/store/interviews.ts";
import { NODE, NOW, ROUND, signer, STRANGER } from "../intake/fixture.ts";
import { startInterviews, walk, type InterviewPlay } from "./fixture.ts";
import { refused } from "./refused.ts";
import { refused as notTaken } from "../intake/refused.ts";

type Fault = (real: () => Promise<unknown>) => Promise<unknown>;

/** An intake of which single functions can be made to do something else, once each. */
function faulty() {
  const faults: { accept?: Fault | undefined; erase?: Fault | undefined } = {};
  const wrap = (intake: Intake) => ({
    ...intake,
    accept: (submission: Parameters<Intake["accept"]>[0]) => run("accept", () => intake.accept(submission)),
    erase: (...given: Parameters<Intake["erase"]>) => run("erase", () => intake.erase(...given)),
  });
  function run<Result>(name: "accept" | "erase", real: () => Promise<Result>): Promise<Result> {
    const fault = faults[name];
    faults[name] = undefined;
    return fault === undefined ? real() : (fault(real) as Promise<Result>);
  }
  return { faults, wrap };
}

/** Stands for a process that ends at this point: what would come after it does not. */
const crash = (): Promise<never> => Promise.reject(new StoreUnavailable("the process ended"));

describe("A transcript", () => {
  let play: InterviewPlay;
  let id: string;
  let faults: ReturnType<typeof faulty>["faults"];
  beforeEach(async () => {
    const made = faulty();
    faults = made.faults;
    play = await startInterviews({}, made.wrap);
    await play.drawAll();
    id = await play.invite();
  });
  afterEach(() => play.close());

  const unsettled = async () => (await play.store.list(UNSETTLED)).length;

  it("is private evidence as soon as the interview is complete, once, for the oracle's nodes alone", async () => {
    await walk(play.interviewer, id, {}, "pressure");
    expect(await play.transcripts()).to.deep.equal([]);
    await play.interviewer.answer(id, "pressure", { value: "no" });
    await play.interviewer.answer(id, "pressure", { value: "no" });
    const [item, ...others] = await play.transcripts();
    expect(others).to.deep.equal([]);
    const { transcript } = await play.interviewer.transcript(id);
    expect(item).to.deep.include({ name: `interview-${id}.json`, content: canonicalJson(transcript) });
    const { item: read } = await play.intake.open(ROUND, item!.leaf, NODE);
    expect(read).to.include({ kind: "document", mediaType: "application/json", source: signer.address });
    await notTaken(play.intake.open(ROUND, item!.leaf, STRANGER), "not-entitled");
    expect(await unsettled()).to.equal(0);
    await play.interviewer.end(ROUND);
    expect(await play.transcripts()).to.have.length(1);
  });

  it("is taken to the evidence later where the process ended before, and once where it ended just after", async () => {
    faults.accept = crash;
    await walk(play.interviewer, id);
    expect(await play.transcripts()).to.deep.equal([]);
    expect(await unsettled()).to.equal(1);
    expect(play.warned).to.deep.equal([{ interview: id, error: "StoreUnavailable" }]);
    await play.other().finish();
    expect(await play.transcripts()).to.have.length(1);
    expect(await unsettled()).to.equal(0);

    const second = await play.invite("garage-8-person-0");
    faults.accept = async (real) => {
      await real();
      return crash();
    };
    await walk(play.interviewer, second);
    expect(await play.transcripts()).to.have.length(2);
    expect(await unsettled()).to.equal(1);
    await play.other().end(ROUND);
    expect(await play.transcripts()).to.have.length(2);
    expect(await unsettled()).to.equal(0);
  });

  it("holds what was said so far of who consented and did not finish, when the round ends; nothing of anybody else", async () => {
    await walk(play.interviewer, id, {}, "negative");
    const [declined, withdrawn] = [await play.invite("garage-7-person-1"), await play.invite("garage-7-person-2")];
    await play.interviewer.consent(declined, false);
    await walk(play.interviewer, withdrawn, {}, "negative");
    await play.interviewer.withdraw(withdrawn);
    await play.invite("garage-8-person-3");
    await Promise.all([play.interviewer.end(ROUND), play.other().end(ROUND)]);
    const [item, ...others] = await play.transcripts();
    expect(others).to.deep.equal([]);
    expect(item!.name).to.equal(`interview-${id}.json`);
    expect(JSON.parse(item!.content)).to.include({ complete: false, participant: "garage-7-person-0" });
    const frozen = await play.intake.freeze(ROUND, NOW);
    expect(frozen.leaves).to.deep.equal([item!.leaf]);
  });

  it("takes in nothing more once the round's interviews are over, but lets people withdraw", async () => {
    await walk(play.interviewer, id, {}, "negative");
    await play.interviewer.end(ROUND);
    const before = await play.transcripts();
    await refused(play.interviewer.answer(id, "negative", { text: "late" }), "interviews-ended");
    await refused(play.interviewer.language(id, "de"), "interviews-ended");
    await refused(play.invite("garage-8-person-0"), "interviews-ended");
    expect(await play.interviewer.step(id)).to.include({ ended: true });
    expect(await play.invite()).to.equal(id);
    expect(await play.transcripts()).to.deep.equal(before);
    await play.interviewer.withdraw(id);
    expect(await play.transcripts()).to.deep.equal([]);
  });

  it("is taken out of the evidence by who withdraws, before the evidence is closed and after", async () => {
    const second = await play.invite("garage-8-person-0");
    await walk(play.interviewer, id);
    await walk(play.interviewer, second);
    const [one, other] = await play.transcripts();
    await play.interviewer.withdraw(id);
    await play.interviewer.withdraw(id);
    await notTaken(play.intake.open(ROUND, one!.leaf, NODE), "erased");
    await play.interviewer.end(ROUND);
    const { leaves } = await play.intake.freeze(ROUND, NOW);
    expect(leaves).to.deep.equal([one!.leaf, other!.leaf]);
    await play.interviewer.withdraw(second);
    await notTaken(play.intake.open(ROUND, other!.leaf, NODE), "erased");
    expect(await unsettled()).to.equal(0);
    // What the log keeps: that there was an interview, and that it was withdrawn.
    expect((await play.interviewer.counts(ROUND, signer.address)).map(({ withdrawn }) => withdrawn)).to.deep.equal([
      1, 1,
    ]);
  });

  it("is taken out later where the process ended in between", async () => {
    await walk(play.interviewer, id);
    faults.erase = crash;
    await play.interviewer.withdraw(id).then(
      () => expect.fail("it was not said that it is not done"),
      (error: unknown) => expect(error).to.be.instanceOf(StoreUnavailable),
    );
    expect(await play.transcripts()).to.have.length(1);
    await refused(play.interviewer.transcript(id), "no-transcript");
    await play.other().finish();
    expect(await play.transcripts()).to.deep.equal([]);
    expect(await unsettled()).to.equal(0);
  });

  for (const [when, late] of [
    ["just before it comes there", true],
    ["just after it came there", false],
  ] as const) {
    it(`does not stay where somebody withdraws ${when}`, async () => {
      const other: Interviewer = play.other({ intake: play.intake });
      faults.accept = async (real) => {
        if (late) await other.withdraw(id);
        const accepted = await real();
        if (!late) await other.withdraw(id);
        return accepted;
      };
      await walk(play.interviewer, id);
      expect(await play.transcripts()).to.deep.equal([]);
      await play.interviewer.end(ROUND);
      expect(await play.transcripts()).to.deep.equal([]);
      expect(await unsettled()).to.equal(0);
    });
  }

  it("does not stay where the process ended before it knew, after somebody withdrew", async () => {
    const other = play.other({ intake: play.intake });
    faults.accept = async (real) => {
      await other.withdraw(id);
      await real();
      return crash();
    };
    await walk(play.interviewer, id);
    // It came in after it was looked for, and nobody knows of it until the round ends.
    expect(await play.transcripts()).to.have.length(1);
    await play.other().end(ROUND);
    expect(await play.transcripts()).to.deep.equal([]);
    expect(await unsettled()).to.equal(0);
  });

  for (const when of ["before it is there", "when it is there"]) {
    it(`does not stay where somebody withdraws while the round's interviews end, ${when}`, async () => {
      await walk(play.interviewer, id, {}, "negative");
      const other = play.other({ intake: play.intake });
      faults.accept = async (real) => {
        if (when === "before it is there") await other.withdraw(id);
        const accepted = await real();
        if (when === "when it is there") await other.withdraw(id);
        return accepted;
      };
      await play.interviewer.end(ROUND);
      expect(await play.transcripts()).to.deep.equal([]);
      expect(await unsettled()).to.equal(0);
      const { leaves } = await play.intake.freeze(ROUND, NOW);
      expect(leaves).to.have.length(1);
    });
  }

  it("waits for an intake that is busy, and keeps the round open until it is in", async () => {
    await walk(play.interviewer, id, {}, "negative");
    faults.accept = () => Promise.reject(new IntakeRefusal("busy"));
    await notTaken(play.interviewer.end(ROUND), "busy");
    expect(await play.transcripts()).to.deep.equal([]);
    await play.interviewer.end(ROUND);
    expect(await play.transcripts()).to.have.length(1);
    expect(play.warned).to.deep.equal([]);
  });

  it("that the intake does not take does not keep the round from ending, and is told of", async () => {
    await walk(play.interviewer, id, {}, "negative");
    await play.intake.accept({
      ...{ ...ROUND, kind: "document", name: "a.txt", mediaType: "text/plain", source: STRANGER, sequence: null },
      ...{ private: false, bytes: Buffer.from("The round has something to close.") },
    });
    await play.intake.freeze(ROUND, NOW);
    await play.interviewer.end(ROUND);
    expect(play.warned).to.deep.equal([{ interview: id, reason: "frozen" }]);
    expect(await play.transcripts()).to.have.length(1);
    await play.interviewer.withdraw(id);
    expect(await unsettled()).to.equal(0);
  });

  it("is bounded by the round's room, not by what one source may send", async () => {
    const entries = Array.from({ length: 130 }, (_, i) => `garage-7-person-${i}`);
    const many = await startInterviews();
    await many.drawAll(
      entries.map((participant) => ({ participant, provider: "garage-7", signed: true, stratum: "all" })),
    );
    for (const participant of entries) await many.interviewer.consent(await many.invite(participant), true);
    await many.interviewer.end(ROUND);
    expect(await many.transcripts()).to.have.length(130);
    expect(many.warned).to.deep.equal([]);
    await many.close();
  });
});
