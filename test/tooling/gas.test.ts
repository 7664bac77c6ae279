import { expect } from "chai";
import { differences } from "../../scripts/bench/snapshot.ts";

describe("gas snapshot", () => {
  const before = { sizes: { Pool: 10 }, gas: { small: { create: 5, claim: 7 }, large: { create: 6 } } };

  it("has nothing to say where nothing differs", () => {
    expect(differences(before, before, false)).to.deep.equal([]);
  });

  it("lists each difference with both figures", () => {
    const now = { sizes: { Pool: 11 }, gas: { ...before.gas, small: { create: 5, claim: 6 } } };
    expect(differences(before, now, false)).to.deep.equal([
      "code of Pool: 10 in the snapshot, now 11 (+1)",
      "small: claim: 7 in the snapshot, now 6 (-1)",
    ]);
  });

  it("misses nothing that only one side has, unless it was left out on purpose", () => {
    const now = { sizes: before.sizes, gas: { small: { create: 5, fund: 8 } } };
    const own = ["small: claim: 7 in the snapshot was not measured", "small: fund: 8 is not in the snapshot"];
    expect(differences(before, now, true)).to.deep.equal(own);
    expect(differences(before, now, false)).to.deep.equal([
      ...own,
      "large: create: 6 in the snapshot was not measured",
    ]);
  });
});
