import { expect } from "chai";
import fc from "fast-check";
import { stringToBytes } from "viem";
import { evidenceFiles } from "../../oracle/domain/evidence-files.ts";
import { evidenceItem, type EvidenceDraft, type EvidenceItem } from "../../oracle/domain/evidence.ts";

const SALT = `0x${"5".repeat(64)}` as const;
const draft = (changes: Partial<EvidenceDraft>): EvidenceDraft => ({
  kind: "telemetry",
  name: "up.csv",
  mediaType: "text/csv",
  source: "key:one",
  sequence: 0,
  salt: SALT,
  ...changes,
});
const item = (content: string, changes: Partial<EvidenceDraft> = {}): EvidenceItem =>
  evidenceItem(draft(changes), stringToBytes(content));
const textOf = (items: readonly EvidenceItem[]): string => Buffer.from(evidenceFiles(items)[0]!.bytes).toString();

describe("Telemetry as files", () => {
  it("leaves a file of one part as it is, byte for byte", () => {
    expect(textOf([item("a,b\r\n1,2")])).to.equal("a,b\r\n1,2");
  });

  it("joins CSV under one header, by source and then by sequence", () => {
    const parts = [
      item("a,b\n5,6", { sequence: 10 }),
      item("a,b\r\n3,4\n", { sequence: 9 }),
      item("a,b\n1,2\n", { source: `0x${"1".repeat(40)}`, sequence: 77 }),
      item("a,b", { sequence: 11 }),
    ];
    expect(textOf(parts)).to.equal("a,b\n1,2\n3,4\n5,6\n");
  });

  it("gives the same file whatever the order parts came in", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
        const parts = order.map((sequence) => item(`a\n${sequence}\n`, { sequence }));
        expect(textOf(parts)).to.equal("a\n0\n1\n2\n3\n4\n5\n");
      }),
    );
  });

  it("joins arrays of JSON, and leaves documents, links and withheld items out", () => {
    const json = { name: "a.json", mediaType: "application/json" } as const;
    const parts = [item("[2]", { ...json, sequence: 1 }), item('["1"]', json)];
    const others = [{ leaf: SALT }, item("x", { kind: "document", mediaType: "text/plain" })];
    const files = evidenceFiles([...others, ...parts]);
    expect(files.map(({ name }) => name)).to.deep.equal(["a.json"]);
    expect(Buffer.from(files[0]!.bytes).toString()).to.equal('["1",2]');
  });

  const json = { mediaType: "application/json" } as const;
  const yaml = { mediaType: "application/yaml" } as const;
  const text = { mediaType: "text/plain" } as const;
  const bad: Record<string, [EvidenceItem[], string]> = {
    "another header": [[item("a\n1"), item("b\n2", { sequence: 1 }), item("a\n3", { sequence: 2 })], "a\n1\n3\n"],
    "no other part with its header": [[item("a\r\n1"), item("b\n2", { sequence: 1 })], "a\r\n1"],
    "another type": [[item("a\n1"), item("[1]", { ...json, sequence: 1 })], "a\n1"],
    "no array": [
      [item("{}", json), item("[1]", { ...json, sequence: 1 }), item("[2]", { ...json, sequence: 2 })],
      "[1,2]",
    ],
    "no other array": [[item("[ 1 ]", json), item("{}", { ...json, sequence: 1 })], "[ 1 ]"],
    "no array at all": [[item('{"a": 1}', json), item("2", { ...json, sequence: 1 })], '{"a": 1}'],
    "no JSON": [
      [item("[1]", json), item("[", { ...json, sequence: 1 }), item("[2]", { ...json, sequence: 2 })],
      "[1,2]",
    ],
    "YAML in parts": [[item("a: 1", yaml), item("b: 2", { ...yaml, sequence: 1 })], "a: 1"],
    "a type no template reads": [[item("x", text), item("a\n1", { sequence: 1 })], "a\n1"],
  };
  for (const [what, [items, expected]] of Object.entries(bad)) {
    it(`leaves out what does not fit (${what}), in whatever order it came`, () => {
      expect(textOf(items)).to.equal(expected);
      expect(textOf(items.toReversed())).to.equal(expected);
    });
  }

  it("makes no file of a type that no template reads alone", () => {
    expect(evidenceFiles([item("x", text)])).to.deep.equal([]);
  });

  it("lets a part void neither the rest of its file nor another file", () => {
    const other = item("c\n9", { name: "other.csv" });
    const files = evidenceFiles([item("a\n1"), other, item("b\n2", { source: "key:two" })]);
    expect(files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).to.deep.equal([
      ["up.csv", "a\n1"],
      ["other.csv", "c\n9"],
    ]);
  });

  it("joins as many parts as a round may have in a moment", () => {
    const parts = Array.from({ length: 50_000 }, (_, sequence) => item("a\n1\n", { sequence }));
    expect(textOf(parts)).to.have.length(2 + 2 * 50_000);
  });
});
