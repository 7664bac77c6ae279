import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { decodeReport, encodeReport, reportBytes } from "../../../oracle/domain/judgement/report-vector.ts";

const HASH: Hex = `0x${"ab".repeat(32)}`;
const estimate = fc.oneof(
  fc.record({ score: fc.integer({ min: 0, max: 10_000 }), count: fc.nat(65_535), spread: fc.nat(65_535) }),
  fc.record({ score: fc.constant(null), count: fc.nat(65_535), spread: fc.constant(0) }),
);

describe("reports of judged rounds", () => {
  it("are read back as they were written, metered or not", () => {
    const reports = fc
      .record({
        providers: fc.integer({ min: 1, max: 5 }),
        cells: fc.integer({ min: 1, max: 6 }),
        metered: fc.boolean(),
      })
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          estimates: fc.array(estimate, {
            minLength: shape.providers * shape.cells,
            maxLength: shape.providers * shape.cells,
          }),
          units: fc.array(fc.nat(0xffffffff), { minLength: shape.providers, maxLength: shape.providers }),
        }),
      );
    fc.assert(
      fc.property(reports, ({ shape, estimates, units }) => {
        const report = { estimates, units: shape.metered ? units : null, record: HASH };
        const vector = encodeReport(report);
        expect((vector.length - 2) / 2).to.equal(reportBytes(shape));
        expect(decodeReport(vector, shape)).to.deep.equal(report);
      }),
    );
  });

  it("are refused in another length, by one byte more or less", () => {
    const shape = { providers: 2, cells: 1, metered: true };
    const vector = encodeReport({ estimates: [none(), none()], units: [1, 2], record: HASH });
    expect(() => decodeReport(`${vector}00`, shape)).to.throw(RangeError, "a report of 53 bytes, not 52");
    expect(() => decodeReport(vector.slice(0, -2) as Hex, shape)).to.throw(RangeError, "a report of 51 bytes, not 52");
    expect(() => decodeReport(vector, { ...shape, metered: false })).to.throw(RangeError, "52 bytes, not 44");
  });

  it("are not written with units that are none", () => {
    for (const unit of [-1, 0.5, 2 ** 32]) {
      expect(() => encodeReport({ estimates: [none()], units: [unit], record: HASH })).to.throw(
        RangeError,
        "units of provider 0",
      );
    }
  });
});

function none() {
  return { score: null, count: 0, spread: 0 };
}
