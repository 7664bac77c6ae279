import { type Address, type Hex, type PublicClient } from "viem";
import { outcomePoolFactoryAbi } from "../../../contracts/protocol/generated/abi.ts";
import { unpackTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import type { MadePool } from "../../ports.ts";
import { lower } from "./pool-reader.ts";
import { inRange } from "./ranges.ts";

/** A pool of the factory, with the block it was made in. */
export interface MadePoolIn extends MadePool {
  readonly blockHash: Hex;
}

/**
 * Pools a factory made in these blocks, both inclusive, oldest first. Left out are pools whose terms nobody can read, such as those
 * with a URI that is no text: strangers can make them.
 */
export async function readMadePools(
  client: PublicClient,
  factory: Address,
  from: bigint,
  to: bigint,
): Promise<MadePoolIn[]> {
  if (from > to) return [];
  const logs = await inRange(from, to, (range) =>
    client.getContractEvents({
      address: factory,
      abi: outcomePoolFactoryAbi,
      eventName: "PoolCreated",
      strict: true,
      ...range,
    }),
  );
  return logs.flatMap(({ args, blockNumber, blockHash }) => {
    const terms = readable(args.terms);
    return terms === null ? [] : [{ pool: lower(args.pool), terms, block: blockNumber, blockHash }];
  });
}

function readable(packed: Hex): Terms | null {
  try {
    return unpackTerms(packed);
  } catch {
    return null;
  }
}
