import { expect } from "chai";
import fc from "fast-check";
import { stringToBytes } from "viem";
import { InputError } from "../../oracle/domain/errors.ts";
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
  const refused: Record<string, EvidenceItem[]> = {
    "another header": [item("a\n1"), item("b\n2", { sequence: 1 })],
    "another type": [item("a\n1"), item("[1]", { ...json, sequence: 1 })],
    "no array": [item("[1]", json), item("{}", { ...json, sequence: 1 })],
    "no JSON": [item("[1]", json), item("[", { ...json, sequence: 1 })],
    "YAML in parts": [item("a: 1", yaml), item("b: 2", { ...yaml, sequence: 1 })],
    "a type no template reads": [item("x", { mediaType: "text/plain" })],
  };
  for (const [what, items] of Object.entries(refused)) {
    it(`refuses to join ${what}, and names the file`, () => {
      expect(() => evidenceFiles(items)).to.throw(InputError, "up.csv");
    });
  }
});
