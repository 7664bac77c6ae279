import { expect } from "chai";
import { keccak256, type Hex } from "viem";
import { fastKeccak } from "../../../oracle/adapters/signers/fast-keccak.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { auditSlice } from "../../../oracle/domain/statistics/audit-slice.ts";

const id = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const items = Array.from({ length: 200 }, (_, i) => id(i));
const seed = keccak256("0x01");

describe("audit slice", () => {
  it("is the same in any order of items and by either keccak, and a shorter one is the start of a longer", () => {
    const slice = auditSlice(items, seed, 20);
    expect(slice).to.have.length(20);
    expect(auditSlice(items.toReversed(), seed, 20)).to.deep.equal(slice);
    expect(auditSlice(items, seed, 20, fastKeccak)).to.deep.equal(slice);
    expect(auditSlice(items, seed, 50).slice(0, 20)).to.deep.equal(slice);
    expect(new Set(slice).size).to.equal(20);
  });

  it("is ranked by keccak256(seed ‖ item)", () => {
    const ranked = [...items].sort((a, b) =>
      keccak256(`${seed}${a.slice(2)}`) < keccak256(`${seed}${b.slice(2)}`) ? -1 : 1,
    );
    expect(auditSlice(items, seed, 200)).to.deep.equal(ranked);
  });

  it("draws every item alike over seeds", () => {
    const counts = new Map<Hex, number>();
    for (let i = 0; i < 400; i++) {
      for (const item of auditSlice(items.slice(0, 10), id(i), 3, fastKeccak))
        counts.set(item, (counts.get(item) ?? 0) + 1);
    }
    // 120 expected of each, standard deviation 9.2.
    for (const item of items.slice(0, 10)) expect(counts.get(item)).to.be.within(80, 160);
  });

  it("takes all where there are fewer, and none of none", () => {
    expect(auditSlice(items.slice(0, 3), seed, 9)).to.have.members(items.slice(0, 3));
    expect(auditSlice([], seed, 9)).to.deep.equal([]);
    expect(auditSlice(items, seed, 0)).to.deep.equal([]);
  });

  it("refuses what is not 32 bytes, an item twice however spelt, and no count", () => {
    expect(() => auditSlice(["0x01"], seed, 1)).to.throw(InputError, "32 bytes");
    expect(() => auditSlice(items, "0x", 1)).to.throw(InputError, "32 bytes");
    expect(() => auditSlice([`0x${"ab".repeat(32)}`, `0x${"AB".repeat(32)}`], seed, 1)).to.throw(InputError, "twice");
    expect(() => auditSlice(items, seed, -1)).to.throw(InputError, '"count"');
  });
});
