import { bytesToHex, stringToBytes, type Hex } from "viem";
import { z } from "zod";
import { abiBytes } from "./abi.ts";
import { InputError } from "./errors.ts";
import { viemKeccak, type Keccak } from "./keccak.ts";
import { merkleTree } from "./merkle.ts";
import { bytes32Schema } from "./schema.ts";

/** How evidence came in. Telemetry is what templates compute from, and always public; the rest can be private. */
export const EVIDENCE_KINDS = ["telemetry", "document", "link"] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Media types of evidence, by how a bundle spells their bytes. */
export const TEXT_TYPES = ["text/csv", "application/json", "application/yaml", "text/plain", "text/html"] as const;
export const BINARY_TYPES = ["application/pdf", "image/png"] as const;
export const MEDIA_TYPES = [...TEXT_TYPES, ...BINARY_TYPES] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Most characters of an item's name. */
export const MAX_NAME = 200;

/** An item of evidence. The salt keeps the leaf of a private item from being guessed. */
export const evidenceItemSchema = z
  .strictObject({
    kind: z.enum(EVIDENCE_KINDS),
    name: z.string().min(1).max(MAX_NAME),
    mediaType: z.enum(MEDIA_TYPES),
    /** Who sent it, as its receipt says: an account in lower case, or `key:` and the id of an API key. */
    source: z.string().regex(/^(?:0x[0-9a-f]{40}|key:[0-9a-z]{1,64})$/, "must be an account or the id of an API key"),
    /** Place among what this source sent under this name for the round: 0 for the first. */
    sequence: z.int().min(0).max(0xffffffff),
    salt: bytes32Schema,
    encoding: z.enum(["utf8", "base64"]),
    content: z.string(),
  })
  .superRefine((item, context) => {
    const encoding = isText(item.mediaType) ? "utf8" : "base64";
    if (item.encoding !== encoding)
      context.addIssue({ code: "custom", message: `must be ${encoding}`, path: ["encoding"] });
    else if (encoding === "base64" && !isBase64(item.content)) {
      context.addIssue({ code: "custom", message: "must be base64 in its one spelling", path: ["content"] });
    }
  });

/** What is left of a private item in what everybody may read: its salted hash. */
export const withheldItemSchema = z.strictObject({ leaf: bytes32Schema });

export type EvidenceItem = z.output<typeof evidenceItemSchema>;
export type WithheldItem = z.output<typeof withheldItemSchema>;

/** What an item is made from. */
export type EvidenceDraft = Pick<EvidenceItem, "kind" | "name" | "mediaType" | "source" | "sequence" | "salt">;

/**
 * Puts bytes into the form of a bundle.
 * @throws InputError where bytes of a text type are not UTF-8
 */
export function evidenceItem(draft: EvidenceDraft, bytes: Uint8Array): EvidenceItem {
  const { kind, name, mediaType, source, sequence, salt } = draft;
  const fixed = { kind, name, mediaType, source, sequence, salt } as const;
  if (!isText(mediaType)) return { ...fixed, encoding: "base64", content: toBase64(bytes) };
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { ...fixed, encoding: "utf8", content };
  } catch {
    throw new InputError("not text in UTF-8", { file: name });
  }
}

/** The bytes an item was made from. */
export function evidenceBytes({ encoding, content }: EvidenceItem): Uint8Array {
  return encoding === "utf8" ? stringToBytes(content) : fromBase64(content);
}

/** An item's leaf: keccak256 of the ABI encoding of kind, name, media type, source, sequence, salt and the hash of its bytes. */
export function evidenceLeaf(item: EvidenceItem, keccak: Keccak = viemKeccak): Hex {
  return draftLeaf(item, bytesToHex(keccak(evidenceBytes(item))), keccak);
}

/** The same leaf where only the hash of the bytes is at hand. */
export function draftLeaf(draft: EvidenceDraft, contentHash: Hex, keccak: Keccak = viemKeccak): Hex {
  const { kind, name, mediaType, source, sequence, salt } = draft;
  const texts = [kind, name, mediaType, source].map((text) => ({ text }));
  return bytesToHex(keccak(abiBytes([...texts, { uint: sequence }, { word: salt }, { word: contentHash }])));
}

/** The leaf of an item of a bundle, withheld or not. */
export function leafOf(item: EvidenceItem | WithheldItem, keccak: Keccak = viemKeccak): Hex {
  return "leaf" in item ? item.leaf : evidenceLeaf(item, keccak);
}

/**
 * Root over leaves: a tree of sorted leaves and sorted pairs, as OpenZeppelin's MerkleProof checks it. Encoded leaves are longer
 * than the pair of hashes inside the tree, so neither can pass for the other.
 * @param leaves at least one
 */
export function rootOf(leaves: readonly Hex[], keccak: Keccak = viemKeccak): Hex {
  return merkleTree(leaves, keccak).root;
}

/** Root over all items of a round. */
export function evidenceRoot(items: readonly (EvidenceItem | WithheldItem)[], keccak: Keccak = viemKeccak): Hex {
  const leaves = items.map((item) => leafOf(item, keccak));
  return rootOf(leaves, keccak);
}

/** What else of an item a bundle spells out, beside name and content: at most this many bytes. */
const FIXED_BYTES = 320;

/**
 * How many bytes an item takes in a bundle, at most: texts have some characters escaped in JSON, other content is in base64. So
 * what bounds this bounds the bundle.
 * @param bytes for text types in UTF-8
 */
export function bundledBytes(
  { name, mediaType }: Pick<EvidenceDraft, "name" | "mediaType">,
  bytes: Uint8Array,
): number {
  const content = isText(mediaType) ? spelledBytes(bytes) : 4 * Math.ceil(bytes.length / 3);
  return FIXED_BYTES + spelledBytes(stringToBytes(name)) + content;
}

/** Bytes of a text within JSON in its shortest spelling, without the quotes around it. */
function spelledBytes(text: Uint8Array): number {
  let spelled = text.length;
  for (const byte of text) {
    if (byte === 0x22 || byte === 0x5c) spelled += 1;
    else if (byte < 0x20) spelled += SHORT_ESCAPES.has(byte) ? 1 : 5;
  }
  return spelled;
}

/** \b, \t, \n, \f, \r; other control characters are spelled with their number. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);

export function isText(mediaType: MediaType): boolean {
  return TEXT_TYPES.some((type) => type === mediaType);
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += 8192) {
    binary += String.fromCharCode(...bytes.subarray(from, from + 8192));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function isBase64(text: string): boolean {
  try {
    return btoa(atob(text)) === text;
  } catch {
    return false;
  }
}

/** 32 bytes in hexadecimal, as salts are given. */
export function saltOf(bytes: Uint8Array): Hex {
  return bytesToHex(bytes);
}
