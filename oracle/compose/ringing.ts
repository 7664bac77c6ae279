import type { Bell } from "../ops/bell.ts";
import { JOURNAL } from "../ops/journal.ts";
import type { Store } from "../ports.ts";

/** The same store; whoever follows the journal in this process hears of each event as soon as it is written. */
export function ringing(store: Store, bell: Bell): Store {
  return {
    ...store,
    async commit(batch) {
      const committed = await store.commit(batch);
      if (committed.ok && batch.append?.some(({ log }) => log === JOURNAL)) bell.ring();
      return committed;
    },
  };
}
