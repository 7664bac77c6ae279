import { expect } from "chai";
import { payFor } from "../../../contracts/protocol/curve.ts";
import { evidenceLeaf } from "../../../oracle/domain/evidence.ts";
import { levelOf } from "../../../oracle/domain/judgement/joint.ts";
import { judgedUnits, openRound } from "../../../oracle/domain/judgement/opened-round.ts";
import { roundFeedback, type RoundFeedback } from "../../../oracle/domain/judgement/round-feedback.ts";
import { cellsOf, scoreProviders } from "../../../oracle/domain/judgement/score.ts";
import { judgedBundle, withPrivate, type JudgedBundle } from "./judged-bundle.ts";

/** Every sentence that participants said. */
function spoken({ given }: JudgedBundle): string[] {
  const replies = [...given.items.values()].flatMap(({ content }) => {
    const { turns } = JSON.parse(content) as { turns: { reply: unknown }[] };
    return turns.flatMap(({ reply }) => (typeof reply === "string" ? [reply] : JSON.stringify(reply)));
  });
  return replies.flatMap((reply) => reply.match(/[^.!?"]{25,}/g) ?? []).map((one) => one.trim());
}

describe("feedback of a round", function () {
  this.timeout(60_000);
  let judged: JudgedBundle;
  let told: RoundFeedback;

  before(async () => {
    judged = await judgedBundle();
    told = await roundFeedback(openRound(judged.bundle), 0);
  });

  it("says what the round came to, of every criterion that is open", () => {
    const { params, spec } = judged.ground;
    const round = openRound(judged.bundle);
    expect(told.provider).to.deep.equal({ id: spec.roster[0]!.id, index: 0 });
    expect(told.score).to.equal(round.joint.scores[0]!.payable.score);
    expect(told.rate).to.equal(payFor(spec.payment.curve, told.score!));
    expect(told.nodes).to.deep.equal({ shown: 3, of: 3 });
    expect(told.criteria.map(({ criterion }) => criterion)).to.have.members(
      params.document.criteria.map(({ id }) => id),
    );
    expect(told.heldOut).to.equal(0);
  });

  it("promises exactly what the scoring would give for one smallest change more", () => {
    const { params, spec } = judged.ground;
    const { joint } = openRound(judged.bundle);
    const { document } = params;
    const cells = cellsOf(document);
    const gains = told.criteria.map(({ gain }) => gain!);
    expect(gains).to.deep.equal([...gains].sort((one, other) => other - one));
    expect(Math.max(...gains)).to.be.greaterThan(0);
    for (const { criterion, gain, rateGain } of told.criteria) {
      const { measure, smallestChange } = document.criteria.find(({ id }) => id === criterion)!;
      const range = measure.kind === "judged" ? 10_000 : 0;
      const [low, high] =
        "achievement" in measure ? [measure.achievement!.threshold, measure.achievement!.benchmark] : [0, range];
      const step = Math.ceil((smallestChange.amount * 10_000) / Math.abs(high - low));
      const raised = joint.estimates.map((estimate, i) => {
        const cell = cells[i % cells.length]!;
        const concerned = i < cells.length && cell.criterion.id === criterion && cell.group !== null;
        return concerned && estimate.score !== null
          ? { ...estimate, score: Math.min(10_000, estimate.score + step) }
          : estimate;
      });
      const then = scoreProviders(document, spec.roster.length, raised, levelOf(document))[0]!.payable.score!;
      expect(gain, criterion).to.equal(then - told.score!);
      expect(rateGain).to.equal(payFor(spec.payment.curve, then) - told.rate);
    }
  });

  it("quotes public papers letter by letter, with the answer they led to", async () => {
    const quotes = told.criteria.flatMap(({ questions }) => questions.flatMap((one) => one.quotes));
    expect(quotes.length).to.be.greaterThan(5);
    const papers = new Map(judged.ground.items.map((item) => [evidenceLeaf(item), item.content]));
    for (const { text, source } of quotes) expect(papers.get(source!)).to.contain(text);
    expect(new Set(quotes.map(({ answer }) => answer)))
      .to.include("met")
      .and.include("not-met");
    const units = await judgedUnits(openRound(judged.bundle), ({ provider }) => provider === 1);
    const others = new Set(units.map(({ source }) => source));
    expect(quotes.filter(({ source }) => others.has(source!))).to.deep.equal([]);
  });

  it("counts what people said, and never repeats it: not to whoever has it, not to the provider", async () => {
    const words = spoken(judged);
    expect(words.length).to.be.greaterThan(50);
    const account = judged.ground.spec.roster[0]!.account;
    const all = await roundFeedback(openRound(judged.bundle, judged.given), 0, { account });
    for (const feedback of [told, all]) {
      const text = JSON.stringify(feedback);
      for (const sentence of words) expect(text).not.to.contain(sentence);
    }
    const people = (one: RoundFeedback) => one.criteria[0]!.groups.find(({ group }) => group === "participant")!;
    expect(people(told)).to.include({ hidden: 8, sources: 8 }).and.deep.equal(people(all));
    const answered = ({ criteria }: RoundFeedback): number =>
      criteria
        .flatMap(({ questions }) => questions)
        .reduce((sum, { answers }) => sum + answers.met + answers["not-met"], 0);
    expect(answered(all)).to.be.greaterThan(answered(told));
  });

  it("does not repeat what people said where an intake made it public, either", async () => {
    const { bundle, given, ground } = judged;
    const opened = {
      ...bundle,
      evidence: bundle.evidence.map((one) => ("leaf" in one ? given.items.get(one.leaf)! : one)),
    };
    const feedback = await roundFeedback(openRound(opened, given), 0, { account: ground.spec.roster[0]!.account });
    const text = JSON.stringify(feedback);
    for (const sentence of spoken(judged)) expect(text).not.to.contain(sentence);
  });

  it("quotes a private document to the provider that sent it alone", async () => {
    const { roster } = judged.ground.spec;
    const own = judged.ground.items.find(({ source }) => source === roster[0]!.account)!;
    const hidden = withPrivate(judged, evidenceLeaf(own), 0, "provider");
    const round = openRound(hidden.bundle, hidden.given);
    const quotesOf = async (account: (typeof roster)[number]["account"] | null): Promise<number> => {
      const { criteria } = await roundFeedback(round, 0, { account });
      const quotes = criteria.flatMap(({ questions }) => questions.flatMap((one) => one.quotes));
      return quotes.filter(({ source }) => source === evidenceLeaf(own)).length;
    };
    expect(await quotesOf(roster[0]!.account)).to.be.greaterThan(0);
    expect(await quotesOf(roster[1]!.account)).to.equal(0);
    expect(await quotesOf(null)).to.equal(0);
  });

  it("passes over a record that is not the one reported, and units that do not hold", async () => {
    const [first, ...rest] = judged.bundle.judgements!;
    const forged = { ...judged.bundle, judgements: [{ ...first!, units: [] }, ...rest] };
    expect(openRound(forged).nodes).to.have.length(2);
    expect((await roundFeedback(openRound(forged), 0)).nodes).to.deep.equal({ shown: 2, of: 3 });
  });

  it("refuses a provider that is not on the roster, and rounds that nobody judges", async () => {
    let problem: unknown;
    await roundFeedback(openRound(judged.bundle), 2).catch((error: unknown) => (problem = error));
    expect(String(problem)).to.contain('field "provider": no provider of the roster (found "2"); expected 0 to 1');
    const spec = { ...judged.bundle.spec, template: "sla" as const };
    expect(() => openRound({ ...judged.bundle, spec })).to.throw("nothing of the round is judged");
  });
});
