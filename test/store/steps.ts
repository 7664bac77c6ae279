import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import type { Batch, Store } from "../../oracle/ports.ts";
import { migrate, type Migration } from "../../oracle/store/migrate.ts";

export const migration = (version: number, step: (store: Store) => Batch | Promise<Batch>): Migration => ({
  version,
  about: `step ${version}`,
  step: async (store) => step(store),
});

/** The second step only comes out right if the first was made exactly once. */
export const STEPS = [
  migration(1, () => ({ put: { count: "10" }, append: [{ log: "steps", value: "1" }] })),
  migration(2, async (store) => {
    const count = await store.get("count");
    return {
      expect: { count },
      put: { count: String(Number(count) * 2), old: null },
      append: [{ log: "steps", value: "2" }],
    };
  }),
  migration(3, () => ({ append: [{ log: "steps", value: "3" }] })),
];

/** The program that is killed in the test: it makes the steps slowly, for ever anew on the same file. */
export async function migrateSlowly(path: string): Promise<void> {
  const store = await openSqliteStore(path);
  const slow = STEPS.map((one) => ({
    ...one,
    step: async (own: Store) => {
      process.stdout.write(`${one.version}\n`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return one.step(own);
    },
  }));
  await migrate(store, slow);
  process.stdout.write("done\n");
}
