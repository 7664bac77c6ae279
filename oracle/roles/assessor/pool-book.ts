import { stringToBytes, type Hex } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import { canonicalJson } from "../../domain/canonical.ts";
import { oracleProblem, paymentProblem, rosterProblem } from "../../domain/fit.ts";
import type { Oracle } from "../../domain/signatures.ts";
import { outcomeSpecSchema, specHash, type OutcomeSpec } from "../../domain/spec.ts";
import type { BlobStore, ChainReader, Clock, Peers, PoolFacts, Store } from "../../ports.ts";
import { keepSpec, readSpec } from "../../store/specs.ts";
import { Refusal } from "../refusal.ts";

/** A pool a node works for. */
export interface BookedPool {
  readonly terms: Terms;
  readonly oracle: Oracle;
  readonly spec: OutcomeSpec;
}

/** Pools by address, each read from the chain once and held against its spec. */
export interface PoolBook {
  /** Who signs for a pool and by what terms; `null` for a pool this node does not know. */
  facts(pool: Hex): Promise<Pick<PoolFacts, "terms" | "oracle"> | null>;
  /** Terms and outcome spec of a pool as soon as both are here, not yet held against each other beyond the hash; else `null`. */
  peek(pool: Hex): Promise<Pick<BookedPool, "terms" | "spec"> | null>;
  /**
   * The pool with its outcome spec.
   * @throws Refusal where no spec can be found, or it does not say of the pool what the pool is
   */
  open(pool: Hex): Promise<BookedPool>;
}

/** What a pool book is made of. */
export interface PoolBookParts {
  readonly chain: ChainReader;
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly peers: Peers;
  /** Whether the watcher has found the pool. */
  readonly knows: (pool: Hex) => Promise<boolean>;
  readonly clock: Clock;
}

/** How long peers that did not have a spec are left alone with it, milliseconds; anyone can make pools whose spec nobody has. */
const ASK_AGAIN_MS = 2_000;
const MOST_ASKED = 10_000;

export function createPoolBook({ chain, store, blobs, peers, knows, clock }: PoolBookParts): PoolBook {
  const read = new Map<Hex, PoolFacts>();
  const opened = new Map<Hex, BookedPool>();
  const specs = new Map<Hex, OutcomeSpec>();
  /** When the peers were last asked for a spec that none of them had. */
  const asked = new Map<Hex, number>();

  /** Terms and signers never change; the list of providers does until the notice, so it is read when it is held against the spec. */
  async function facts(pool: Hex): Promise<PoolFacts | null> {
    const known = read.get(pool);
    if (known !== undefined) return known;
    if (!(await knows(pool))) return null;
    const found = await chain.poolFacts(pool, await chain.finalized());
    read.set(pool, found);
    return found;
  }

  async function findSpec(hash: Hex): Promise<OutcomeSpec> {
    const known = specs.get(hash);
    if (known !== undefined) return known;
    const kept = await readSpec({ store, blobs }, hash);
    const found = kept === null ? await askForSpec(hash) : parseSpec(kept);
    specs.set(hash, found);
    return found;
  }

  async function askForSpec(hash: Hex): Promise<OutcomeSpec> {
    if ((asked.get(hash) ?? -Infinity) > clock() - ASK_AGAIN_MS) throw noSpec(hash);
    if (asked.size > MOST_ASKED) asked.clear();
    asked.set(hash, clock());
    for (const peer of peers.addresses) {
      const spec = await peers.spec(peer, hash).catch(() => null);
      if (spec === null || specHash(spec) !== hash) continue;
      await keepSpec({ store, blobs }, hash, stringToBytes(canonicalJson(spec)));
      return spec;
    }
    throw noSpec(hash);
  }

  return {
    facts,
    async peek(pool) {
      const found = await facts(pool);
      if (found === null) return null;
      const { terms } = found;
      const spec = await findSpec(terms.specHash).catch((error: unknown) => {
        if (error instanceof Refusal) return null;
        throw error;
      });
      return spec === null ? null : { terms, spec };
    },
    async open(pool) {
      const known = opened.get(pool);
      if (known !== undefined) return known;
      if (!(await knows(pool))) throw new Refusal("unknown-pool", `pool ${pool} is not known here`);
      const fresh = await chain.poolFacts(pool, await chain.finalized());
      const { terms, oracle } = fresh;
      const spec = await findSpec(terms.specHash);
      requireFits(spec, fresh);
      opened.set(pool, { terms, oracle, spec });
      return { terms, oracle, spec };
    },
  };
}

function noSpec(hash: Hex): Refusal {
  return new Refusal("no-spec", `no node has the outcome spec ${hash}`);
}

function parseSpec(bytes: Uint8Array): OutcomeSpec {
  return outcomeSpecSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** The spec says of the pool what it is: whoever made the pool could have chosen otherwise. */
export function requireFits(spec: OutcomeSpec, { terms, oracle, providers }: PoolFacts): void {
  const hash = specHash(spec);
  if (hash !== terms.specHash)
    throw new Refusal("other-spec", `the pool was made for spec ${terms.specHash}, not ${hash}`);
  refuse("other-payment", "payment rule", paymentProblem(spec, terms));
  refuse("other-oracle", "oracle", oracleProblem(spec, oracle));
  refuse("other-roster", "roster", rosterProblem(spec, providers));
}

function refuse(reason: string, what: string, problem: string | null): void {
  if (problem !== null) throw new Refusal(reason, `the pool's ${what} is not the spec's: ${problem}`);
}
