import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { receiptProblem } from "../../../oracle/domain/receipt.ts";
import { secretKey } from "../../../oracle/store/evidence.ts";
import { createVault } from "../../../oracle/roles/intake/vault.ts";
import {
  ARBITER,
  document,
  MANAGER,
  MASTER_KEY,
  NODE,
  PROVIDER,
  ROUND,
  startIntake,
  STRANGER,
  SUBJECT,
  telemetry,
  type IntakePlay,
} from "./fixture.ts";
import { refused } from "./refused.ts";

const SECRET = "My knee has hurt since the operation in March.";
const about = document({ name: "interview-knee.txt", private: true, subject: SUBJECT, bytes: Buffer.from(SECRET) });

/** Every byte that the store and the blobs have on disk. */
async function disk(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name)));
  return Buffer.concat(await Promise.all(files));
}

describe("Private evidence", () => {
  let play: IntakePlay;
  beforeEach(async () => {
    play = await startIntake();
  });
  afterEach(() => play.close());

  it("is never telemetry", async () => {
    expect(await refused(play.intake.accept(telemetry({ private: true })), "private-telemetry")).to.include({
      field: "private",
    });
    expect(await play.dump()).to.equal("");
  });

  it("has somebody it is about only where it is private", async () => {
    await refused(play.intake.accept(document({ subject: SUBJECT })), "bad-subject");
    await refused(play.intake.accept(document({ private: true, subject: "0x12" })), "bad-subject");
  });

  it("shows nothing of itself on disk", async () => {
    await play.intake.accept(about);
    await pause(60);
    const bytes = await disk(play.folder);
    for (const text of [SECRET, "interview-knee", STRANGER, SUBJECT, "text/plain"]) {
      expect(bytes.includes(text), text).to.equal(false);
    }
  });

  it("is for who sent it, whom it is about, the arbiter and the oracle, before and after closing", async () => {
    const { receipt } = await play.intake.accept(about);
    expect(await receiptProblem(receipt)).to.equal(null);
    for (const closed of [false, true]) {
      if (closed) await play.intake.freeze(ROUND, 1000);
      for (const viewer of [STRANGER, SUBJECT, ARBITER, NODE]) {
        const { item, proof } = await play.intake.open(ROUND, receipt.leaf, viewer);
        expect(item).to.include({ content: SECRET, name: "interview-knee.txt" });
        expect(proof).to.deep.equal(closed ? [] : null);
        expect(await play.intake.receipt(ROUND, receipt.leaf, viewer)).to.deep.equal(receipt);
      }
      for (const viewer of [null, PROVIDER, MANAGER, "key:abc"]) {
        await refused(play.intake.open(ROUND, receipt.leaf, viewer), "not-entitled");
        await refused(play.intake.content(ROUND, receipt.leaf, viewer), "not-entitled");
        await refused(play.intake.receipt(ROUND, receipt.leaf, viewer), "not-entitled");
      }
    }
    expect((await play.intake.frozen(ROUND))?.withheld).to.deep.equal([receipt.leaf]);
  });

  it("has a receipt that stands in no other's proof", async () => {
    const sent = [about, document({ name: "b", private: true }), document({ name: "c" }), telemetry()];
    const receipts = (await Promise.all(sent.map((one) => play.intake.accept(one)))).map(({ receipt }) => receipt);
    expect(receipts.map(({ proof }) => proof.length)).to.deep.equal([0, 0, 1, 1]);
    for (const receipt of receipts) expect(await receiptProblem(receipt)).to.equal(null);
  });

  it("is known again by who sends it twice", async () => {
    const first = await play.intake.accept(about);
    expect(await play.intake.accept(about)).to.deep.equal({ receipt: first.receipt, created: false });
    const open = { ...about, private: false, subject: null };
    expect((await play.intake.accept(open)).created, "public is something else").to.equal(true);
  });

  for (const [who, viewer] of [
    ["who sent it", STRANGER],
    ["whom it is about", SUBJECT],
  ] as const) {
    it(`is erased by ${who}, and nothing but leaf and position is left on disk`, async () => {
      await play.intake.accept(telemetry());
      const { receipt } = await play.intake.accept(about);
      const key = secretKey(ROUND, receipt.leaf);
      const wrapped = (await play.store.get(key))!;
      const secret = createVault(MASTER_KEY).unwrap(wrapped, ROUND, receipt.leaf);
      const { salt, contentHash, blob } = secret.facts;
      const sealed = (await play.blobs.get(`evidence/31337/${ROUND.pool}/00000/${blob}`))!;
      const before = await disk(play.folder);
      expect(before.includes(wrapped.slice(0, 200)), "what is looked for can be found").to.equal(true);
      expect(before.includes(Buffer.from(sealed))).to.equal(true);

      await play.intake.erase(ROUND, receipt.leaf, viewer);
      await pause(100);
      const bytes = await disk(play.folder);
      const gone = [SECRET, salt.slice(2), secret.key, contentHash.slice(2), wrapped.slice(0, 200), secret.slot];
      for (const text of [...gone, secret.signature, STRANGER, "interview-knee"]) {
        expect(bytes.includes(text), text).to.equal(false);
      }
      for (const raw of [salt.slice(2), contentHash.slice(2)]) {
        expect(bytes.includes(Buffer.from(raw, "hex")), raw).to.equal(false);
      }
      expect(bytes.includes(Buffer.from(secret.key, "base64"))).to.equal(false);
      expect(bytes.includes(Buffer.from(sealed))).to.equal(false);
      for (const asking of [STRANGER, SUBJECT, NODE, null]) {
        await refused(play.intake.open(ROUND, receipt.leaf, asking), "erased");
        await refused(play.intake.receipt(ROUND, receipt.leaf, asking), "erased");
        await refused(play.intake.erase(ROUND, receipt.leaf, asking), "erased");
      }
      const [, left] = await play.intake.list(ROUND, 0, 10);
      expect(left).to.deep.equal({ leaf: receipt.leaf, position: 2, receivedAt: receipt.receivedAt, private: true });
    });
  }

  it("counts by its leaf for the root whether it was erased or not", async () => {
    const { receipt } = await play.intake.accept(about);
    const { receipt: other } = await play.intake.accept(telemetry());
    await play.intake.erase(ROUND, receipt.leaf, STRANGER);
    const closed = await play.intake.freeze(ROUND, 1000);
    expect(closed.leaves).to.deep.equal([receipt.leaf, other.leaf]);
    expect(closed.withheld).to.deep.equal([receipt.leaf]);
  });

  it("is erased by nobody else, and public evidence by nobody", async () => {
    const { receipt } = await play.intake.accept(about);
    for (const viewer of [null, NODE, ARBITER, MANAGER]) {
      await refused(play.intake.erase(ROUND, receipt.leaf, viewer), "not-entitled");
    }
    const open = await play.intake.accept(telemetry());
    await refused(play.intake.erase(ROUND, open.receipt.leaf, PROVIDER), "not-entitled");
    expect((await play.intake.open(ROUND, receipt.leaf, STRANGER)).item.content).to.equal(SECRET);
  });

  it("can be sent again after it was erased, as another item", async () => {
    const first = await play.intake.accept(about);
    await play.intake.erase(ROUND, first.receipt.leaf, STRANGER);
    const second = await play.intake.accept(about);
    expect(second.created).to.equal(true);
    expect(second.receipt.leaf).not.to.equal(first.receipt.leaf);
  });

  it("opens with no other master key, and not in another item's place", async () => {
    const [one, two] = await Promise.all(
      ["a", "b"].map((name) => play.intake.accept(document({ name, private: true }))),
    );
    const strange = play.again({ masterKey: Buffer.alloc(32, 8) });
    expect(await failure(strange.open(ROUND, one!.receipt.leaf, STRANGER))).to.contain("authenticate");
    const moved = await play.store.get(secretKey(ROUND, two!.receipt.leaf));
    await play.store.commit({ put: { [secretKey(ROUND, one!.receipt.leaf)]: moved } });
    expect(await failure(play.intake.open(ROUND, one!.receipt.leaf, STRANGER))).to.contain("authenticate");
    expect(() => createVault(Buffer.alloc(31))).to.throw(RangeError, "31 bytes");
  });
});

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "nothing failed",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
