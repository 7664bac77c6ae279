import {
  bytesToHex,
  domainSeparator,
  hexToBytes,
  isAddress,
  isHex,
  keccak256,
  stringToBytes,
  type Hex,
  type TypedDataDomain,
} from "viem";
import { digestOf, TYPES, type PrimaryType, type TypedData } from "../../contracts/protocol/typed-data.ts";

/** Keccak-256 of bytes. */
export type Keccak = (bytes: Uint8Array) => Uint8Array;

const viemKeccak: Keccak = (bytes) => keccak256(bytes, "bytes");

/** Writes a value of one field into the first 32 bytes of what is given: all it takes in a struct's encoding. */
type Write = (value: unknown, into: Uint8Array, keccak: Keccak) => void;

interface Encoder {
  readonly typeHash: Uint8Array;
  readonly fields: readonly { readonly name: string; readonly write: Write }[];
}

const WORD = 32;

const HEX = /^0x(?:[0-9a-fA-F]{2})*$/;

/** Encoders by name; `null` where a field is of a type they do not cover. */
const encoders = new Map<string, Encoder | null>();

/** Domain separators by the domain's values; a node works in one domain per pool. */
const separators = new Map<string, Uint8Array>();
const MOST_SEPARATORS = 1024;

/**
 * EIP-712 digest of typed data, equal to `digestOf`, without its generic encoder: type hashes and domain separators are computed once.
 * Types with arrays or structs go to `digestOf`.
 * @param keccak one that is faster than viem's, where there is one
 * @throws viem's errors where a value does not fit its type, as `digestOf`
 */
export function fastDigest<N extends PrimaryType>(data: TypedData<N>, keccak: Keccak = viemKeccak): Hex {
  const encoder = encoderOf(data.primaryType);
  if (encoder === null) return digestOf(data);
  const struct = new Uint8Array(WORD * (encoder.fields.length + 1));
  struct.set(encoder.typeHash);
  try {
    encoder.fields.forEach(({ name, write }, i) => {
      write((data.message as Record<string, unknown>)[name], struct.subarray(WORD * (i + 1)), keccak);
    });
  } catch (error) {
    if (error instanceof Unfit) return digestOf(data);
    throw error;
  }
  const whole = new Uint8Array(2 + 2 * WORD);
  whole.set([0x19, 0x01]);
  whole.set(separatorOf(data.domain), 2);
  whole.set(keccak(struct), 2 + WORD);
  return bytesToHex(keccak(whole));
}

/** Whether typed data that may be anyone's is one of ours, type by type, and so may go to `fastDigest`. */
export function isHot(data: { readonly primaryType: string; readonly types: object }): boolean {
  const { primaryType, types } = data;
  if (!Object.hasOwn(TYPES, primaryType)) return false;
  return (types as Record<string, unknown>)[primaryType] === TYPES[primaryType as PrimaryType];
}

/** A value that is not written here: whoever is slower and more thorough says what is wrong with it. */
class Unfit extends Error {}

function encoderOf(name: PrimaryType): Encoder | null {
  const known = encoders.get(name);
  if (known !== undefined) return known;
  const made = makeEncoder(name);
  encoders.set(name, made);
  return made;
}

function makeEncoder(primaryType: PrimaryType): Encoder | null {
  const fields: { name: string; write: Write }[] = [];
  for (const { name, type } of TYPES[primaryType] as readonly { name: string; type: string }[]) {
    const write = writerOf(type);
    if (write === null) return null;
    fields.push({ name, write });
  }
  const members = TYPES[primaryType].map(({ name, type }) => `${type} ${name}`);
  return { typeHash: keccak256(stringToBytes(`${primaryType}(${members.join(",")})`), "bytes"), fields };
}

function writerOf(type: string): Write | null {
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits !== undefined) return uintWriter(2n ** BigInt(bits));
  switch (type) {
    case "bytes32":
      return (value, into) => into.set(bytesOf(value, WORD));
    case "address":
      return (value, into) => {
        if (typeof value !== "string" || !isAddress(value)) throw new Unfit();
        into.set(bytesOf(value, 20), 12);
      };
    case "bytes":
      return (value, into, keccak) => into.set(keccak(bytesOf(value)));
    case "string":
      return (value, into, keccak) => {
        if (typeof value !== "string") throw new Unfit();
        into.set(keccak(stringToBytes(value)));
      };
    default:
      return null;
  }
}

function uintWriter(limit: bigint): Write {
  return (value, into) => {
    const whole = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
    if (!whole || value < 0 || value >= limit) throw new Unfit();
    let rest = BigInt(value);
    for (let at = WORD - 1; rest > 0n; at--, rest >>= 8n) into[at] = Number(rest & 0xffn);
  };
}

/** The bytes of a text of hex; of a certain number where it is given. */
function bytesOf(value: unknown, length?: number): Uint8Array {
  if (!isHex(value, { strict: true }) || !HEX.test(value)) throw new Unfit();
  const bytes = hexToBytes(value);
  if (length !== undefined && bytes.length !== length) throw new Unfit();
  return bytes;
}

function separatorOf(domain: TypedDataDomain): Uint8Array {
  const { name, version, chainId, verifyingContract, salt } = domain;
  const key = JSON.stringify([name, version, String(chainId), verifyingContract, salt]);
  const known = separators.get(key);
  if (known !== undefined) return known;
  const separator = hexToBytes(domainSeparator({ domain }));
  if (separators.size >= MOST_SEPARATORS) separators.clear();
  separators.set(key, separator);
  return separator;
}
