import { expect } from "chai";
import { openRedisStore as openStore, type RedisStoreOptions } from "../../../oracle/adapters/stores/redis.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import type { Store } from "../../../oracle/ports.ts";
import { startRedis as startServer, startRedisPair, type RedisPair, type RedisServer } from "../../support/redis.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { unavailable } from "../../support/unavailable.ts";
import { describeStore } from "./contract.ts";
import { describeAgainstModel } from "./model.ts";
import { startWriter } from "./writer.ts";
import { needsRedis } from "../../support/needs-redis.ts";

const put = (store: Store, values: Record<string, string | null>) => store.commit({ put: values });
const append = (store: Store, value: string) => store.commit({ append: [{ log: "j", value }] });

/** Everything a store does; all of it must end in time. */
const everything = (store: Store): (() => Promise<unknown>)[] => [
  () => store.get("a"),
  () => store.getMany(["a", "b"]),
  () => store.list(""),
  () => put(store, { a: "1" }),
  () => store.probe(),
];

/** What a test has opened and started; ended after it, however it went. */
const opened: Store[] = [];
const started: RedisServer[] = [];

async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const store = await openStore(options);
  opened.push(store);
  return store;
}

async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startServer(settings);
  started.push(server);
  return server;
}

async function endAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await Promise.all(started.splice(0).map((server) => server.stop()));
}

