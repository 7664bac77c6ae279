import type { Address, Hex } from "viem";
import type { RoundState } from "../contracts/protocol/clock.ts";
import type { Terms } from "../contracts/protocol/terms.ts";
import type { PrimaryType, TypedData } from "../contracts/protocol/typed-data.ts";
import type { ChainExport } from "./domain/chain-export.ts";
import type { EvidenceItem } from "./domain/evidence.ts";
import type { Frozen } from "./domain/frozen.ts";
import type { Envelope } from "./domain/round/envelope.ts";
import type { Oracle } from "./domain/signatures.ts";
import type { OutcomeSpec } from "./domain/spec.ts";

/** A round, by what makes it one of its kind in the world. */
export interface RoundId {
  readonly chainId: number;
  /** Lower case. */
  readonly pool: Hex;
  readonly round: number;
}

/** A block, as far as anything here depends on it. */
export interface Block {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** Block time, seconds. */
  readonly time: number;
}

/** A pool of the factory. */
export interface MadePool {
  /** Lower case. */
  readonly pool: Hex;
  readonly terms: Terms;
  /** Block it was made in. */
  readonly block: bigint;
}

/** What a node needs to know of a pool before it works for it; read from the chain, never from a message. */
export interface PoolFacts {
  readonly chainId: number;
  readonly terms: Terms;
  /** Records of the providers, 24 bytes each, in their order. */
  readonly providers: Hex;
  /** Accounts that make up the pool's oracle, lower case. */
  readonly oracle: Oracle;
}

/** What a node needs to know of a round. */
export interface RoundFacts {
  readonly state: RoundState;
  /** When it leaves that state if nobody acts, seconds; `null` where the state is final. */
  readonly deadline: number | null;
  readonly funded: bigint;
  /** Root and scores' root of the vector that counts; zero where none does. */
  readonly evidenceRoot: Hex;
  readonly fee: bigint;
  readonly feePaid: boolean;
}

/** What a provider is owed for a settled round. */
export interface OwedPayout {
  readonly index: number;
  readonly amount: bigint;
  readonly claimed: boolean;
}

/**
 * A chain as enough of its endpoints agree it is. Every answer is of one block, named by number and hash.
 * @throws EndpointsError where too few endpoints answer or agree; nothing may be signed on what one endpoint alone says
 */
export interface ChainReader {
  readonly chainId: number;
  /** The newest block that can no longer be reorganised away, by the node's finality setting. */
  finalized(): Promise<Block>;
  /** The newest block. Good for watching and for sending, never for signing. */
  latest(): Promise<Block>;
  /** Pools the factory made in these blocks, both inclusive, oldest first. */
  pools(from: bigint, to: bigint): Promise<MadePool[]>;
  /** @throws InputError where there is no pool, or its oracle does not name its signers */
  poolFacts(pool: Address, at: Block): Promise<PoolFacts>;
  roundFacts(pool: Address, round: number, at: Block): Promise<RoundFacts>;
  /** Payouts of a settled round to providers of these indices. */
  payouts(pool: Address, round: number, from: number, count: number, at: Block): Promise<OwedPayout[]>;
  /** Everything the chain says of a pool, at a block. */
  exportPool(pool: Address, factory: Address, block: bigint): Promise<ChainExport>;
  /** ERC-1271 as well as ECDSA: whether an account signed a message of EIP-191. */
  signedBy(account: Address, message: string, signature: Hex): Promise<boolean>;
}

/** Signs what nodes sign. */
export interface NodeSigner {
  /** Lower case. */
  readonly address: Hex;
  sign<Name extends PrimaryType>(data: TypedData<Name>): Promise<Hex>;
  /** Signs a text as EIP-191 has it. Only what this program wrote itself: a sign-in, never what somebody else says. */
  signMessage(text: string): Promise<Hex>;
}

/** A key and its value in a store. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Changes to a store that are made together or not at all. */
export interface Batch {
  /** What must stand under these keys now, `null` for nothing; where one of them does not hold, nothing is changed. */
  readonly expect?: Readonly<Record<string, string | null>>;
  /** What shall stand under these keys; `null` removes. */
  readonly put?: Readonly<Record<string, string | null>>;
  /** Values for the next places of a log: under `<log>/<place in 16 digits>`, places counted from 1 without a gap. */
  readonly append?: readonly { readonly log: string; readonly value: string }[];
}

/** How a batch ended: places of what was appended, in their order; or a condition that does not hold. */
export type Committed = { readonly ok: true; readonly places: readonly number[] } | { readonly ok: false };

/** What part of a store is listed. */
export interface Listing {
  /** Only keys after this one in the order listed. */
  readonly after?: string;
  /** At most so many entries, 1 to 10,000; 1,000 where not given. */
  readonly limit?: number;
  /** Greatest key first. */
  readonly reverse?: boolean;
}

