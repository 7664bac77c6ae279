import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { evidenceLeaf } from "../../../oracle/domain/evidence.ts";
import { judgedUnits, openRound } from "../../../oracle/domain/judgement/opened-round.ts";
import {
  drawUnits,
  labelKey,
  labelUnits,
  readSheet,
  sheetText,
  type LabelUnit,
} from "../../../oracle/domain/labelling/sheet.ts";
import { judgedBundle, type JudgedBundle } from "../judgement/judged-bundle.ts";

const SEED: Hex = `0x${"5a".repeat(32)}`;
const file = (text: string) => ({ name: "anna.csv", bytes: new TextEncoder().encode(text) });

describe("sheets to label", function () {
  this.timeout(60_000);
  let judged: JudgedBundle;
  let units: LabelUnit[];
  let whole: LabelUnit[];

  const unitsOf = async (given?: JudgedBundle["given"]): Promise<LabelUnit[]> => {
    const round = openRound(judged.bundle, given);
    return labelUnits([{ round, judged: await judgedUnits(round) }]);
  };

  before(async () => {
    judged = await judgedBundle();
    units = await unitsOf();
    whole = await unitsOf(judged.given);
  });

  it("hold what can be read, and private sources for who was given them", () => {
    expect(units.length).to.be.greaterThan(10);
    expect(units.every(({ unit }) => !unit.hidden)).to.equal(true);
    expect(whole.length).to.be.greaterThan(units.length + 10);
    // A unit has one id, whoever reads it.
    const ids = new Set(whole.map(({ id }) => id));
    expect(ids.size).to.equal(whole.length);
    expect(units.every(({ id }) => ids.has(id))).to.equal(true);
  });

  it("draw a random share by the seed alone, rounded up", () => {
    const drawn = drawUnits(whole, SEED, 1_000);
    expect(drawn).to.have.length(Math.ceil(whole.length / 10));
    expect(drawUnits([...whole].reverse(), SEED, 1_000)).to.deep.equal(drawn);
    expect(drawUnits(whole, `0x${"5b".repeat(32)}`, 1_000)).not.to.deep.equal(drawn);
    expect(drawUnits(whole, SEED, 0)).to.deep.equal([]);
    expect(drawUnits(whole, SEED, 10_000)).to.have.members(whole);
  });

  it("say nothing of whom the words are about, whence they come, or what was answered", () => {
    const { roster, oracle } = judged.ground.spec;
    const { senders } = judged.ground.params;
    const secrets = [
      ...roster.flatMap(({ id, name, account }) => [id, name, account]),
      ...oracle.signers,
      ...senders.map(({ account }) => account),
      ...judged.ground.items.flatMap((item) => [evidenceLeaf(item), item.salt, item.name]),
      "scripted",
    ].map((secret) => secret.toLowerCase());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 }), fc.integer({ min: 1, max: 10_000 }), (number, share) => {
        const seed: Hex = `0x${number.toString(16).padStart(64, "0")}`;
        const text = sheetText(drawUnits(whole, seed, share)).toLowerCase();
        return secrets.every((secret) => !text.includes(secret));
      }),
      { numRuns: 20 },
    );
    // The same words under the same criterion are the same row, whoever they are about and whatever was scored.
    const [one] = whole;
    const other = { ...one!, unit: { ...one!.unit, provider: 1, joint: { ...one!.unit.joint, score: 1 }, nodes: [] } };
    expect(sheetText([other])).to.equal(sheetText([one!]));
  });

  it("are read back once people have answered, whatever they left empty", () => {
    const drawn = drawUnits(whole, SEED, 500);
    const empty = sheetText(drawn);
    expect(() => readSheet(file(empty))).to.throw("anna.csv: nothing in it is answered");
    const filled = empty.replace('""\r\n', '" Not-Met "\r\n').replace('""\r\n', '"insufficient"\r\n');
    const { answers, units: seen } = readSheet(file(filled));
    const { criterion } = drawn[0]!.unit.placed!.unit;
    expect([...answers]).to.deep.equal([
      [labelKey(drawn[0]!.id, criterion.questions[0]!.id), "not-met"],
      [labelKey(drawn[0]!.id, criterion.questions[1]!.id), "insufficient"],
    ]);
    expect([...seen]).to.have.members(drawn.map(({ id }) => id));
    expect(() => readSheet(file(empty.replace('""\r\n', '"yes"\r\n')))).to.throw(
      'field "answer": no answer (found "yes"); expected met, not-met, insufficient or nothing',
    );
    const twice = "unit,question,answer\nu,q,met\nu,q,met\n";
    expect(() => readSheet(file(twice))).to.throw('line 3, field "question": the question is there twice');
  });

  it("need no more than unit, question and answer", () => {
    const { answers } = readSheet(file("answer,question,unit\nmet,q,u\n"));
    expect([...answers]).to.deep.equal([["u q", "met"]]);
  });
});
