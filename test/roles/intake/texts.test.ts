import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { plainText } from "../../../oracle/domain/plain-text.ts";
import { READ_TEXT } from "../../../oracle/roles/intake/accept.ts";
import { textKey } from "../../../oracle/store/evidence.ts";
import { pdfOf } from "./files.ts";
import { document, NODE, ROUND, startIntake, STRANGER, type IntakePlay } from "./fixture.ts";

const fixture = (name: string) => readFile(new URL(`./files/${name}`, import.meta.url));
const PDF = { name: "report.pdf", mediaType: "application/pdf" } as const;

describe("Text of files", () => {
  let play: IntakePlay;
  beforeEach(async () => {
    play = await startIntake();
  });
  afterEach(() => play.close());

  const reading = async () => {
    const [item] = await play.intake.list(ROUND, 0, 1);
    return item!.private ? "private" : item!.text;
  };

  it("is read out of a PDF after it was taken in, and kept beside it", async () => {
    const bytes = await pdfOf(["The repair was good.", "Second page."]);
    const { receipt } = await play.intake.accept(document({ ...PDF, bytes }));
    expect(play.jobs).to.deep.equal([{ kind: READ_TEXT, id: receipt.leaf, data: { ...ROUND, leaf: receipt.leaf } }]);
    expect(await reading()).to.equal("pending");
    expect(await play.intake.text(ROUND, receipt.leaf, STRANGER)).to.equal(null);
    await play.intake.readText(play.jobs[0]!.data);
    expect(await reading()).to.equal("done");
    expect(await play.intake.text(ROUND, receipt.leaf, STRANGER)).to.equal("The repair was good.\n\nSecond page.");
    await play.intake.readText(play.jobs[0]!.data);
    expect(await play.intake.queueUnread(), "nothing is left to be read").to.equal(0);
  });

  it("is recognised in a picture of typed words", async () => {
    const bytes = await fixture("typed.png");
    const { receipt } = await play.intake.accept(document({ name: "photo.png", mediaType: "image/png", bytes }));
    await play.intake.readText(play.jobs[0]!.data);
    expect(await reading()).to.equal("done");
    expect(await play.intake.text(ROUND, receipt.leaf, NODE)).to.match(/the repair was good/i);
  }).timeout(60_000);

  it("is failed to be read without harm to the item", async () => {
    const intake = play.again({ readText: async () => ({ failed: "time-limit" }) });
    const { receipt } = await intake.accept(document({ ...PDF, bytes: await pdfOf(["x"]) }));
    await intake.readText(play.jobs[0]!.data);
    expect(await reading()).to.equal("failed");
    expect((await intake.open(ROUND, receipt.leaf, STRANGER)).item.encoding).to.equal("base64");
  });

  it("is queued again where the queue did not take it", async () => {
    const lame = play.again({ queue: { add: () => Promise.reject(new Error("down")) } });
    const { receipt } = await lame.accept(document({ ...PDF, bytes: await pdfOf(["x"]) }));
    expect(play.jobs).to.have.length(0);
    expect(await play.intake.queueUnread()).to.equal(1);
    expect(play.jobs.map(({ id }) => id)).to.deep.equal([receipt.leaf]);
  });

  it("of a private item is encrypted, and erased with it, even while it is read", async () => {
    const sent = document({ ...PDF, private: true, bytes: await pdfOf(["A private story."]) });
    const { receipt } = await play.intake.accept(sent);
    await play.intake.readText(play.jobs[0]!.data);
    expect(await play.intake.text(ROUND, receipt.leaf, STRANGER)).to.equal("A private story.");
    expect(await play.store.get(textKey(ROUND, receipt.leaf))).not.to.contain("story");
    await play.intake.erase(ROUND, receipt.leaf, STRANGER);
    expect(await play.store.get(textKey(ROUND, receipt.leaf))).to.equal(null);

    const second = (await play.intake.accept(sent)).receipt;
    const erasing = play.again({
      readText: async () => {
        await play.intake.erase(ROUND, second.leaf, STRANGER);
        return { text: "A private story." };
      },
    });
    await erasing.readText(play.jobs[1]!.data);
    expect(await play.store.get(textKey(ROUND, second.leaf))).to.equal(null);
    await play.intake.readText(play.jobs[1]!.data);
    expect(await play.dump())
      .not.to.contain("/text/")
      .and.not.to.contain("unread");
  });
});

describe("Plain text", () => {
  it("shows what people would see", () => {
    const tag = String.fromCodePoint(0xe0041);
    expect(plainText(`a\u200Bb\u202Ec${tag}d\uFEFF\u00AD`)).to.equal("abcd");
    expect(plainText("\uFF41\uFB01\r\nx\ry\u2028z\u0007\u001B[31m")).to.equal("afi\nx\ny\nz[31m");
    expect(plainText("tab\tstays")).to.equal("tab\tstays");
  });

  it("changes nothing the second time", () => {
    for (const text of ["e\u200B\u0301", "\u1100\u200B\u1161", "\uFF76\uFF9E"]) {
      expect(plainText(plainText(text))).to.equal(plainText(text));
    }
  });
});
