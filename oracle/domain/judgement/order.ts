import { concat, numberToBytes, stringToBytes, toBytes, type Hex } from "viem";
import { viemKeccak, type Keccak } from "../keccak.ts";

/** Puts things into an order that follows from a seed. */
export type Shuffle = <Thing>(things: readonly Thing[]) => Thing[];

/** Bytes of a number that is drawn, and numbers in one hash. */
const [BYTES, DRAWS] = [6, 5];

/**
 * Shuffles after one another, each different, all from one seed: by Fisher and Yates (Durstenfeld 1964), with numbers of six bytes
 * from keccak256(seed, label, count) taken modulo the bound; their bias is below 2^-40.
 * @param label what the orders are for: other labels give other orders
 */
export function shuffleFrom(seed: Hex, label: string, keccak: Keccak = viemKeccak): Shuffle {
  const start = concat([toBytes(seed), stringToBytes(label)]);
  let [count, digest]: [number, Uint8Array] = [0, new Uint8Array()];
  const below = (bound: number): number => {
    const place = count % DRAWS;
    if (place === 0) digest = keccak(concat([start, numberToBytes(count / DRAWS, { size: 4 })]));
    count += 1;
    const drawn = digest.slice(place * BYTES, (place + 1) * BYTES);
    return drawn.reduce((sum, byte) => sum * 256 + byte, 0) % bound;
  };
  return (things) => {
    const shuffled = [...things];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  };
}
