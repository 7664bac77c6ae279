import { expect } from "chai";
import { createBell } from "../../oracle/ops/bell.ts";
import { EVENT_TYPES, type DomainEvent } from "../../oracle/ops/events.ts";
import { followJournal, journalAt, journalEnd, journalEntry, readJournal } from "../../oracle/ops/journal.ts";
import { openTestStore, type TestStore } from "./store.ts";

const POOL = `0x${"01".repeat(20)}` as const;
const OTHER = `0x${"02".repeat(20)}` as const;
const ROOT = `0x${"03".repeat(32)}` as const;

function settled(round: number, pool: typeof POOL | typeof OTHER = POOL): DomainEvent {
  return { type: "round.settled", at: 1_700_000_000_000, chainId: 1, pool, round, data: { evidenceRoot: ROOT } };
}

function expired(round: number): DomainEvent {
  return { type: "round.expired", at: 1_700_000_000_000, chainId: 1, pool: POOL, round, data: { deadline: 5 } };
}

describe("journal", () => {
  let made: TestStore;
  beforeEach(async () => {
    made = await openTestStore();
  });
  afterEach(() => made.remove());

  const write = (...events: DomainEvent[]) => made.store.commit({ append: events.map(journalEntry) });
  const roundsOf = (entries: readonly { event: DomainEvent }[]) => entries.map(({ event }) => event.round);

  it("holds what was written with a batch, at places without a gap, and nothing of a batch that was not made", async () => {
    expect(await write(settled(0), expired(1))).to.deep.equal({ ok: true, places: [1, 2] });
    const refused = await made.store.commit({ expect: { "round/x": "y" }, append: [journalEntry(settled(9))] });
    expect(refused).to.deep.equal({ ok: false });
    expect(await write(settled(2))).to.deep.equal({ ok: true, places: [3] });
    const page = await readJournal(made.store, 0, 10);
    expect(page.entries).to.deep.equal([
      { place: 1, event: settled(0) },
      { place: 2, event: expired(1) },
      { place: 3, event: settled(2) },
    ]);
    expect(page).to.deep.include({ next: 3, more: false });
    expect(await journalEnd(made.store)).to.equal(3);
    expect((await journalAt(made.store, 2))?.event).to.deep.equal(expired(1));
    expect(await journalAt(made.store, 4)).to.equal(null);
  });

  it("is read from the place after the last, whatever the limit", async () => {
    await write(...Array.from({ length: 7 }, (_, round) => settled(round)));
    for (const limit of [1, 2, 3, 7, 100]) {
      const rounds: (number | null)[] = [];
      for (let place = 0, more = true; more;) {
        const page = await readJournal(made.store, place, limit);
        expect(page.entries.length).to.be.at.most(limit);
        rounds.push(...roundsOf(page.entries));
        ({ next: place, more } = page);
      }
      expect(rounds).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    }
  });

  it("gives what a filter wants, and passes by the rest in bounded steps", async () => {
    await write(settled(0), settled(1, OTHER), expired(2), settled(3));
    const filtered = async (filter: object) => roundsOf((await readJournal(made.store, 0, 10, filter)).entries);
    expect(await filtered({ pool: POOL })).to.deep.equal([0, 2, 3]);
    expect(await filtered({ types: ["round.expired"] })).to.deep.equal([2]);
    expect(await filtered({ pool: POOL, round: 3 })).to.deep.equal([3]);
    expect(await filtered({ chainId: 2 })).to.deep.equal([]);
    const first = await readJournal(made.store, 0, 1, { pool: POOL });
    expect(first).to.deep.include({ next: 1, more: true });

    await write(...Array.from({ length: 2500 }, () => settled(7, OTHER)), expired(8));
    const far = await readJournal(made.store, 4, 10, { pool: POOL });
    expect(far).to.deep.equal({ entries: [], next: 2004, more: true });
    expect(roundsOf((await readJournal(made.store, far.next, 10, { pool: POOL })).entries)).to.deep.equal([8]);
  });

  it("is followed from a place, by the bell and without it, until the signal", async () => {
    const bell = createBell();
    for (const following of [{ bell, pollMs: 60_000 }, { pollMs: 20 }]) {
      const begin = await journalEnd(made.store);
      await write(settled(0), settled(1));
      const stop = new AbortController();
      const seen: (number | null)[] = [];
      const done = (async () => {
        for await (const { event, place } of followJournal(made.store, begin + 1, stop.signal, following)) {
          seen.push(event.round);
          if (event.round === 3) return place;
        }
        return null;
      })();
      await write(settled(2));
      bell.ring();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(seen).to.deep.equal([1, 2]);
      await write(settled(3));
      bell.ring();
      expect(await done).to.equal(begin + 4);
      stop.abort();
    }
  });

  it("is left at once when the signal comes while waiting", async () => {
    const stop = new AbortController();
    const following = followJournal(made.store, 0, stop.signal, { pollMs: 60_000 });
    const next = following.next();
    setTimeout(() => stop.abort(), 20);
    expect(await next).to.deep.equal({ done: true, value: undefined });
  });

  it("does not take what is no event", async () => {
    await made.store.commit({ append: [{ log: "journal", value: '{"type":"round.lost"}' }] });
    const error = await readJournal(made.store, 0, 10).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(Error);
  });

  it("knows its types, each once", () => {
    expect(new Set(EVENT_TYPES).size).to.equal(EVENT_TYPES.length);
    expect(EVENT_TYPES).to.include.members(["deadline.near", "spend.limited", "bundle.published"]);
  });
});
