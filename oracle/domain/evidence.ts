import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { encodeAbiParameters, keccak256, parseAbiParameters, stringToBytes, type Hex } from "viem";
import { z } from "zod";
import { InputError } from "./errors.ts";
import { bytes32Schema } from "./schema.ts";
import type { EvidenceFile } from "./templates/template.ts";

/** An item of evidence in a bundle. The salt keeps the leaf of a private item from being guessed. */
export const evidenceItemSchema = z.strictObject({
  name: z.string().min(1),
  mediaType: z.enum(["text/csv", "application/json", "application/yaml"]),
  salt: bytes32Schema,
  content: z.string(),
});

export type EvidenceItem = z.output<typeof evidenceItemSchema>;

/**
 * Puts a file into the form of a bundle.
 * @param salt 32 random bytes
 * @throws InputError where the file is not text in UTF-8
 */
export function evidenceItem(file: EvidenceFile, salt: Hex): EvidenceItem {
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.bytes);
    return { name: file.name, mediaType: file.mediaType, salt, content };
  } catch {
    throw new InputError("not text in UTF-8", { file: file.name });
  }
}

/** The file an item was made from, byte for byte. */
export function evidenceFile(item: EvidenceItem): EvidenceFile {
  return { name: item.name, mediaType: item.mediaType, bytes: stringToBytes(item.content) };
}

/** An item's leaf: keccak256 of the ABI encoding of name, media type, salt and the hash of the content. */
export function evidenceLeaf(item: EvidenceItem): Hex {
  return keccak256(
    encodeAbiParameters(parseAbiParameters("string, string, bytes32, bytes32"), [
      item.name,
      item.mediaType,
      item.salt,
      keccak256(stringToBytes(item.content)),
    ]),
  );
}

/**
 * Root over the leaves of all items of a round: a tree of sorted leaves and sorted pairs, as OpenZeppelin's MerkleProof checks it.
 * Encoded leaves are longer than the pair of hashes inside the tree, so neither can pass for the other.
 */
export function evidenceRoot(items: readonly EvidenceItem[]): Hex {
  return SimpleMerkleTree.of(items.map(evidenceLeaf)).root as Hex;
}
