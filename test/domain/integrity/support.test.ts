import { expect } from "chai";
import fc from "fast-check";
import { supportRule, type SourceScore } from "../../../oracle/domain/integrity/support.ts";

// supportRule: two agree, one alone, none; shared hands directly and over others; text alone never above the baseline;
//   order does not matter; no new source raises a score beyond the baseline and the others

describe("The rule of support", () => {
  const source = (type: string, score: number | null, ...hands: string[]): SourceScore => ({ type, score, hands });

  it("permits what two independent types reach, and the baseline where there is one", () => {
    expect(supportRule([source("interview", 9000), source("telemetry", 6000)], 4000)).to.equal(6000);
    expect(supportRule([source("interview", 9000), source("telemetry", 2000)], 4000)).to.equal(2000);
    expect(supportRule([source("interview", 9000), source("telemetry", 6000), source("test", 8000)], 4000)).to.equal(
      8000,
    );
    expect(supportRule([source("interview", 9000), source("telemetry", null)], 4000)).to.equal(4000);
    expect(supportRule([source("interview", 3000)], 4000)).to.equal(3000);
    expect(supportRule([source("interview", null)], 4000)).to.equal(null);
  });

  it("takes types that share a hand for one, at their lowest", () => {
    const twice = [source("interview", 9000, "provider"), source("report", 8000, "provider")];
    expect(supportRule(twice, 4000)).to.equal(4000);
    expect(supportRule([...twice, source("telemetry", 8500, "meter")], 4000)).to.equal(8000);
    const chain = [source("a", 9000, "x"), source("b", 9500, "y"), source("c", 7000, "x", "y")];
    expect(supportRule(chain, 4000)).to.equal(4000);
    expect(supportRule([source("a", 9000), source("a", 9500)], 4000)).to.equal(4000);
  });

  it("lets no single type raise a score beyond the baseline and the others, whatever the order", () => {
    const hand = fc.subarray(["x", "y", "z"], { maxLength: 2 });
    const one = fc.record({ type: fc.constantFrom("a", "b", "c", "d"), score: fc.option(fc.nat(10_000)), hands: hand });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), fc.nat(10_000), fc.nat(10_000), (sources, score, baseline) => {
        const permitted = supportRule(sources, baseline);
        expect(supportRule([...sources].reverse(), baseline)).to.equal(permitted);
        const others = sources.map((each) => each.score ?? 0);
        const raised = supportRule([...sources, source("new", score)], baseline)!;
        expect(raised).to.be.at.most(Math.max(baseline, ...others));
      }),
      { numRuns: 300 },
    );
  });
});
