import { expect } from "chai";
import type { Hex } from "viem";
import { judgedUnits, openRound, type NodeVerdicts } from "../../../oracle/domain/judgement/opened-round.ts";
import type { Answer } from "../../../oracle/domain/judgement/unit.ts";
import { labelReport, type LabelReport } from "../../../oracle/domain/labelling/report.ts";
import {
  drawUnits,
  labelKey,
  labelUnits,
  type Labels,
  type LabelUnit,
} from "../../../oracle/domain/labelling/sheet.ts";
import { correctedMean } from "../../../oracle/domain/statistics/prediction-powered.ts";
import { judgedBundle } from "../judgement/judged-bundle.ts";

const QUESTIONS = [
  { id: "ran", text: "Did it run?", met: "good" },
  { id: "broke", text: "Did it break?", met: "bad" },
] as const;

const answersOf = (ran: Answer, broke: Answer): Map<string, Answer> =>
  new Map([
    ["ran", ran],
    ["broke", broke],
  ]);

function node(name: string, answers: Map<string, Answer>, score: number | null): NodeVerdicts {
  const rulings = [...answers].map(([question, answer]) => ({ question, answer, quotes: [] }));
  const verdict = { score, abstention: null, rulings };
  const found = { score, answers, unanswered: false };
  return { node: `0x${name.repeat(40)}`, judges: [{ family: "f", verdict }], found, whole: true };
}

/** A unit on which two of three nodes say one thing. */
function unit(
  id: string,
  provider: number,
  joint: Map<string, Answer>,
  score: number | null,
  third = joint,
): LabelUnit {
  const nodes = [node("a", joint, score), node("b", joint, score), node("c", third, score)];
  const criterion = { id: "works", statement: "It works", questions: QUESTIONS };
  const placed = { key: id, part: 0, unit: { source: "0x", criterion, passages: [] } };
  const judged = {
    key: id,
    criterion: "works",
    provider,
    placed,
    nodes,
    joint: { score, answers: joint, unanswered: false },
  };
  const round = { bundle: { spec: { roster: [{ id: "p" }, { id: "q" }] } } };
  return { id, unit: judged, round } as unknown as LabelUnit;
}

function labels(name: string, given: Record<string, Answer>): Labels {
  const answers = new Map(Object.entries(given));
  return { name, answers, units: new Set([...answers.keys()].map((key) => key.split(" ")[0]!)) };
}

const GOOD = answersOf("met", "not-met");
const BAD = answersOf("not-met", "met");
const UNITS = [
  unit("u1", 0, GOOD, 10_000),
  unit("u2", 0, GOOD, 10_000, BAD),
  unit("u3", 0, BAD, 0),
  unit("u4", 1, GOOD, 10_000),
  unit("u5", 1, answersOf("insufficient", "insufficient"), null),
];

