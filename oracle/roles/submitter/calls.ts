import { encodeFunctionData, type Hex } from "viem";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import { encodeQuorumSignature } from "../../../contracts/protocol/typed-data.ts";
import type { Oracle } from "../../domain/signatures.ts";
import type { Range } from "./payouts.ts";
import type { ReadyAssessment } from "./ports.ts";
import type { Intent } from "./transaction.ts";

const abi = outcomePoolAbi;

/**
 * The call that assesses a round.
 * @param oracle the pool's, and its address
 * @throws RangeError where there are fewer signatures than the oracle's threshold
 */
export function assessIntent(
  pool: Hex,
  round: number,
  { evidenceRoot, scores, signatures }: ReadyAssessment,
  oracle: Oracle & { readonly address: Hex },
): Intent {
  const ours = signatures.filter(({ signer }) => oracle.signers.includes(signer.toLowerCase() as Hex));
  if (ours.length < oracle.threshold) {
    throw new RangeError(`${ours.length} signatures of the oracle's nodes; the threshold is ${oracle.threshold}`);
  }
  // An account is its own only signer and signs without a quorum's form.
  const single = oracle.signers.length === 1 && oracle.signers[0] === oracle.address;
  const signature = single ? ours[0]!.signature : encodeQuorumSignature(ours.slice(0, oracle.threshold));
  const args = [round, evidenceRoot, scores, signature] as const;
  return { id: `assess/${pool}/${round}`, to: pool, data: encodeFunctionData({ abi, functionName: "assess", args }) };
}

/** The call that pays providers of a range; `number` tells it from others for the same range. */
export function distributeIntent(pool: Hex, round: number, { from, count }: Range, number: number): Intent {
  const args = [round, BigInt(from), BigInt(count)] as const;
  const data = encodeFunctionData({ abi, functionName: "distribute", args });
  return { id: `distribute/${pool}/${round}/${number}/${from}-${count}`, to: pool, data };
}

/** The call that pays a round's fee. */
export function payFeeIntent(pool: Hex, round: number): Intent {
  const data = encodeFunctionData({ abi, functionName: "payFee", args: [round] });
  return { id: `fee/${pool}/${round}`, to: pool, data };
}
