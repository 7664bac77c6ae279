import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { openSqliteSnapshot, openSqliteStore } from "../../../oracle/adapters/stores/sqlite.ts";
import { StoreUnavailable, type Store } from "../../../oracle/ports.ts";
import { asNobody } from "../../support/nobody.ts";
import { unavailable } from "../../support/unavailable.ts";
import { describeStore } from "./contract.ts";
import { describeAgainstModel } from "./model.ts";
import { startWriter } from "./writer.ts";

describe("a store in SQLite", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-store-"));
    path = join(folder, "store.db");
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function open() {
    const own = await mkdtemp(join(tmpdir(), "guerdon-store-"));
    const store = await openSqliteStore(join(own, "store.db"));
    return {
      store,
      dispose: async () => {
        await store.close();
        await rm(own, { recursive: true });
      },
    };
  }
  describeStore(open);
  describeAgainstModel(open, 100);

  const put = (store: Store, values: Record<string, string | null>) => store.commit({ put: values });

  it("is there again after closing", async () => {
    const store = await openSqliteStore(path);
    await store.commit({ put: { a: "1" }, append: [{ log: "j", value: "1" }] });
    await store.close();
    const again = await openSqliteStore(path);
    expect(await again.get("a")).to.equal("1");
    expect(await again.commit({ append: [{ log: "j", value: "2" }] })).to.deep.equal({ ok: true, places: [2] });
    await again.close();
  });

  describe("what is removed", () => {
    const SECRET = "the name of one who asked to be forgotten";
    const left = async () => {
      const files = await readdir(folder);
      const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
      return files.filter((_, index) => contents[index]!.includes(SECRET));
    };

    it("is gone from the files, log and all, soon after; overwritten values too", async () => {
      const store = await openSqliteStore(path, { eraseAfterMs: 20 });
      await put(store, { kept: "k", gone: SECRET, large: SECRET.repeat(1_000), changed: SECRET });
      expect(await left()).not.to.deep.equal([]);
      await put(store, { gone: null, large: null, changed: "c" });
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await left()).to.deep.equal([]);
      expect(await store.getMany(["kept", "gone", "large", "changed"])).to.deep.equal(["k", null, null, "c"]);
      await store.close();
    });

    it("is gone as soon as a reader that held it back has closed", async () => {
      const store = await openSqliteStore(path, { eraseAfterMs: 20, busyTimeoutMs: 1 });
      await put(store, { gone: SECRET });
      const snapshot = await openSqliteSnapshot(path);
      await put(store, { gone: null });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await left()).not.to.deep.equal([]);
      await snapshot.close();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await left()).to.deep.equal([]);
      await store.close();
    });
  });

  describe("a snapshot", () => {
    it("shows one state while the store goes on, and takes nothing", async () => {
      const store = await openSqliteStore(path);
      await put(store, { a: "1", b: "1" });
      const snapshot = await openSqliteSnapshot(path);
      await put(store, { a: "2", b: null, c: "2" });
      expect(await snapshot.list("")).to.deep.equal([
        { key: "a", value: "1" },
        { key: "b", value: "1" },
      ]);
      expect(await store.getMany(["a", "b", "c"])).to.deep.equal(["2", null, "2"]);
      expect(await unavailable(put(snapshot, { a: "3" }))).to.contain("read-only");
      expect(await unavailable(snapshot.probe())).to.contain("read-only");
      await snapshot.close();
      await store.close();
    });

    it("needs a store", async () => {
      expect(await unavailable(openSqliteSnapshot(path))).to.contain("cannot be opened");
    });
  });

  describe("where it cannot be opened", () => {
    it("says that another process has it, and opens when that one is killed", async () => {
      const writer = await startWriter("sqlite", path);
      expect(await unavailable(openSqliteStore(path))).to.contain("in use by another process");
      await writer.kill();
      await (await openSqliteStore(path)).close();
    });

    it("says so in the same process too", async () => {
      const store = await openSqliteStore(path);
      expect(await unavailable(openSqliteStore(path))).to.contain("in use");
      await store.close();
    });

    it("says what is wrong with the file", async () => {
      expect(await unavailable(openSqliteStore(join(folder, "none", "store.db")))).to.contain("no such folder");
      await mkdir(join(folder, "folder"));
      expect(await unavailable(openSqliteStore(join(folder, "folder")))).to.contain("cannot be opened");
      await writeFile(path, "no database at all, but longer than a header of SQLite, which has 100 bytes".repeat(2));
      expect(await unavailable(openSqliteStore(path))).to.contain("no store");
    });

    it("leaves another program's database alone, and one of a later format", async () => {
      const other = new Sqlite(path);
      other.exec("CREATE TABLE entries (key TEXT)");
      expect(await unavailable(openSqliteStore(path))).to.contain("another program");
      other.close();

      const later = join(folder, "later.db");
      await (await openSqliteStore(later)).close();
      const file = new Sqlite(later);
      file.pragma("user_version = 2");
      file.close();
      expect(await unavailable(openSqliteStore(later))).to.contain("format 2; this program knows 1");
    });

    it("opens an empty file, as a kill right after its making leaves it", async () => {
      await writeFile(path, "");
      await (await openSqliteStore(path)).close();
    });

    it("says that it may not write", async () => {
      await (await openSqliteStore(path)).close();
      for (const name of await readdir(folder)) await chmod(join(folder, name), 0o444);
      await chmod(folder, 0o555);
      expect(await asNobody(() => unavailable(openSqliteStore(path)))).to.match(/read-only|cannot be opened/);
      await chmod(folder, 0o755);
    });
  });

  describe("where it cannot write", () => {
    it("waits for a foreign lock a while, then says so; nothing is made", async () => {
      const store = await openSqliteStore(path, { busyTimeoutMs: 50 });
      const foreign = new Sqlite(path);
      foreign.exec("BEGIN IMMEDIATE");
      expect(await unavailable(put(store, { a: "1" }))).to.contain("locked");
      expect(await unavailable(store.probe())).to.contain("locked");
      expect(await store.get("a")).to.equal(null);
      foreign.exec("ROLLBACK");
      foreign.close();
      await store.probe();
      await put(store, { a: "2" });
      expect(await store.get("a")).to.equal("2");
      await store.close();
    });

    it("refuses what does not fit, alone; reads go on, and so does writing once there is room", async () => {
      const store = await openSqliteStore(path, { maxBytes: 1_000_000 });
      const outcomes = await Promise.allSettled([
        put(store, { small: "1" }),
        store.commit({ put: { large: "x".repeat(1_500_000) }, append: [{ log: "j", value: "1" }] }),
        store.commit({ expect: { large: null }, put: { other: "1" } }),
      ]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
      expect((outcomes[1] as PromiseRejectedResult).reason).to.be.instanceOf(StoreUnavailable);
      expect(await store.getMany(["small", "large", "other", "logs/j"])).to.deep.equal(["1", null, "1", null]);

      const filled = await fill(store);
      expect(await unavailable(store.probe())).to.contain("full");
      expect(await store.get("fill/0")).to.have.length(20_000);
      await put(store, Object.fromEntries(Array.from({ length: filled }, (_, i) => [`fill/${i}`, null])));
      await store.probe();
      expect(await put(store, { more: "1" })).to.have.property("ok", true);
      await store.close();
    });

    async function fill(store: Store): Promise<number> {
      for (let count = 0; ; count++) {
        const taken = await put(store, { [`fill/${count}`]: "x".repeat(20_000) }).catch((error: unknown) => error);
        if (taken instanceof StoreUnavailable) return count;
      }
    }
  });

  describe("when its process is killed", () => {
    it("has everything that was acknowledged, in five kills under load", async () => {
      const acknowledged: string[] = [];
      for (let round = 0; round < 5; round++) {
        const writer = await startWriter("sqlite", path);
        await writer.acknowledged(300);
        acknowledged.push(...(await writer.kill()));
        const store = await openSqliteStore(path);
        const values = await store.getMany(acknowledged);
        expect(acknowledged.filter((_, index) => values[index] === null)).to.deep.equal([]);
        const log = await store.list("journal/", { limit: 10_000 });
        expect(log.length).to.equal(Number(await store.get("logs/journal")));
        expect(log.length).to.be.at.least(acknowledged.length);
        await store.close();
      }
      expect(acknowledged.length).to.be.at.least(1_500);
    });
  });
});
