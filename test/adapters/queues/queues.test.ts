import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openBullQueue } from "../../../oracle/adapters/queues/bull.ts";
import { openEmbeddedQueue } from "../../../oracle/adapters/queues/embedded.ts";
import { openRedisStore } from "../../../oracle/adapters/stores/redis.ts";
import { openSqliteStore } from "../../../oracle/adapters/stores/sqlite.ts";
import { StoreUnavailable, type Queue, type Store } from "../../../oracle/ports.ts";
import { startRedis, startRedisPair, type RedisServer } from "../../support/redis.ts";
import { unavailable } from "../../support/unavailable.ts";
import { describeQueue, QUICK, sleep, until } from "./contract.ts";
import { startStuckWorker } from "./stuck.ts";
import { needsRedis } from "../../support/needs-redis.ts";

const ONE = { concurrency: 1, attempts: 1 };

/** Handles jobs of kind "k" and remembers their ids. */
function remember(queue: Queue): string[] {
  const handled: string[] = [];
  queue.work("k", (_, id) => Promise.resolve(void handled.push(id)), ONE);
  return handled;
}

describe("a queue in a SQLite store", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-queue-"));
    path = join(folder, "store.db");
  });
  afterEach(() => rm(folder, { recursive: true }));

  describeQueue(async () => {
    const own = await mkdtemp(join(tmpdir(), "guerdon-queue-"));
    const store = await openSqliteStore(join(own, "store.db"));
    return {
      open: () => openEmbeddedQueue(store, QUICK),
      dispose: async () => {
        await store.close();
        await rm(own, { recursive: true });
      },
    };
  });

  it("takes up at once what a killed process had taken, where it works alone", async () => {
    const kill = await startStuckWorker("sqlite", path);
    await kill();
    const store = await openSqliteStore(path);
    const queue = openEmbeddedQueue(store, { ...QUICK, leaseMs: 60_000, sole: true });
    expect(await queue.counts()).to.deep.equal([{ kind: "k", waiting: 0, active: 1, failed: 0 }]);
    const handled = remember(queue);
    await until(() => handled.length === 1, "the job of the dead", 2_000);
    await queue.close();
    await store.close();
  });

  it("leaves the store alone while there is nothing to do", async () => {
    const store = await openSqliteStore(path);
    let [reads, writes] = [0, 0];
    const counting: Store = {
      ...store,
      list: (...args) => (reads++, store.list(...args)),
      commit: (batch) => (writes++, store.commit(batch)),
    };
    const queue = openEmbeddedQueue(counting, QUICK);
    const handled = remember(queue);
    await queue.add({ kind: "k", id: "far", data: 0, notBefore: Date.now() + 3_600_000 });
    await queue.add({ kind: "k", id: "now", data: 0 });
    await until(() => handled.length === 1, "the job");
    await sleep(100);
    [reads, writes] = [0, 0];
    await sleep(1_500);
    expect({ reads, writes }).to.deep.equal({ reads: 0, writes: 0 });
    await queue.close();
    await store.close();
  });

  it("ends a job late where the store was away, and does not run it twice within its lease", async () => {
    const store = await openSqliteStore(path);
    let away = false;
    const flaky: Store = {
      ...store,
      commit: (batch) => (away ? Promise.reject(unreachable()) : store.commit(batch)),
      list: (...args) => (away ? Promise.reject(unreachable()) : store.list(...args)),
    };
    const queue = openEmbeddedQueue(flaky, { ...QUICK, leaseMs: 5_000 });
    let runs = 0;
    queue.work("k", () => Promise.resolve(void (runs++, (away = true))), ONE);
    await queue.add({ kind: "k", id: "a", data: 0 });
    await until(() => runs === 1, "the run");
    await unavailable(queue.add({ kind: "k", id: "b", data: 0 }));
    await sleep(400);
    away = false;
    await until(async () => (await queue.counts()).length === 0, "the end of the job");
    expect(runs).to.equal(1);
    await queue.close();
    await store.close();
  });

  function unreachable(): Error {
    return new StoreUnavailable("away");
  }
});

