import { expect } from "chai";
import fc from "fast-check";
import { keccak256, stringToBytes, zeroHash, type Hex } from "viem";
import { fastKeccak } from "../../oracle/adapters/signers/fast-keccak.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceLeaf } from "../../oracle/domain/evidence.ts";
import { sealedHash } from "../../oracle/domain/judgement/node-record.ts";
import { PROMPTS, type UnitRecord } from "../../oracle/domain/judgement/record.ts";
import { privateItemFile } from "../../oracle/domain/private-items.ts";
import { privateFiles, privateParts, privateRecordFile } from "../../oracle/domain/private-records.ts";
import { faultOf } from "./fault.ts";

const FIXED = { kind: "document", name: "a.json", mediaType: "application/json", sequence: 0 } as const;

function item(number: number) {
  const salt: Hex = `0x${number.toString(16).padStart(64, "0")}`;
  return evidenceItem({ ...FIXED, source: `0x${"a".repeat(40)}`, salt }, stringToBytes(`{"n":${number}}`));
}

function record(source: Hex, raw: string, score: number | null = 5_000): UnitRecord {
  return {
    ...{ source, criterion: "runs", seed: zeroHash, repeats: 2, prompts: PROMPTS },
    calls: [
      {
        ...{ purpose: "judge", endpoint: "https://models.example/v1", requestedModel: "m", returnedModel: "m" },
        ...{ systemFingerprint: null, format: "json_schema", streamed: false, finishReason: "stop", fault: null },
        ...{ sampling: { temperature: 0, maxTokens: 100, seed: 1 }, promptHash: zeroHash, schemaHash: zeroHash },
        ...{ raw, rawHash: keccak256(stringToBytes(raw)), attempts: [], usage: null, chargedTokens: 1, latencyMs: 1 },
      },
    ],
    ...{ score, abstention: score === null ? "decoy" : null },
  };
}

/** Parts of a season: items by number, and for each what judges answered about it. */
function partsOf(drafts: readonly (readonly [number, readonly string[]])[]) {
  const items = drafts.map(([number]) => item(number));
  const records = drafts.flatMap(([number, answers]) => {
    const about = item(number);
    return answers.map((raw) => {
      const whole = record(evidenceLeaf(about), raw);
      return [sealedHash(about.salt, whole), whole] as const;
    });
  });
  return { items: new Map(items.map((one) => [evidenceLeaf(one), one])), records: new Map(records) };
}

const PARTS = partsOf([
  [1, ["yes", "no"]],
  [2, ["perhaps"]],
]);
const ONE = evidenceLeaf(item(1));
const [SEALED, WHOLE] = [...PARTS.records][0]!;
const fault = (change: (files: Map<string, Uint8Array>) => void) => {
  const files = privateFiles(PARTS);
  change(files);
  return faultOf(() => privateParts(files)).fault;
};

describe("A folder of all that is private of a season", () => {
  it("is empty where nothing is", () => {
    expect(privateFiles({ items: new Map(), records: new Map() })).to.deep.equal(new Map());
    expect(privateParts(new Map())).to.deep.equal({ items: new Map(), records: new Map() });
  });

  it("gives what was put in, in whatever order the files come, with any keccak", () => {
    const one = fc.tuple(fc.nat(500), fc.array(fc.string(), { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), (drafts) => {
        const parts = partsOf(drafts);
        const files = privateFiles(parts);
        const read = privateParts(new Map([...files].reverse()), fastKeccak);
        expect(new Map([...read.items])).to.deep.equal(parts.items);
        expect(read.records).to.deep.equal(parts.records);
        expect([...read.records.keys()]).to.deep.equal([...parts.records.keys()].sort());
        expect(files.size).to.equal(parts.items.size + parts.records.size);
      }),
      { numRuns: 40 },
    );
  });

  it("names items by leaf and records by salted hash", () => {
    const names = [...privateFiles(PARTS).keys()];
    expect(names).to.include.members([privateItemFile(ONE), privateRecordFile(SEALED)]);
    expect(names).to.have.length(5);
  });

  it("holds nothing else", () => {
    for (const name of [
      "notes.txt",
      "record-.json",
      `record-${SEALED}.txt`,
      `x-record-${SEALED}.json`,
      "result.json",
    ]) {
      expect(fault((files) => files.set(name, stringToBytes("{}\n"))).file, name).to.equal(name);
    }
  });

  it("holds records under their own names alone", () => {
    const name = privateRecordFile(keccak256(SEALED));
    expect(fault((files) => files.set(name, documentBytes(WHOLE)))).to.include({
      file: name,
      field: "sealed",
      value: SEALED,
    });
    const changed = documentBytes({ ...WHOLE, score: 10_000 });
    expect(fault((files) => files.set(privateRecordFile(SEALED), changed)).field).to.equal("sealed");
  });

  it("holds no record of an item that is not there", () => {
    const found = fault((files) => files.delete(privateItemFile(ONE)));
    expect(found).to.include({ field: "source", value: ONE });
    expect(found.file).to.match(/^record-0x/);
  });

  it("holds records in their form and their one spelling alone", () => {
    const name = privateRecordFile(SEALED);
    const { score: _, ...less } = WHOLE;
    const cases: [Uint8Array, string | undefined][] = [
      [stringToBytes("{"), undefined],
      [documentBytes(less), "score"],
      [documentBytes({ ...WHOLE, more: 1 }), ""],
      [stringToBytes(JSON.stringify(WHOLE)), undefined],
      [stringToBytes(`${JSON.stringify(WHOLE, null, 1)}\n`), undefined],
    ];
    for (const [bytes, field] of cases) {
      const found = fault((files) => files.set(name, bytes));
      expect(found.file).to.equal(name);
      expect(found.field).to.equal(field);
    }
  });
});
