import type { Address, Hex } from "viem";
import type { Terms } from "../contracts/protocol/terms.ts";
import type { PrimaryType, TypedData } from "../contracts/protocol/typed-data.ts";
import type { ChainExport } from "./domain/chain-export.ts";
import type { Oracle } from "./domain/signatures.ts";

/** What a node needs to know of a pool before it works for it; read from the chain, never from a message. */
export interface PoolFacts {
  readonly chainId: number;
  readonly terms: Terms;
  /** Records of the providers, 24 bytes each, in their order. */
  readonly providers: Hex;
  /** Accounts that make up the pool's oracle, lower case. */
  readonly oracle: Oracle;
  /** Whether the round can be assessed now. */
  readonly assessable: boolean;
}

/** Reads a chain. */
export interface ChainReader {
  /** @throws where the pool or the round does not exist or the endpoint does not answer */
  poolFacts(pool: Address, round: number): Promise<PoolFacts>;
  /** Everything the chain says of a pool, at a block. */
  exportPool(pool: Address, factory: Address, block: bigint): Promise<ChainExport>;
}

/** Holds a node's key. */
export interface NodeSigner {
  readonly address: Hex;
  sign<Name extends PrimaryType>(data: TypedData<Name>): Promise<Hex>;
}
