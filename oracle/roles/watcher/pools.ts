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

/** Most rows in one batch of the store, far below what it takes. */
const ROWS = 1_000;
/** How often endpoints may differ on an oracle's signers before it counts as one that does not name them. */
const MOST_DIFFERENCES = 30;

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
  /**
   * How often endpoints differed on oracles, from one search to the next: a contract can answer each of them something else, and
   * must not keep a node from going on.
   */
  readonly differences: Map<Hex, number>;
}

/**
 * Searches the blocks up to a final one that were not searched yet, and keeps the pools whose oracle the node belongs to, or all. What
 * strangers make is no reason to stop: a search fails only where endpoints do, and goes on in the same place.
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
    // Rows first: where the process ends in between, the same are found again. So does another process of the operator.
    for (let i = 0; i < rows.length; i += ROWS)
      await store.commit({ put: Object.fromEntries(rows.slice(i, i + ROWS)) });
    await store.commit({ expect: { [key]: text }, put: { [key]: String(to) } });
    found.push(...ours);
  }
}

async function ownPools(
  search: PoolSearch,
  made: readonly (MadePool & { readonly blockHash: Hex })[],
  at: Block,
): Promise<KnownPool[]> {
  const signers = await signersOfAll(search, new Set(made.map(({ terms }) => terms.oracle)), at);
  return made
    .map(({ pool, terms, block, blockHash }) => {
      const signs = signers.get(terms.oracle)!.includes(search.node);
      return { pool, terms, block, blockHash, signs };
    })
    .filter(({ signs }) => signs || search.others);
}

/** Asks for all oracles before it fails for one, so that however many there are endpoints differ on, it fails only so often. */
async function signersOfAll(
  search: PoolSearch,
  oracles: ReadonlySet<Address>,
  at: Block,
): Promise<Map<Address, readonly Hex[]>> {
  const all = new Map<Address, readonly Hex[]>();
  let difference: Error | null = null;
  for (const oracle of oracles) {
    try {
      all.set(oracle, await signersOf(search, oracle, at));
    } catch (error) {
      if (!isDifference(error)) throw error;
      difference = error;
    }
  }
  if (difference !== null) throw difference;
  return all;
}

/** None where the oracle is a contract that does not name them, or never the same: strangers make such pools. */
async function signersOf({ chain, differences }: PoolSearch, oracle: Address, at: Block): Promise<readonly Hex[]> {
  const key = oracle.toLowerCase() as Hex;
  const times = differences.get(key) ?? 0;
  if (times >= MOST_DIFFERENCES) return [];
  try {
    return (await chain.oracle(oracle, at)).signers;
  } catch (error) {
    if (error instanceof InputError) return [];
    if (isDifference(error)) differences.set(key, times + 1);
    throw error;
  }
}

/** By the name and reason that adapters give it; they are not imported here. */
function isDifference(error: unknown): error is Error {
  return error instanceof Error && error.name === "EndpointsError" && "reason" in error && error.reason === "disagree";
}

function rowText({ terms, block, blockHash, signs }: KnownPool): string {
  return JSON.stringify({ terms: packTerms(terms), block: String(block), blockHash, signs });
}
