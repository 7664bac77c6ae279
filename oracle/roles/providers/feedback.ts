import type { Hex } from "viem";
import type { PrivateParts } from "../../domain/audit/judgements.ts";
import { bundleSchema } from "../../domain/bundle.ts";
import { documentBytes, readDocument } from "../../domain/canonical.ts";
import { InputError } from "../../domain/errors.ts";
import { evidenceLeaf, type EvidenceItem } from "../../domain/evidence.ts";
import { sealedHash } from "../../domain/judgement/node-record.ts";
import { openRound, type OpenedRound } from "../../domain/judgement/opened-round.ts";
import { roundFeedback } from "../../domain/judgement/round-feedback.ts";
import type { UnitRecord } from "../../domain/judgement/record.ts";
import { PeerError, type BlobStore, type Peers, type RoundId, type Store } from "../../ports.ts";
import { heldBundles, readBundle } from "../../store/bundles.ts";
import { keptUnits, type Hiding } from "../../store/judgements.ts";

/** What telling providers needs. */
export interface FeedbackParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly peers: Pick<Peers, "privateItem">;
  readonly hiding: Hiding | null;
}

/** What a provider is told, as it is sent. */
export interface Told {
  /** Hash of the bundle it is from. */
  readonly bundle: Hex;
  /** Canonical JSON and a line break. */
  readonly bytes: Uint8Array;
  /** Whether it holds what is for the provider alone. */
  readonly own: boolean;
}

/** Feedback to providers on rounds this node holds a bundle of. */
export interface Feedback {
  /** Hash of the bundle that would be told from; `null` where there is none. */
  bundle(id: RoundId): Promise<Hex | null>;
  /**
   * @param account who asks, lower case: the provider itself is told more
   * @returns `null` where there is no bundle, no judged round, or no such provider
   */
  tell(id: RoundId, provider: string, account: Hex | null): Promise<Told | null>;
}

/** Rounds kept open, and answers for everybody kept: opening one reads all of a bundle. */
const [KEPT_ROUNDS, KEPT_ANSWERS] = [2, 500];
/** A provider's own private documents that are opened for it. */
const MOST_OWN = 20;

export function createFeedback({ store, blobs, peers, hiding }: FeedbackParts): Feedback {
  const rounds = new Map<Hex, OpenedRound | null>();
  const answers = new Map<string, Uint8Array>();
  let lane: Promise<unknown> = Promise.resolve();

  /** One after the other: whoever asks much keeps no more than one answer in the making. */
  function inLane<T>(work: () => Promise<T>): Promise<T> {
    const result = lane.then(work);
    lane = result.catch(() => undefined);
    return result;
  }

  async function roundOf(bundle: Hex): Promise<OpenedRound | null> {
    const known = rounds.get(bundle);
    if (known !== undefined) return known;
    const bytes = await readBundle(blobs, bundle);
    const opened = bytes === null ? null : opening(bundle, bytes);
    remember(rounds, bundle, opened, KEPT_ROUNDS);
    return opened;
  }

  async function forAll(bundle: Hex, round: OpenedRound, index: number): Promise<Uint8Array> {
    const key = `${bundle} ${index}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const bytes = documentBytes(await roundFeedback(round, index));
    remember(answers, key, bytes, KEPT_ANSWERS);
    return bytes;
  }

  async function forOwner(id: RoundId, round: OpenedRound, index: number, account: Hex): Promise<Uint8Array> {
    const given = await ownParts({ store, peers, hiding }, id, round, index, account);
    const opened = given.items.size === 0 ? round : openRound(round.bundle, given);
    return documentBytes(await roundFeedback(opened, index, { account }));
  }

  return {
    bundle: (id) => chosen(store, id),
    async tell(id, provider, account) {
      const bundle = await chosen(store, id);
      if (bundle === null) return null;
      return inLane(async () => {
        const round = await roundOf(bundle);
        const index = round?.bundle.spec.roster.findIndex((one) => one.id === provider) ?? -1;
        if (round === null || index < 0) return null;
        const own = account !== null && round.bundle.spec.roster[index]!.account === account;
        const bytes = own ? await forOwner(id, round, index, account) : await forAll(bundle, round, index);
        return { bundle, bytes, own };
      });
    },
  };
}

/** The least hash of those that leave nothing out, else of all; they differ in signatures and in whose reports they have. */
async function chosen(store: Store, id: RoundId): Promise<Hex | null> {
  const bundles = await heldBundles(store, id);
  return (bundles.find(({ whole }) => whole) ?? bundles[0])?.hash ?? null;
}

/** `null` where nothing of the round is judged. */
function opening(hash: Hex, bytes: Uint8Array): OpenedRound | null {
  try {
    return openRound(readDocument(`bundle ${hash}`, bytes, bundleSchema));
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** The provider's own private documents, and what this node's judges answered about them; as far as they can be had now. */
async function ownParts(
  { store, peers, hiding }: Pick<FeedbackParts, "store" | "peers" | "hiding">,
  id: RoundId,
  { bundle, hidden }: OpenedRound,
  index: number,
  account: Hex,
): Promise<PrivateParts> {
  const leaves = hidden.filter(({ provider, group }) => provider === index && group === "provider").slice(0, MOST_OWN);
  const items = new Map<Hex, EvidenceItem>();
  for (const { source } of leaves) {
    const item = await peers.privateItem(bundle.spec.oracle.intake, id, source).catch(unreachable);
    const held = item !== null && item !== "gone" && evidenceLeaf(item) === source && item.source === account;
    if (held) items.set(source, item);
  }
  const records = new Map<Hex, UnitRecord>();
  for (const record of items.size === 0 ? [] : (await keptUnits({ store, hiding }, id)).values()) {
    const item = items.get(record.source);
    if (item !== undefined) records.set(sealedHash(item.salt, record), record);
  }
  return { items, records };
}

function unreachable(error: unknown): null {
  if (error instanceof PeerError) return null;
  throw error;
}

function remember<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value, most: number): void {
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}
