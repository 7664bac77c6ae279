import { InputError } from "./errors.ts";

/** A value in an ABI encoding: text is `string`, a number `uint` of whatever width holds it, hexadecimal a whole `bytes32`. */
export type AbiValue = { readonly text: string } | { readonly uint: number } | { readonly word: string };

const WORD = 32;
const encoder = new TextEncoder();

/**
 * ABI encoding of a tuple, equal to viem's `encodeAbiParameters`, for the few types that leaves and receipts are made of: they are
 * hashed for every item that comes in.
 * @throws InputError where a number is no unsigned whole number that a double holds exactly, or a word is not 32 bytes
 */
export function abiBytes(values: readonly AbiValue[]): Uint8Array {
  const texts = values.map((value) => ("text" in value ? encoder.encode(value.text) : null));
  const tails = texts.reduce((sum, text) => sum + (text === null ? 0 : WORD + padded(text.length)), 0);
  const bytes = new Uint8Array(values.length * WORD + tails);
  let tail = values.length * WORD;
  values.forEach((value, i) => {
    const text = texts[i]!;
    if (text === null) writeStatic(bytes, i * WORD, value);
    else {
      writeUint(bytes, i * WORD, tail);
      writeUint(bytes, tail, text.length);
      bytes.set(text, tail + WORD);
      tail += WORD + padded(text.length);
    }
  });
  return bytes;
}

/** Bytes of whole bytes in hexadecimal after `0x`. @throws InputError where it is not of that form and length */
export function wordBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(WORD);
  writeWord(bytes, 0, hex);
  return bytes;
}

function writeStatic(bytes: Uint8Array, at: number, value: AbiValue): void {
  if ("uint" in value) writeUint(bytes, at, value.uint);
  else if ("word" in value) writeWord(bytes, at, value.word);
}

function writeUint(bytes: Uint8Array, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InputError("not an unsigned whole number", { value: String(value) });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + WORD - 8, 8);
  view.setUint32(0, Math.floor(value / 0x1_0000_0000));
  view.setUint32(4, value >>> 0);
}

function writeWord(bytes: Uint8Array, at: number, hex: string): void {
  if (hex.length !== 2 + 2 * WORD) throw new InputError("not 32 bytes in hexadecimal", { value: hex });
  for (let i = 0; i < WORD; i++) {
    const byte = digit(hex.charCodeAt(2 + 2 * i)) * 16 + digit(hex.charCodeAt(3 + 2 * i));
    if (!(byte >= 0)) throw new InputError("not 32 bytes in hexadecimal", { value: hex });
    bytes[at + i] = byte;
  }
}

/** Value of a digit by its character code; NaN where it is none. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return code >= 65 && code <= 70 ? code - 55 : Number.NaN;
}

function padded(length: number): number {
  return Math.ceil(length / WORD) * WORD;
}
