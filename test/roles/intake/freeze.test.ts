import { expect } from "chai";
import { evidenceLeaf, rootOf } from "../../../oracle/domain/evidence.ts";
import { frozenProblem, type Frozen } from "../../../oracle/domain/frozen.ts";
import { rootAbove } from "../../../oracle/domain/merkle.ts";
import { StoreUnavailable, type Store } from "../../../oracle/ports.ts";
import { unavailable } from "../../support/unavailable.ts";
import {
  ARBITER,
  document,
  NODE,
  PROVIDER,
  ROUND,
  signer,
  startIntake,
  STRANGER,
  telemetry,
  type IntakePlay,
} from "./fixture.ts";
import { refused } from "./refused.ts";

describe("Closing a round's evidence", () => {
  let play: IntakePlay;
  beforeEach(async () => {
    play = await startIntake();
  });
  afterEach(() => play.close());

  const fill = async (count: number) => {
    const sent = Array.from({ length: count }, (_, sequence) => play.intake.accept(telemetry({ sequence })));
    return (await Promise.all(sent)).map(({ receipt }) => receipt.leaf);
  };

  it("signs all leaves in the order they came in, once", async () => {
    const leaves = await fill(7);
    const closed = await play.intake.freeze(ROUND, 1000);
    expect(closed).to.deep.include({ ...ROUND, leaves, withheld: [], frozenAt: 1000, evidenceRoot: rootOf(leaves) });
    expect(await frozenProblem(closed, signer.address)).to.equal(null);
    for (const intake of [play.intake, play.again()]) {
      expect(await intake.freeze(ROUND, 2000)).to.deep.equal(closed);
      expect(await intake.frozen(ROUND)).to.deep.equal(closed);
    }
  });

  it("lets nothing in any more, but gives receipts again", async () => {
    await fill(1);
    await play.intake.freeze(ROUND, 1000);
    const fault = await refused(play.intake.accept(telemetry({ sequence: 1 })), "frozen");
    expect(fault).to.include({ field: "round", value: "0" });
    expect(fault?.limit).to.contain("1000");
    await refused(play.intake.accept(document()), "frozen");
    expect((await play.intake.accept(telemetry())).created).to.equal(false);
    expect((await play.intake.accept(telemetry({ round: 1 }))).created).to.equal(true);
  });

  it("refuses to close what holds nothing, and leaves it open", async () => {
    await refused(play.intake.freeze(ROUND, 1000), "no-evidence");
    await fill(1);
    expect((await play.intake.freeze(ROUND, 2000)).frozenAt).to.equal(2000);
  });

  it("loses nothing that was acknowledged, and acknowledges nothing that it lost", async () => {
    await fill(1);
    const others = [play.intake, play.again(), play.again()];
    let closing = null as Promise<Frozen> | null;
    const send = async (sender: number) => {
      const settled = [];
      for (let i = 0; i < 12; i++) {
        settled.push(
          ...(await Promise.allSettled([others[sender % 3]!.accept(telemetry({ sequence: 1 + sender * 12 + i }))])),
        );
        if (settled.length === 5) closing ??= play.again().freeze(ROUND, 1000);
      }
      return settled;
    };
    const settled = (await Promise.all(Array.from({ length: 10 }, (_, sender) => send(sender)))).flat();
    const closed = (await closing)!;
    const kept = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value.receipt.leaf] : []));
    expect(kept.length, "some came before, some after").to.be.greaterThan(0).and.lessThan(120);
    expect(closed.leaves).to.have.length(kept.length + 1);
    expect(closed.leaves).to.include.members(kept);
    for (const one of settled) if (one.status === "rejected") expect(one.reason).to.include({ reason: "frozen" });
  });

  it("goes on where it was cut off between closing and signing", async () => {
    await fill(3);
    let commits = 0;
    const commit: Store["commit"] = (batch) =>
      ++commits === 2 ? Promise.reject(new StoreUnavailable("killed")) : play.store.commit(batch);
    await unavailable(play.again({ store: { ...play.store, commit } }).freeze(ROUND, 1000));
    expect(await play.intake.frozen(ROUND)).to.equal(null);
    await refused(play.intake.accept(telemetry({ sequence: 9 })), "frozen");
    expect((await play.intake.freeze(ROUND, 2000)).frozenAt, "the time at which it was closed").to.equal(1000);
  });

  it("shows items with their proofs to everybody afterwards, before that to their source and the oracle", async () => {
    const [leaf] = await fill(5);
    await refused(play.intake.open(ROUND, leaf!, null), "not-frozen");
    await refused(play.intake.open(ROUND, leaf!, ARBITER), "not-frozen");
    for (const viewer of [PROVIDER, NODE]) {
      expect((await play.intake.open(ROUND, leaf!, viewer)).proof).to.equal(null);
    }
    const { evidenceRoot } = await play.intake.freeze(ROUND, 1000);
    for (const viewer of [null, STRANGER, NODE]) {
      const { item, proof, position } = await play.intake.open(ROUND, leaf!, viewer);
      expect(rootAbove(evidenceLeaf(item), proof!)).to.equal(evidenceRoot);
      expect(position).to.equal(1);
    }
    await refused(play.intake.open(ROUND, `0x${"1".repeat(64)}`, null), "unknown-item");
  });

  it("lists what came in, page by page", async () => {
    const leaves = await fill(5);
    await play.intake.accept(document({ private: true }));
    const pages = [await play.intake.list(ROUND, 0, 4), await play.intake.list(ROUND, 4, 4)];
    expect(pages.map(({ length }) => length)).to.deep.equal([4, 2]);
    expect(pages.flat().map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(
      pages
        .flat()
        .map(({ leaf }) => leaf)
        .slice(0, 5),
    ).to.deep.equal(leaves);
    expect(pages[0]![0]).to.include({ private: false, kind: "telemetry", source: PROVIDER, size: 17, text: "none" });
    expect(Object.keys(pages[1]![1]!).sort()).to.deep.equal(["leaf", "position", "private", "receivedAt"]);
  });
});
