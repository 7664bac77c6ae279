import { expect } from "chai";
import { evidenceLeaf } from "../../oracle/domain/evidence.ts";
import { receiptProblem } from "../../oracle/domain/receipt.ts";
import { serviceAt, type SentDocument, type Service } from "../../scripts/season/service.ts";
import { CHAIN_ID } from "../http/support/api.ts";
import { signer } from "../http/support/sign-in.ts";
import { lower, NODE, serveIntake, STRANGER, type ServedIntake } from "../support/private-intake.ts";

const STORY: SentDocument = {
  name: "story & more.txt",
  mediaType: "text/plain",
  bytes: new TextEncoder().encode("My knee is better."),
  private: true,
};

describe("Documents by a node's client", () => {
  let served: ServedIntake;
  let service: Service;
  let pool: `0x${string}`;
  before(async () => {
    served = await serveIntake({ clock: Date.now });
    service = serviceAt(served.url);
    ({ pool } = served.pool);
  });
  after(() => served.close());

  async function outcome(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => "done",
      (error: unknown) => (error as Error).message,
    );
  }

  it("are sent in private, and read by who sent them, whom they are about and the oracle alone", async () => {
    const [sender, subject] = [signer(905), signer(906)];
    const token = await service.signIn(sender, CHAIN_ID);
    const receipt = await service.sendDocument(token, pool, 0, { ...STORY, subject: subject.address });
    expect(await receiptProblem(receipt)).to.equal(null);
    expect(receipt).to.include({ source: lower(sender), round: 0, pool });
    for (const reader of [sender, subject, NODE]) {
      const item = await service.privateItem(await service.signIn(reader, CHAIN_ID), pool, 0, receipt.leaf);
      expect(evidenceLeaf(item)).to.equal(receipt.leaf);
      expect(item).to.include({ kind: "document", name: STORY.name, content: "My knee is better." });
    }
    const stranger = await service.signIn(STRANGER, CHAIN_ID);
    expect(await outcome(service.privateItem(stranger, pool, 0, receipt.leaf))).to.contain("(403)");
    expect(await outcome(service.sendDocument("gs_none", pool, 0, STORY))).to.contain("(401)");
  });

  it("are sent in public, about nobody", async () => {
    const token = await service.signIn(signer(905), CHAIN_ID);
    const open = { ...STORY, private: false };
    const { leaf } = await service.sendDocument(token, pool, 1, open);
    const [found] = (await (await served.api.ask(`/v1/pools/${pool}/rounds/1/evidence`)).json()).items;
    expect(found).to.include({ leaf, private: false, name: STORY.name, size: STORY.bytes.length });
    const about = service.sendDocument(token, pool, 1, { ...open, subject: signer(906).address });
    expect(await outcome(about)).to.contain("(400)");
  });
});
