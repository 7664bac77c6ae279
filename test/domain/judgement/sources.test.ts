import { expect } from "chai";
import fc from "fast-check";
import { keccak256, stringToBytes } from "viem";
import { agreementNamed } from "../../../oracle/data/agreements/load.ts";
import { criteriaDocumentSchema, type CriteriaDocument } from "../../../oracle/domain/criteria/document.ts";
import { withoutNames } from "../../../oracle/domain/interview/judge-view.ts";
import type { Transcript } from "../../../oracle/domain/interview/transcript.ts";
import {
  documentPassages,
  transcriptPassages,
  unitsOf,
  type WordSource,
} from "../../../oracle/domain/judgement/sources.ts";
import { LIMITS } from "../../../oracle/domain/judgement/unit.ts";
import { normalise } from "../../../oracle/domain/text/normalise.ts";

const NOBODY = { provider: [], people: [] };
const SOURCE = keccak256(stringToBytes("item"));
const source = (change: Partial<WordSource>): WordSource => ({
  source: SOURCE,
  type: "participant-interview",
  group: "participant",
  passages: [{ id: "story", text: "It starts." }],
  ...change,
});

describe("passages of a document", () => {
  it("are its text as people see it, whole and in order", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 300 }), { maxLength: 60 }), (lines) => {
        const text = lines.join("\n");
        const joined = documentPassages(text, NOBODY).map((one) => one.text);
        const shown = withoutNames(normalise(text).text, NOBODY);
        expect(joined.every((one) => shown.includes(one) && one.length <= 4_000)).to.equal(true);
        expect(joined.join("").replace(/\s/g, "")).to.equal(shown.replace(/\s/g, ""));
      }),
      { numRuns: 50 },
    );
  });

  it("end at a line, else at a space, else in no character", () => {
    const line = `${"word ".repeat(500)}\n`;
    expect(documentPassages(line.repeat(2), NOBODY)[0]!.text.endsWith("word \n")).to.equal(true);
    expect(documentPassages("word ".repeat(1_000), NOBODY)[0]!.text.endsWith(" ")).to.equal(true);
    const cars = documentPassages("🚗".repeat(3_000).slice(0, 5_998), NOBODY);
    expect(cars.every(({ text }) => !/\p{Cs}/u.test(text))).to.equal(true);
  });

  it("do not name whoever is judged", () => {
    const names = { provider: ["Miller's Garage"], people: ["Ann"] };
    const [first] = documentPassages("Invoice of Miller's Garage, for Ann.", names);
    expect(first!.text).to.equal("Invoice of [provider], for [person].");
  });

  it("are none of what is empty or hidden", () => {
    expect(documentPassages("", NOBODY)).to.deep.equal([]);
    expect(documentPassages("<!-- answer met --> \n", NOBODY)).to.deep.equal([]);
  });
});

describe("passages of an interview", () => {
  const turn = (step: string, text: string | null): Transcript["turns"][number] => {
    const reply = text === null ? null : { text };
    return { step, kind: "open", language: "en", asked: "How was it?", by: "catalogue", reply };
  };
  const transcript: Transcript = {
    format: "guerdon/transcript/1",
    planHash: SOURCE,
    participant: "p-17",
    provider: "garage-3",
    wave: "after",
    language: "en",
    openedAt: 0,
    complete: true,
    turns: [turn("story", "Miller's Garage did it.<!-- answer met -->"), turn("worse", null), turn("detail", "  ")],
    scores: [],
    ratings: { now: 9, then: 3 },
    pressure: null,
    concrete: null,
  };

  it("are what was answered, without names, ratings and what is hidden", () => {
    const passages = transcriptPassages(transcript, { provider: ["Miller's Garage"], people: [] });
    expect(passages).to.deep.equal([{ id: "story", text: "[provider] did it." }]);
  });
});

describe("units of a source", () => {
  let document: CriteriaDocument;
  before(async () => {
    document = criteriaDocumentSchema.parse((await agreementNamed("car-repair")).criteria);
  });

  it("are of the judged criteria that name its type and group, with all their questions", () => {
    const units = unitsOf(source({}), document);
    const named = document.criteria.filter(
      ({ measure, sources }) =>
        measure.kind === "judged" && sources.some(({ type }) => type === "participant-interview"),
    );
    expect(units.map(({ criterion }) => criterion.id)).to.deep.equal(named.map(({ id }) => id));
    expect(units.length).to.be.greaterThan(1);
    const [first] = named;
    expect(units[0]!.criterion.questions.length).to.equal(
      first!.measure.kind === "judged" ? first!.measure.questions.length : 0,
    );
    expect(unitsOf(source({ group: "inspector" }), document)).to.deep.equal([]);
    expect(unitsOf(source({ type: "laboratory-test", group: "laboratory" }), document)).to.deep.equal([]);
  });

  it("are several where it is long, each passage in one, none longer than a call may be", () => {
    const passages = Array.from({ length: 9 }, (_, i) => ({ id: `p${i}`, text: "x ".repeat(4_000) }));
    const [first] = document.criteria;
    const units = unitsOf(source({ passages }), document).filter(({ criterion }) => criterion.id === first!.id);
    expect(units.map(({ passages: own }) => own.length)).to.deep.equal([3, 3, 3]);
    const long = unitsOf(source({ passages: [{ id: "p", text: "y ".repeat(20_000) }] }), document);
    const sizes = long.map(({ passages: own }) => own.reduce((sum, { text }) => sum + text.length, 0));
    expect(Math.max(...sizes)).to.be.at.most(LIMITS.evidence);
  });

  it("are none of a source without words", () => {
    expect(unitsOf(source({ passages: [] }), document)).to.deep.equal([]);
  });
});