describe("queues on Redis", () => {
  needsRedis();
  let server: RedisServer;
  let prefixes = 0;
  before(async () => {
    server = await startRedis();
  });
  after(() => server?.stop());

  describe("a queue in a Redis store", () => {
    describeQueue(async () => {
      const store = await openRedisStore({ server: server.url, prefix: `q${++prefixes}` });
      return { open: () => openEmbeddedQueue(store, QUICK), dispose: () => store.close() };
    });
  });

  describe("a queue of BullMQ", () => {
    describeQueue(() => {
      const prefix = `q${++prefixes}`;
      return Promise.resolve({
        open: () => openBullQueue({ ...QUICK, server: server.url, prefix }),
        dispose: () => Promise.resolve(),
      });
    });

    it("shows its queues", async () => {
      const queue = openBullQueue({ ...QUICK, server: server.url, prefix: `q${++prefixes}` });
      await queue.add({ kind: "one", id: "a", data: 1 });
      await queue.add({ kind: "two", id: "a", data: 1 });
      expect((await queue.boards()).map(({ name }) => name)).to.deep.equal(["one", "two"]);
      await queue.close();
    });
  });

  for (const kind of ["redis", "bull"] as const) {
    it(`runs what a killed process had taken again, once its lease has ended (${kind})`, async () => {
      const own = await startRedis();
      const kill = await startStuckWorker(kind, own.url);
      await kill();
      const store = await openRedisStore({ server: own.url });
      const queue = kind === "bull" ? openBullQueue({ ...QUICK, server: own.url }) : openEmbeddedQueue(store, QUICK);
      expect(await queue.counts()).to.deep.equal([{ kind: "k", waiting: 0, active: 1, failed: 0 }]);
      const handled = remember(queue);
      await until(() => handled.length === 1, "the job of the dead");
      await until(async () => (await queue.counts()).length === 0, "its end");
      await queue.close();
      await store.close();
      await own.stop();
    });

    it(`goes on after Redis was killed, with what it had taken in (${kind})`, async () => {
      const own = await startRedis();
      const store = await openRedisStore({ server: own.url, timeoutMs: 1_000, waitMs: 500 });
      const queue =
        kind === "bull"
          ? openBullQueue({ ...QUICK, server: own.url, timeoutMs: 1_000 })
          : openEmbeddedQueue(store, QUICK);
      await queue.add({ kind: "k", id: "later", data: 0, notBefore: Date.now() + 1_000 });
      const handled = remember(queue);
      await own.kill();
      const start = Date.now();
      await unavailable(queue.add({ kind: "k", id: "lost", data: 0 }));
      await unavailable(queue.counts());
      expect(Date.now() - start).to.be.lessThan(3_000);
      await own.restart();
      await until(() => handled.includes("later"), "the job taken in before");
      await until(
        () =>
          queue.add({ kind: "k", id: "new", data: 0 }).then(
            () => true,
            () => false,
          ),
        "a new job",
      );
      await until(() => handled.includes("new"), "the new job");
      await queue.close();
      await store.close();
      await own.stop();
    });
  }

  it("counts a job as added when a replica holds it, where that is asked for", async () => {
    const pair = await startRedisPair();
    const queue = openBullQueue({ ...QUICK, server: pair.master.url, waitReplicas: 1, timeoutMs: 4_000 });
    await queue.add({ kind: "k", id: "a", data: 0 });
    pair.replica.freeze();
    expect(await unavailable(queue.add({ kind: "k", id: "b", data: 0 }))).to.contain("0 of 1 replicas");
    await queue.close();
    await pair.stop();
  });

  it("closes in time while Redis is away", async () => {
    const own = await startRedis();
    const queue = openBullQueue({ ...QUICK, server: own.url });
    remember(queue);
    await queue.add({ kind: "k", id: "a", data: 0 });
    await own.kill();
    const start = Date.now();
    await queue.close();
    expect(Date.now() - start).to.be.lessThan(8_000);
    await own.stop();
  });
});
