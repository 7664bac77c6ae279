import { expect } from "chai";
import { colluderErrors } from "../../../scripts/bench-assess/colluders.ts";

describe("aggregate under 2 of 7 colluders", () => {
  it("is off by 0.35 of the mean's error at most, which is near its anchor of 23.6 points", () => {
    const { median, mean } = colluderErrors(31, 0.4, 4_000);
    expect(mean).to.be.within(22.5, 24.5);
    expect(median).to.be.at.most(0.35 * mean);
  });

  it("comes out the same from the same seed, and not from another", () => {
    expect(colluderErrors(5, 0.4, 50)).to.deep.equal(colluderErrors(5, 0.4, 50));
    expect(colluderErrors(5, 0.4, 50)).to.not.deep.equal(colluderErrors(6, 0.4, 50));
  });
});
