import { z } from "zod";
import { SCOPES } from "../http/env.ts";
import { addressSchema } from "../domain/schema.ts";
import type { Store } from "../ports.ts";

/** Times are Unix milliseconds. Tokens and secrets are never stored: only their SHA-256, in hexadecimal without `0x`. */

const nonceSchema = z.strictObject({ expiresAt: z.int() });

const sessionSchema = z.strictObject({
  address: addressSchema,
  issuedAt: z.int(),
  expiresAt: z.int(),
});
export type Session = z.output<typeof sessionSchema>;

const keySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-z]{1,64}$/),
  pool: addressSchema,
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** SHA-256 of the secret. */
  hash: z.string(),
  createdAt: z.int(),
  /** `null` where it stands until it is revoked. */
  expiresAt: z.int().nullable(),
  /** Start of the UTC day it was last used on, as far as known; `null` where it never was. */
  lastUsedDay: z.int().nullable(),
});
export type KeyRecord = z.output<typeof keySchema>;

/** Most keys of a pool that are listed at once, which is also how many it may have. */
export const MAX_KEYS = 100;

/** Keeps a nonce until it is taken. */
export async function keepNonce(store: Store, nonce: string, expiresAt: number): Promise<void> {
  await store.commit({ put: { [`nonces/${nonce}`]: JSON.stringify({ expiresAt }) } });
}

/**
 * Takes a nonce out of the store: of any number of callers, one gets it.
 * @returns when it expires, or `null` where there is none (any more)
 */
export async function takeNonce(store: Store, nonce: string): Promise<number | null> {
  const key = `nonces/${nonce}`;
  const found = await store.get(key);
  if (found === null) return null;
  const { ok } = await store.commit({ expect: { [key]: found }, put: { [key]: null } });
  return ok ? nonceSchema.parse(JSON.parse(found)).expiresAt : null;
}

export async function keepSession(store: Store, hash: string, session: Session): Promise<void> {
  await store.commit({ put: { [`sessions/${hash}`]: JSON.stringify(session) } });
}

export async function readSession(store: Store, hash: string): Promise<Session | null> {
  const text = await store.get(`sessions/${hash}`);
  return text === null ? null : sessionSchema.parse(JSON.parse(text));
}

export async function removeSession(store: Store, hash: string): Promise<void> {
  await store.commit({ put: { [`sessions/${hash}`]: null } });
}

/** Keeps a new key, and its id among those of the pool, together. @returns whether the id was free */
export async function keepKey(store: Store, record: KeyRecord): Promise<boolean> {
  const key = keyKey(record.id);
  const put = { [key]: JSON.stringify(record), [poolKeyKey(record)]: "1" };
  return (await store.commit({ expect: { [key]: null }, put })).ok;
}

export async function readKey(store: Store, id: string): Promise<KeyRecord | null> {
  return parseKey(await store.get(keyKey(id)));
}

/** A pool's keys, ascending by id. */
export async function listKeys(store: Store, pool: string): Promise<KeyRecord[]> {
  const ids = await store.list(`keys/pool/${pool}/`, { limit: MAX_KEYS });
  const texts = await store.getMany(ids.map(({ key }) => keyKey(key.slice(key.lastIndexOf("/") + 1))));
  return texts.map(parseKey).filter((record) => record !== null);
}

/** Removes a key for good. @returns whether the pool had it */
export async function removeKey(store: Store, pool: string, id: string): Promise<boolean> {
  const place = poolKeyKey({ pool, id });
  const { ok } = await store.commit({ expect: { [place]: "1" }, put: { [place]: null, [keyKey(id)]: null } });
  return ok;
}

/** Notes the day of a key's use, unless the key has changed or gone meanwhile. */
export async function touchKey(store: Store, record: KeyRecord, lastUsedDay: number): Promise<void> {
  const key = keyKey(record.id);
  const put = { [key]: JSON.stringify({ ...record, lastUsedDay }) };
  await store.commit({ expect: { [key]: JSON.stringify(record) }, put });
}

/**
 * Removes nonces and sessions that have expired. They are refused anyway; this keeps the store small.
 * @returns how many were removed
 */
export async function sweepAccess(store: Store, now: number): Promise<number> {
  return (await sweep(store, "nonces/", now)) + (await sweep(store, "sessions/", now));
}

async function sweep(store: Store, prefix: string, now: number): Promise<number> {
  let removed = 0;
  let after: string | undefined;
  do {
    const entries = await store.list(prefix, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    const expired = entries.filter(({ value }) => expiresAt(value) <= now);
    if (expired.length > 0) {
      await store.commit({ put: Object.fromEntries(expired.map(({ key }) => [key, null])) });
    }
    removed += expired.length;
    after = entries.at(-1)?.key;
  } while (after !== undefined);
  return removed;
}

function expiresAt(text: string): number {
  return z.object({ expiresAt: z.int() }).parse(JSON.parse(text)).expiresAt;
}

function parseKey(text: string | null): KeyRecord | null {
  return text === null ? null : keySchema.parse(JSON.parse(text));
}

function keyKey(id: string): string {
  return `keys/id/${id}`;
}

function poolKeyKey({ pool, id }: { readonly pool: string; readonly id: string }): string {
  return `keys/pool/${pool}/${id}`;
}
