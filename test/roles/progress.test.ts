import { expect } from "chai";
import { zeroHash } from "viem";
import type { RoundFacts } from "../../oracle/ports.ts";
import { createProgressKeeper, type ProgressKeeper } from "../../oracle/roles/progress.ts";
import { readJournal } from "../../oracle/ops/journal.ts";
import { tempStore, type TempStore } from "../support/temp-store.ts";

const ID = { chainId: 31_337, pool: `0x${"ab".repeat(20)}`, round: 3 } as const;
const ROOT = `0x${"12".repeat(32)}` as const;

function facts(state: RoundFacts["state"]): RoundFacts {
  const evidenceRoot = state === "assessing" ? zeroHash : ROOT;
  return { state, deadline: 5_000, funded: 10n, evidenceRoot, fee: 0n, feePaid: false };
}

describe("progress of a round, told by looks that overlap", () => {
  let temp: TempStore;
  let keeper: ProgressKeeper;

  beforeEach(async () => {
    temp = await tempStore();
    keeper = createProgressKeeper({
      store: temp.store,
      self: `0x${"01".repeat(20)}`,
      time: () => 4_000,
      clock: () => 4_000_000,
    });
  });
  afterEach(() => temp.remove());

  async function told(): Promise<string[]> {
    const { entries } = await readJournal(temp.store, 0, 100);
    return entries.map(({ event }) => event.type).filter((type) => type !== "round.phase");
  }

  it("does not take back what a later block said, and tells of each end once", async () => {
    for (const state of [
      "assessing",
      "assessed",
      "assessing",
      "settled",
      "assessed",
      "assessing",
      "settled",
    ] as const) {
      await keeper.refresh(ID, facts(state));
    }
    expect((await keeper.refresh(ID, facts("assessed"))).progress).to.equal("settled");
    expect(await told()).to.deep.equal(["round.assessed", "round.settled"]);
  });

  it("lets a challenge follow an assessment, and its ruling follow that", async () => {
    for (const state of ["assessed", "challenged", "assessed", "settled"] as const)
      await keeper.refresh(ID, facts(state));
    expect(await told()).to.deep.equal(["round.assessed", "round.challenged", "round.settled"]);
  });
});
