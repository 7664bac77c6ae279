import { expect } from "chai";
import fc from "fast-check";
import { keccak256, stringToBytes } from "viem";
import { DECOYS } from "../../../oracle/domain/judgement/decoys.ts";
import { judgeSheets, readSheet, type Sheet } from "../../../oracle/domain/judgement/judge.ts";
import { shuffleFrom } from "../../../oracle/domain/judgement/order.ts";
import type { Answer, Quote, Unit } from "../../../oracle/domain/judgement/unit.ts";
import { verdictOf } from "../../../oracle/domain/judgement/verdict.ts";

const SEED = keccak256(stringToBytes("a node, a round, a unit"));
const UNIT: Unit = {
  source: SEED,
  criterion: {
    id: "runs",
    statement: "The car runs.",
    questions: [
      { id: "starts", text: "Does it start?", met: "good" },
      { id: "noise", text: "Is there a new noise?", met: "bad" },
      { id: "brakes", text: "Do the brakes work?", met: "good" },
    ],
  },
  passages: [{ id: "story", text: "It starts. It rattles. The brakes bite." }],
};
const QUOTES: readonly Quote[] = [
  { question: "starts", passage: "story", text: "It starts." },
  { question: "noise", passage: "story", text: "It rattles." },
];

/** Answers a sheet: decoys right unless told otherwise, questions as given, each resting on the quote with that number. */
function filled(sheet: Sheet, given: Readonly<Record<string, Answer>>, decoys?: Answer) {
  const letter = (answer: Answer): string => Object.entries(sheet.meaning).find(([, means]) => means === answer)![0];
  const number = 1 + sheet.quotes.findIndex((quote) => quote !== null);
  const answers = [...sheet.questions].map(([question, asked]) => {
    const answer = "right" in asked ? (decoys ?? asked.right[0]!) : (given[asked.id] ?? "insufficient");
    return { question, answer: letter(answer), quotations: [number] };
  });
  return { answers };
}

const sheets = () => judgeSheets(UNIT, QUOTES, SEED, 1);
const verdict = (given: readonly Readonly<Record<string, Answer>>[], decoys?: Answer) =>
  verdictOf(
    UNIT.criterion,
    sheets().map((sheet, i) => readSheet(sheet, filled(sheet, given[i]!, decoys))),
  );

describe("sheets of a judge", () => {
  it("come in pairs, the second in the reverse order of the first, letters too", () => {
    const [one, other] = sheets() as [Sheet, Sheet];
    expect([...other.quotes].reverse()).to.deep.equal(one.quotes);
    expect([...other.questions.values()].reverse()).to.deep.equal([...one.questions.values()]);
    expect([other.meaning.A, other.meaning.C]).to.deep.equal([one.meaning.C, one.meaning.A]);
    expect(judgeSheets(UNIT, QUOTES, SEED, 3)).to.have.length(6);
  });

  it("show every quote and question once, with two decoys among them", () => {
    for (const sheet of sheets()) {
      const shown = JSON.parse(sheet.call.user) as { quotations: { text: string }[]; questions: { text: string }[] };
      expect(shown.quotations).to.have.length(QUOTES.length + 2);
      expect(shown.questions).to.have.length(UNIT.criterion.questions.length + 4);
      expect(DECOYS.filter(({ sentence }) => shown.quotations.some(({ text }) => text === sentence))).to.have.length(2);
    }
  });

  it("say nothing of the source, the criterion's id or the questions' ids", () => {
    for (const { call } of sheets()) {
      for (const secret of [UNIT.source, '"runs"', '"starts"', '"noise"', UNIT.criterion.statement]) {
        expect(call.user).not.to.contain(secret);
      }
    }
  });

  it("are the same for the same seed and others for another", () => {
    expect(sheets().map(({ call }) => call.user)).to.deep.equal(sheets().map(({ call }) => call.user));
    const others = judgeSheets(UNIT, QUOTES, keccak256(SEED), 1);
    expect(others.map(({ call }) => call.user)).not.to.deep.equal(sheets().map(({ call }) => call.user));
  });

  it("are not read where a question is missing, there twice, unknown, or the form is another", () => {
    const [sheet] = sheets() as [Sheet];
    const { answers } = filled(sheet, {});
    expect(readSheet(sheet, { answers })).not.to.equal(null);
    expect(readSheet(sheet, { answers: answers.slice(1) })).to.equal(null);
    expect(readSheet(sheet, { answers: [answers[1]!, ...answers.slice(1)] })).to.equal(null);
    expect(readSheet(sheet, { answers: [{ ...answers[0]!, question: "q99" }, ...answers.slice(1)] })).to.equal(null);
    expect(readSheet(sheet, { answers: [{ ...answers[0]!, answer: "D" }, ...answers.slice(1)] })).to.equal(null);
    expect(readSheet(sheet, "met")).to.equal(null);
    expect(readSheet(sheet, undefined)).to.equal(null);
  });

  it("take an answer that rests on no quote, or on a decoy's sentence alone, for insufficient", () => {
    const [sheet] = sheets() as [Sheet];
    const decoy = 1 + sheet.quotes.indexOf(null);
    for (const quotations of [[], [decoy], [999]]) {
      const { answers } = filled(sheet, { starts: "met" });
      const read = readSheet(sheet, { answers: answers.map((one) => ({ ...one, quotations })) });
      expect(read!.answers.get("starts")!.answer).to.equal("insufficient");
    }
  });
});

