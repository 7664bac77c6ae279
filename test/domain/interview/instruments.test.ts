import { expect } from "chai";
import fc from "fast-check";
import { INSTRUMENTS } from "../../../oracle/domain/interview/instruments/index.ts";
import { ONS4 } from "../../../oracle/domain/interview/instruments/ons4.ts";
import { realChange, scoreInstrument } from "../../../oracle/domain/interview/instruments/score.ts";
import { SECURE_FLOURISH } from "../../../oracle/domain/interview/instruments/secure-flourish.ts";
import { WHO5 } from "../../../oracle/domain/interview/instruments/who5.ts";
import type { Instrument } from "../../../oracle/domain/interview/instruments/instrument.ts";
import { faultOf } from "../fault.ts";

function scores(
  instrument: Instrument,
  answers: Readonly<Record<string, number | null>>,
): Record<string, number | null> {
  const found = scoreInstrument(instrument, new Map(Object.entries(answers)));
  return Object.fromEntries(found.map(({ scale, value }) => [scale, value]));
}

describe("Scoring of instruments", () => {
  it("WHO-5 is the sum times 4: worked examples", () => {
    const all = (value: number) => Object.fromEntries(WHO5.items!.map(({ id }) => [id, value]));
    expect(scores(WHO5, all(0))).to.deep.equal({ index: 0 });
    expect(scores(WHO5, all(5))).to.deep.equal({ index: 100 });
    expect(scores(WHO5, { cheerful: 3, calm: 2, active: 4, rested: 1, interested: 3 })).to.deep.equal({ index: 52 });
  });

  it("WHO-5 with an item missing is missing, and says how many were answered", () => {
    const answers = new Map([
      ["cheerful", 3],
      ["calm", 2],
      ["active", null],
      ["rested", 0],
    ] as const);
    expect(scoreInstrument(WHO5, answers)).to.deep.equal([{ scale: "index", value: null, answered: 3, of: 5 }]);
  });

  it("ONS4 is four scales and no sum; a missing one leaves the others", () => {
    expect(scores(ONS4, { satisfied: 7, worthwhile: 8, happy: null, anxious: 0 })).to.deep.equal({
      satisfied: 7,
      worthwhile: 8,
      happy: null,
      anxious: 0,
    });
    expect(ONS4.scales.every(({ items }) => items.length === 1)).to.equal(true);
    expect(ONS4.scales.filter(({ better }) => better === "lower").map(({ id }) => id)).to.deep.equal(["anxious"]);
  });

  it("Secure Flourish sums its domains; without the last it is the Flourish measure", () => {
    const answers = Object.fromEntries(SECURE_FLOURISH.items!.map(({ id }, i) => [id, i % 11]));
    // 0 1 2 3 4 5 6 7 8 9 10 0: the first ten sum to 45, all to 55.
    const { flourish, "secure-flourish": secure, health, stability } = scores(SECURE_FLOURISH, answers);
    expect({ flourish, secure, health, stability }).to.deep.equal({
      flourish: 45,
      secure: 55,
      health: 5,
      stability: 10,
    });
    const partial = scores(SECURE_FLOURISH, { ...answers, "stability-2": null });
    expect([partial["flourish"], partial["secure-flourish"]]).to.deep.equal([45, null]);
  });

  it("refuses an answer that is not one of the item's", () => {
    for (const value of [6, -1, 2.5, NaN]) {
      expect(faultOf(() => scores(WHO5, { calm: value })).fault).to.include({
        field: "who-5/calm",
        limit: "a whole number of 0 to 5",
      });
    }
  });

  it("calls ten points of WHO-5 a change, in the direction that is better, and nothing where none is published", () => {
    const [index] = WHO5.scales;
    expect([
      realChange(index!, 40, 50),
      realChange(index!, 40, 49),
      realChange(index!, 50, 40),
      realChange(index!, null, 50),
    ]).to.deep.equal([1, 0, -1, null]);
    expect(realChange(ONS4.scales[0]!, 0, 10)).to.equal(null);
    expect(realChange({ ...index!, better: "lower" }, 40, 50)).to.equal(-1);
  });

  it("stays within a scale's bounds for any answers", () => {
    for (const instrument of INSTRUMENTS.values()) {
      const items = instrument.items ?? [];
      const answers = fc.tuple(...items.map(({ min, max }) => fc.integer({ min, max })));
      fc.assert(
        fc.property(answers, (given) => {
          const byItem = new Map(items.map(({ id }, i) => [id, given[i]!]));
          for (const [i, { value }] of scoreInstrument(instrument, byItem).entries()) {
            const { min, max } = instrument.scales[i]!;
            expect(value !== null && value >= min && value <= max).to.equal(true);
          }
        }),
        { numRuns: 30 },
      );
    }
  });
});

describe("Instruments", () => {
  it("have words for every item in every language, and for both ends or every answer; scales of their own items only", () => {
    for (const { id, items, texts, scales } of INSTRUMENTS.values()) {
      const ids = (items ?? []).map((item) => item.id);
      expect(new Set(ids).size, id).to.equal(ids.length);
      for (const [language, text] of Object.entries(texts)) {
        expect(Object.keys(text.items).sort(), `${id} ${language}`).to.deep.equal([...ids].sort());
        for (const { id: item, min, max } of items ?? []) {
          const values = Array.from({ length: max - min + 1 }, (_, i) => min + i);
          const named =
            text.items[item]!.ends !== undefined || values.every((value) => text.labels?.[value] !== undefined);
          expect(named, `${id} ${language} ${item}`).to.equal(true);
        }
      }
      expect(scales.every((scale) => scale.items.every((item) => ids.includes(item)))).to.equal(true);
    }
  });

  it("stand in the registry under their ids, and none is a promoter score", () => {
    for (const [id, instrument] of INSTRUMENTS) expect(instrument.id).to.equal(id);
    const words = JSON.stringify([...INSTRUMENTS.values()].map(({ texts }) => texts)).toLowerCase();
    expect(words).not.to.match(/recommend|empfehlen|weiterempf/);
  });
});
