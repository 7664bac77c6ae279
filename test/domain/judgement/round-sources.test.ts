import { expect } from "chai";
import { keccak256, stringToBytes, type Hex } from "viem";
import { canonicalJson } from "../../../oracle/domain/canonical.ts";
import type { JudgedParams } from "../../../oracle/domain/criteria/terms.ts";
import { evidenceItem, evidenceLeaf, type EvidenceItem } from "../../../oracle/domain/evidence.ts";
import type { Transcript } from "../../../oracle/domain/interview/transcript.ts";
import { claimsOf, unitsDelivered } from "../../../oracle/domain/judgement/round-claims.ts";
import { roundSources } from "../../../oracle/domain/judgement/round-sources.ts";
import { roundUnits, unitSeed } from "../../../oracle/domain/judgement/round-units.ts";
import { cellsOf } from "../../../oracle/domain/judgement/score.ts";
import type { Answer } from "../../../oracle/domain/judgement/unit.ts";
import type { WordsFound } from "../../../oracle/domain/judgement/words.ts";
import { exampleParams, exampleSeason, type ExampleSeason } from "../../../scripts/season/example.ts";
import { accountOf, play } from "../../scripts/example-round.ts";

/*
 * sources of a judged round
 * ├── a transcript: by the intake, of the spec's plan, about a provider of the roster; else it is none
 * │   ├── of two waves the later one speaks
 * │   └── weighs nothing under pressure, or where it repeats somebody else's words
 * ├── a document by a sender of the spec speaks as what the spec says; by anybody else it is none
 * ├── a provider's own text speaks for itself, whatever it calls itself
 * └── figures count under criteria that name the sender's type and group; units only from others than providers
 * claims
 * ├── a veto: nothing where nobody answers; 10,000 where one group says so; 0 where two do
 * └── of people, more than half of those who answer
 */
const INTAKE = accountOf("intake");

