import { encodeAbiParameters, keccak256, parseAbiParameters, type Hex } from "viem";

const TURN = parseAbiParameters("address, uint32");

/**
 * A node's turn in what one node does for all, from 0: nodes ascending, rotated by keccak256 of pool and round, so that the work is
 * spread over them and all agree whose turn it is.
 * @param nodes of the oracle, in any order
 * @throws RangeError where the node is not one of them
 */
export function turnOf(node: Hex, nodes: readonly Hex[], pool: Hex, round: number): number {
  const place = [...nodes].sort().indexOf(node);
  if (place < 0) throw new RangeError(`${node} is no node of the oracle`);
  const first = Number(BigInt(keccak256(encodeAbiParameters(TURN, [pool, round]))) % BigInt(nodes.length));
  return (place - first + nodes.length) % nodes.length;
}
