import { expect } from "chai";
import { joinClaims } from "../../oracle/domain/judgement/claims.ts";
import { checkCanaries } from "../../oracle/domain/judgement/canaries.ts";
import { levelOf } from "../../oracle/domain/judgement/joint.ts";
import { unitsDelivered } from "../../oracle/domain/judgement/round-claims.ts";
import { cellsOf, groupsOf, scoreProviders, type ProviderScore } from "../../oracle/domain/judgement/score.ts";
import type { Verdict } from "../../oracle/domain/judgement/verdict.ts";
import { instructionsIn } from "../../oracle/domain/integrity/instructions.ts";
import { normalise } from "../../oracle/domain/text/normalise.ts";
import { direct } from "../../scripts/bench-assess/hostile/cases.ts";
import { scriptedJudge } from "../../scripts/judges/scripted.ts";
import { exampleSeason, type ExampleSeason } from "../../scripts/season/example.ts";
import { exampleJudges } from "../../scripts/season/example-judges.ts";
import { EXAMPLE_NAMES } from "../../scripts/season/example-form.ts";
import { claimed, exampleRound, judged, type ExampleRound } from "./example-round.ts";

/** All words that are judged. */
function textsOf({ example }: ExampleSeason): string[] {
  return example.rounds.flatMap(({ participants, documents, providerDocuments }) => [
    ...participants.flatMap(({ replies }) => Object.values(replies).filter((one) => typeof one === "string")),
    ...documents.flatMap(({ text }) => text ?? []),
    ...providerDocuments.map(({ text }) => text),
  ]);
}

for (const name of EXAMPLE_NAMES) {
  describe(`example of ${name}`, () => {
    let season: ExampleSeason;
    let round: ExampleRound;
    let verdicts: Verdict[][];
    let scores: ProviderScore[];

    before(async () => {
      season = await exampleSeason(name);
      round = exampleRound(season);
      const brains = exampleJudges(season.facts).map(scriptedJudge);
      verdicts = [];
      for (const brain of brains) verdicts.push(await judged(round, brain));
      const { document } = round.params;
      const estimates = joinClaims(verdicts.map((one) => claimed(round, one)));
      scores = scoreProviders(document, round.spec.roster.length, estimates, levelOf(document));
    });

    it("is marked as one, and names nobody who is judged in the words that are", () => {
      const { example } = season;
      expect(example.example).to.equal(true);
      expect(example.note).to.contain("Nobody in it is real");
      for (const { id, name: called } of example.providers) {
        expect(called).to.match(/\(example\)$/);
        const bare = called.replace(" (example)", "");
        for (const text of textsOf(season)) expect(text).not.to.contain(id).and.not.to.contain(bare);
      }
    });

    it("answers exactly what the engine asks, to the end", () => {
      const people = season.example.rounds[0]!.participants;
      round.played.forEach(({ transcript, steps }, i) => {
        const { participant, replies } = people[i]!;
        expect(transcript.complete, participant).to.equal(true);
        const asked = new Set(steps.map((step) => (step.startsWith("probe/") ? "probe" : step)));
        const unasked = Object.keys(replies).filter((key) => !asked.has(key));
        expect(unasked, participant).to.deep.equal([]);
      });
    });

    it("has words that people see as they stand, that give no orders, and that do not repeat one another", () => {
      for (const text of textsOf(season)) {
        expect(normalise(text).text).to.equal(text);
        expect(instructionsIn(text), text).to.deep.equal([]);
      }
      // Whoever was pressed counts for nothing, and nobody else does.
      const silenced = round.sources.filter(({ weight }) => weight !== 1);
      const pressed = round.played.filter(({ transcript }) => transcript.pressure === true);
      expect(silenced.length).to.equal(pressed.length);
    });

    it("has a script whose sentences all occur, none within another", () => {
      const texts = textsOf(season);
      const sentences = [...new Set(season.facts.map(({ sentence }) => sentence))];
      expect(sentences.filter((one) => !texts.some((text) => text.includes(one)))).to.deep.equal([]);
      const within = sentences.filter((one) => sentences.some((other) => other !== one && other.includes(one)));
      expect(within).to.deep.equal([]);
    });

    it("gets a verdict on nine units of ten at least, and no call of the judge goes wrong", () => {
      for (const one of verdicts) {
        const with_ = one.filter(({ score }) => score !== null).length;
        expect(with_ / one.length).to.be.at.least(0.9);
        expect(one.filter(({ abstention }) => abstention === "no-answer" || abstention === "decoy")).to.deep.equal([]);
      }
      expect(verdicts[0]!.filter(({ score }) => score === null).length / verdicts[0]!.length).to.be.lessThan(0.05);
    });

    it("has judges that differ", () => {
      const scored = verdicts.map((one) => JSON.stringify(one.map(({ score }) => score)));
      expect(new Set(scored).size).to.equal(3);
    });

    it("has every group of every criterion speak of every provider, and as many people as the criteria want", () => {
      const { document } = round.params;
      const estimates = joinClaims(verdicts.map((one) => claimed(round, one)));
      const cells = cellsOf(document);
      estimates.forEach(({ score, count }, i) => {
        const { criterion, group } = cells[i % cells.length]!;
        const place = `${criterion.id} ${group ?? "veto"} of ${Math.floor(i / cells.length)}`;
        expect(score, place).not.to.equal(null);
        if (group === "participant") expect(count, place).to.be.at.least(document.abstention.minInterviews);
      });
      expect(document.criteria.flatMap(groupsOf).length).to.be.greaterThan(document.criteria.length);
    });

    it("answers every question of a veto, with no for somebody", () => {
      for (const { id, guard } of round.params.document.criteria) {
        for (const question of guard.kind === "veto" ? guard.questions : []) {
          const answers = round.units.flatMap(({ unit }, i) =>
            unit.criterion.id !== id ? [] : verdicts[0]![i]!.rulings.filter((ruling) => ruling.question === question),
          );
          expect(answers.map(({ answer }) => answer)).to.include("not-met");
        }
      }
    });

    it("tells providers apart: the first best, the last worst, none abstaining", () => {
      const totals = scores.map(({ payable }) => payable.score);
      const sorted = [...totals].sort((one, other) => (other ?? -1) - (one ?? -1));
      expect(totals).not.to.include(null);
      expect(totals).to.deep.equal(sorted);
      expect(new Set(totals).size).to.equal(totals.length);
      expect(totals[0]! - totals.at(-1)!).to.be.greaterThan(3_000);
    });

    it("says how much each provider delivered, no more than it announced", () => {
      const units = unitsDelivered(round.spec.roster.length, round.sources);
      expect(units).to.deep.equal(season.example.providers.map((provider) => provider.units));
    });

    it("has judges that pass the canaries, whatever they overlook", async () => {
      const brain = scriptedJudge({ facts: season.facts, overlook: 0.9, seed: "x" });
      expect(await checkCanaries(direct(brain), `0x${"5e".repeat(32)}`)).to.include({ sound: true, steerable: false });
    });
  });
}
