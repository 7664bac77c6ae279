import { expect } from "chai";
import { receiptProblem } from "../../../oracle/domain/receipt.ts";
import { bundledBytes, evidenceLeaf } from "../../../oracle/domain/evidence.ts";
import { MAX_ITEMS } from "../../../oracle/domain/frozen.ts";
import { StoreUnavailable, type Store } from "../../../oracle/ports.ts";
import { DEFAULT_LIMITS } from "../../../oracle/roles/intake/limits.ts";
import type { Submission } from "../../../oracle/roles/intake/submission.ts";
import { unavailable } from "../../support/unavailable.ts";
import {
  document,
  MANAGER,
  NODE,
  NOW,
  OTHER_POOL,
  POOL,
  PROVIDER,
  ROUND,
  signer,
  startIntake,
  STRANGER,
  telemetry,
  type IntakePlay,
} from "./fixture.ts";
import { refused } from "./refused.ts";

describe("Taking evidence in", () => {
  let play: IntakePlay;
  beforeEach(async () => {
    play = await startIntake();
  });
  afterEach(() => play.close());

  it("gives a receipt over the leaf of the item that is kept", async () => {
    const { receipt, created } = await play.intake.accept(telemetry());
    expect(created).to.equal(true);
    expect(receipt).to.include({ ...ROUND, position: 1, source: PROVIDER, intake: signer.address, receivedAt: NOW });
    expect(await receiptProblem(receipt)).to.equal(null);
    const { item } = await play.intake.open(ROUND, receipt.leaf, NODE);
    expect(evidenceLeaf(item)).to.equal(receipt.leaf);
    expect(item).to.include({ name: "uptime.csv", sequence: 0, encoding: "utf8", content: "service,up\nweb,1\n" });
  });

  it("gives the same receipt for the same again, from another process too", async () => {
    const first = await play.intake.accept(telemetry());
    const dump = await play.dump();
    for (const intake of [play.intake, play.again()]) {
      expect(await intake.accept(telemetry())).to.deep.equal({ receipt: first.receipt, created: false });
    }
    expect(await play.dump()).to.equal(dump);
  });

  it("refuses other content, or another type, under a sequence that is taken", async () => {
    await play.intake.accept(telemetry());
    const dump = await play.dump();
    const fault = await refused(play.intake.accept(telemetry({ bytes: Buffer.from("a\n1\n") })), "sequence-taken");
    expect(fault).to.include({ field: "sequence", value: "0" });
    expect(fault?.limit).to.contain("uptime.csv");
    const asYaml = telemetry({ mediaType: "application/yaml", bytes: Buffer.from("service,up\nweb,1\n") });
    await refused(play.intake.accept(asYaml), "sequence-taken");
    expect(await play.dump()).to.equal(dump);
  });

  it("takes the same content under another sequence, name, source or round", async () => {
    const others = [{}, { sequence: 1 }, { name: "b.csv" }, { source: "key:abc" }, { round: 1 }];
    const leaves = new Set<string>();
    for (const other of others) leaves.add((await play.intake.accept(telemetry(other))).receipt.leaf);
    expect(leaves.size).to.equal(others.length);
  });

  it("signs once for all that come at once, and writes once", async () => {
    let commits = 0;
    const counting: Store = { ...play.store, commit: (batch) => (commits++, play.store.commit(batch)) };
    const intake = play.again({ store: counting });
    const sent = Array.from({ length: 50 }, (_, sequence) => intake.accept(telemetry({ sequence })));
    const receipts = (await Promise.all(sent)).map(({ receipt }) => receipt);
    expect(commits).to.equal(1);
    expect(new Set(receipts.map(({ signature }) => signature)).size).to.equal(1);
    expect(receipts.map(({ position }) => position)).to.deep.equal(Array.from({ length: 50 }, (_, i) => i + 1));
    for (const receipt of receipts) expect(await receiptProblem(receipt)).to.equal(null);
    // And gives each again as it was.
    for (const [sequence, receipt] of receipts.entries()) {
      expect((await intake.accept(telemetry({ sequence }))).receipt).to.deep.equal(receipt);
    }
  });

  it("settles the same sent twice at once as one item, and other content as none", async () => {
    const [one, same, other] = await Promise.allSettled([
      play.intake.accept(telemetry()),
      play.intake.accept(telemetry()),
      play.intake.accept(telemetry({ bytes: Buffer.from("a\n1\n") })),
    ]);
    expect(one).to.have.nested.property("value.created", true);
    expect(same).to.have.nested.property("value.created", false);
    expect(same).to.have.nested.property("value.receipt.position", 1);
    expect(other).to.have.nested.property("reason.reason", "sequence-taken");
    expect(await play.intake.list(ROUND, 0, 10)).to.have.length(1);
  });

  it("gives every position once where several processes share a store", async () => {
    const intakes = [play.intake, play.again(), play.again()];
    const sent = Array.from({ length: 90 }, async (_, sequence) => {
      await new Promise((resolve) => setTimeout(resolve, sequence % 7));
      return intakes[sequence % 3]!.accept(telemetry({ sequence: Math.floor(sequence / 2) }));
    });
    const settled = await Promise.all(sent);
    const positions = settled.filter(({ created }) => created).map(({ receipt }) => receipt.position);
    expect(positions.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 45 }, (_, i) => i + 1));
    for (const { receipt } of settled) expect(await receiptProblem(receipt)).to.equal(null);
  });

  it("numbers documents by source and name, and knows the same content again", async () => {
    const second = document({ bytes: Buffer.from("And again.") });
    const sent = [document(), second, document({ name: "other.txt" }), document({ source: PROVIDER })];
    const receipts = [];
    for (const one of sent) receipts.push((await play.intake.accept(one)).receipt);
    const items = await Promise.all(receipts.map(({ leaf }) => play.intake.open(ROUND, leaf, NODE)));
    expect(items.map(({ item }) => item.sequence)).to.deep.equal([0, 1, 0, 0]);
    expect(await play.intake.accept(second)).to.deep.equal({ receipt: receipts[1], created: false });
  });

  it("keeps large content among the blobs, and gives it back whole", async () => {
    const bytes = Buffer.from(`a\n${"1\n".repeat(50_000)}`);
    const { receipt } = await play.intake.accept(telemetry({ bytes }));
    expect((await play.intake.content(ROUND, receipt.leaf, PROVIDER)).bytes).to.deep.equal(bytes);
    expect(await play.dump()).not.to.contain("1\n1\n1\n");
    await refused(
      play.intake.accept(telemetry({ bytes: Buffer.from(`a\n${"2\n".repeat(50_000)}`) })),
      "sequence-taken",
    );
    const blobs = [];
    for await (const name of play.blobs.keys("")) blobs.push(name);
    expect(blobs, "what was refused leaves no blob").to.have.length(1);
  });

  it("refuses what it does not work for", async () => {
    const dump = await play.dump();
    await refused(play.intake.accept(telemetry({ pool: `0x${"1".repeat(40)}` })), "unknown-pool");
    await refused(play.intake.accept(telemetry({ round: 3 })), "unknown-round");
    await refused(play.intake.accept(telemetry({ round: -1 })), "unknown-round");
    await refused(play.intake.accept(telemetry({ pool: OTHER_POOL })), "other-intake");
    expect(await play.dump()).to.equal(dump);
  });

  it("says that the store cannot be reached, and takes the same afterwards", async () => {
    let broken = true;
    const commit: Store["commit"] = (batch) =>
      broken ? Promise.reject(new StoreUnavailable("the disk is full")) : play.store.commit(batch);
    const intake = play.again({ store: { ...play.store, commit } });
    expect(await unavailable(intake.accept(telemetry()))).to.equal("the disk is full");
    broken = false;
    expect((await intake.accept(telemetry())).created).to.equal(true);
  });

  it("gives the receipt of a write that was made although its answer was lost", async () => {
    let lost = true;
    const commit: Store["commit"] = async (batch) => {
      const committed = await play.store.commit(batch);
      if (lost) throw new StoreUnavailable("no answer");
      return committed;
    };
    const intake = play.again({ store: { ...play.store, commit } });
    await unavailable(intake.accept(telemetry()));
    lost = false;
    const again = await intake.accept(telemetry());
    expect(again.created).to.equal(false);
    expect(await receiptProblem(again.receipt)).to.equal(null);
  });
});

