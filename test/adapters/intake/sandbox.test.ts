import { expect } from "chai";
import { createSandbox } from "../../../oracle/adapters/intake/sandbox.ts";
import { pdfOf, pngOf } from "../../roles/intake/files.ts";
import { refused } from "../../roles/intake/refused.ts";

describe("The sandbox for files", () => {
  it("ends what takes too long, and goes on with the next", async () => {
    const sandbox = createSandbox({ timeMs: 30, concurrency: 1 });
    expect(await sandbox.run({ task: "png-text", bytes: pngOf(4_000, 4_000) })).to.deep.equal({ failed: "time-limit" });
    const patient = createSandbox();
    expect(await patient.run({ task: "pdf-facts", bytes: await pdfOf(["a", "b"]) })).to.deep.equal({
      pages: 2,
      encrypted: false,
    });
  });

  it("ends what takes too much", async () => {
    const sandbox = createSandbox({ memoryMb: 8 });
    const pages = Array.from({ length: 150 }, (_, i) => `page ${i}`.repeat(500));
    const answer = await sandbox.run({ task: "pdf-text", bytes: await pdfOf(pages) });
    expect(answer).to.have.property("failed").that.is.oneOf(["memory-limit", "unreadable"]);
  });

  it("says that a file cannot be read", async () => {
    const sandbox = createSandbox();
    for (const task of ["pdf-facts", "pdf-text", "png-text"] as const) {
      expect(await sandbox.run({ task, bytes: Buffer.from("%PDF-1.7 nonsense") }), task).to.have.property("failed");
    }
  });

  it("lets only so many files wait", async () => {
    const sandbox = createSandbox({ concurrency: 1, waiting: 1 });
    const bytes = await pdfOf(["a"]);
    const [first, second, third] = ["pdf-facts", "pdf-facts", "pdf-facts"].map((task) =>
      sandbox.run({ task: task as "pdf-facts", bytes }),
    );
    await refused(third!, "busy");
    expect([await first, await second]).to.deep.equal(Array(2).fill({ pages: 1, encrypted: false }));
  });
});
