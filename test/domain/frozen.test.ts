import { expect } from "chai";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { MAX_VALUE_BYTES } from "../../oracle/adapters/stores/plan.ts";
import { canonicalJson } from "../../oracle/domain/canonical.ts";
import { rootOf } from "../../oracle/domain/evidence.ts";
import { freezeData, frozenProblem, frozenSchema, MAX_ITEMS, type Frozen } from "../../oracle/domain/frozen.ts";

const account = privateKeyToAccount(`0x${"7".repeat(64)}`);
const intake = account.address.toLowerCase() as Hex;
const leaf = (digit: string): Hex => `0x${digit.repeat(64)}`;

async function frozen(changes: Partial<Frozen> = {}): Promise<Frozen> {
  const leaves = changes.leaves ?? [leaf("3"), leaf("1"), leaf("2")];
  const pool = `0x${"9".repeat(40)}` as const;
  const fixed = { chainId: 31337, pool, round: 2, frozenAt: 1_700_000_000, withheld: [leaf("1")] };
  const draft = { ...fixed, evidenceRoot: rootOf(leaves), ...changes, leaves };
  const signature = await account.signTypedData(freezeData(draft) as never);
  return { format: "guerdon/frozen/1", ...draft, intake, signature };
}

describe("Closed evidence", () => {
  it("holds where the intake that is named signed it", async () => {
    const closed = await frozen();
    expect(frozenSchema.parse(closed)).to.deep.equal(closed);
    expect(await frozenProblem(closed, intake)).to.equal(null);
  });

  it("holds for a single item, and where nothing is withheld", async () => {
    expect(await frozenProblem(await frozen({ leaves: [leaf("1")], withheld: [] }), intake)).to.equal(null);
  });

  it("does not hold with anything of it changed after it was signed", async () => {
    const closed = await frozen();
    const changes: Partial<Frozen>[] = [
      { chainId: 1 },
      { pool: `0x${"8".repeat(40)}` },
      { round: 3 },
      { frozenAt: 1_700_000_001 },
      { evidenceRoot: leaf("4") },
      { leaves: closed.leaves.slice(1) },
      { leaves: [...closed.leaves, leaf("4")] },
      { withheld: [] },
      { withheld: [leaf("2")] },
      { intake: `0x${"8".repeat(40)}` },
      { signature: `0x${"1".repeat(128)}1b` },
    ];
    for (const change of changes) {
      expect(await frozenProblem({ ...closed, ...change }, intake), JSON.stringify(change)).to.be.a("string");
    }
  });

  it("does not hold of another intake, with a leaf twice, or with a withheld leaf that is none of its leaves", async () => {
    expect(await frozenProblem(await frozen(), leaf("1").slice(0, 42) as Hex)).to.contain("the spec names");
    expect(await frozenProblem(await frozen({ leaves: [leaf("1"), leaf("1")] }), intake)).to.equal(
      "a leaf stands twice",
    );
    expect(await frozenProblem(await frozen({ withheld: [leaf("7")] }), intake)).to.contain("withheld");
  });

  it("takes no more leaves than a value of a store holds, all of them withheld, however it is spelled", async () => {
    const leaves = Array.from({ length: MAX_ITEMS }, (_, i): Hex => `0x${i.toString(16).padStart(64, "0")}`);
    const largest = { ...(await frozen()), leaves, withheld: leaves };
    for (const numbers of [{}, { chainId: Number.MAX_SAFE_INTEGER, round: 519, frozenAt: Number.MAX_SAFE_INTEGER }]) {
      const record = frozenSchema.parse({ ...largest, ...numbers });
      for (const text of [JSON.stringify(record), canonicalJson(record)]) {
        expect(Buffer.byteLength(text)).to.be.within(6_900_000, MAX_VALUE_BYTES);
      }
    }
    for (const list of ["leaves", "withheld"] as const) {
      const more = { ...largest, [list]: [...leaves, leaf("f")] };
      expect(frozenSchema.safeParse(more).success, list).to.equal(false);
    }
  });

  it("takes no list without leaves", () => {
    expect(frozenSchema.shape.leaves.safeParse([]).success).to.equal(false);
  });
});
