import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { calibrationError, reliabilityTable, type Checked } from "../../../oracle/domain/statistics/calibration.ts";
import { calibrate, fitCalibration } from "../../../oracle/domain/statistics/recalibrate.ts";
import { judgeErrors } from "../../../scripts/bench-assess/calibration.ts";

const answers = (confidence: number, right: number, wrong: number): Checked[] => [
  ...Array.from({ length: right }, () => ({ confidence, correct: true })),
  ...Array.from({ length: wrong }, () => ({ confidence, correct: false })),
];
const checked = fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), correct: fc.boolean() }), {
  maxLength: 60,
});

describe("reliability of confidences", () => {
  const some = [...answers(1, 3, 1), ...answers(0.95, 1, 1), ...answers(0.5, 2, 2)];

  it("makes a table by hand, 1 in the last row, empty rows left out", () => {
    expect(reliabilityTable(some, 4).map(({ from, to, n, accuracy }) => [from, to, n, accuracy])).to.deep.equal([
      [0.5, 0.75, 4, 0.5],
      [0.75, 1, 6, 4 / 6],
    ]);
    expect(Math.round(reliabilityTable(some, 4)[1]!.confidence * 6e9)).to.equal(59e8);
  });

  it("finds expected error and over-confidence: six answers at 5.9/6, four of them right, four at 0.5 exactly so", () => {
    const { n, expected, overconfidence } = calibrationError(some, 4)!;
    expect([n, Math.round(expected * 1e9), Math.round(overconfidence * 1e9)]).to.deep.equal([10, 19e7, 19e7]);
    const both = calibrationError([...answers(0.9, 0, 1), ...answers(0.1, 1, 0)])!;
    expect([both.expected, both.overconfidence].map((x) => Math.round(x * 1e9))).to.deep.equal([9e8, 0]);
    expect(calibrationError([])).to.equal(null);
  });

  it("refuses what is no confidence or no number of rows", () => {
    expect(() => reliabilityTable([{ confidence: 1.1, correct: true }])).to.throw(InputError, '"confidence"');
    expect(() => reliabilityTable([], 0)).to.throw(InputError, '"rows"');
  });

  it("counts every answer once; the error is at least the over-confidence and at most 1", () => {
    fc.assert(
      fc.property(checked, fc.integer({ min: 1, max: 20 }), (found, rows) => {
        const table = reliabilityTable(found, rows);
        expect(table.reduce((total, { n }) => total + n, 0)).to.equal(found.length);
        for (const { from, to, confidence } of table) expect(confidence).to.be.within(from - 1e-12, to + 1e-12);
        const error = calibrationError(found, rows);
        if (error === null) return;
        expect(error.expected).to.be.within(Math.abs(error.overconfidence) - 1e-12, 1);
        expect(calibrationError(found.toReversed(), rows)).to.deep.equal(error);
      }),
    );
  });
});

describe("correction of confidences", () => {
  it("fits by hand: 0.6 and 0.8, of 25 each 10 and 20 right", () => {
    // (30 + 1)/52; Sxx = 0.5; Sxy = 25·(−0.1·−0.2 + 0.1·0.2) = 1; slope (1/v + 6)/(0.5/v + 12) with v = a(1 − a).
    const found = fitCalibration([...answers(0.6, 10, 15), ...answers(0.8, 20, 5)])!;
    const noise = (31 / 52) * (21 / 52);
    expect(found.labels).to.equal(50);
    expect(found.accuracy).to.equal(31 / 52);
    expect(Math.round(found.confidence * 1e9)).to.equal(7e8);
    expect(Math.round(found.slope * 1e6)).to.equal(Math.round((1e6 * (1 / noise + 6)) / (0.5 / noise + 12)));
    expect(Math.round(calibrate(found, 0.8) * 1e6)).to.equal(Math.round((31 / 52 + 0.1 * found.slope) * 1e6));
  });

  it("says nothing from fewer labels than 20, or as many as asked", () => {
    expect(fitCalibration(answers(0.9, 10, 9))).to.equal(null);
    expect(fitCalibration(answers(0.9, 10, 10))).to.not.equal(null);
    expect(fitCalibration(answers(0.9, 1, 1), 2)).to.not.equal(null);
    expect(() => fitCalibration([], 0)).to.throw(InputError, '"minLabels"');
    expect(() => fitCalibration([{ confidence: 2, correct: true }], 1)).to.throw(InputError, '"confidence"');
  });

  it("takes a judge of one confidence to its accuracy, and no run of luck for certainty", () => {
    expect(Math.round(calibrate(fitCalibration(answers(0.9, 60, 38))!, 0.9) * 1e9)).to.equal(61e7);
    expect(calibrate(fitCalibration(answers(1, 30, 0))!, 1)).to.equal(31 / 32);
  });

  it("does not turn confidences upside down where the surer answers were the worse", () => {
    const found = fitCalibration([...answers(0.2, 50, 0), ...answers(1, 0, 50)])!;
    expect(found.slope).to.equal(0);
    expect([calibrate(found, 0), calibrate(found, 1)]).to.deep.equal([51 / 102, 51 / 102]);
  });

  it("gives shares that never fall as the confidence rises, whatever the order of labels", () => {
    fc.assert(
      fc.property(checked, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }), (labels, said) => {
        const fitted = fitCalibration(labels, 1);
        if (fitted === null) return;
        expect(fitCalibration(labels.toReversed(), 1)).to.deep.equal(fitted);
        const corrected = said.toSorted((a, b) => a - b).map((one) => calibrate(fitted, one));
        corrected.slice(1).forEach((one, i) => expect(one).to.be.within(corrected[i]!, 1));
        expect(corrected[0]).to.be.at.least(0);
      }),
    );
  });

  it("leaves simulated judges of 13 to 24 points over-confidence 5 points at most after 100 labels", () => {
    const judges = judgeErrors(21, 100, 100);
    for (const { name, overconfidence, left } of judges) {
      expect(overconfidence, name).to.be.within(12.5, 24.5);
      expect(left, name).to.be.at.most(5);
    }
    expect(judges.reduce((total, { after }) => total + after, 0) / judges.length).to.be.at.most(5);
  });
});
