import { expect } from "chai";
import fc from "fast-check";
import type { Batch, Committed, Entry, Listing, Store } from "../../../oracle/ports.ts";
import type { OpenStore } from "./contract.ts";

/** What a store is, in a few lines: the reference every real one is compared with. */
export function modelStore() {
  let entries = new Map<string, string>();

  function commit({ expect: conditions = {}, put = {}, append = [] }: Batch): Committed {
    if (Object.entries(conditions).some(([key, value]) => (entries.get(key) ?? null) !== value)) return { ok: false };
    for (const [key, value] of Object.entries(put)) {
      if (value === null) entries.delete(key);
      else entries.set(key, value);
    }
    const places = append.map(({ log, value }) => {
      const place = Number(entries.get(`logs/${log}`) ?? "0") + 1;
      entries.set(`logs/${log}`, String(place)).set(`${log}/${String(place).padStart(16, "0")}`, value);
      return place;
    });
    return { ok: true, places };
  }

  function list(prefix: string, { after, limit = 1_000, reverse = false }: Listing = {}): Entry[] {
    const ordered = [...entries]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    if (reverse) ordered.reverse();
    const beyond = (key: string) => after === undefined || (reverse ? key < after : key > after);
    return ordered
      .filter(([key]) => beyond(key))
      .slice(0, limit)
      .map(([key, value]) => ({ key, value }));
  }

  return { commit, list, get: (key: string) => entries.get(key) ?? null, clear: () => (entries = new Map()) };
}

// Few different keys, close to each other, so that batches meet.
const segment = fc.constantFrom("a", "b", "ab", "a.", "a-", "a:", "a_", "A", "0", "z", "..");
const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
const beginning = fc.oneof(
  key,
  key.map((text) => `${text}/`),
  key.map((text) => text.slice(0, -1)),
  fc.constant(""),
);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("", "1", "2") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme" }) },
);
const changes = fc.dictionary(key, fc.option(value), { maxKeys: 4, noNullPrototype: true });
const batch: fc.Arbitrary<Batch> = fc.record(
  {
    expect: fc.dictionary(key, fc.option(value, { freq: 1 }), { maxKeys: 1, noNullPrototype: true }),
    put: changes,
    append: fc.array(fc.record({ log: key, value }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const listing: fc.Arbitrary<Listing> = fc.record(
  { after: beginning, limit: fc.integer({ min: 1, max: 5 }), reverse: fc.boolean() },
  { requiredKeys: [] },
);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.array(batch, { minLength: 1, maxLength: 4 }).map((batches) => ({ batches })) },
  { weight: 2, arbitrary: fc.record({ prefix: beginning, listing }) },
  { weight: 1, arbitrary: fc.array(key, { maxLength: 5 }).map((keys) => ({ keys })) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Random steps on a store and on the model: every answer is the same. A step's batches are made in one turn. */
export function describeAgainstModel(open: OpenStore, numRuns: number): void {
  it(`does what the model does, in ${numRuns} random histories`, async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { store, dispose } = await open();
        const model = modelStore();
        try {
          for (const one of steps) made += await compare(store, model, one);
          expect(await store.list("", { limit: 10_000 })).to.deep.equal(model.list("", { limit: 10_000 }));
        } finally {
          await dispose();
        }
      }),
      { numRuns },
    );
    // Histories in which nothing is ever made would compare nothing.
    expect(made).to.be.greaterThan(numRuns);
  });
}

async function compare(store: Store, model: ReturnType<typeof modelStore>, one: Step): Promise<number> {
  if ("batches" in one) {
    const outcomes = await Promise.all(one.batches.map((each) => store.commit(each)));
    expect(outcomes).to.deep.equal(one.batches.map((each) => model.commit(each)));
    return outcomes.filter(({ ok }) => ok).length;
  }
  if ("keys" in one) expect(await store.getMany(one.keys)).to.deep.equal(one.keys.map((each) => model.get(each)));
  else expect(await store.list(one.prefix, one.listing)).to.deep.equal(model.list(one.prefix, one.listing));
  return 0;
}
