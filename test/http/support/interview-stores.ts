import { openRedisStore } from "../../../oracle/adapters/stores/redis.ts";
import type { Store } from "../../../oracle/ports.ts";
import { startRedis } from "../../support/redis.ts";
import { serveInterviews, type ServedInterviews } from "./interviews.ts";

/** Ways to serve interviews, by the store they are kept in; the one of Redis needs a server. */
export const STORES: Record<string, () => Promise<{ served: ServedInterviews; stop: () => Promise<void> }>> = {
  SQLite: async () => {
    const served = await serveInterviews();
    return { served, stop: served.close };
  },
  Redis: async () => {
    const redis = await startRedis();
    const store = await openRedisStore({ server: redis.url });
    const served = await serveInterviews({}, (sqlite) => {
      // The other one is not used, and is closed with it.
      const close = async (): Promise<void> => void (await Promise.all([store.close(), sqlite.close()]));
      return bound(store, close);
    });
    return { served, stop: async () => void (await served.close(), await redis.stop()) };
  },
};

function bound(store: Store, close: Store["close"]): Store {
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    list: (prefix, listing) => store.list(prefix, listing),
    commit: (batch) => store.commit(batch),
    probe: () => store.probe(),
    close,
  };
}
