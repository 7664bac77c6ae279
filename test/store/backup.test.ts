import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { openFileBlobs } from "../../oracle/adapters/blobs/files.ts";
import { openRedisStore } from "../../oracle/adapters/stores/redis.ts";
import { openSqliteSnapshot, openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { StoreUnavailable, type BlobStore, type Store } from "../../oracle/ports.ts";
import { backup, restore, verify } from "../../oracle/store/backup.ts";
import { migrate, RESTORING_KEY, SchemaError } from "../../oracle/store/migrate.ts";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { unavailable } from "../support/unavailable.ts";
import { needsRedis } from "../support/needs-redis.ts";

describe("backup and restore", () => {
  needsRedis();
  let server: RedisServer;
  let folder: string;
  let count = 0;
  const opened: Store[] = [];
  before(async () => {
    server = await startRedis();
  });
  after(() => server?.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-backup-"));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await rm(folder, { recursive: true });
  });

  async function newStore(kind: "sqlite" | "redis"): Promise<Store> {
    const name = `b${++count}`;
    const store = await (kind === "sqlite"
      ? openSqliteStore(join(folder, `${name}.db`))
      : openRedisStore({ server: server.url, prefix: name }));
    opened.push(store);
    return store;
  }
  const newBlobs = () => openFileBlobs(join(folder, `blobs${++count}`));
  const file = () => join(folder, `archive${++count}`);

  async function filled(kind: "sqlite" | "redis"): Promise<{ store: Store; blobs: BlobStore }> {
    const [store, blobs] = [await newStore(kind), await newBlobs()];
    for (let part = 0; part < 3; part++) {
      const entries = Array.from({ length: 600 }, (_, i) => [`k/${part}/${i}`, `value ${i} é😀\n\0"`]);
      await store.commit({ put: Object.fromEntries(entries), append: [{ log: "journal", value: `part ${part}` }] });
    }
    await store.commit({ put: { schema: "1", large: "x".repeat(5_000_000), empty: "" } });
    await blobs.put("e/1", new Uint8Array(0));
    await blobs.put(
      "e/2",
      Uint8Array.from({ length: 300_000 }, (_, i) => i % 256),
    );
    return { store, blobs };
  }

  async function contentOf(store: Store, blobs: BlobStore) {
    const entries = await store.list("", { limit: 10_000 });
    const content: [string, string][] = [];
    for await (const key of blobs.keys(""))
      content.push([key, Buffer.from((await blobs.get(key))!).toString("base64")]);
    return { entries, blobs: content.sort() };
  }

  async function backedUp(kind: "sqlite" | "redis" = "sqlite") {
    const { store, blobs } = await filled(kind);
    const path = file();
    const summary = await backup(store, blobs, createWriteStream(path, { flush: true }));
    return { store, blobs, path, summary };
  }

  async function refused(work: Promise<unknown>): Promise<string> {
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(InputError);
    return (error as InputError).message;
  }

  for (const [from, to] of [
    ["sqlite", "redis"],
    ["redis", "sqlite"],
    ["sqlite", "sqlite"],
  ] as const) {
    it(`brings everything from ${from} to ${to}, and logs go on where they were`, async () => {
      const { store, blobs, path, summary } = await backedUp(from);
      expect(summary).to.include({ entries: 1_807, blobs: 2 });
      expect(await verify(createReadStream(path))).to.deep.equal(summary);
      const [target, targetBlobs] = [await newStore(to), await newBlobs()];
      expect(await restore(() => createReadStream(path), target, targetBlobs)).to.deep.equal(summary);
      expect(await contentOf(target, targetBlobs)).to.deep.equal(await contentOf(store, blobs));
      expect(await target.commit({ append: [{ log: "journal", value: "next" }] })).to.deep.equal({
        ok: true,
        places: [4],
      });
    });
  }

  it("gives the same bytes for the same content", async () => {
    const { store, blobs, path } = await backedUp();
    const again = file();
    await backup(store, blobs, createWriteStream(again));
    expect((await readFile(path)).equals(await readFile(again))).to.equal(true);
  });

  it("brings nothing as well", async () => {
    const path = file();
    const summary = await backup(await newStore("sqlite"), await newBlobs(), createWriteStream(path));
    expect(summary).to.include({ entries: 0, blobs: 0 });
    const target = await newStore("sqlite");
    await restore(() => createReadStream(path), target, await newBlobs());
    expect(await target.list("")).to.deep.equal([]);
  });

  it("takes one moment of a SQLite store that goes on", async () => {
    const store = await newStore("sqlite");
    const move = (step: number) =>
      store.commit({ put: { a: String(step), z: String(step) }, append: [{ log: "m", value: String(step) }] });
    for (let step = 1; step <= 600; step++) await move(step);
    const snapshot = await openSqliteSnapshot(join(folder, `b${count}.db`));
    opened.push(snapshot);
    let going = true;
    const mover = (async () => {
      for (let step = 601; going; step++) await move(step);
    })();
    const path = file();
    await backup(snapshot, await newBlobs(), createWriteStream(path));
    going = false;
    await mover;
    const target = await newStore("sqlite");
    await restore(() => createReadStream(path), target, await newBlobs());
    expect(await target.getMany(["a", "z", "logs/m"])).to.deep.equal(["600", "600", "600"]);
    expect(Number(await store.get("logs/m"))).to.be.greaterThan(600);
  });

  it("takes logs of a Redis store that goes on without a gap or a place too many", async () => {
    const store = await newStore("redis");
    const append = () =>
      store.commit({
        append: [
          { log: "a/log", value: "x" },
          { log: "z/log", value: "x" },
        ],
      });
    for (let i = 0; i < 700; i++) await append();
    let going = true;
    const appender = (async () => {
      while (going) await append();
    })();
    const path = file();
    await backup(store, await newBlobs(), createWriteStream(path));
    going = false;
    await appender;
    const target = await newStore("redis");
    await restore(() => createReadStream(path), target, await newBlobs());
    for (const log of ["a/log", "z/log"]) {
      const places = await target.list(`${log}/`, { limit: 10_000 });
      expect(String(places.length)).to.equal(await target.get(`logs/${log}`));
      expect(places.length).to.be.at.least(700);
    }
  });

  describe("a damaged archive", () => {
    it("is refused wherever it is cut or changed, before anything is written", async () => {
      const [small, blobs] = [await newStore("sqlite"), await newBlobs()];
      await small.commit({ put: { a: "1", b: "2" }, append: [{ log: "l", value: "3" }] });
      await blobs.put("c", Buffer.from("blob"));
      const path = file();
      await backup(small, blobs, createWriteStream(path));
      const whole = await readFile(path);
      const [target, targetBlobs] = [await newStore("sqlite"), await newBlobs()];
      const damaged = file();
      const refusedAs = async (bytes: Buffer) => {
        await writeFile(damaged, bytes);
        await refused(restore(() => createReadStream(damaged), target, targetBlobs));
      };
      for (let length = 0; length < whole.length; length++) await refusedAs(whole.subarray(0, length));
      for (let at = 0; at < whole.length; at++) {
        const changed = Buffer.from(whole);
        changed[at] = changed[at]! ^ 1;
        await refusedAs(changed);
      }
      await refusedAs(Buffer.concat([whole, Buffer.from("\n")]));
      await refusedAs(Buffer.concat([whole, whole]));
      expect(await contentOf(target, targetBlobs)).to.deep.equal({ entries: [], blobs: [] });
      await restore(() => createReadStream(path), target, targetBlobs);
      expect(await target.get("a")).to.equal("1");
    });

    it("is told from another version's and from what is none", async () => {
      const said = async (text: string) => {
        const path = file();
        await writeFile(path, text);
        return refused(verify(createReadStream(path)));
      };
      expect(await said('{"guerdon":"backup","version":2}\n'))
        .to.contain("another version")
        .and.to.contain('"2"');
      expect(await said('{"other":1}\n')).to.contain("no backup");
      expect(await said("text\n"))
        .to.contain("line 1")
        .and.to.contain("not JSON");
      expect(await said("")).to.contain("cut off");
      expect(await said("[]\nnull\n")).to.contain("no backup");
    });

    it("is refused whatever its bytes are", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(fc.string(), fc.json(), fc.constant('{"guerdon":"backup","version":1}'))),
          async (lines) => {
            const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
            await refused(
              verify(
                (async function* () {
                  yield await Promise.resolve(bytes);
                })(),
              ),
            );
          },
        ),
        { numRuns: 200 },
      );
    });
  });

  it("refuses a store that holds something, and leaves it as it is", async () => {
    const { path } = await backedUp();
    for (const kind of ["sqlite", "redis"] as const) {
      const target = await newStore(kind);
      await target.commit({ put: { z: "mine" } });
      expect(await refused(restore(() => createReadStream(path), target, await newBlobs()))).to.contain("not empty");
      expect(await target.list("")).to.deep.equal([{ key: "z", value: "mine" }]);
    }
  });

  it("that was broken off keeps a node from starting, and is finished by the same archive only", async () => {
    const { store, blobs, path } = await backedUp();
    const other = file();
    const [target, targetBlobs] = [await newStore("sqlite"), await newBlobs()];
    let left = 2;
    const failing: Store = {
      ...target,
      commit: (batch) => (left-- > 0 ? target.commit(batch) : Promise.reject(new StoreUnavailable("full"))),
    };
    await unavailable(restore(() => createReadStream(path), failing, targetBlobs));
    expect((await target.list("k/")).length).to.be.greaterThan(0);
    const start: unknown = await migrate(target, []).catch((error: unknown) => error);
    expect(start).to.be.instanceOf(SchemaError);

    await backup(await newStore("sqlite"), await newBlobs(), createWriteStream(other));
    expect(await refused(restore(() => createReadStream(other), target, targetBlobs))).to.contain("not empty");
    await restore(() => createReadStream(path), target, targetBlobs);
    expect(await target.get(RESTORING_KEY)).to.equal(null);
    expect(await contentOf(target, targetBlobs)).to.deep.equal(await contentOf(store, blobs));
  });

  it("says so where the store goes away or the archive cannot be written", async () => {
    const { store, blobs } = await filled("sqlite");
    const gone: Store = { ...store, list: () => Promise.reject(new StoreUnavailable("gone")) };
    const path = file();
    await unavailable(backup(gone, blobs, createWriteStream(path)));
    await refused(verify(createReadStream(path)));
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error("ENOSPC")) });
    expect(await backup(store, blobs, full).catch((error: Error) => error.message)).to.equal("ENOSPC");
  });
});
