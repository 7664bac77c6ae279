import { bytesToHex, getAddress, hexToBytes, isAddress, isHex, type Address, type Hex } from "viem";
import { MAX_METERED_PROVIDERS, MAX_PROVIDERS } from "./limits.ts";
import { MAX_UNITS, type ScoreRecord } from "./payout.ts";

/** Bytes of a provider in the list: address (20) and weight (`uint32`, 4). */
export const PROVIDER_BYTES = 24;

const MAX_UINT16 = 65_535;

/** A provider as the pool stores it. */
export interface ProviderRecord {
  readonly address: Address;
  /** 1 to 2^32 - 1. */
  readonly weight: bigint;
}

/** Bytes of a score record: the score (`uint16`), and the units (`uint32`) where the pool is metered. */
export function recordBytes(metered: boolean): 2 | 6 {
  return metered ? 6 : 2;
}

/**
 * The score vector as the oracle signs it: big endian, one record after the other, nothing between them.
 * Only the width of each number is checked; whether a record is acceptable is for `validateRecord`.
 * @throws RangeError where a number does not fit its bytes, units are given where not metered, or records are too many
 */
export function encodeScores(records: readonly ScoreRecord[], metered: boolean): Hex {
  checkCount(records.length, metered);
  const width = recordBytes(metered);
  const view = new DataView(new ArrayBuffer(records.length * width));
  records.forEach(({ score, units }, i) => {
    checkNumber(BigInt(toInteger(score, i)), BigInt(MAX_UINT16), `score of record ${i}`);
    checkNumber(units, metered ? MAX_UNITS : 0n, `units of record ${i}`);
    view.setUint16(i * width, score);
    if (metered) view.setUint32(i * width + 2, Number(units));
  });
  return bytesToHex(new Uint8Array(view.buffer));
}

/**
 * The records of a score vector, units 0 where not metered.
 * @param count how many records there have to be; any whole number within the limit where it is not given
 * @throws RangeError where the text is not hex, or its length does not match
 */
export function decodeScores(vector: Hex, metered: boolean, count?: number): ScoreRecord[] {
  const width = recordBytes(metered);
  const view = viewOf(vector, width, "score vector", count);
  checkCount(view.byteLength / width, metered);
  return Array.from({ length: view.byteLength / width }, (_, i) => ({
    score: view.getUint16(i * width),
    units: metered ? BigInt(view.getUint32(i * width + 2)) : 0n,
  }));
}

/**
 * The provider list as enrolment takes it, in the order given.
 * Order and zeros are left to `validateProviders`, so that a list the pool must refuse can be written down.
 * @throws RangeError where an address is none, a weight does not fit a `uint32`, or there are too many providers
 */
export function encodeProviders(providers: readonly ProviderRecord[]): Hex {
  checkCount(providers.length, false);
  const bytes = new Uint8Array(providers.length * PROVIDER_BYTES);
  const view = new DataView(bytes.buffer);
  providers.forEach(({ address, weight }, i) => {
    if (!isAddress(address, { strict: false })) throw new RangeError(`address of provider ${i} is none: ${address}`);
    checkNumber(weight, MAX_UNITS, `weight of provider ${i}`);
    bytes.set(hexToBytes(address), i * PROVIDER_BYTES);
    view.setUint32(i * PROVIDER_BYTES + 20, Number(weight));
  });
  return bytesToHex(bytes);
}

/**
 * The providers of a list, addresses with their checksum.
 * @throws RangeError where the text is not hex, or its length does not match
 */
export function decodeProviders(list: Hex, count?: number): ProviderRecord[] {
  const view = viewOf(list, PROVIDER_BYTES, "provider list", count);
  checkCount(view.byteLength / PROVIDER_BYTES, false);
  return Array.from({ length: view.byteLength / PROVIDER_BYTES }, (_, i) => {
    const at = i * PROVIDER_BYTES;
    const address = getAddress(bytesToHex(new Uint8Array(view.buffer, view.byteOffset + at, 20)));
    return { address, weight: BigInt(view.getUint32(at + 20)) };
  });
}

/** What the pool refuses in a whole list, in words, or `null`: zero addresses or weights, any order but ascending. */
export function validateProviders(providers: readonly ProviderRecord[]): string | null {
  let last = 0n;
  for (const [i, { address, weight }] of providers.entries()) {
    const number = BigInt(address);
    if (number === 0n) return `provider ${i} has the zero address`;
    if (weight === 0n) return `provider ${i} (${address}) has no weight`;
    if (number === last) return `provider ${i} (${address}) is listed twice`;
    if (number < last) return `provider ${i} (${address}) is not in ascending order of addresses`;
    last = number;
  }
  return null;
}

function viewOf(hex: Hex, width: number, what: string, count?: number): DataView {
  if (!isHex(hex, { strict: true }) || hex.length % 2 !== 0)
    throw new RangeError(`${what} is not a string of hex bytes`);
  const length = (hex.length - 2) / 2;
  if (count !== undefined ? length !== count * width : length % width !== 0) {
    const expected = count === undefined ? `a multiple of ${width}` : `${count} records of ${width}`;
    throw new RangeError(`${what} has ${length} bytes; expected ${expected}`);
  }
  const bytes = hexToBytes(hex);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checkCount(count: number, metered: boolean): void {
  const limit = metered ? MAX_METERED_PROVIDERS : MAX_PROVIDERS;
  if (count > limit) throw new RangeError(`${count} records; a ${metered ? "metered " : ""}pool has at most ${limit}`);
}

function checkNumber(value: bigint, limit: bigint, what: string): void {
  if (value < 0n || value > limit) throw new RangeError(`${what} is ${value}; expected 0 to ${limit}`);
}

function toInteger(score: number, i: number): number {
  if (!Number.isInteger(score)) throw new RangeError(`score of record ${i} is ${score}; expected a whole number`);
  return score;
}
