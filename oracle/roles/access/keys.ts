import type { Hex } from "viem";
import type { Scope } from "../../http/env.ts";
import type { Clock, Logger, Store } from "../../ports.ts";
import { keepKey, listKeys, MAX_KEYS, readKey, removeKey, touchKey, type KeyRecord } from "../../store/access.ts";
import { createCache } from "./cache.ts";
import { REMEMBERED, REVOKED_WITHIN } from "./sign-in.ts";
import { keyToken, newKeyId, newSecret, sameHash } from "./tokens.ts";

const DAY = 86_400_000;

/** What a pool's manager says of a new key. */
export interface KeyRequest {
  readonly pool: Hex;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Unix milliseconds; `null` for no end. */
  readonly expiresAt: number | null;
}

/** API keys of senders. All functions throw `StoreUnavailable` where the store cannot be reached. */
export interface ApiKeys {
  /** @returns the key and its token, which cannot be had again; `null` where the pool has as many as it may have */
  create(request: KeyRequest): Promise<{ record: KeyRecord; token: string } | null>;
  list(pool: Hex): Promise<KeyRecord[]>;
  /** Ends a key: here at once, in other processes within `REVOKED_WITHIN`. @returns whether the pool had it */
  revoke(pool: Hex, id: string): Promise<boolean>;
  /** The key with this id and this hash of its secret, as long as it stands. */
  verify(id: string, hash: string): Promise<KeyRecord | null>;
}

export function createApiKeys({ store, clock, log }: { store: Store; clock: Clock; log: Logger }): ApiKeys {
  const cache = createCache<KeyRecord>(clock, REVOKED_WITHIN, REMEMBERED);
  return {
    async create({ pool, name, scopes, expiresAt }) {
      if ((await listKeys(store, pool)).length >= MAX_KEYS) return null;
      const secret = newSecret();
      const fixed = { pool, name, scopes: [...scopes], hash: secret.hash };
      const record = { id: newKeyId(), ...fixed, createdAt: clock(), expiresAt, lastUsedDay: null };
      if (!(await keepKey(store, record))) throw new Error("an id of 80 random bits was given before");
      return { record, token: keyToken(record.id, secret) };
    },
    list: (pool) => listKeys(store, pool),
    async revoke(pool, id) {
      const removed = await removeKey(store, pool, id);
      cache.drop(id);
      return removed;
    },
    async verify(id, hash) {
      const record = await cache.get(id, () => readKey(store, id));
      if (record === null || !sameHash(record.hash, hash) || expired(record)) return null;
      await noteUse(record);
      return record;
    },
  };

  function expired({ expiresAt }: KeyRecord): boolean {
    return expiresAt !== null && expiresAt <= clock();
  }

  /** Once a day: when a key is used says when its sender works, which is nobody's business to the minute. */
  async function noteUse(record: KeyRecord): Promise<void> {
    const today = Math.floor(clock() / DAY) * DAY;
    if (record.lastUsedDay !== null && record.lastUsedDay >= today) return;
    try {
      await touchKey(store, record, today);
      cache.drop(record.id);
    } catch (error) {
      log.warn({ key: record.id, error: error instanceof Error ? error.name : "unknown" }, "a key's use was not noted");
    }
  }
}