/**
 * A node's memory: text by key, in one order of keys (by bytes), changed by atomic batches. A key is made of one or more segments
 * of letters, digits and `._:-` joined by `/`, at most 512 characters; a value is text of at most 8 MiB in UTF-8, a batch at most
 * 10,000 conditions and changes. How many places a log has stands under `logs/<log>`.
 * @throws InputError for a key, value, limit or batch that breaks these rules
 * @throws StoreUnavailable where it cannot be read, or a batch is not known to be durable (it may or may not have been made)
 */
export interface Store {
  get(key: string): Promise<string | null>;
  /** In the order of the keys asked for. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  /** Entries whose key begins with the prefix, in the order of keys. */
  list(prefix: string, listing?: Listing): Promise<Entry[]>;
  /**
   * Resolves once the changes would survive the loss of power, and, where the store is replicated, of its first machine. That a
   * condition does not hold is as durable: a batch of conditions alone makes sure of what a reading has found.
   */
  commit(batch: Batch): Promise<Committed>;
  /** Rejects where the store could not take a write now. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot be reached, is full, or is read-only. Try again later; never take it for an empty store. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/**
 * Large things by key. Durable once `put` resolves; the same key is only ever written with the same bytes. Keys have the form of a
 * store's, but at most 240 characters and no segment `.` or `..`.
 */
export interface BlobStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | null>;
  /** Resolves as well where there is nothing. */
  remove(key: string): Promise<void>;
  /** Keys that begin with the prefix, for backups. */
  keys(prefix: string): AsyncIterable<string>;
  /** Rejects with `StoreUnavailable` where it could not take a write now. */
  probe(): Promise<void>;
}

/** Work that is done at least once. */
export interface Job {
  /** What kind of work. */
  readonly kind: string;
  /** While a job of this kind and id waits or runs, adding it again changes nothing. */
  readonly id: string;
  /** JSON. */
  readonly data: unknown;
  /** Not before this time, Unix milliseconds; at once where not given. */
  readonly notBefore?: number;
}

/** What becomes of jobs that a handler rejects: again after a growing delay, up to so many attempts, then kept as failed. */
export interface WorkOptions {
  readonly concurrency: number;
  readonly attempts: number;
}

/** Jobs of all processes of an operator. A job may run twice, so handlers must bear it: the store's conditions are the fence. */
export interface Queue {
  add(job: Job): Promise<void>;
  /** Handles jobs of a kind in this process until the queue is closed. */
  work(kind: string, handle: (data: unknown, id: string) => Promise<void>, options: WorkOptions): void;
  /** How many jobs of each kind wait, run and have failed. */
  counts(): Promise<readonly { kind: string; waiting: number; active: number; failed: number }[]>;
  /** Takes no further job and resolves when those under way have ended. */
  close(): Promise<void>;
}

/** Writes what happens. Fields are censored by the settings table; no text of others is part of the message. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/**
 * Other nodes, by address. Each is asked over HTTP; what it answers has the right form and is otherwise not believed.
 * @throws PeerError where it does not answer, or not in the right form
 */
export interface Peers {
  /** Those this node can reach, itself left out. */
  readonly addresses: readonly Hex[];
  send(to: Hex, envelope: Envelope): Promise<void>;
  /** All messages of a round that it has taken. */
  messages(from: Hex, id: RoundId): Promise<Envelope[]>;
  /** The round's evidence as the intake closed it; `null` where it has not yet. */
  frozen(intake: Hex, id: RoundId): Promise<Frozen | null>;
  /** An open item of evidence; `null` where there is none. */
  item(intake: Hex, id: RoundId, leaf: Hex): Promise<EvidenceItem | null>;
  /** A private item, asked for in this node's name; `null` where there is none, `gone` where it was erased. */
  privateItem(intake: Hex, id: RoundId, leaf: Hex): Promise<EvidenceItem | "gone" | null>;
  /** Whether a private item is still there, asked for in this node's name; `null` where there never was one. */
  holds(intake: Hex, id: RoundId, leaf: Hex): Promise<"held" | "gone" | null>;
  /** The outcome spec of that hash; `null` where it has none. */
  spec(from: Hex, hash: Hex): Promise<OutcomeSpec | null>;
  /** The bytes of the bundle of that hash; `null` where it has none. */
  bundle(from: Hex, hash: Hex): Promise<Uint8Array | null>;
  /** The bytes of the judgement record of that hash; `null` where it has none. */
  judgement(from: Hex, hash: Hex): Promise<Uint8Array | null>;
}

/** Another node does not answer as it should. The reason is a stable name; nothing of its answer is in the message. */
export class PeerError extends Error {
  override readonly name = "PeerError";
  readonly reason: "unknown" | "unreachable" | "refused" | "malformed";

  constructor(reason: PeerError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Wall-clock time in milliseconds. For time-outs and sign-in; what a round allows is decided by block time alone. */
export type Clock = () => number;