/** Tries until it can, as a caller with patience would. */
async function eventually<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe("a store in Redis", () => {
  needsRedis();
  let server: RedisServer;
  let prefixes = 0;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());
  afterEach(endAll);

  const openWith = (options: Partial<RedisStoreOptions> = {}) =>
    openRedisStore({ server: server.url, prefix: `p${++prefixes}`, timeoutMs: 1_000, waitMs: 500, ...options });
  async function open() {
    const store = await openWith({ timeoutMs: 10_000 });
    return { store, dispose: () => store.close() };
  }
  describeStore(open);
  describeAgainstModel(open, 100);

  describe("that many processes share", () => {
    it("loses no increment and no place of a log", async () => {
      const prefix = "shared";
      const stores = await Promise.all(Array.from({ length: 4 }, () => openWith({ prefix })));
      const increment = async (store: Store): Promise<void> => {
        const value = await store.get("n");
        const batch = {
          expect: { n: value },
          put: { n: String(Number(value ?? "0") + 1) },
          append: [{ log: "j", value: "" }],
        };
        if (!(await store.commit(batch)).ok) await increment(store);
      };
      const caller = async (store: Store) => {
        for (let i = 0; i < 25; i++) await increment(store);
      };
      await Promise.all(stores.flatMap((store) => [caller(store), caller(store)]));
      expect(await stores[0]!.getMany(["n", "logs/j"])).to.deep.equal(["200", "200"]);
      expect(await stores[1]!.list("j/")).to.have.length(200);
    });

    it("keeps stores of different prefixes apart", async () => {
      const [one, other] = [await openWith(), await openWith()];
      await put(one, { a: "1" });
      expect(await other.list("")).to.deep.equal([]);
      expect(await other.get("a")).to.equal(null);
    });

    it("goes on where Redis has forgotten its scripts", async () => {
      const store = await openWith();
      await append(store, "1");
      await server.command("SCRIPT", "FLUSH");
      expect(await append(store, "2")).to.deep.equal({ ok: true, places: [2] });
      await server.command("SCRIPT", "FLUSH");
      expect(await store.list("j/")).to.have.length(2);
    });
  });

  describe("settings", () => {
    it("of the store are refused where they make no sense", async () => {
      for (const options of [
        { prefix: "" },
        { prefix: "a}b" },
        { waitReplicas: -1 },
        { waitReplicas: 0.5 },
        { waitMs: 1_000 },
        { waitMs: 0 },
      ]) {
        const error: unknown = await openWith(options).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(InputError);
        expect((error as InputError).fault.field).to.equal(Object.keys(options)[0]);
      }
    });

    const CASES: [settings: string[], fault: string, tolerated: "everysec" | "none"][] = [
      [["--appendonly", "no"], "appendonly is no; expected yes", "none"],
      [["--appendfsync", "no"], "appendfsync is no; expected always", "none"],
      [["--appendfsync", "everysec"], "appendfsync is everysec; expected always", "everysec"],
      [["--no-appendfsync-on-rewrite", "yes"], "no-appendfsync-on-rewrite is yes; expected no", "everysec"],
      [["--maxmemory-policy", "allkeys-lru"], "maxmemory-policy is allkeys-lru; expected noeviction", "none"],
    ];
    for (const [settings, fault, tolerated] of CASES) {
      it(`of the server are refused: ${settings.join(" ")}`, async () => {
        const weak = await startRedis(settings);
        const to = (durability?: "everysec" | "none") =>
          openWith({ server: weak.url, ...(durability && { durability }) });
        expect(await unavailable(to())).to.contain(fault);
        if (tolerated === "none") await unavailable(to("everysec"));
        const store = await to(tolerated);
        await put(store, { a: "1" });
      });
    }

    it("of the server are looked at again on every new connection", async () => {
      const own = await startRedis();
      const store = await openWith({ server: own.url });
      await own.command("CONFIG", "SET", "appendfsync", "no");
      await own.command("CLIENT", "KILL", "TYPE", "normal");
      await eventually(async () => expect(await unavailable(put(store, { a: "1" }))).to.contain("appendfsync is no"));
      expect(await unavailable(store.get("a"))).to.contain("appendfsync is no");
      await own.command("CONFIG", "SET", "appendfsync", "always");
      await put(store, { a: "2" });
      expect(await store.get("a")).to.equal("2");
    });
  });

  describe("where the server is not there", () => {
    it("cannot be opened, and says so in time, without the password", async () => {
      const own = await startRedis(["--requirepass", "hunter2"]);
      const wrong = await unavailable(openWith({ server: own.url.replace("//", "//:hunter3@") }));
      expect(wrong)
        .to.match(/WRONGPASS|NOAUTH/)
        .and.not.to.contain("hunter");
      await (await openWith({ server: own.url.replace("//", "//:hunter2@") })).close();
      await own.stop();
      const gone = await unavailable(openWith({ server: own.url.replace("//", "//:hunter2@") }));
      expect(gone).to.contain("ECONNREFUSED").and.not.to.contain("hunter");
    });

    for (const fault of ["killed", "frozen"] as const) {
      it(`keeps no caller waiting while it is ${fault}, and comes back by itself`, async () => {
        const own = await startRedis();
        const store = await openWith({ server: own.url, timeoutMs: 600 });
        await put(store, { before: "1" });
        if (fault === "killed") await own.kill();
        else own.freeze();
        const start = Date.now();
        await Promise.all(everything(store).map((work) => unavailable(work())));
        for (const work of everything(store)) await unavailable(work());
        expect(Date.now() - start).to.be.lessThan(6 * 600 + 1_000);
        if (fault === "killed") await own.restart();
        else own.thaw();
        await eventually(() => store.probe());
        expect(await eventually(() => store.get("before"))).to.equal("1");
      });
    }
  });

  describe("where the connection breaks", () => {
    for (const [when, places] of [
      ["before", [1, 2]],
      ["after", [1, 2, 3]],
    ] as const) {
      it(`${when} a batch arrives, says that it does not know, and makes it at most once`, async () => {
        const proxy = await startTcpProxy(server.port);
        after(() => proxy.close());
        const store = await openWith({ server: `redis://127.0.0.1:${proxy.port}`, timeoutMs: 2_000 });
        await append(store, "first");
        proxy.breakOn("the one in question", when);
        await unavailable(append(store, "the one in question"));
        const later = await eventually(() => append(store, "last"));
        expect(later).to.deep.equal({ ok: true, places: [places.at(-1)] });
        const values = (await eventually(() => store.list("j/"))).map(({ value }) => value);
        expect(values.filter((value) => value === "the one in question")).to.have.length(places.length - 2);
      });
    }
  });

  describe("where the server has no memory left", () => {
    it("takes nothing, not even half of a batch, and goes on reading", async () => {
      const own = await startRedis();
      const store = await openWith({ server: own.url });
      await store.commit({ put: { a: "1" }, append: [{ log: "j", value: "1" }] });
      await own.command("CONFIG", "SET", "maxmemory", "1mb");
      const batch = { put: { b: "2", a: null }, append: [{ log: "j", value: "2" }] };
      expect(await unavailable(store.commit(batch))).to.contain("OOM");
      expect(await unavailable(store.probe())).to.contain("OOM");
      expect(await store.list("")).to.deep.equal([
        { key: "a", value: "1" },
        { key: "j/0000000000000001", value: "1" },
        { key: "logs/j", value: "1" },
      ]);
      await own.command("CONFIG", "SET", "maxmemory", "0");
      await store.probe();
    });
  });

  describe("when the server is killed", () => {
    it("has everything that was acknowledged, in three kills under load", async () => {
      const own = await startRedis();
      const acknowledged: string[] = [];
      for (let round = 0; round < 3; round++) {
        const writer = await startWriter("redis", own.url);
        await writer.acknowledged(300);
        await own.kill();
        acknowledged.push(...(await writer.kill()));
        await own.restart();
        const store = await openRedisStore({ server: own.url });
        expect(await missing(store, acknowledged)).to.deep.equal([]);
        const log = await store.list("journal/", { limit: 10_000 });
        expect(String(log.length)).to.equal(await store.get("logs/journal"));
      }
      expect(acknowledged.length).to.be.at.least(900);
    });
  });
});

