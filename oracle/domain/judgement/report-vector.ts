import { bytesToHex, concat, hexToBytes, sliceHex, type Hex } from "viem";
import { decodeClaims, encodeClaims } from "./claims.ts";
import type { Estimate } from "./group.ts";

/** What a node says of a judged round. */
export interface JudgedReport {
  /** For each provider all cells, provider by provider. */
  readonly estimates: readonly Estimate[];
  /** Units delivered, for each provider; `null` in a pool that is not metered. */
  readonly units: readonly number[] | null;
  /** Hash of the node's judgement record, which shows how the estimates came about. */
  readonly record: Hex;
}

/** How many numbers such a report has. */
export interface ReportShape {
  readonly providers: number;
  /** Of one provider. */
  readonly cells: number;
  readonly metered: boolean;
}

const CLAIM_BYTES = 6;
const UNIT_BYTES = 4;
const HASH_BYTES = 32;
const MAX_UNIT = 0xffffffff;

/** Bytes of a report of that shape. */
export function reportBytes({ providers, cells, metered }: ReportShape): number {
  return providers * (cells * CLAIM_BYTES + (metered ? UNIT_BYTES : 0)) + HASH_BYTES;
}

/**
 * A report as it is signed: the claims, six bytes each, then units, a `uint32` each where the pool is metered, then the hash of the
 * record; big-endian.
 * @throws RangeError where a number does not fit
 */
export function encodeReport({ estimates, units, record }: JudgedReport): Hex {
  return concat([encodeClaims(estimates), encodeUnits(units ?? []), record]);
}

/** @throws RangeError where it is not of the shape, or a number is none */
export function decodeReport(vector: Hex, shape: ReportShape): JudgedReport {
  const bytes = (vector.length - 2) / 2;
  if (bytes !== reportBytes(shape)) throw new RangeError(`a report of ${bytes} bytes, not ${reportBytes(shape)}`);
  const claims = shape.providers * shape.cells;
  const unitsAt = claims * CLAIM_BYTES;
  const recordAt = bytes - HASH_BYTES;
  return {
    estimates: decodeClaims(sliceHex(vector, 0, unitsAt), claims),
    units: shape.metered ? decodeUnits(sliceHex(vector, unitsAt, recordAt)) : null,
    record: sliceHex(vector, recordAt),
  };
}

function encodeUnits(units: readonly number[]): Hex {
  const bytes = new Uint8Array(units.length * UNIT_BYTES);
  const view = new DataView(bytes.buffer);
  units.forEach((unit, i) => {
    if (!Number.isInteger(unit) || unit < 0 || unit > MAX_UNIT) throw new RangeError(`units of provider ${i}: ${unit}`);
    view.setUint32(i * UNIT_BYTES, unit);
  });
  return bytesToHex(bytes);
}

function decodeUnits(text: Hex): number[] {
  const bytes = hexToBytes(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / UNIT_BYTES }, (_, i) => view.getUint32(i * UNIT_BYTES));
}
