import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openFileBlobs } from "../../oracle/adapters/blobs/files.ts";
import { openRedisStore } from "../../oracle/adapters/stores/redis.ts";
import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import type { Store } from "../../oracle/ports.ts";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { needsRedis } from "../support/needs-redis.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const settings = {
    GUERDON_RPC_URLS: "http://127.0.0.1:1",
    GUERDON_FACTORY: `0x${"fa".repeat(20)}`,
    GUERDON_NODE_KEY: `0x${"ab".repeat(32)}`,
    GUERDON_MASTER_KEY_FILE: "master.key",
  };
  return new Promise((resolve) => {
    const all = { ...process.env, ...settings, ...env };
    execFile(process.execPath, ["scripts/guerdon.js", ...args], { env: all }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe("guerdon backup and restore", function () {
  needsRedis();
  this.timeout(60_000);

  let folder: string;
  let redis: RedisServer;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "guerdon-backup-"));
    redis = await startRedis();
  });
  after(async () => {
    await redis?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  const bytes = new TextEncoder().encode("evidence");

  async function fill(store: Store, dataDir: string): Promise<void> {
    await store.commit({ put: { "round/1": "one" }, append: [{ log: "journal", value: "first" }] });
    await (await openFileBlobs(join(dataDir, "blobs"))).put("items/a", bytes);
  }

  async function expectFilled(store: Store, dataDir: string): Promise<void> {
    expect(await store.getMany(["round/1", "journal/0000000000000001"])).to.deep.equal(["one", "first"]);
    expect(await store.commit({ append: [{ log: "journal", value: "second" }] })).to.deep.equal({
      ok: true,
      places: [2],
    });
    const found = await (await openFileBlobs(join(dataDir, "blobs"))).get("items/a");
    expect(Buffer.from(found!).toString()).to.equal("evidence");
    await store.close();
  }

  it("take a node's state while it runs, and give it to an empty one", async () => {
    const [running, fresh, file] = [at("running"), at("fresh"), at("node.backup")];
    await openFileBlobs(join(running, "blobs"));
    const store = await openSqliteStore(join(running, "node.db"));
    await fill(store, running);
    const taken = await run(["backup", "--to", file], { GUERDON_DATA_DIR: running });
    expect(taken.code, taken.err).to.equal(0);
    expect(taken.out).to.match(/1 blobs, SHA-256 [0-9a-f]{64}\n$/);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    await store.close();
    expect(readFileSync(file, "utf8")).not.to.contain("ab".repeat(32));

    const given = await run(["restore", "--from", file], { GUERDON_DATA_DIR: fresh });
    expect(given.code, given.err).to.equal(0);
    await expectFilled(await openSqliteStore(join(fresh, "node.db")), fresh);
    const again = await run(["restore", "--from", file], { GUERDON_DATA_DIR: fresh });
    expect([again.code, again.err]).to.deep.equal([
      1,
      'guerdon: field "store": the store is not empty; expected an empty store\n',
    ]);
  });

  it("do the same for a store in Redis", async () => {
    const [data, file] = [at("with-redis"), at("redis.backup")];
    const env = { GUERDON_DATA_DIR: data, GUERDON_REDIS_URL: redis.url };
    const store = await openRedisStore({ server: redis.url });
    await fill(store, data);
    expect((await run(["backup", "--to", file], env)).code).to.equal(0);
    await redis.command("FLUSHALL");
    rmSync(join(data, "blobs"), { recursive: true });
    const given = await run(["restore", "--from", file], env);
    expect(given.code, given.err).to.equal(0);
    await expectFilled(store, data);
  });

  it("overwrite nothing, and leave no half file", async () => {
    writeFileSync(at("taken"), "mine");
    const env = { GUERDON_DATA_DIR: at("running") };
    const taken = await run(["backup", "--to", at("taken")], env);
    expect([taken.code, readFileSync(at("taken"), "utf8")]).to.deep.equal([1, "mine"]);
    const nowhere = await run(["backup", "--to", join(at("none"), "x")], env);
    expect(nowhere.code).to.equal(1);
    expect(nowhere.err).to.contain("cannot be written (ENOENT)");
    const empty = await run(["backup", "--to", at("nothing")], { GUERDON_DATA_DIR: at("never-was") });
    expect([empty.code, existsSync(at("nothing"))]).to.deep.equal([1, false]);
  });

  it("take no damaged file, and write nothing of it", async () => {
    const text = readFileSync(at("node.backup"), "utf8");
    writeFileSync(at("damaged"), text.replace("one", "two"));
    const data = at("after-damage");
    const refused = await run(["restore", "--from", at("damaged")], { GUERDON_DATA_DIR: data });
    expect(refused.code, refused.out).to.equal(1);
    const store = await openSqliteStore(join(data, "node.db"));
    expect(await store.list("")).to.deep.equal([]);
    await store.close();
    expect((await run(["restore", "--from", at("missing")], { GUERDON_DATA_DIR: data })).err).to.contain("ENOENT");
  });

  it("are told of wrong usage and settings", async () => {
    expect((await run(["backup"], {})).code).to.equal(2);
    const wrong = await run(["backup", "--to", at("x")], { GUERDON_PORT: "x" });
    expect(wrong.code).to.equal(1);
    expect(wrong.err).to.contain("GUERDON_PORT");
  });
});
