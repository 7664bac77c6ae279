import { encodePacked, keccak256, type Hex } from "viem";

/**
 * Whose turn it is to send something of a round, in order: the signers ascending, turned by keccak256(pool, round) so that all of them
 * bear the cost alike.
 * @param signers accounts of the pool's oracle, lower case
 */
export function turnOrder(signers: readonly Hex[], pool: Hex, round: number): Hex[] {
  const sorted = [...signers].sort((a, b) => (a < b ? -1 : 1));
  const first = Number(BigInt(keccak256(encodePacked(["address", "uint32"], [pool, round]))) % BigInt(sorted.length));
  return [...sorted.slice(first), ...sorted.slice(0, first)];
}

/**
 * Block time from which a signer may send: the k-th in the order waits k times the handover, seconds. `null` for who is none of them.
 * The turns do not end: who comes later takes over from those that are silent.
 */
export function turnFrom(order: readonly Hex[], signer: Hex, since: number, handoverSeconds: number): number | null {
  const place = order.indexOf(signer);
  return place < 0 ? null : since + place * handoverSeconds;
}