describe("sources and claims of a judged round", () => {
  let season: ExampleSeason;
  let params: JudgedParams;
  let told: Transcript;
  const roster = ["workshop-1", "workshop-2"].map((id) => ({
    id,
    name: `The ${id}`,
    weight: 1,
    account: accountOf(id),
  }));
  const spec = { roster, oracle: { signers: [INTAKE], threshold: 1, intake: INTAKE } };

  before(async () => {
    season = await exampleSeason("car-repair");
    params = exampleParams(season, accountOf);
    told = play(
      params,
      season.example.rounds[0]!.participants.find(({ provider }) => provider === "workshop-1")!,
    ).transcript;
  });

  let count = 0;
  function item(source: Hex, value: unknown, kind: EvidenceItem["kind"] = "document"): EvidenceItem {
    const content = typeof value === "string" ? value : canonicalJson(value);
    const mediaType = typeof value === "string" ? "text/plain" : "application/json";
    const salt = keccak256(stringToBytes(`salt ${count++}`));
    return evidenceItem({ kind, name: "a", mediaType, source, sequence: 0, salt }, stringToBytes(content));
  }
  const paper = (sender: string, provider: string, rest: object): EvidenceItem =>
    item(accountOf(sender), { format: "guerdon/source/1", provider, ...rest });
  const read = (...items: EvidenceItem[]) => roundSources(spec, params, items);

  it("are transcripts that the intake sent, of the spec's plan, about somebody on the roster", () => {
    const [source] = read(item(INTAKE, told));
    expect(source).to.include({ provider: 0, type: "participant-interview", group: "participant", weight: 1 });
    expect(source!.items.size).to.be.greaterThan(3);
    for (const [by, transcript] of [
      [accountOf("workshop-1"), told],
      [INTAKE, { ...told, planHash: `0x${"00".repeat(32)}` }],
      [INTAKE, { ...told, provider: "workshop-9" }],
      [INTAKE, { ...told, wave: "before" }],
      [INTAKE, { ...told, extra: 1 }],
    ] as const) {
      expect(read(item(by, transcript))).to.deep.equal([]);
    }
    expect(read(item(INTAKE, told, "telemetry"))).to.deep.equal([]);
  });

  it("take the last wave of each person, and of two of one wave the first", () => {
    const early = item(INTAKE, { ...told, wave: "day-30" });
    const late = item(INTAKE, { ...told, wave: "day-180" });
    const again = item(INTAKE, { ...told, wave: "day-180", openedAt: told.openedAt + 1 });
    expect(read(late, early, again).map(({ source }) => source)).to.deep.equal([evidenceLeaf(late)]);
  });

  it("let nobody weigh who was put under pressure, or who repeats another", () => {
    const copy = item(INTAKE, { ...told, participant: "somebody-else" });
    expect(read(item(INTAKE, told), copy).map(({ weight }) => weight)).to.deep.equal([1, 0]);
    expect(read(item(INTAKE, { ...told, pressure: true })).map(({ weight }) => weight)).to.deep.equal([0]);
  });

  it("are documents of senders as what the spec says they are, and of nobody else", () => {
    const sources = read(
      paper("inspector", "workshop-2", { text: "The car ran." }),
      paper("nobody", "workshop-2", { text: "The car ran." }),
      paper("inspector", "workshop-9", { text: "The car ran." }),
      item(accountOf("inspector"), "The car ran."),
    );
    expect(sources.map(({ provider, type, group }) => ({ provider, type, group }))).to.deep.equal([
      { provider: 1, type: "inspection", group: "inspector" },
    ]);
  });

  it("are a provider's own texts about itself alone", () => {
    const [own] = read(item(accountOf("workshop-2"), "The workshop-1 is bad. We are good."));
    expect(own).to.include({ provider: 1, type: "provider-document", group: "provider" });
    expect(own!.passages[0]!.text).to.equal("[provider] is bad. We are good.");
    expect(read(item(accountOf("workshop-2"), { format: "guerdon/source/1", provider: "workshop-1" }))).to.deep.equal(
      [],
    );
  });

  it("take figures only under criteria that name the sender, by how far they reach the benchmark", () => {
    const figures = { "fault-codes": 97, "still-runs": 1, units: 12 };
    const [reader, inspector] = read(
      paper("owners-reader", "workshop-1", { figures }),
      paper("inspector", "workshop-1", { figures: { ...figures, "fault-codes": 83.5 } }),
    );
    expect([...reader!.items]).to.deep.equal([["fault-codes", 10_000]]);
    expect([...inspector!.items]).to.deep.equal([["fault-codes", 5_000]]);
    expect(unitsDelivered(2, [reader!, inspector!])).to.deep.equal([12, 0]);
  });

  it("count no units that are no number of units", () => {
    for (const units of [-1, 0.5, 2 ** 33]) {
      expect(read(paper("intermediary", "workshop-1", { figures: { units } }))[0]!.units).to.equal(null);
    }
  });

  it("compare people like with like: whoever serves easy cases gains nothing by it", () => {
    const of = (provider: string, stratum: string, value: number, number: number) =>
      Array.from({ length: number }, (_, i) => {
        const scales = told.scores.map((one) =>
          one.instrument !== "criteria"
            ? one
            : {
                ...one,
                scales: one.scales.map((scale) => ({
                  ...scale,
                  value: scale.scale === "looks-right" ? value : scale.value,
                })),
              },
        );
        return item(INTAKE, {
          ...told,
          provider,
          stratum,
          participant: `${provider}-${stratum}-${i}`,
          scores: scales,
          turns: [],
        });
      });
    // Both get 9 for easy cases and 3 for hard ones; the first serves easy ones mostly.
    const items = [
      ...of("workshop-1", "easy", 9, 9),
      ...of("workshop-1", "hard", 3, 3),
      ...of("workshop-2", "easy", 9, 3),
      ...of("workshop-2", "hard", 3, 9),
    ];
    const claims = claimsOf(params.document, 2, read(...items), new Map());
    const cells = cellsOf(params.document);
    const at = cells.findIndex(({ criterion, group }) => criterion.id === "looks-right" && group === "participant");
    expect([claims[at]!.score, claims[cells.length + at]!.score]).to.deep.equal([6_000, 6_000]);
    // Fairness is not stratified: there their own mixes stand.
    const fair = cells.findIndex(({ criterion, group }) => criterion.id === "fair" && group === "participant");
    expect(claims[fair]!.count).to.equal(12);
  });

  describe("a veto", () => {
    const words = (answer: Answer): WordsFound => ({
      ...{ score: null, unanswered: false },
      answers: new Map([["not-done", answer]]),
    });
    /** What the veto of `fair` comes to where these sources answer its question so. */
    function veto(...answers: readonly (readonly [EvidenceItem, Answer])[]) {
      const sources = read(...answers.map(([one]) => one));
      const found = new Map(
        roundUnits(sources, params.document)
          .filter(({ unit }) => unit.criterion.id === "fair")
          .map(({ key }, i) => [key, words(answers[i]![1])] as const),
      );
      const at = cellsOf(params.document).findIndex(
        ({ criterion, group }) => criterion.id === "fair" && group === null,
      );
      return claimsOf(params.document, 2, sources, found)[at]!.score;
    }
    const supplier = (): EvidenceItem => paper("parts-supplier", "workshop-1", { text: "No such part." });
    const provider = (): EvidenceItem => item(accountOf("workshop-1"), "All parts were bought.");
    const owners = (number: number): EvidenceItem[] =>
      season.example.rounds[0]!.participants.filter((one) => one.provider === "workshop-1")
        .slice(0, number)
        .map((person) => item(INTAKE, play(params, person).transcript));

    it("is not known where nobody answers", () => {
      expect(veto([supplier(), "insufficient"])).to.equal(null);
    });
    it("does not fall by one group alone, however often it says so", () => {
      expect(veto([supplier(), "met"], [supplier(), "met"])).to.equal(10_000);
      expect(veto(...owners(5).map((one) => [one, "met"] as const))).to.equal(10_000);
    });
    it("falls where two groups say so", () => {
      const [owner] = owners(1);
      expect(veto([owner!, "met"], [supplier(), "met"])).to.equal(0);
    });
    it("takes more than half of the people who answer", () => {
      const [a, b] = owners(2);
      expect(veto([a!, "met"], [b!, "not-met"], [supplier(), "met"])).to.equal(10_000);
    });
    it("is not helped by what the provider says", () => {
      const [owner] = owners(1);
      expect(veto([owner!, "met"], [supplier(), "met"], [provider(), "not-met"])).to.equal(0);
    });
  });

  it("have seeds that no two nodes, rounds, judges or units share", () => {
    const [node, other, root, another] = [1, 2, 3, 4].map((n) => keccak256(stringToBytes(String(n)))) as [
      Hex,
      Hex,
      Hex,
      Hex,
    ];
    const seeds = [
      unitSeed(node, root, "a", "x"),
      unitSeed(other, root, "a", "x"),
      unitSeed(node, another, "a", "x"),
      unitSeed(node, root, "b", "x"),
      unitSeed(node, root, "a", "y"),
    ];
    expect(new Set(seeds).size).to.equal(5);
  });
});