describe("Room for evidence", () => {
  const full = { field: "round" };

  it("is bounded in items, of which strangers get half", async () => {
    const play = await startIntake({ limits: { items: 4 } });
    for (const name of ["a", "b"]) await play.intake.accept(document({ name }));
    expect(await refused(play.intake.accept(document({ name: "c" })), "round-full")).to.include(full);
    for (const sequence of [0, 1]) await play.intake.accept(telemetry({ sequence }));
    expect(await refused(play.intake.accept(telemetry({ sequence: 2 })), "round-full")).to.include(full);
    expect((await play.intake.accept(telemetry())).created).to.equal(false);
    await play.close();
  });

  const roomOf = ({ name, bytes }: Submission) => bundledBytes({ name, mediaType: "text/csv" }, bytes);

  it("is bounded in bytes as a bundle spells them, of which strangers get half", async () => {
    const [first, quoted] = [telemetry(), telemetry({ sequence: 1, bytes: Buffer.from('a\n""""""\n') })];
    const exact = roomOf(first) + roomOf(quoted);
    const play = await startIntake({ limits: { roundBytes: exact } });
    await play.intake.accept(first);
    await refused(play.intake.accept(document({ bytes: Buffer.alloc(exact / 2, "a") })), "round-full");
    const longer = telemetry({ sequence: 1, bytes: Buffer.from('a\n""""""""\n') });
    const fault = await refused(play.intake.accept(longer), "round-full");
    expect(fault).to.include({ value: `${exact + 4} bytes of evidence`, limit: `at most ${exact} bytes of evidence` });
    expect((await play.intake.accept(quoted)).created).to.equal(true);
    await play.close();
  });

  it("is bounded in bytes for each source of documents", async () => {
    const bytes = Buffer.alloc(1_000, "a");
    const two = document({ name: "2", bytes });
    const play = await startIntake({ limits: { bytesPerSource: 2 * roomOf(two) } });
    for (const name of ["1", "2"]) await play.intake.accept(document({ name, bytes }));
    const fault = await refused(play.intake.accept(document({ name: "3", bytes: Buffer.from("a") })), "source-full");
    expect(fault?.limit).to.contain(`${2 * roomOf(two)} bytes`);
    expect((await play.intake.accept(document({ name: "3", source: NODE, bytes }))).created).to.equal(true);
    expect((await play.intake.accept(document({ name: "3", round: 1, bytes }))).created).to.equal(true);
    expect((await play.intake.accept(telemetry({ source: STRANGER }))).created).to.equal(true);
    expect((await play.intake.accept(two)).created).to.equal(false);
    await play.close();
  });

  it("leaves a bundle below 128 MiB unless it is set otherwise", () => {
    const mib = 1024 * 1024;
    expect(DEFAULT_LIMITS).to.include({ roundBytes: 96 * mib, bytesPerSource: 32 * mib, telemetryBytes: 8 * mib });
    expect(DEFAULT_LIMITS.items).to.equal(MAX_ITEMS);
  });

  it("is bounded for each source of documents", async () => {
    const play = await startIntake({ limits: { itemsPerSource: 2 } });
    const sent = await Promise.allSettled(["a", "b", "c"].map((name) => play.intake.accept(document({ name }))));
    expect(sent.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected"]);
    await refused(play.intake.accept(document({ name: "d" })), "source-full");
    expect((await play.intake.accept(document({ name: "d", source: NODE }))).created).to.equal(true);
    expect((await play.intake.accept(document({ name: "d", round: 1 }))).created).to.equal(true);
    expect((await play.intake.accept(document({ name: "a" }))).created).to.equal(false);
    await play.close();
  });
});

describe("Who sends telemetry", () => {
  it("is a key of the pool or its manager, and no provider", async () => {
    const play = await startIntake();
    for (const source of ["key:abc", MANAGER]) await play.intake.mayTelemeter(ROUND, source);
    for (const source of [PROVIDER, STRANGER]) {
      const fault = await refused(play.intake.mayTelemeter(ROUND, source), "not-entitled");
      expect(fault).to.include({ field: "source", value: source });
    }
    await refused(play.intake.mayTelemeter({ ...ROUND, pool: `0x${"1".repeat(40)}` }, MANAGER), "unknown-pool");
    expect(POOL).to.equal(ROUND.pool);
    await play.close();
  });
});
