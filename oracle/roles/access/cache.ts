import type { Clock } from "../../ports.ts";

/** What was read lately. An answer that was asked for before something was dropped is not kept after it. */
export interface Cache<Value> {
  /** What is kept, or what `read` gives; `null` is not kept. */
  get(key: string, read: () => Promise<Value | null>): Promise<Value | null>;
  drop(key: string): void;
}

/**
 * A cache of the most lately used values, each for a time.
 * @param ttl milliseconds
 * @param size most values
 */
export function createCache<Value>(clock: Clock, ttl: number, size: number): Cache<Value> {
  const kept = new Map<string, { readonly value: Value; readonly until: number }>();
  let drops = 0;
  const keep = (key: string, value: Value): void => {
    kept.delete(key);
    kept.set(key, { value, until: clock() + ttl });
    const [oldest] = kept.keys();
    if (kept.size > size && oldest !== undefined) kept.delete(oldest);
  };
  return {
    async get(key, read) {
      const found = kept.get(key);
      if (found !== undefined && clock() < found.until) return found.value;
      kept.delete(key);
      const before = drops;
      const value = await read();
      if (value !== null && drops === before) keep(key, value);
      return value;
    },
    drop(key) {
      drops++;
      kept.delete(key);
    },
  };
}
