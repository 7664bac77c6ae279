import { expect } from "chai";
import { addCounts, closingLine, parseCounts } from "../../scripts/test-run/summary.ts";

describe("summary of a test run", () => {
  it("reads mocha's spec reporter", () => {
    expect(parseCounts("\n  7 passing (208ms)\n\n")).to.deep.equal({ passed: 7, failed: 0 });
    expect(parseCounts("\n  12 passing (2s)\n  1 pending\n  3 failing\n\n  1) a\n")).to.deep.equal({
      passed: 12,
      failed: 3,
    });
  });

  it("reads the runner of Solidity tests", () => {
    expect(parseCounts("  ✔ a (runs: 256)\n\n\n  4 passing\n  2 failing\n  1 skipped\n")).to.deep.equal({
      passed: 4,
      failed: 2,
    });
  });

  it("takes the last count, and colours for what they are", () => {
    expect(
      parseCounts("  1 passing (1ms)\n  9 failing\n\u001b[92m  5 passing\u001b[0m\u001b[90m (1s)\u001b[0m\n"),
    ).to.deep.equal({
      passed: 5,
      failed: 0,
    });
  });

  it("tells no tests from a runner that died", () => {
    expect(parseCounts("  0 passing\n")).to.deep.equal({ passed: 0, failed: 0 });
    expect(parseCounts("5 passing thoughts\n")).to.equal(null);
  });

  it("closes with one plain line", () => {
    expect(closingLine(addCounts({ passed: 3, failed: 0 }, { passed: 4, failed: 1 }))).to.equal("7 passed, 1 failed");
  });
});
