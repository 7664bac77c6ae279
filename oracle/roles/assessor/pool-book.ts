import { stringToBytes, type Hex } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import { canonicalJson } from "../../domain/canonical.ts";
import { oracleProblem, paymentProblem, rosterProblem } from "../../domain/fit.ts";
import { InputError } from "../../domain/errors.ts";
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

/**
 * How long a pool that was refused is refused again without a look at it, milliseconds: twice as long every time, up to the longest. Anyone
 * can make pools whose spec nobody has, or does not fit.
 */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;
const MOST_REFUSED = 10_000;

/** Why something is refused, and until when it is not looked at again. */
interface Refused {
  readonly refusal: Refusal;
  readonly pause: number;
  readonly until: number;
}

export function createPoolBook({ chain, store, blobs, peers, knows, clock }: PoolBookParts): PoolBook {
  const read = new Map<Hex, PoolFacts>();
  const opened = new Map<Hex, BookedPool>();
  const specs = new Map<Hex, OutcomeSpec>();
  /** By pool, and by hash of a spec that none of the peers had. */
  const refused = new Map<Hex, Refused>();

  /** Does what may be refused; for a while after it was, it is again at once. */
  async function unlessRefused<T>(key: Hex, work: () => Promise<T>): Promise<T> {
    const before = refused.get(key);
    if (before !== undefined && clock() < before.until) throw before.refusal;
    try {
      const found = await work();
      refused.delete(key);
      return found;
    } catch (error) {
      if (error instanceof Refusal) refuseFor(key, error, before);
      throw error;
    }
  }

  function refuseFor(key: Hex, refusal: Refusal, before: Refused | undefined): void {
    const pause = before === undefined ? FIRST_PAUSE_MS : Math.min(2 * before.pause, LONGEST_PAUSE_MS);
    if (refused.size >= MOST_REFUSED) refused.clear();
    refused.set(key, { refusal, pause, until: clock() + pause });
  }

  /** Terms and signers never change; the list of providers does until the notice, so it is read when it is held against the spec. */
  async function facts(pool: Hex): Promise<PoolFacts | null> {
    const known = read.get(pool);
    if (known !== undefined) return known;
    if (!(await knows(pool))) return null;
    return unlessRefused(pool, async () => {
      const found = await readPool(pool);
      read.set(pool, found);
      return found;
    });
  }

  async function readPool(pool: Hex): Promise<PoolFacts> {
    try {
      return await chain.poolFacts(pool, await chain.finalized());
    } catch (error) {
      if (error instanceof InputError) throw new Refusal("unusable-pool", error.message);
      throw error;
    }
  }

  async function findSpec(hash: Hex): Promise<OutcomeSpec> {
    const known = specs.get(hash);
    if (known !== undefined) return known;
    const kept = await readSpec({ store, blobs }, hash);
    const found = kept === null ? await unlessRefused(hash, () => askForSpec(hash)) : parseSpec(kept);
    specs.set(hash, found);
    return found;
  }

  async function askForSpec(hash: Hex): Promise<OutcomeSpec> {
    const spec = await Promise.any(peers.addresses.map((peer) => specOf(peer, hash))).catch(() => {
      throw noSpec(hash);
    });
    await keepSpec({ store, blobs }, hash, stringToBytes(canonicalJson(spec)));
    return spec;
  }

  /** Rejects where a peer does not have the spec, whatever it answers instead. */
  async function specOf(peer: Hex, hash: Hex): Promise<OutcomeSpec> {
    const spec = await peers.spec(peer, hash);
    if (spec === null || specHash(spec) !== hash) throw noSpec(hash);
    return spec;
  }

  return {
    facts,
    async peek(pool) {
      try {
        const found = await facts(pool);
        if (found === null) return null;
        return { terms: found.terms, spec: await findSpec(found.terms.specHash) };
      } catch (error) {
        if (error instanceof Refusal) return null;
        throw error;
      }
    },
    async open(pool) {
      const known = opened.get(pool);
      if (known !== undefined) return known;
      const first = await facts(pool);
      if (first === null) throw new Refusal("unknown-pool", `pool ${pool} is not known here`);
      const spec = await findSpec(first.terms.specHash);
      return unlessRefused(pool, async () => {
        const fresh = await readPool(pool);
        requireFits(spec, fresh);
        const { terms, oracle } = fresh;
        opened.set(pool, { terms, oracle, spec });
        return { terms, oracle, spec };
      });
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
