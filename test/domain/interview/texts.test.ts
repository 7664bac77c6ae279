import { expect } from "chai";
import fc from "fast-check";
import { concreteness, nextProbe, PROBES, wordsOf } from "../../../oracle/domain/interview/concrete.ts";
import { nextStep } from "../../../oracle/domain/interview/engine.ts";
import { LIBRARY } from "../../../oracle/domain/interview/library.ts";
import { phrasingProblem, phrasingOf } from "../../../oracle/domain/interview/phrasing.ts";
import { readInterviewPlan } from "../../../oracle/domain/interview/plan.ts";
import type { ProbeStep } from "../../../oracle/domain/interview/steps.ts";
import { DE } from "../../../oracle/domain/interview/texts/de.ts";
import { EN } from "../../../oracle/domain/interview/texts/en.ts";
import { TEXTS } from "../../../oracle/domain/interview/texts/index.ts";
import { textsSchema } from "../../../oracle/domain/interview/texts/texts.ts";
import { plainText } from "../../../oracle/domain/plain-text.ts";
import { begin, REPAIR, STORY } from "./plans.ts";

describe("The catalogue", () => {
  it("is whole in every language, in plain text, without a word that leads", () => {
    for (const texts of TEXTS.values()) {
      expect(textsSchema.parse(texts)).to.deep.equal(texts);
      const { story, probes, counterfactual, now, then, detail, pressure, values } = texts;
      const asked = [
        story,
        counterfactual,
        now.text,
        then.text,
        detail,
        pressure.text,
        values.attend,
        values.another,
        ...Object.values(probes),
      ];
      for (const text of asked) {
        expect(plainText(text)).to.equal(text);
        const { self } = texts.phrasing;
        expect(
          wordsOf(text).filter((word) => self.includes(word)),
          text,
        ).to.deep.equal([]);
      }
    }
  });

  it("takes a further language as a further entry, and plans in it run", () => {
    const fr = { ...EN, language: "fr", name: "Français", story: "À propos de : {subject}. Racontez." };
    const library = { ...LIBRARY, texts: new Map([...LIBRARY.texts, ["fr", textsSchema.parse(fr)]]) };
    const plan = readInterviewPlan(
      { ...REPAIR, languages: ["fr"], subject: { fr: "la voiture" }, instruments: [] },
      library,
    );
    const { log } = begin(plan, "day-30");
    const consented = [...log, { type: "consented", seq: 1, at: 1001, textHash: `0x${"0".repeat(64)}` } as const];
    expect(nextStep(plan, consented, library)).to.include({ id: "story", text: "À propos de : la voiture. Racontez." });
  });

  it("refuses texts with a word missing or without their subject", () => {
    expect(textsSchema.safeParse({ ...EN, story: "Tell us." }).success).to.equal(false);
    expect(textsSchema.safeParse({ ...EN, negative: undefined }).success).to.equal(false);
    expect(textsSchema.safeParse({ ...EN, cues: { ...EN.cues, when: ["Monday"] } }).success).to.equal(false);
  });
});

describe("Concrete detail", () => {
  it("is found by words of the language, dates and times", () => {
    expect(concreteness(STORY, EN)).to.deep.equal({ what: true, when: true, where: true, who: true });
    expect(concreteness("All fine.", EN)).to.deep.equal({ what: false, when: false, where: false, who: false });
    for (const text of ["in 2025", "at 9:30", "on 3/11"]) expect(concreteness(text, EN).when, text).to.equal(true);
    for (const text of ["20 times", "3 discs", "123456"]) expect(concreteness(text, EN).when, text).to.equal(false);
    const german =
      "Am Montag war ich in der Werkstatt. Die Mechanikerin hat mir die alten Scheiben gezeigt und alles erklärt.";
    expect(concreteness(german, DE)).to.deep.equal({ what: true, when: true, where: true, who: true });
  });

  it("is not found within other words", () => {
    expect(concreteness("homework, Mondayish", EN)).to.deep.equal({
      what: false,
      when: false,
      where: false,
      who: false,
    });
  });

  it("is asked for in the order what, when, where, who, each once, then for more where a story is short", () => {
    expect(nextProbe(["All fine."], [], EN)).to.equal("what");
    expect(nextProbe(["All fine."], ["what"], EN)).to.equal("when");
    expect(nextProbe(["All fine."], ["what", "when", "where"], EN)).to.equal("who");
    expect(nextProbe(["All fine."], ["what", "when", "where", "who"], EN)).to.equal("more");
    expect(nextProbe(["All fine."], [...PROBES], EN)).to.equal(null);
    expect(nextProbe([STORY], [], EN)).to.equal(null);
    expect(nextProbe(["All fine.", STORY], [], EN)).to.equal(null);
  });

  it("is asked for at most five times, whatever is told", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 80 }), { minLength: 6, maxLength: 6 }), (told) => {
        const asked: (typeof PROBES)[number][] = [];
        for (let i = 1; i <= 6; i++) {
          const probe = nextProbe(told.slice(0, i), asked, EN);
          if (probe === null) return;
          expect(asked).not.to.include(probe);
          asked.push(probe);
        }
        expect.fail("asked six times");
      }),
    );
  });
});

describe("A model's phrasing of a probe", () => {
  const probe = (said: string): ProbeStep => ({
    kind: "probe",
    wording: "free",
    id: "probe/1/when",
    language: "en",
    text: EN.probes.when,
    maxCharacters: 500,
    phrasing: phrasingOf(EN.probes.when, [said]),
  });
  const problem = (text: string) => phrasingProblem(text, probe("The 2 discs were changed."), EN);

  it("is one short neutral question that adds no number", () => {
    expect(problem("When were the 2 discs changed?")).to.equal(null);
    expect(problem(EN.probes.when)).to.equal(null);
    const refused: [string, string][] = [
      ["When? And where?", "one question"],
      ["Tell us when.", "one question"],
      ["", "one question"],
      ["I had that too; when was it?", "speaks of itself: i"],
      ["When did it get BETTER?", "not neutral: better"],
      ["Sorry to hear that. When was it?", "not neutral: sorry"],
      ["When were the 4 discs changed?", "a number nobody said: 4"],
      ["When\nwas that?", "one line"],
      ["When was that\u200b?", "one line"],
      [`When ${"x".repeat(240)}?`, "longer than 240"],
    ];
    for (const [text, why] of refused) expect(problem(text), text).to.contain(why);
  });

  it("falls back on catalogue texts that pass its own rules, in every language", () => {
    for (const texts of TEXTS.values()) {
      for (const text of Object.values(texts.probes))
        expect(phrasingProblem(text, probe(""), texts), text).to.equal(null);
    }
  });
});
