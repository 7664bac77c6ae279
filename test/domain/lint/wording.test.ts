import { expect } from "chai";
import { wordingProblems } from "../../../oracle/domain/lint/rules/wording.ts";

const errors = (text: string): string[] =>
  wordingProblems(text)
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
const warnings = (text: string): string[] =>
  wordingProblems(text)
    .filter(({ severity }) => severity === "warning")
    .map(({ message }) => message);

describe("wording of questions", () => {
  const good = [
    "Did the same fault come back within the window?",
    "Within two weeks of the repair, did the engine stall?",
    "Does the person sleep longer than before the course?",
    "Is the person no longer short of breath?",
    "Did the van come between eight and nine?",
    'Does the person tell of a moment that shows this: "MOMENTS when somebody listens"?',
    "Were customers after the winter asked another time?",
  ];
  for (const text of good) {
    it(`finds nothing in: ${text}`, () => expect(wordingProblems(text)).to.deep.equal([]));
  }

  const bad: [string, RegExp][] = [
    ["How well did the engine run?", /yes or no/],
    ["What did the person say about it?", /yes or no/],
    ["Did the engine run", /yes or no/],
    ["Did the engine run? Did it stop?", /yes or no/],
    ["Is it clear how much the repair would cost?", /yes or no/],
    ["Did the car start and stop?", /"and" makes two/],
    ["Did the car start or stop?", /"or" makes two/],
    ["Was he/she on time?", /"\/" makes two/],
    ["Did the car start as well as stop?", /makes two/],
    ["Was the course clearly a success?", /"clearly" suggests/],
    ["Isn't it true, would you agree that it helped?", /suggests/],
    ["Does the person sleep better?", /"better" compares with nothing/],
    ["Has the health of the person improved?", /"improved" compares/],
    ["Is it?", /too little/],
  ];
  for (const [text, expected] of bad) {
    it(`refuses: ${text}`, () => expect(errors(text).join("; ")).to.match(expected));
  }

  const doubtful: [string, RegExp][] = [
    ["Did the van come often?", /"often"/],
    ["Did nobody say that it was not never clean?", /negations/],
    [`Did the van ${"truly ".repeat(40)}come?`, /characters/],
    ['Does the person tell of "warmth and light" there?', /quoted/],
  ];
  for (const [text, expected] of doubtful) {
    it(`warns of: ${text.slice(0, 60)}`, () => {
      expect(errors(text)).to.deep.equal([]);
      expect(warnings(text).join("; ")).to.match(expected);
    });
  }

  it("does not look at somebody's own words for what only the question may not do", () => {
    expect(errors('Does the person mention "how much better and/or faster" it was?')).to.deep.equal([]);
  });

  it("finds phrases as whole words only", () => {
    expect(wordingProblems("Did the standard orchestra play in Andorra?")).to.deep.equal([]);
  });
});
