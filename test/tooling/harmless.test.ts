import { expect } from "chai";
import { harmless, harmlessLines } from "../../scripts/harmless.ts";
import { noteLines } from "../../scripts/season/table.ts";

describe("text of others in a terminal", () => {
  it("loses what steers a terminal, turns text around or begins a line", () => {
    expect(harmless("\u001b[2Ja\u202eb\u2066c\u009bd\re\nf\u2028g\ud800")).to.equal(
      "\ufffd[2Ja\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffd",
    );
  });

  it("keeps letters of all scripts, emoji and spaces", () => {
    const text = "Zürich  שלום 東京 🚀 – ✓ 100 %";
    expect(harmless(text)).to.equal(text);
  });

  it("keeps our own line breaks, and no other", () => {
    expect(harmlessLines("a\u001b[2J\n\nb\r\nc\u2029d")).to.equal("a\ufffd[2J\n\nb\ufffd\nc\ufffdd");
  });

  it("makes one line of each note", () => {
    expect(noteLines(["a\nnote: b", "\u202ec"])).to.deep.equal(["note: a\ufffdnote: b", "note: \ufffdc"]);
  });
});
