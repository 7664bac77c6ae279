import fc from "fast-check";
import { getAddress, toHex, type Address, type Hex } from "viem";
import type { Knot } from "../../contracts/protocol/curve.ts";

/** A run is the same every time: a failure names its seed and path anyway. */
export const SEED = 20_260_701;

export const bytesOf = (length: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toHex(bytes));

export const bytesUpTo = (maxLength: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ maxLength }).map((bytes) => toHex(bytes));

/** Any address above the precompiles. */
export const addresses: fc.Arbitrary<Address> = fc
  .bigInt({ min: 2n ** 32n, max: 2n ** 160n - 1n })
  .map((n) => getAddress(`0x${n.toString(16).padStart(40, "0")}`));

export const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

export const uintNumber = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });

/** Amounts of every size, so that rounding shows: from single units to 2^100. */
export const amounts: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 1n, max: 50n }),
  fc.bigInt({ min: 1n, max: 10n ** 12n }),
  fc.bigInt({ min: 1n, max: 2n ** 100n }),
);

/** Curves the factory takes: 0 to 8 knots, both coordinates non-decreasing, with steps, flats and repeated knots. */
export const curves: fc.Arbitrary<Knot[]> = fc
  .array(fc.tuple(coordinate(), coordinate()), { maxLength: 8 })
  .map((pairs) => {
    const xs = pairs.map(([x]) => x).sort((a, b) => a - b);
    const ys = pairs.map(([, y]) => y).sort((a, b) => a - b);
    return xs.map((x, i) => ({ x, y: ys[i]! }));
  });

function coordinate(): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(0, 2_500, 5_000, 10_000));
}
