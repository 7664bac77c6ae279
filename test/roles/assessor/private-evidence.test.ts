import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { zeroHash, type Hex, type PrivateKeyAccount } from "viem";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { openFileBlobs } from "../../../oracle/adapters/blobs/files.ts";
import { httpPeers } from "../../../oracle/adapters/peers.ts";
import { nodeSigner } from "../../../oracle/adapters/signers/node-signer.ts";
import { evidenceItem, evidenceLeaf, evidenceRoot, type EvidenceItem } from "../../../oracle/domain/evidence.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import type { OutcomeSpec } from "../../../oracle/domain/spec.ts";
import { PeerError, type Peers } from "../../../oracle/ports.ts";
import { keepFrozen } from "../../../oracle/store/agreement.ts";
import { fetchEvidence, keptEvidence, openedEvidence } from "../../../oracle/roles/assessor/evidence.ts";
import { lower, NODE, SENDER, serveIntake, STRANGER, type ServedIntake } from "../../support/private-intake.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";
import { refusal } from "../refusal.ts";

const SECRET = "My knee has hurt since March.";

describe("The evidence of a round, opened by a node of its oracle", () => {
  let served: ServedIntake;
  let temp: TempStore;
  let folder: string;
  beforeEach(async () => {
    [served, temp, folder] = await Promise.all([
      serveIntake(),
      tempStore(),
      mkdtemp(join(tmpdir(), "guerdon-node-blobs-")),
    ]);
  });
  afterEach(() => Promise.all([served.close(), temp.remove(), rm(folder, { recursive: true })]));

  const spec = (): OutcomeSpec =>
    ({ oracle: { intake: served.address, signers: [lower(NODE)], threshold: 1 } }) as unknown as OutcomeSpec;

  function peersOf(who: PrivateKeyAccount): Peers {
    const urls = new Map([[served.address, served.url]]);
    return httpPeers({ urls: () => urls, signer: nodeSigner(who), clock: served.api.now, timeoutMs: 5_000 });
  }

  /** What a node works with; answers on items changed. */
  async function node(change: Partial<Pick<Peers, "item" | "privateItem">> = {}, who = NODE) {
    return { store: temp.store, blobs: await openFileBlobs(folder), peers: { ...peersOf(who), ...change } };
  }

  /** Closes the round and has the node fetch what is public of it. */
  async function closed(parts: Awaited<ReturnType<typeof node>>): Promise<void> {
    const schedule = roundSchedule(clockTerms(served.pool.terms), 0);
    await served.intake.freeze(served.id, schedule.freezeAt);
    await fetchEvidence(parts, served.id, spec(), schedule);
  }

  const contents = (evidence: readonly object[]) =>
    evidence.map((item) => ("content" in item ? item.content : "withheld"));

  it("is all of it, in the order of the frozen leaves", async () => {
    const parts = await node();
    for (const [i, hidden] of [true, false, true, true, false].entries()) {
      await served.send(`${hidden ? "Private" : "Public"} ${i}`, { private: hidden });
    }
    await closed(parts);
    const { frozen, evidence, erased } = await openedEvidence(parts, served.id, spec());
    expect(contents(evidence)).to.deep.equal(["Private 0", "Public 1", "Private 2", "Private 3", "Public 4"]);
    expect((evidence as EvidenceItem[]).map((item) => evidenceLeaf(item))).to.deep.equal(frozen.leaves);
    expect(erased).to.deep.equal([]);
    const { evidence: shown } = await keptEvidence(parts, served.id);
    expect(contents(shown)).to.deep.equal(["withheld", "Public 1", "withheld", "withheld", "Public 4"]);
  });

  it("leaves nothing of what is private in the node's store and files", async () => {
    const parts = await node();
    await served.send(SECRET);
    await served.send("In public.", { private: false });
    await closed(parts);
    expect(contents((await openedEvidence(parts, served.id, spec())).evidence)).to.include(SECRET);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const bytes = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "utf8")),
    );
    const everything = [await temp.dump(), ...bytes].join("\n");
    expect(everything, "what is looked for can be found").to.contain("In public.");
    for (const text of [SECRET, "gs_"]) expect(everything).not.to.contain(text);
  });

  it("says what was erased, before the round was closed and after", async () => {
    const parts = await node();
    const [early, late] = [await served.send("Before"), await served.send("After")];
    await served.send(SECRET);
    await served.intake.erase(served.id, early, SENDER);
    await closed(parts);
    const opened = await openedEvidence(parts, served.id, spec());
    expect(opened.erased).to.deep.equal([early]);
    expect(contents(opened.evidence)).to.deep.equal(["withheld", "After", SECRET]);

    await served.intake.erase(served.id, late, SENDER);
    const { frozen, evidence, erased } = await openedEvidence(parts, served.id, spec());
    expect(erased).to.deep.equal([early, late]);
    expect(evidence.slice(0, 2)).to.deep.equal([{ leaf: early }, { leaf: late }]);
    expect(evidenceRoot(evidence)).to.equal(frozen.evidenceRoot);
  });

  it("is that of a round without anything private, without a sign-in", async () => {
    const parts = await node({ privateItem: () => Promise.reject(new Error("not asked for")) });
    await served.send("In public.", { private: false });
    await closed(parts);
    const { evidence, erased } = await openedEvidence(parts, served.id, spec());
    expect([contents(evidence), erased]).to.deep.equal([["In public."], []]);
  });

  it("is not opened by a stranger's key, whatever it holds of the public form", async () => {
    const parts = await node({}, STRANGER);
    await served.send(SECRET);
    await closed(parts);
    const error: unknown = await openedEvidence(parts, served.id, spec()).catch((rejection: unknown) => rejection);
    expect(error).to.be.instanceOf(PeerError);
    expect((error as PeerError).reason).to.equal("refused");
  });

  it("is not opened before it was fetched", async () => {
    const failed: unknown = await openedEvidence(await node(), served.id, spec()).catch((error: unknown) => error);
    expect((failed as Error).message).to.contain("is not here");
  });

  it("is asked for of a few items at once, not of all", async () => {
    let [now, most] = [0, 0];
    const real = peersOf(NODE);
    const parts = await node({
      async privateItem(...of) {
        most = Math.max(most, ++now);
        await pause(5);
        return real.privateItem(...of).finally(() => now--);
      },
    });
    for (let i = 0; i < 20; i++) await served.send(`Interview ${i}`);
    await closed(parts);
    const { evidence } = await openedEvidence(parts, served.id, spec());
    expect(contents(evidence)).to.deep.equal(Array.from({ length: 20 }, (_, i) => `Interview ${i}`));
    expect(most).to.be.within(2, 8);
  });

  describe("is refused where the intake", () => {
    /** An item that is told in the true one's place. */
    const told: Record<string, (item: EvidenceItem) => EvidenceItem> = {
      "gives other bytes": (item) => ({ ...item, content: "My knee is fine." }),
      "gives another name": (item) => ({ ...item, name: "other.txt" }),
      "gives another source": (item) => ({ ...item, source: lower(STRANGER) }),
      "gives another salt": (item) => ({ ...item, salt: zeroHash }),
    };
    for (const [name, change] of Object.entries(told)) {
      it(name, async () => {
        const real = peersOf(NODE);
        const parts = await node({
          privateItem: async (...of) => change((await real.privateItem(...of)) as EvidenceItem),
        });
        await served.send(SECRET);
        await closed(parts);
        expect(await refusal(openedEvidence(parts, served.id, spec()))).to.equal("bad-evidence");
      });
    }

    it("gives the item of another leaf", async () => {
      const real = peersOf(NODE);
      const other = await served.send("Another");
      const parts = await node({ privateItem: (intake, id) => real.privateItem(intake, id, other) });
      await served.send(SECRET);
      await closed(parts);
      expect(await refusal(openedEvidence(parts, served.id, spec()))).to.equal("bad-evidence");
    });

    it("gives half a surrogate pair, which has the leaf of another character", async () => {
      const real = peersOf(NODE);
      const leaf = await served.send("\ufffd");
      const parts = await node({
        async privateItem(...of) {
          const item = { ...((await real.privateItem(...of)) as EvidenceItem), content: "\ud800" };
          expect(evidenceLeaf(item)).to.equal(leaf);
          return item;
        },
      });
      await closed(parts);
      expect(await refusal(openedEvidence(parts, served.id, spec()))).to.equal("bad-evidence");
    });

    it("gives such a half in public", async () => {
      const real = peersOf(NODE);
      const parts = await node({
        item: async (...of) => ({ ...(await real.item(...of))!, content: "\ud800" }),
      });
      await served.send("\ufffd", { private: false });
      expect(await refusal(closed(parts))).to.equal("bad-evidence");
    });

    it("has it no longer, and does not say that it was erased", async () => {
      const parts = await node({ privateItem: () => Promise.resolve(null) });
      await served.send(SECRET);
      await closed(parts);
      expect(await refusal(openedEvidence(parts, served.id, spec()))).to.equal("evidence-missing");
    });

    it("hides telemetry as private", async () => {
      const fixed = { kind: "telemetry", name: "up.csv", mediaType: "text/csv", source: "key:1" } as const;
      const hidden = evidenceItem({ ...fixed, sequence: 0, salt: zeroHash }, Buffer.from("web,1\n"));
      const parts = await node({ privateItem: () => Promise.resolve(hidden) });
      await served.send(SECRET);
      const schedule = roundSchedule(clockTerms(served.pool.terms), 0);
      const frozen = await served.intake.freeze(served.id, schedule.freezeAt);
      const leaves: Hex[] = [evidenceLeaf(hidden)];
      await keepFrozen(temp.store, served.id, { ...frozen, leaves, withheld: leaves });
      expect(await refusal(openedEvidence(parts, served.id, spec()))).to.equal("bad-evidence");
    });
  });
});
