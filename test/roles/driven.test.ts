import { expect } from "chai";
import { createDriven, type Driven } from "../../oracle/roles/driven.ts";
import { tempStore, type TempStore } from "../support/temp-store.ts";

const POOL = `0x${"ab".repeat(20)}` as const;
const KINDS = ["round-freeze", "round-assess"];

describe("rounds that need no further look", () => {
  let temp: TempStore;

  beforeEach(async () => {
    temp = await tempStore();
  });
  afterEach(() => temp.remove());

  function open(kinds: readonly string[] = KINDS): Driven {
    return createDriven({ store: temp.store, chainId: 1, kinds, wanted: () => Promise.resolve(kinds) });
  }

  async function over(driven: Driven, round: number): Promise<void> {
    for (const kind of KINDS) await driven.looked({ chainId: 1, pool: POOL, round }, kind, true, { state: "settled" });
  }

  it("are below the first one that is not over, whatever is over behind it, also for the next process", async () => {
    const driven = open();
    await over(driven, 1);
    expect(await driven.floor(POOL)).to.equal(0);
    await over(driven, 0);
    expect(await driven.floor(POOL)).to.equal(2);
    expect(await open().floor(POOL)).to.equal(2);
  });

  it("count for the roles they were looked at by, and no others", async () => {
    await over(open(), 0);
    expect(await open([...KINDS, "round-submit"]).floor(POOL)).to.equal(0);
  });

  it("are looked at by one role until the chain has decided for good", async () => {
    const driven = open();
    const id = { chainId: 1, pool: POOL, round: 0 };
    for (const kind of KINDS) await driven.looked(id, kind, true, { state: "assessed" });
    expect(KINDS.map((kind) => driven.isDone(POOL, 0, kind))).to.deep.equal([false, true]);
    await driven.looked(id, KINDS[0]!, true, { state: "settled" });
    expect(await driven.floor(POOL)).to.equal(1);
  });

  it("are not over while a role has more to do", async () => {
    const driven = open();
    const id = { chainId: 1, pool: POOL, round: 0 };
    await driven.looked(id, "round-freeze", true, { state: "settled" });
    await driven.looked(id, "round-assess", false, { state: "settled" });
    expect(await driven.floor(POOL)).to.equal(0);
    expect(driven.isDone(POOL, 0, "round-assess")).to.equal(false);
  });
});
