import { z } from "zod";
import type { Address, Hex } from "viem";
import { packTerms, unpackTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import { InputError } from "../../domain/errors.ts";
import { addressSchema, bytes32Schema, hexSchema, uintSchema } from "../../domain/schema.ts";
import type { Oracle } from "../../domain/signatures.ts";
import type { Block, ChainReader, MadePool, Store } from "../../ports.ts";

/** A pool of the factory that this node has work with. */
export interface KnownPool {
  /** Lower case. */
  readonly pool: Hex;
  readonly terms: Terms;
  /** Block it was made in. */
  readonly block: bigint;
  readonly blockHash: Hex;
  /** Whether this node is of its oracle. */
  readonly signs: boolean;
}

const rowSchema = z.strictObject({
  terms: hexSchema,
  block: uintSchema.transform(BigInt),
  blockHash: bytes32Schema,
  signs: z.boolean(),
});

const prefix = (chainId: number): string => `pools/${chainId}/`;
const cursorKey = (chainId: number): string => `cursor/${chainId}/pools`;

/** Most blocks that are searched in one request and one batch of the store. */
const PIECE = 10_000n;

/** Pools that the watcher found for this node, in the order of their addresses. */
export interface KnownPools {
  list(): Promise<KnownPool[]>;
  get(pool: Address): Promise<KnownPool | null>;
}

export function knownPools(store: Pick<Store, "get" | "list">, chainId: number): KnownPools {
  return {
    async list() {
      const found: KnownPool[] = [];
      for (let after: string | undefined; ;) {
        const page = await store.list(prefix(chainId), after === undefined ? {} : { after });
        found.push(...page.map(({ key, value }) => poolOf(key.slice(prefix(chainId).length), value)));
        after = page.at(-1)?.key;
        if (after === undefined) return found;
      }
    },
    async get(pool) {
      const address = pool.toLowerCase();
      const text = await store.get(`${prefix(chainId)}${address}`);
      return text === null ? null : poolOf(address, text);
    },
  };
}

function poolOf(address: string, text: string): KnownPool {
  const { terms, ...rest } = rowSchema.parse(JSON.parse(text));
  return { pool: addressSchema.parse(address), terms: unpackTerms(terms), ...rest };
}

/** What finding pools needs of a chain. */
export interface SearchedChain extends Pick<ChainReader, "chainId"> {
  pools(from: bigint, to: bigint): Promise<(MadePool & { readonly blockHash: Hex })[]>;
  oracle(address: Address, block: Block): Promise<Oracle>;
}

/** What is searched for. */
export interface PoolSearch {
  readonly chain: SearchedChain;
  readonly store: Store;
  /** The node whose pools are kept, lower case. */
  readonly node: Hex;
  /** Whether pools of other oracles are kept too: an intake need not be of the oracle, and only the spec names it. */
  readonly others: boolean;
  /** First block to search, when nothing was searched before. */
  readonly fromBlock: bigint;
}

/**
 * Searches the blocks up to a final one that were not searched yet, and keeps the pools whose oracle the node belongs to, or all.
 * @returns the pools that were found now
 */
export async function searchPools(search: PoolSearch, finalized: Block): Promise<KnownPool[]> {
  const { chain, store, fromBlock } = search;
  const key = cursorKey(chain.chainId);
  const found: KnownPool[] = [];
  for (;;) {
    const text = await store.get(key);
    const from = text === null ? fromBlock : BigInt(text) + 1n;
    if (from > finalized.number) return found;
    const to = from + PIECE - 1n < finalized.number ? from + PIECE - 1n : finalized.number;
    const ours = await ownPools(search, await chain.pools(from, to), finalized);
    const rows = ours.map((one) => [`${prefix(chain.chainId)}${one.pool}`, rowText(one)] as const);
    // Where another process of the operator was first, it has kept the same.
    await store.commit({ expect: { [key]: text }, put: { [key]: String(to), ...Object.fromEntries(rows) } });
    found.push(...ours);
  }
}

async function ownPools(
  { chain, node, others }: PoolSearch,
  made: readonly (MadePool & { readonly blockHash: Hex })[],
  at: Block,
): Promise<KnownPool[]> {
  const ours: KnownPool[] = [];
  for (const { pool, terms, block, blockHash } of made) {
    const signs = (await signersOf(chain, terms.oracle, at)).includes(node);
    if (signs || others) ours.push({ pool, terms, block, blockHash, signs });
  }
  return ours;
}

/** None where the oracle is a contract that does not name them: strangers make such pools. */
async function signersOf(chain: SearchedChain, oracle: Address, at: Block): Promise<readonly Hex[]> {
  try {
    return (await chain.oracle(oracle, at)).signers;
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

function rowText({ terms, block, blockHash, signs }: KnownPool): string {
  return JSON.stringify({ terms: packTerms(terms), block: String(block), blockHash, signs });
}
