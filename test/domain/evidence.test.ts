import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import fc from "fast-check";
import { encodeAbiParameters, keccak256, parseAbiParameters, stringToBytes, type Hex } from "viem";
import { abiBytes } from "../../oracle/domain/abi.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import {
  bundledBytes,
  draftLeaf,
  evidenceBytes,
  evidenceItem,
  evidenceItemSchema,
  evidenceLeaf,
  evidenceRoot,
  leafOf,
  rootOf,
  type EvidenceDraft,
} from "../../oracle/domain/evidence.ts";
import { viemKeccak, type Keccak } from "../../oracle/domain/keccak.ts";
import { merkleTree, rootAbove } from "../../oracle/domain/merkle.ts";

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const DRAFT: EvidenceDraft = {
  kind: "document",
  name: "letter.txt",
  mediaType: "text/plain",
  source: `0x${"a".repeat(40)}`,
  sequence: 3,
  salt: word("5"),
};

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString("hex")}`);

describe("An item of evidence", () => {
  it("has the leaf that any ABI encoder gives", () => {
    const types = parseAbiParameters("string, string, string, string, uint32, bytes32, bytes32");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(), hash, hash, (name, sequence, salt, content) => {
        const draft = { ...DRAFT, name, sequence, salt };
        const values = [draft.kind, name, draft.mediaType, draft.source, sequence, salt, content] as const;
        expect(draftLeaf(draft, content)).to.equal(keccak256(encodeAbiParameters(types, values)));
      }),
    );
  });

  it("has another leaf when anything of it is another", () => {
    const item = evidenceItem(DRAFT, stringToBytes("good"));
    const changes = [
      { kind: "link" },
      { name: "letter.tx" },
      { mediaType: "text/html" },
      { source: `0x${"b".repeat(40)}` },
      { sequence: 4 },
      { salt: word("6") },
      { content: "goos" },
    ] as const;
    const leaves = [item, ...changes.map((change) => ({ ...item, ...change }))].map((one) => evidenceLeaf(one));
    expect(new Set(leaves).size).to.equal(1 + changes.length);
  });

  it("gives back the bytes it was made from, text and binary", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const item = evidenceItem({ ...DRAFT, mediaType: "image/png" }, bytes);
        expect(item.encoding).to.equal("base64");
        expect(Buffer.compare(evidenceBytes(item), bytes)).to.equal(0);
        expect(evidenceItemSchema.safeParse(item).success).to.equal(true);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = new TextEncoder().encode(`\uFEFF${text}`);
        const item = evidenceItem(DRAFT, bytes);
        expect(Buffer.compare(evidenceBytes(item), bytes)).to.equal(0);
        expect(item.content).to.equal(`\uFEFF${text}`);
      }),
    );
  });

  it("is refused where a text is not UTF-8", () => {
    expect(() => evidenceItem(DRAFT, Uint8Array.of(0xff))).to.throw(InputError, "letter.txt");
  });

  it("has one spelling of its content", () => {
    const item = evidenceItem({ ...DRAFT, mediaType: "image/png" }, Uint8Array.of(1));
    const refused = [
      { ...item, content: "AR==" },
      { ...item, content: "AQ" },
      { ...item, content: "A Q==" },
      { ...item, encoding: "utf8" },
      { ...item, source: "key:" },
      { ...item, source: `0x${"A".repeat(40)}` },
      { ...item, name: "" },
      { ...item, sequence: -1 },
      { ...item, more: 1 },
    ];
    expect(item.content).to.equal("AQ==");
    for (const one of refused) expect(evidenceItemSchema.safeParse(one).success, JSON.stringify(one)).to.equal(false);
  });

  it("counts for the root by its leaf alone, withheld or not", () => {
    const items = [1, 2, 3].map((i) => evidenceItem({ ...DRAFT, sequence: i }, stringToBytes("good")));
    const withheld = items.map((item, i) => (i === 1 ? { leaf: leafOf(item) } : item));
    expect(evidenceRoot(withheld)).to.equal(evidenceRoot(items));
    expect(evidenceRoot(items.toReversed())).to.equal(evidenceRoot(items));
  });
});

describe("What an item takes in a bundle", () => {
  /** In a list, with the comma after it. */
  const spelled = (draft: EvidenceDraft, bytes: Uint8Array) => documentBytes(evidenceItem(draft, bytes)).length;
  const largest = { sequence: 0xffffffff, source: `key:${"k".repeat(64)}` };

  it("is never more than it is counted for, and hardly less", () => {
    const texts = fc.string({ unit: "binary", maxLength: 200 });
    const kinds = fc.constantFrom("telemetry", "document", "link");
    const types = fc.constantFrom("text/plain", "application/yaml", "image/png", "application/pdf");
    fc.assert(
      fc.property(texts, texts, kinds, types, (name, content, kind, mediaType) => {
        const draft: EvidenceDraft = { ...DRAFT, ...largest, kind, mediaType, name };
        const bytes = stringToBytes(content);
        expect(bundledBytes(draft, bytes) - spelled(draft, bytes)).to.be.within(0, 64);
      }),
    );
    const every = Uint8Array.from({ length: 128 }, (_, i) => i);
    expect(bundledBytes(DRAFT, every) - bundledBytes(DRAFT, new Uint8Array(0))).to.equal(
      JSON.stringify(Buffer.from(every).toString()).length - 2,
    );
  });
});

describe("Hashing evidence in bulk", () => {
  it("takes a faster hash, which finds the same", () => {
    let hashed = 0;
    const counting: Keccak = (bytes) => (hashed++, viemKeccak(bytes));
    const items = [1, 2].map((i) => evidenceItem({ ...DRAFT, sequence: i }, stringToBytes("good")));
    expect(items.map((item) => evidenceLeaf(item, counting))).to.deep.equal(items.map((item) => leafOf(item)));
    expect(hashed, "content and item").to.equal(4);
    const root = evidenceRoot([items[0]!, { leaf: leafOf(items[1]!, counting) }], counting);
    expect(hashed, "and the tree").to.equal(4 + 2 + 2 + 1);
    expect(root).to.equal(evidenceRoot(items));
  });
});

describe("The tree over leaves", () => {
  it("is OpenZeppelin's, with its proofs", () => {
    fc.assert(
      fc.property(fc.array(hash, { minLength: 1, maxLength: 40 }), (leaves) => {
        const [ours, theirs] = [merkleTree(leaves), SimpleMerkleTree.of(leaves)];
        expect(ours.root).to.equal(theirs.root);
        expect(rootOf(leaves)).to.equal(theirs.root);
        leaves.forEach((leaf, i) => {
          expect(rootAbove(leaf, ours.proof(i))).to.equal(ours.root);
          expect(SimpleMerkleTree.verify(ours.root, leaf, ours.proof(i))).to.equal(true);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("has no proof for another leaf, and none for no leaf", () => {
    const tree = merkleTree([word("1"), word("2"), word("3")]);
    expect(rootAbove(word("4"), tree.proof(0))).not.to.equal(tree.root);
    expect(() => tree.proof(3)).to.throw(RangeError);
    expect(() => merkleTree([])).to.throw(RangeError);
  });
});

describe("The short ABI encoder", () => {
  it("encodes texts of every length as viem does", () => {
    for (const length of [0, 1, 31, 32, 33, 64]) {
      const text = "ä".repeat(length);
      const expected = encodeAbiParameters(parseAbiParameters("uint64, string"), [2n ** 53n - 1n, text]);
      const found = abiBytes([{ uint: Number.MAX_SAFE_INTEGER }, { text }]);
      expect(`0x${Buffer.from(found).toString("hex")}`).to.equal(expected);
    }
  });

  it("refuses what does not fit", () => {
    for (const uint of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => abiBytes([{ uint }])).to.throw(InputError);
    for (const bad of ["0x", `0x${"g".repeat(64)}`, `0x${"1".repeat(63)}/`, `0x${"1".repeat(66)}`]) {
      expect(() => abiBytes([{ word: bad }])).to.throw(InputError);
    }
  });
});