describe("verdict of a unit", () => {
  it("is the share of answered questions whose answer is the good one", () => {
    const all = { starts: "met", noise: "not-met", brakes: "met" } as const;
    expect(verdict([all, all]).score).to.equal(10_000);
    const two = { starts: "met", noise: "met" } as const;
    expect(verdict([two, two]).score).to.equal(5_000);
    const third = { starts: "met", noise: "met", brakes: "not-met" } as const;
    expect(verdict([third, third]).score).to.equal(3_333);
  });

  it("does not count what the two orders answer differently", () => {
    const found = verdict([
      { starts: "met", noise: "not-met", brakes: "met" },
      { starts: "met", noise: "not-met", brakes: "not-met" },
    ]);
    expect(found.rulings.map(({ answer }) => answer)).to.deep.equal(["met", "not-met", "insufficient"]);
    expect(found.score).to.equal(10_000);
  });

  it("abstains where fewer than half of the questions are answered", () => {
    const one = { starts: "met" } as const;
    expect(verdict([one, one])).to.include({ score: null, abstention: "insufficient" });
  });

  it("abstains where one answer was given to everything, whichever it is", () => {
    const all = { starts: "met", noise: "met", brakes: "met" } as const;
    for (const answer of ["met", "not-met", "insufficient"] as const) {
      expect(verdict([all, all], answer)).to.include({ score: null, abstention: "decoy" });
    }
  });

  it("abstains where a call failed", () => {
    expect(verdictOf(UNIT.criterion, [null, null])).to.include({ abstention: "no-answer" });
    const [sheet] = sheets() as [Sheet];
    expect(verdictOf(UNIT.criterion, [readSheet(sheet, filled(sheet, {})), null])).to.include({ score: null });
    expect(verdictOf(UNIT.criterion, [])).to.include({ abstention: "no-answer" });
  });
});

describe("orders from a seed", () => {
  it("are permutations", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 40 }), fc.string(), (things, label) => {
        const shuffled = shuffleFrom(SEED, label)(things);
        expect([...shuffled].sort()).to.deep.equal([...things].sort());
      }),
    );
  });

  it("are every one of six about as often: chi-square below the 99.9% point of five degrees, 20.5", () => {
    const shuffle = shuffleFrom(SEED, "fair");
    const counts = new Map<string, number>();
    const draws = 3_000;
    for (let i = 0; i < draws; i++) {
      const order = shuffle(["a", "b", "c"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const expected = draws / 6;
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).to.equal(6);
    expect(chi).to.be.lessThan(20.5);
  });
});