async function missing(store: Store, keys: readonly string[]): Promise<string[]> {
  const values = await store.getMany(keys);
  return keys.filter((_, index) => values[index] === null);
}

describe("a store in Redis with a replica", () => {
  needsRedis();
  let pair: RedisPair;
  beforeEach(async () => {
    pair = await startRedisPair();
  });
  afterEach(async () => {
    await endAll();
    await pair.stop();
  });
  const openAt = (server: RedisServer, waitReplicas: number) =>
    openRedisStore({ server: server.url, waitReplicas, timeoutMs: 4_000, waitMs: 1_000 });

  it("loses nothing acknowledged when its master dies under load and the replica takes over", async () => {
    const store = await eventually(() => openAt(pair.master, 1));
    const acknowledged: string[] = [];
    let dead = false;
    const caller = async (name: number) => {
      for (let count = 0; !dead; count++) {
        const key = `acked/${name}/${count}`;
        const made = await put(store, { [key]: "1" }).catch(() => null);
        if (made?.ok === true) acknowledged.push(key);
        else dead = true;
      }
    };
    const callers = Promise.all(Array.from({ length: 20 }, (_, name) => caller(name)));
    while (acknowledged.length < 500) await new Promise((resolve) => setTimeout(resolve, 5));
    await pair.master.kill();
    await callers;
    await pair.promote();
    const promoted = await openAt(pair.replica, 0);
    expect(await missing(promoted, acknowledged)).to.deep.equal([]);
  });

  it("acknowledges nothing that the replica does not hold, success or failed condition", async () => {
    const store = await eventually(() => openAt(pair.master, 1));
    await put(store, { a: "1" });
    pair.replica.freeze();
    expect(await unavailable(put(store, { b: "1" })))
      .to.contain("0 of 1 replicas")
      .and.to.contain("may or may not");
    // The condition fails because of what the replica does not hold yet: relying on it would be relying on what may be lost.
    await unavailable(store.commit({ expect: { b: null }, put: { b: "2" } }));
    await unavailable(store.commit({ expect: { b: "1" } }));
    await unavailable(store.probe());
    pair.replica.thaw();
    expect(await eventually(() => store.commit({ expect: { b: null } }))).to.deep.equal({ ok: false });
  });

  it("cannot be opened where there are too few replicas, nor on a replica", async () => {
    await eventually(async () => expect(await unavailable(openAt(pair.master, 2))).to.contain("1 of 2 replicas"));
    expect(await unavailable(openAt(pair.replica, 0))).to.contain("is a replica");
  });

  it("takes nothing once its master has become a replica, until it is one no more", async () => {
    const store = await openAt(pair.master, 0);
    await pair.master.command("REPLICAOF", "127.0.0.1", String(pair.replica.port));
    expect(await unavailable(put(store, { a: "1" }))).to.match(/READONLY|replica/);
    await eventually(async () => expect(await unavailable(store.probe())).to.contain("is a replica"));
    await pair.master.command("REPLICAOF", "NO", "ONE");
    await eventually(() => store.probe());
    await put(store, { a: "2" });
  });
});