describe("a report on labels", () => {
  it("says how often judges are right, beside how sure they are", () => {
    const anna = labels("anna", {
      "u1 ran": "met",
      "u1 broke": "met",
      "u2 ran": "met",
      "u2 broke": "not-met",
      "u3 ran": "insufficient",
    });
    const { judges, questions, people } = labelReport(UNITS, [anna], { level: 0.975 });
    expect(people).to.equal(null);
    expect(questions).to.deep.equal({ agreed: 5, split: 0 });
    expect(judges.map(({ judge }) => judge.slice(0, 4))).to.deep.equal(["join", "0xaa", "0xbb", "0xcc"]);
    const [joint, , , third] = judges;
    // By hand: of u1 one of two right, of u2 both, of u3 none, where people could not tell.
    expect(joint!.agreement).to.deep.include({ items: 5, raw: 0.6 });
    // Sure: 1, 1, 2/3, 2/3 and 1, so 13/15 on the average; right: 3 of 5.
    expect(Math.round(joint!.calibration!.overconfidence * 1e6)).to.equal(Math.round((13 / 15 - 3 / 5) * 1e6));
    expect(joint!.corrected).to.equal(null);
    // The third node is wrong about u2 besides.
    expect(third!.agreement.raw).to.equal(0.2);
    expect(Math.round(third!.calibration!.overconfidence * 1e6)).to.equal(800_000);
  });

  it("takes for true what more than half of the people say, and measures how far they agree", () => {
    const same = { "u1 ran": "met", "u1 broke": "not-met", "u3 ran": "not-met" } as const;
    const three = [
      labels("a", same),
      labels("b", { ...same, "u2 ran": "met" }),
      labels("c", { ...same, "u1 ran": "not-met" }),
    ];
    const { people, questions, judges } = labelReport(UNITS, three, { level: 0.975 });
    expect(questions).to.deep.equal({ agreed: 4, split: 0 });
    expect(judges[0]!.agreement.raw).to.equal(1);
    expect(judges[0]!.alpha.alpha).to.equal(1);
    // Krippendorff by hand: of u1 ran, met met not-met: observed 4 ordered pairs apart / 2; expected over 2 met and 7 not-met: 28 / 8.
    expect(people!.items).to.equal(3);
    expect(Math.round(people!.alpha! * 1e6)).to.equal(Math.round((1 - 2 / 3.5) * 1e6));
    const split = labelReport(UNITS, [three[0]!, three[2]!], { level: 0.975 });
    expect(split.questions).to.deep.equal({ agreed: 2, split: 1 });
  });

  it("corrects the mean of each criterion and provider by the labels, and leaves out what people cannot tell", () => {
    const anna = labels("anna", {
      "u1 ran": "met",
      "u1 broke": "met",
      "u3 ran": "not-met",
      "u3 broke": "met",
      "u4 ran": "insufficient",
      "u4 broke": "insufficient",
    });
    const { means } = labelReport(UNITS, [anna], { level: 0.9 });
    const labelled = [
      { judged: 1, label: 0.5 },
      { judged: 0, label: 0 },
    ];
    expect(means).to.deep.equal([
      { criterion: "works", provider: null, judged: 2 / 3, corrected: correctedMean([1], labelled, 0.9) },
      { criterion: "works", provider: "p", judged: 2 / 3, corrected: correctedMean([1], labelled, 0.9) },
    ]);
  });

  it("refuses labels of what cannot be read here", () => {
    expect(() => labelReport(UNITS, [labels("anna", { "u9 ran": "met" })], { level: 0.9 })).to.throw(
      'anna, field "unit": nothing that can be read here (found "u9 ran")',
    );
  });

  describe("of a judged round", function () {
    this.timeout(60_000);
    const seed: Hex = `0x${"77".repeat(32)}`;
    let units: LabelUnit[];

    before(async () => {
      const { bundle, given } = await judgedBundle();
      const round = openRound(bundle, given);
      units = labelUnits([{ round, judged: await judgedUnits(round) }]);
    });

    /** Labels as the judges' joint answers, but for every n-th turned round. */
    function echo(name: string, some: readonly LabelUnit[], nth: number): Labels {
      let count = 0;
      const turned = { met: "not-met", "not-met": "met", insufficient: "insufficient" } as const;
      return labels(
        name,
        Object.fromEntries(
          some.flatMap(({ id, unit: { joint } }) =>
            [...joint.answers].map(([question, answer]) => [
              labelKey(id, question),
              ++count % nth === 0 ? turned[answer] : answer,
            ]),
          ),
        ),
      );
    }

    it("finds nothing to correct where people say what judges say", () => {
      const drawn = drawUnits(units, seed, 3_000);
      const report: LabelReport = labelReport(units, [echo("anna", drawn, Infinity)], {
        level: 0.975,
        draw: { seed, shareBps: 3_000 },
      });
      expect(report.judges).to.have.length(4);
      expect(report.judges[0]!.agreement.raw).to.equal(1);
      expect(report.slice!.drawn).to.equal(drawn.length);
      expect(report.slice!.beyond).to.equal(0);
      for (const { judged, corrected } of report.means.filter(({ provider }) => provider === null)) {
        if (corrected.interval === null) continue;
        expect(judged!)
          .to.be.at.least(corrected.interval.low - 1e-9)
          .and.at.most(corrected.interval.high + 1e-9);
      }
    });

    it("finds judges over-confident where people say otherwise, and says where the sheet is not the slice", () => {
      const some = units.slice(0, 20);
      const report = labelReport(units, [echo("anna", some, 3)], { level: 0.975, draw: { seed, shareBps: 100 } });
      expect(report.judges[0]!.calibration!.overconfidence).to.be.greaterThan(0.15);
      expect(report.judges[0]!.corrected!.accuracy).to.be.lessThan(0.85);
      expect(report.slice!.beyond).to.be.greaterThan(0);
    });
  });
});
