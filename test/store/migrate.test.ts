import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openRedisStore } from "../../oracle/adapters/stores/redis.ts";
import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import { StoreUnavailable, type Store } from "../../oracle/ports.ts";
import { migrate, RESTORING_KEY, SchemaError } from "../../oracle/store/migrate.ts";
import { migration, STEPS } from "./steps.ts";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { needsRedis } from "../support/needs-redis.ts";

async function refused(work: Promise<unknown>, kind: new () => Error): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(kind);
  return (error as Error).message;
}

describe("migrations", () => {
  let folder: string;
  let path: string;
  let store: Store;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-migrate-"));
    path = join(folder, "store.db");
    store = await openSqliteStore(path);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const state = async (of: Store) => (await of.list("")).map(({ key, value }) => `${key}=${value}`);
  const MADE = [
    "count=20",
    "logs/steps=3",
    "schema=3",
    "steps/0000000000000001=1",
    "steps/0000000000000002=2",
    "steps/0000000000000003=3",
  ];

  it("makes each step once, in order, and nothing the next time", async () => {
    expect(await migrate(store, STEPS)).to.deep.equal({ from: 0, to: 3 });
    expect(await state(store)).to.deep.equal(MADE);
    expect(await migrate(store, STEPS)).to.deep.equal({ from: 3, to: 3 });
    expect(await state(store)).to.deep.equal(MADE);
  });

  it("goes on from the version it finds", async () => {
    expect(await migrate(store, STEPS.slice(0, 1))).to.deep.equal({ from: 0, to: 1 });
    expect(await migrate(store, STEPS)).to.deep.equal({ from: 1, to: 3 });
    expect(await state(store)).to.deep.equal(MADE);
  });

  it("refuses a store of a later program, unchanged", async () => {
    await migrate(store, STEPS);
    expect(await refused(migrate(store, STEPS.slice(0, 2)), SchemaError))
      .to.contain("has version 3")
      .and.to.contain("up to 2");
    expect(await state(store)).to.deep.equal(MADE);
  });

  it("refuses a version that is none, and a restore that was not finished", async () => {
    for (const schema of ["0", "-1", "x", "1.5", ""]) {
      await store.commit({ put: { schema } });
      await refused(migrate(store, STEPS), StoreUnavailable);
    }
    await store.commit({ put: { schema: null, [RESTORING_KEY]: "hash" } });
    expect(await refused(migrate(store, STEPS), SchemaError)).to.contain("not finished");
    expect(await state(store)).to.deep.equal([`${RESTORING_KEY}=hash`]);
  });

  it("refuses a list of steps with a gap", async () => {
    await refused(migrate(store, [STEPS[0]!, STEPS[2]!]), RangeError as unknown as new () => Error);
    expect(await state(store)).to.deep.equal([]);
  });

  it("asks for a step anew where what it relied on has changed, but not for ever", async () => {
    let asked = 0;
    const unlucky = migration(1, async (own) => {
      const value = await own.get("a");
      if (++asked < 4) await own.commit({ put: { a: String(asked) } });
      return { expect: { a: value }, put: { b: String(value) } };
    });
    await migrate(store, [unlucky]);
    expect(await state(store)).to.deep.equal(["a=3", "b=3", "schema=1"]);

    const hopeless = migration(2, () => ({ expect: { a: "never" }, put: { b: "never" } }));
    expect(await refused(migrate(store, [unlucky, hopeless]), SchemaError)).to.contain("version 2");
    expect(await state(store)).to.deep.equal(["a=3", "b=3", "schema=1"]);
  });

  it("comes out the same after any number of kills in the middle", async () => {
    await store.close();
    const program = `import(${JSON.stringify(new URL("./steps.ts", import.meta.url).href)}).then((own) => own.migrateSlowly(${JSON.stringify(path)}))`;
    let kills = 0;
    for (let done = false; !done;) {
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exit = once(child, "exit");
      const [said] = (await once(child.stdout, "data")) as [Buffer];
      done = said.toString().includes("done");
      // Now before, now after the commit of the step that it has named.
      await new Promise((resolve) => setTimeout(resolve, kills * 15));
      child.kill("SIGKILL");
      await exit;
      if (!done) kills++;
    }
    expect(kills).to.be.at.least(2);
    store = await openSqliteStore(path);
    expect(await state(store)).to.deep.equal(MADE);
  });

  describe("of a store in Redis", () => {
    needsRedis();
    let server: RedisServer;
    before(async () => {
      server = await startRedis();
    });
    after(() => server?.stop());

    it("come out the same where several processes start at once", async () => {
      for (let round = 0; round < 10; round++) {
        const open = () => openRedisStore({ server: server.url, prefix: `m${round}` });
        const stores = await Promise.all([open(), open(), open(), open()]);
        const ends = await Promise.all(stores.map((one) => migrate(one, STEPS)));
        expect(ends.map(({ to }) => to)).to.deep.equal([3, 3, 3, 3]);
        expect(await state(stores[0]!)).to.deep.equal(MADE);
        await Promise.all(stores.map((one) => one.close()));
      }
    });
  });
});
