import { createWriter } from "@ipld/car/buffer-writer";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create as createDigest } from "multiformats/hashes/digest";
import { hexToBytes, type Hex } from "viem";

/** Code of keccak-256 among multihashes. */
const KECCAK_256 = 0x1b;

/** Room for the header and the block's length and name. */
const OVERHEAD = 512;

/** A bundle's content identifier: its own hash, of raw bytes. */
export function bundleCid(hash: Hex): CID {
  return CID.createV1(raw.code, createDigest(KECCAK_256, hexToBytes(hash)));
}

/** A bundle as a CAR file of version 1: one block of raw bytes, which is its root. */
export function carOf(hash: Hex, bytes: Uint8Array): Uint8Array {
  const cid = bundleCid(hash);
  const writer = createWriter(new ArrayBuffer(bytes.length + OVERHEAD), { roots: [cid] });
  writer.write({ cid, bytes });
  return writer.close({ resize: true });
}
