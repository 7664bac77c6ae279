import type { Hex } from "viem";
import type { PrivateParts } from "./audit/judgements.ts";
import { documentBytes, readDocument } from "./canonical.ts";
import { InputError } from "./errors.ts";
import type { EvidenceItem } from "./evidence.ts";
import { sealedHash } from "./judgement/node-record.ts";
import { unitRecordSchema, type UnitRecord } from "./judgement/record.ts";
import { viemKeccak, type Keccak } from "./keccak.ts";
import { privateItemFiles, privateItems } from "./private-items.ts";

/**
 * All that is private of a season, as an auditor who was given it has it: a folder with a file for each private item, named by its leaf,
 * and one for each record of a judge about one of them, named by the salted hash that is in a node's public record.
 */

const FILE_NAME = /^record-(0x[0-9a-f]{64})\.json$/;

/** Name of the file of a private unit's whole record. @param sealed its salted hash */
export function privateRecordFile(sealed: Hex): string {
  return `record-${sealed}.json`;
}

/** The files of a folder, by name: canonical JSON and a line break each. `privateParts` reads them. */
export function privateFiles({ items, records }: PrivateParts): Map<string, Uint8Array> {
  const files = privateItemFiles(items.values());
  for (const [sealed, record] of records) files.set(privateRecordFile(sealed), documentBytes(record));
  return files;
}

/**
 * Reads such a folder.
 * @param files bytes by file name, without a folder
 * @returns items by leaf and records by salted hash, in ascending order
 * @throws InputError naming the file that is neither item nor record, not in its one form, not what its name says, or a record of an
 * item that is not there, whose salt it would take to tell
 */
export function privateParts(files: ReadonlyMap<string, Uint8Array>, keccak: Keccak = viemKeccak): PrivateParts {
  const names = [...files.keys()].sort();
  const isRecord = (file: string): boolean => FILE_NAME.test(file);
  const items = privateItems(new Map([...files].filter(([file]) => !isRecord(file))), keccak);
  const records = names.filter(isRecord).map((file) => recordIn(file, files.get(file)!, items));
  return { items, records: new Map(records) };
}

function recordIn(file: string, bytes: Uint8Array, items: ReadonlyMap<Hex, EvidenceItem>): [Hex, UnitRecord] {
  const record = readDocument(file, bytes, unitRecordSchema);
  const item = items.get(record.source);
  if (item === undefined) {
    throw new InputError("the item it is about is not in the folder", { file, field: "source", value: record.source });
  }
  const found = sealedHash(item.salt, record);
  if (found === FILE_NAME.exec(file)![1]) return [found, record];
  throw new InputError("the file holds another record than its name says", { file, field: "sealed", value: found });
}
