import { expect } from "chai";
import fc from "fast-check";
import { stringToBytes, type Hex } from "viem";
import { fastKeccak } from "../../oracle/adapters/signers/fast-keccak.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceLeaf, type EvidenceItem } from "../../oracle/domain/evidence.ts";
import { privateItemFile, privateItemFiles, privateItems } from "../../oracle/domain/private-items.ts";
import { faultOf } from "./fault.ts";

/** An item whose salt is its number. */
function item(number: number, content: string, mediaType: "text/plain" | "application/pdf" = "text/plain") {
  const salt: Hex = `0x${number.toString(16).padStart(64, "0")}`;
  const fixed = { kind: "document", name: "interview.txt", source: `0x${"a".repeat(40)}`, sequence: 0, salt } as const;
  return evidenceItem({ ...fixed, mediaType }, stringToBytes(content));
}

const KNEE = item(1, "My knee is better.");
const NAME = privateItemFile(evidenceLeaf(KNEE));

describe("A folder of private items", () => {
  it("is empty where there are none", () => {
    expect(privateItems(new Map())).to.deep.equal(new Map());
  });

  it("gives what was put in, by leaf, in the order of leaves, with any keccak", () => {
    const one = fc.tuple(
      fc.nat(1_000),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("text/plain", "application/pdf"),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (drafts) => {
        const items = drafts.map(([number, text, type]) => item(number, text, type));
        const read = privateItems(privateItemFiles(items), fastKeccak);
        const expected = new Map(items.map((each): [Hex, EvidenceItem] => [evidenceLeaf(each), each]));
        expect([...read.keys()]).to.deep.equal([...expected.keys()].sort());
        for (const [leaf, each] of expected) expect(read.get(leaf)).to.deep.equal(each);
      }),
      { numRuns: 50 },
    );
  });

  it("has names of leaves alone", () => {
    for (const name of ["", "notes.txt", `${NAME}.bak`, NAME.toUpperCase(), NAME.slice(2), `private/${NAME}`]) {
      const { fault } = faultOf(() => privateItems(new Map([[name, documentBytes(KNEE)]])));
      expect(fault.file, name).to.equal(name);
    }
  });

  it("holds under each name the item of that leaf", () => {
    const others = [item(2, "My knee is better."), item(1, "My knee is worse."), { ...KNEE, sequence: 1 }];
    for (const other of others) {
      const { fault } = faultOf(() => privateItems(new Map([[NAME, documentBytes(other)]])));
      expect(fault).to.deep.equal({ file: NAME, field: "leaf", value: evidenceLeaf(other) });
    }
  });

  it("holds items in their one form", () => {
    const text = Buffer.from(documentBytes(KNEE)).toString();
    const more = documentBytes({ ...KNEE, more: 1 });
    const spaced = Buffer.from(JSON.stringify(KNEE, null, 1));
    const withoutBreak = Buffer.from(text.trimEnd());
    for (const bytes of [Buffer.from("{"), Buffer.from([0xff]), more, spaced, withoutBreak]) {
      expect(faultOf(() => privateItems(new Map([[NAME, bytes]]))).fault.file).to.equal(NAME);
    }
  });

  it("holds no half of a surrogate pair, which has the leaf of another character", () => {
    const [whole, half] = [item(1, "\ufffd"), { ...item(1, ""), content: "\ud800" }];
    const name = privateItemFile(evidenceLeaf(whole));
    expect(privateItemFile(evidenceLeaf(half))).to.equal(name);
    const text = Buffer.from(documentBytes(whole))
      .toString()
      .replace("\ufffd", String.raw`\ud800`);
    expect(faultOf(() => privateItems(new Map([[name, Buffer.from(text)]]))).message).to.contain("canonical");
  });

  it("says which of several files is wrong", () => {
    const files = privateItemFiles([KNEE, item(3, "Fine."), item(4, "So so.")]);
    const [, middle = ""] = [...files.keys()].sort();
    files.set(middle, documentBytes(KNEE));
    if (middle === NAME) files.set(middle, documentBytes(item(3, "Fine.")));
    expect(faultOf(() => privateItems(files)).fault.file).to.equal(middle);
  });

  it("says nothing of what is in it", () => {
    const { message } = faultOf(() => privateItems(new Map([[NAME, documentBytes(item(2, "My knee hurts."))]])));
    expect(message).not.to.contain("knee");
  });
});
