import { keccak256, stringToBytes, type Hex } from "viem";
import { documentBytes } from "../domain/canonical.ts";
import { recordHash, type NodeRecord } from "../domain/judgement/node-record.ts";
import { unitRecordSchema, type UnitRecord } from "../domain/judgement/record.ts";
import type { BlobStore, Entry, Store } from "../ports.ts";
import { roundKey, type RoundId } from "./rounds.ts";

/** Hides what is private in a store, bound to where it is kept; `null` where a node has no key for it, and keeps nothing private. */
export interface Hiding {
  hide(bytes: Uint8Array, place: string): Uint8Array;
  /** @throws Error where it was changed, belongs elsewhere or is under another key */
  reveal(hidden: Uint8Array, place: string): Uint8Array;
}

/** A unit of a judge within a round. */
export interface UnitPlace {
  readonly family: string;
  /** Its key within the round, which begins with its source. */
  readonly unit: string;
}

/** Keeps a node's judgement record under its hash. */
export async function keepRecord(blobs: BlobStore, record: NodeRecord): Promise<Hex> {
  const hash = recordHash(record);
  await blobs.put(recordKey(hash), documentBytes(record));
  return hash;
}

/** The bytes of a judgement record: its canonical JSON and a line break; `null` where it is not here. */
export function readRecord(blobs: BlobStore, hash: Hex): Promise<Uint8Array | null> {
  return blobs.get(recordKey(hash));
}

/**
 * Keeps what a model answered about a unit, so that a node that starts again asks nothing twice. What is private is kept hidden, and
 * by a node without a key for that not at all.
 */
export async function keepUnit(
  { store, hiding }: UnitStore,
  id: RoundId,
  { family, unit, hidden }: UnitPlace & { readonly hidden: boolean },
  record: UnitRecord,
): Promise<void> {
  const key = `${unitsKey(id)}/${unitName({ family, unit })}`;
  const text = JSON.stringify(record);
  if (!hidden) {
    await store.commit({ put: { [key]: text } });
  } else if (hiding !== null) {
    const value = HIDDEN + Buffer.from(hiding.hide(Buffer.from(text), key)).toString("base64");
    // So that the rounds in which something may have to be forgotten are found without looking at all.
    await store.commit({ put: { [key]: value, [hiddenRoundKey(id)]: "" } });
  }
}

/** Where a node keeps what models answered. */
export interface UnitStore {
  readonly store: Store;
  readonly hiding: Hiding | null;
}

/** All units of a round that were kept, by their `unitName`. */
export async function keptUnits({ store, hiding }: UnitStore, id: RoundId): Promise<Map<string, UnitRecord>> {
  const found = new Map<string, UnitRecord>();
  for (const { key, value } of await unitEntries(store, id)) {
    const text = shown(value, key, hiding);
    if (text !== null) found.set(key.slice(unitsKey(id).length + 1), unitRecordSchema.parse(JSON.parse(text)));
  }
  return found;
}

/** A unit that was kept; `null` where it is not here, or is hidden and there is no key. */
export async function keptUnit(
  { store, hiding }: UnitStore,
  id: RoundId,
  place: UnitPlace,
): Promise<UnitRecord | null> {
  const key = `${unitsKey(id)}/${unitName(place)}`;
  const value = await store.get(key);
  const text = value === null ? null : shown(value, key, hiding);
  return text === null ? null : unitRecordSchema.parse(JSON.parse(text));
}

/** Rounds of which something is kept about private sources, in ascending order; each is looked up when it is asked for. */
export async function* hiddenRounds(store: Store, chainId: number): AsyncGenerator<RoundId> {
  const prefix = `hidden-units/${chainId}/`;
  for (let after = prefix; ;) {
    const [entry] = await store.list(prefix, { limit: 1, after });
    if (entry === undefined) return;
    const [pool, round] = entry.key.slice(prefix.length).split("/") as [Hex, string];
    yield { chainId, pool, round: Number(round) };
    after = entry.key;
  }
}

/** Private sources of a round about which something is kept, in ascending order; each is looked up when it is asked for. */
export async function* hiddenSources(store: Store, id: RoundId): AsyncGenerator<Hex> {
  const prefix = `${unitsKey(id)}/`;
  // A source's own keys go on with "/", which the character after it follows.
  for (let after = prefix; ;) {
    const [entry] = await store.list(prefix, { limit: 1, after });
    if (entry === undefined) return;
    const source = entry.key.slice(prefix.length, entry.key.indexOf("/", prefix.length)) as Hex;
    if (entry.value.startsWith(HIDDEN)) yield source;
    after = `${prefix}${source}0`;
  }
}

/** Forgets what models answered about a source, as when it was erased. */
export async function forgetUnits(store: Store, id: RoundId, source: Hex): Promise<void> {
  const entries = await store.list(`${unitsKey(id)}/${source}/`, { limit: MOST_OF_A_SOURCE });
  if (entries.length > 0) await store.commit({ put: Object.fromEntries(entries.map(({ key }) => [key, null])) });
}

/** Name of a unit of a judge: its source, and the hash of family and key. */
export function unitName({ family, unit }: UnitPlace): string {
  const source = unit.slice(0, unit.indexOf("/"));
  return `${source}/${keccak256(stringToBytes(`${family} ${unit}`)).slice(2, 42)}`;
}

const HIDDEN = "hidden:";
const PAGE = 500;
/** Ten judges, and as many units as a source can be under the criteria of a document. */
const MOST_OF_A_SOURCE = 10_000;

async function unitEntries(store: Store, id: RoundId): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const after = entries.at(-1)?.key;
    const page = await store.list(`${unitsKey(id)}/`, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    entries.push(...page);
    if (page.length < PAGE) return entries;
  }
}

function shown(value: string, key: string, hiding: Hiding | null): string | null {
  if (!value.startsWith(HIDDEN)) return value;
  if (hiding === null) return null;
  return Buffer.from(hiding.reveal(Buffer.from(value.slice(HIDDEN.length), "base64"), key)).toString("utf8");
}

function unitsKey(id: RoundId): string {
  return `${roundKey(id)}/unit`;
}

function hiddenRoundKey({ chainId, pool, round }: RoundId): string {
  return `hidden-units/${chainId}/${pool}/${String(round).padStart(5, "0")}`;
}

function recordKey(hash: Hex): string {
  return `judgements/${hash}`;
}

/** Whether bytes are those a hash names. Documents end with a line break that their hash does not cover. */
export function isOfHash(bytes: Uint8Array, hash: Hex): boolean {
  return keccak256(bytes.subarray(0, -1)) === hash;
}
