import { z } from "zod";
import { addressSchema, bytes32Schema } from "../domain/schema.ts";
import type { Entry, Store } from "../ports.ts";
import type { RoundId } from "./rounds.ts";

/** Values of some buyers, by their id: what they find good, before there is a pool. */
export interface ValuesId {
  readonly values: string;
}

/** What interviews are held for: a round of a pool, or buyers' values. */
export type Place = RoundId | ValuesId;

export function isValues(place: Place): place is ValuesId {
  return "values" in place;
}

/** Everything about the interviews of a place is stored below this; rosters and samples are blobs below it as well. */
export function interviewsKey(place: Place): string {
  if (isValues(place)) return `interviews/values/${place.values}`;
  return `interviews/${place.chainId}/${place.pool}/${String(place.round).padStart(5, "0")}`;
}

/** What stands under the interviews of a round or of a place, by kind of key. */
export const rosterKey = (id: RoundId): string => `${interviewsKey(id)}/roster`;
export const sampleKey = (id: RoundId): string => `${interviewsKey(id)}/sample`;
/** There from when the round's evidence is about to be closed, or values are voted on: nothing more is asked then. */
export const endedKey = (place: Place): string => `${interviewsKey(place)}/ended`;
export const stateKey = (place: Place, interview: string): string => `${interviewsKey(place)}/state/${interview}`;
export const logKey = (place: Place, interview: string): string => `${interviewsKey(place)}/log/${interview}`;

/** What an interview is held for, by its id. */
export const placeKey = (interview: string): string => `interviews/id/${interview}`;

/** Interviews of all rounds of which something is still to be taken to the round's evidence, or out of it. */
export const UNSETTLED = "interviews/unsettled/";
export const unsettledKey = (interview: string): string => `${UNSETTLED}${interview}`;

/** Form of an interview's id: a keyed digest. */
export const INTERVIEW_ID = /^[0-9a-f]{40}$/;

const count = z.int().min(0);

/** A roster that is closed. Its entries are a blob, encrypted. */
export const rosterRowSchema = z.strictObject({
  rosterHash: bytes32Schema,
  count,
  /** Number of the newest block when it came in, in decimal digits. */
  closingBlock: z.string().regex(/^\d+$/),
  blocksAfterClosing: z.int().min(1),
  blob: z.string(),
});
export type RosterRow = z.output<typeof rosterRowSchema>;

/** A sample that is drawn. Who is in it is a blob, encrypted. */
export const sampleRowSchema = z.strictObject({
  rosterHash: bytes32Schema,
  seed: bytes32Schema,
  size: z.union([z.strictObject({ share: count }), z.strictObject({ count })]),
  minimum: count,
  providers: z.array(z.strictObject({ provider: z.string(), eligible: count, asked: count, unsigned: count })),
  blob: z.string(),
});
export type SampleRow = z.output<typeof sampleRowSchema>;

/** Where an interview is. */
export const INTERVIEW_STATES = ["opened", "consented", "completed", "declined", "withdrawn"] as const;
export type InterviewState = (typeof INTERVIEW_STATES)[number];

/** All that is known of an interview without the master key. */
export const stateRowSchema = z.strictObject({
  /** `null` where buyers are asked about what they value. */
  provider: z.string().nullable(),
  wave: z.string(),
  state: z.enum(INTERVIEW_STATES),
  /** SHA-256 of the secret in its link. */
  token: z.string().regex(/^[0-9a-f]{64}$/),
  /**
   * Leaf of its transcript in the round's evidence; `null` where it has none. `unknown`: it was withdrawn while the transcript may have
   * been on its way there.
   */
  evidence: z.union([bytes32Schema, z.literal("unknown")]).nullable(),
  /** Why the intake did not take the transcript, by its stable name; `null` where it did, or has not been asked. */
  refused: z.string().nullable(),
});
export type StateRow = z.output<typeof stateRowSchema>;

/** Form of the id of values: 128 random bits. */
export const VALUES_ID = /^[0-9a-f]{32}$/;

const placeSchema = z.union([
  z.strictObject({ chainId: z.int(), pool: addressSchema, round: count }),
  z.strictObject({ values: z.string().regex(VALUES_ID) }),
]);

export function placeText(place: Place): string {
  if (isValues(place)) return JSON.stringify({ values: place.values });
  const { chainId, pool, round } = place;
  return JSON.stringify({ chainId, pool, round });
}

export function parsePlace(text: string): Place {
  return placeSchema.parse(JSON.parse(text));
}

export async function readRoster(store: Store, id: RoundId): Promise<RosterRow | null> {
  const text = await store.get(rosterKey(id));
  return text === null ? null : rosterRowSchema.parse(JSON.parse(text));
}

export async function readSample(store: Store, id: RoundId): Promise<SampleRow | null> {
  const text = await store.get(sampleKey(id));
  return text === null ? null : sampleRowSchema.parse(JSON.parse(text));
}

export async function readPlace(store: Store, interview: string): Promise<Place | null> {
  const text = await store.get(placeKey(interview));
  return text === null ? null : parsePlace(text);
}

export function parseState(text: string): StateRow {
  return stateRowSchema.parse(JSON.parse(text));
}

export async function readState(store: Store, place: Place, interview: string): Promise<StateRow | null> {
  const text = await store.get(stateKey(place, interview));
  return text === null ? null : parseState(text);
}

/** How many rows are read at once. */
const PAGE = 1_000;

/** States of all interviews of a round or of values, ascending by id. */
export async function* listStates(
  store: Store,
  place: Place,
): AsyncGenerator<{ readonly interview: string; readonly row: StateRow }, void, undefined> {
  const prefix = stateKey(place, "");
  for await (const { key, value } of entriesOf(store, prefix)) {
    yield { interview: key.slice(prefix.length), row: parseState(value) };
  }
}

/** Interviews with something to settle, of all rounds. */
export async function* listUnsettled(store: Store): AsyncGenerator<string, void, undefined> {
  for await (const { key } of entriesOf(store, UNSETTLED)) yield key.slice(UNSETTLED.length);
}

/** All that stands under a prefix, in the order of keys. */
export async function* entriesOf(store: Store, prefix: string): AsyncGenerator<Entry, void, undefined> {
  let after: string | undefined;
  do {
    const page = await store.list(prefix, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.length < PAGE ? undefined : page.at(-1)!.key;
  } while (after !== undefined);
}

/** Name of a blob in the blob store. */
export function interviewBlobKey(id: RoundId, blob: string): string {
  return `${interviewsKey(id)}/${blob}`;
}
