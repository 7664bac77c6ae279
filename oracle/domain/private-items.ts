import type { Hex } from "viem";
import { documentBytes, readDocument } from "./canonical.ts";
import { InputError } from "./errors.ts";
import { evidenceItemSchema, evidenceLeaf, type EvidenceItem } from "./evidence.ts";
import { viemKeccak, type Keccak } from "./keccak.ts";

/**
 * Private items of evidence as an auditor who was given them has them: a folder with one file for each, named by its leaf. Nothing of
 * them is in a bundle; the leaf, which is, says that they are the ones that were assessed.
 */

const FILE_NAME = /^(0x[0-9a-f]{64})\.json$/;

/** Name of the file of a private item. */
export function privateItemFile(leaf: Hex): string {
  return `${leaf}.json`;
}

/** The files of items, by name: canonical JSON and a line break. `privateItems` reads them. */
export function privateItemFiles(items: Iterable<EvidenceItem>): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const item of items) files.set(privateItemFile(evidenceLeaf(item)), documentBytes(item));
  return files;
}

/**
 * Reads a folder of private items.
 * @param files bytes by file name, without a folder
 * @returns items by leaf, in the order of leaves
 * @throws InputError naming the file that is none of an item, not in its one form, or not the item of its name
 */
export function privateItems(
  files: ReadonlyMap<string, Uint8Array>,
  keccak: Keccak = viemKeccak,
): Map<Hex, EvidenceItem> {
  const names = [...files.keys()].sort();
  return new Map(names.map((file) => [leafNamed(file), itemIn(file, files.get(file)!, keccak)]));
}

function itemIn(file: string, bytes: Uint8Array, keccak: Keccak): EvidenceItem {
  const item = readDocument(file, bytes, evidenceItemSchema);
  const found = evidenceLeaf(item, keccak);
  if (found === leafNamed(file)) return item;
  throw new InputError("the file holds another item than its name says", { file, field: "leaf", value: found });
}

function leafNamed(file: string): Hex {
  const [, leaf] = FILE_NAME.exec(file) ?? [];
  if (leaf !== undefined) return leaf as Hex;
  throw new InputError("this is no private item", { file, limit: "the item's leaf, 64 digits after 0x, and .json" });
}
