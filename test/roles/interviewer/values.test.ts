import { expect } from "chai";
import type { Hex } from "viem";
import type { Step } from "../../../oracle/domain/interview/steps.ts";
import { StoreUnavailable, type Batch, type Store } from "../../../oracle/ports.ts";
import { modelPhrase } from "../../../oracle/roles/interviewer/phrase.ts";
import type { ValuesId } from "../../../oracle/store/interviews.ts";
import { modelAt } from "../../adapters/models/play.ts";
import { constant } from "../../helpers/model-server/brains.ts";
import { startModelServer } from "../../helpers/model-server/server.ts";
import { NOW } from "../intake/fixture.ts";
import { startInterviews, type InterviewPlay } from "./fixture.ts";
import { refused } from "./refused.ts";

const ORGANISER: Hex = `0x${"01".repeat(20)}`;
const BUYERS: Hex[] = [2, 3, 4].map((n) => `0x${String(n).repeat(40)}` as const);
const REQUEST = {
  title: "Evenings",
  subject: { en: "evenings in the hall" },
  languages: ["en"],
  buyers: BUYERS,
  closesAt: (NOW + 1_000) * 1_000,
};

/** Everything that a store is asked to write fails from some write on that a batch is known by, before or after it is made. */
function breaking(store: Store, breaks: (batch: Batch) => boolean, made: boolean): Store {
  let broken = false;
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    list: (prefix, listing) => store.list(prefix, listing),
    async commit(batch) {
      if (broken) throw new StoreUnavailable("the process has ended");
      broken = breaks(batch);
      if (broken && made) await store.commit(batch);
      if (broken) throw new StoreUnavailable("the process ends");
      return store.commit(batch);
    },
    probe: () => store.probe(),
    close: () => store.close(),
  };
}

const writes =
  (kind: string) =>
  ({ put = {} }: Batch): boolean =>
    Object.keys(put).some((key) => key.includes(`/${kind}`));

function replyTo({ id, kind }: Step, words: string) {
  if (kind === "probe" || id === "attend/4") return null;
  if (kind === "item") return { value: id.endsWith("/confirm") ? "yes" : "itself" };
  return { text: `${words} at ${id}` };
}

describe("Values", () => {
  let play: InterviewPlay;
  let id: ValuesId;
  beforeEach(async () => {
    play = await startInterviews();
    id = await play.interviewer.values.open(ORGANISER, REQUEST);
  });
  afterEach(() => play.close());

  /** Goes through a buyer's interview until the step, or to its end. */
  async function tell(interviewer: InterviewPlay["interviewer"], buyer: number, until = ""): Promise<string> {
    const { interview } = await interviewer.values.invite(id, BUYERS[buyer]!);
    let { step } = await interviewer.consent(interview, true);
    while (step.kind !== "end" && step.id !== until) {
      ({ step } = await interviewer.answer(interview, step.id, replyTo(step, `Words${buyer}`)));
    }
    return interview;
  }

  for (const made of [false, true]) {
    const when = made ? "just after" : "just before";

    it(`have the card with the last answer or neither, where the process ends ${when} it is written`, async () => {
      const store = breaking(play.store, writes("card/"), made);
      const interview = await tell(play.interviewer, 0, "card/1/confirm");
      const dying = play.other({ store });
      await dying.answer(interview, "card/1/confirm", { value: "yes" }).then(
        () => expect.fail("the store did not break"),
        (error: unknown) => expect(error).to.be.instanceOf(StoreUnavailable),
      );
      const next = play.other();
      expect((await next.step(interview)).step.id).to.equal(made ? "end" : "card/1/confirm");
      await next.answer(interview, "card/1/confirm", { value: "yes" });
      const { cards } = await next.values.beginVoting(id, ORGANISER);
      expect(cards).to.have.length(1);
    });

    for (const kind of ["ended", "record"]) {
      it(`are closed once, where the process ends ${when} it writes "${kind}" and another goes on`, async () => {
        await tell(play.interviewer, 0);
        await tell(play.interviewer, 1);
        const { cards } = await play.interviewer.values.beginVoting(id, ORGANISER);
        const vote = { approves: cards!.map((card) => card.id), pairs: [] };
        for (const buyer of BUYERS) await play.interviewer.values.vote(id, buyer, vote);
        const store = breaking(play.store, writes(kind), made);
        const dead: unknown = await play
          .other({ store })
          .values.close(id, ORGANISER)
          .catch((error: unknown) => error);
        expect(dead).to.be.instanceOf(StoreUnavailable);
        const closes = [play.other(), play.other(), play.other()].map((one) => one.values.close(id, ORGANISER));
        const [one, ...others] = await Promise.all(closes);
        for (const other of others) expect(other).to.deep.equal(one);
        expect(one!.record).to.deep.include({ cards, votes: [vote, vote, vote] });
        expect(await play.other().values.draft(id, BUYERS[0]!)).to.deep.equal(one);
      });
    }
  }

  it("take no vote once they are closed, whenever it comes, and no card that a vote was not on", async () => {
    await tell(play.interviewer, 0);
    await refused(play.interviewer.values.vote(id, BUYERS[0]!, { approves: [], pairs: [] }), "not-voting");
    const late = await tell(play.interviewer, 1, "card/1/confirm");
    play.pass(1_000);
    await play.other().values.vote(id, BUYERS[0]!, { approves: [], pairs: [] });
    await refused(play.interviewer.answer(late, "card/1/confirm", { value: "yes" }), "interviews-ended");
    await play.other().values.close(id, ORGANISER);
    await refused(play.interviewer.values.vote(id, BUYERS[1]!, { approves: [], pairs: [] }), "not-voting");
    const { record } = await play.interviewer.values.draft(id, ORGANISER);
    expect(record.votes).to.have.length(1);
    expect(record.cards).to.have.length(1);
  });

  it("spend no model's tokens, as any account may ask for them", async () => {
    const server = await startModelServer({ brain: constant({ question: "And when was that?" }) });
    const { model } = modelAt(server);
    const interview = await tell(play.other({ phrase: modelPhrase(() => model) }), 0);
    const { transcript } = await play.interviewer.transcript(interview);
    expect(transcript.turns.filter(({ kind }) => kind === "probe")).to.have.length(1);
    expect(server.received).to.deep.equal([]);
    await server.close();
  });

  it("are no evidence, leave nothing to settle, and are not opened as those of others", async () => {
    await tell(play.interviewer, 0);
    const dump = await play.dump();
    expect(dump).not.to.contain("interviews/unsettled/");
    expect(dump).not.to.contain("Words0");
    expect(await play.transcripts()).to.deep.equal([]);
    const other = await play.interviewer.values.open(ORGANISER, REQUEST);
    const [card] = await play.store.list(`interviews/values/${id.values}/card/`);
    const moved = card!.key.replace(id.values, other.values);
    await play.store.commit({ put: { [moved]: card!.value } });
    const { state } = await play.interviewer.values.view(other, ORGANISER);
    expect(state).to.equal("collecting");
    const opened: unknown = await play.interviewer.values
      .beginVoting(other, ORGANISER)
      .catch((error: unknown) => error);
    expect(opened).to.be.instanceOf(Error);
    expect((opened as Error).name).not.to.equal("InterviewRefusal");
  });
});
