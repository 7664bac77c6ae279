import { expect } from "chai";
import type { Hex } from "viem";
import { createBell } from "../../oracle/ops/bell.ts";
import { journalEntry } from "../../oracle/ops/journal.ts";
import { account, CHAIN_ID, problemOf, testApi, type TestApi } from "./support/api.ts";

describe("Streams of events", () => {
  let api: TestApi;
  const bell = createBell();
  const streams = { total: 3, perClient: 2 };

  beforeEach(async () => {
    api = await testApi({ managers: [account(1), account(2)], bell, streams, heartbeatMs: 50 });
  });

  afterEach(() => api.close());

  const happen = async (pool: Hex | null, index: number) => {
    const event = { type: "payout.skipped", at: 1, chainId: CHAIN_ID, pool, round: 0, data: { index } } as const;
    await api.store.commit({ append: [journalEntry(event)] });
    bell.ring();
  };

  it("give what happened after a place, with the place as id, and then what happens", async () => {
    const [one, other] = api.pools.map(({ pool }) => pool) as [Hex, Hex];
    for (const [i, pool] of [one, other, one].entries()) await happen(pool, i);
    const reader = new SseReader(await api.ask("/v1/events?after=1"));
    expect((await reader.next()).id).to.equal("2");
    const third = await reader.next();
    expect(third).to.include({ id: "3", event: "payout.skipped" });
    expect(JSON.parse(third.data)).to.deep.include({ pool: one, data: { index: 2 } });
    await happen(other, 3);
    expect((await reader.next()).id).to.equal("4");
    await reader.cancel();
  });

  it("go on after the last event that was seen, whatever else the address says", async () => {
    for (let i = 0; i < 3; i++) await happen(null, i);
    const reader = new SseReader(await api.ask("/v1/events?after=0", { headers: { "last-event-id": "2" } }));
    expect((await reader.next()).id).to.equal("3");
    await reader.cancel();
  });

  it("give only what is new where no place is said, and of a pool only its own", async () => {
    const [one, other] = api.pools.map(({ pool }) => pool) as [Hex, Hex];
    await happen(one, 0);
    const reader = new SseReader(await api.ask(`/v1/pools/${one}/events`));
    await happen(other, 1);
    await happen(one, 2);
    expect((await reader.next()).id).to.equal("3");
    await reader.cancel();
    expect((await problemOf(await api.ask(`/v1/pools/${account(9)}/events`))).type).to.equal("not-found");
  });

  it("show that they are alive, and tell caches and proxies to let them be", async () => {
    const response = await api.ask("/v1/events");
    expect(response.headers.get("content-type")).to.equal("text/event-stream");
    expect(response.headers.get("cache-control")).to.equal("no-store");
    const reader = new SseReader(response);
    expect(await reader.comment()).to.equal(": still here");
    expect(await reader.comment()).to.equal(": still here");
    await reader.cancel();
  });

  it("are so many at most, and one that is left makes room", async () => {
    const one = new SseReader(await api.ask("/v1/events"));
    const two = new SseReader(await api.ask("/v1/events"));
    const refused = await api.ask("/v1/events");
    expect(refused.headers.get("retry-after")).to.equal("60");
    expect(await problemOf(refused)).to.include({ type: "too-many-streams", status: 429 });
    await one.cancel();
    const three = await api.ask("/v1/events");
    expect(three.status).to.equal(200);
    await Promise.all([two.cancel(), three.body!.cancel()]);
  });

  it("are not opened for who asks for the headers alone", async () => {
    for (let i = 0; i < 5; i++) {
      const head = await api.ask("/v1/events", { method: "HEAD" });
      expect(head.headers.get("content-type")).to.equal("text/event-stream");
    }
    const stream = await api.ask("/v1/events");
    expect(stream.status).to.equal(200);
    await stream.body!.cancel();
  });

  it("end when the process stops", async () => {
    const reader = new SseReader(await api.ask("/v1/events?after=0"));
    await reader.comment();
    api.stop();
    expect(await reader.ended()).to.equal(true);
  });

  it("refuse a place that is none", async () => {
    for (const after of ["-1", "x", "1.5", "99999999999999999"]) {
      expect((await api.ask(`/v1/events?after=${after}`)).status, after).to.equal(400);
    }
    expect((await api.ask("/v1/events", { headers: { "last-event-id": "x" } })).status).to.equal(400);
  });
});

/** Reads server-sent events as a browser does. */
class SseReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(response: Response) {
    expect(response.status).to.equal(200);
    this.#reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  }

  async next(): Promise<{ id: string; event: string; data: string }> {
    for (;;) {
      const block = await this.#block();
      if (block === null) throw new Error("the stream ended");
      if (block.startsWith(":")) continue;
      const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
      return { id: fields.get("id")!, event: fields.get("event")!, data: fields.get("data")! };
    }
  }

  async comment(): Promise<string | null> {
    return this.#block();
  }

  async ended(): Promise<boolean> {
    for (;;) if ((await this.#block()) === null) return true;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  async #block(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += new TextDecoder().decode(value);
    }
  }
}
