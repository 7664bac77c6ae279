import { expect } from "chai";
import { hc } from "hono/client";
import { evidenceLeaf } from "../../oracle/domain/evidence.ts";
import { frozenSchema } from "../../oracle/domain/frozen.ts";
import { receiptProblem, receiptSchema } from "../../oracle/domain/receipt.ts";
import { evidenceApp } from "../../oracle/http/evidence.ts";
import { openRedisStore } from "../../oracle/adapters/stores/redis.ts";
import { StoreUnavailable, type Store } from "../../oracle/ports.ts";
import { ARBITER, CSV, MANAGER, NODE, POOL, PROVIDER, ROUND, STRANGER, SUBJECT } from "../roles/intake/fixture.ts";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { problemOf, ROUND_PATH, startEvidence, type EvidencePlay } from "./evidence-play.ts";
import { needsRedis } from "../support/needs-redis.ts";

const KEY = `key,${POOL},telemetry:write,evidence:read`;
const sent = { type: "text/csv", body: CSV };

const stores: Record<string, () => Promise<{ play: EvidencePlay; stop: () => Promise<void> }>> = {
  SQLite: async () => {
    const play = await startEvidence();
    return { play, stop: play.close };
  },
  Redis: async () => {
    const redis: RedisServer = await startRedis();
    const play = await startEvidence({ store: await openRedisStore({ server: redis.url }) });
    return { play, stop: async () => void (await play.close(), await redis.stop()) };
  },
};

for (const [name, start] of Object.entries(stores)) {
  describe(`Evidence over HTTP, on ${name}`, () => {
    if (name === "Redis") needsRedis();
    let play: EvidencePlay;
    let stop: () => Promise<void>;
    before(async () => {
      ({ play, stop } = await start());
    });
    after(() => stop?.());

    let leaf: string;
    it("takes telemetry of keys and the manager, and answers with the receipt", async () => {
      for (const [sequence, caller] of [KEY, MANAGER].entries()) {
        const response = await play.send(`telemetry/up.csv/${sequence}`, { ...sent, caller });
        expect(response.status).to.equal(201);
        const receipt = receiptSchema.parse(await response.json());
        expect(await receiptProblem(receipt)).to.equal(null);
        expect(receipt).to.include({ position: sequence + 1, source: caller === KEY ? "key:abc" : caller });
        expect(response.headers.get("etag")).to.equal(`"${receipt.leaf}"`);
        expect(response.headers.get("location")).to.equal(`${ROUND_PATH}/evidence/${receipt.leaf}`);
        leaf = receipt.leaf;
      }
    });

    it("takes no telemetry of providers, nor of anybody else", async () => {
      for (const caller of [PROVIDER, STRANGER]) {
        const response = await play.send("telemetry/up.csv/0", { ...sent, caller });
        expect(response.status).to.equal(403);
        expect((await problemOf(response)).type).to.equal("urn:guerdon:problem:not-entitled");
      }
    });

    it("answers 200 with the same receipt for the same again", async () => {
      const first = await play.send("telemetry/again.csv/0", sent);
      const again = await play.send("telemetry/again.csv/0", { ...sent, type: "Text/CSV; charset=utf-8" });
      expect([first.status, again.status]).to.deep.equal([201, 200]);
      expect(await again.json()).to.deep.equal(await first.json());
    });

    it("takes names in percent encoding as they are meant", async () => {
      const response = await play.send("telemetry/50%25%20%C3%BC.csv/0", sent);
      expect(response.status).to.equal(201);
      const { items } = (await (await play.send("evidence")).json()) as { items: { name: string }[] };
      expect(items.at(-1)!.name).to.equal("50% ü.csv");
    });

    it("takes addresses of pools in any case", async () => {
      const path = `/v1/pools/${POOL.toUpperCase().replace("0X", "0x")}/rounds/0/telemetry/up.csv/1`;
      expect((await play.send(path, sent)).status).to.equal(200);
    });

    it("takes documents of anybody who is signed in, and pages as text", async () => {
      const body = "<script>alert(1)</script>";
      const response = await play.send("documents?name=page", { caller: STRANGER, type: "text/html", body });
      expect(response.status).to.equal(201);
      const { leaf: page } = (await response.json()) as { leaf: string };
      const content = await play.send(`evidence/${page}/content`, { caller: STRANGER });
      expect(content.headers.get("content-type")).to.equal("text/plain; charset=utf-8");
      expect(content.headers.get("content-disposition")).to.equal("attachment; filename*=UTF-8''page");
      expect(content.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(content.headers.get("content-security-policy")).to.contain("sandbox").and.to.contain("default-src 'none'");
      expect(content.headers.get("cache-control")).to.equal("private, no-store");
      expect(await content.text()).to.equal(body);
    });

    it("lists what came in, in pages", async () => {
      const page = async (query: string) =>
        (await (await play.send(`evidence?${query}`, { caller: null })).json()) as {
          items: { position: number }[];
          next: number | null;
        };
      const first = await page("limit=2");
      expect(first.items.map(({ position }) => position)).to.deep.equal([1, 2]);
      expect(first.next).to.equal(2);
      const rest = await page(`after=${first.next}&limit=1000`);
      expect(rest.items[0]!.position).to.equal(3);
      expect(rest.next).to.equal(null);
      for (const query of ["limit=0", "limit=1001", "after=-1", "limit=x"]) {
        const { type, errors } = await problemOf(await play.send(`evidence?${query}`));
        expect(type).to.contain("invalid");
        expect(errors[0]!.field).to.match(/^query\.(limit|after)$/);
      }
    });

    it("keeps private documents for those entitled, and erases them", async () => {
      const query = `documents?name=story&private=true&subject=${SUBJECT}`;
      const response = await play.send(query, { caller: STRANGER, type: "text/plain", body: "A story." });
      const { leaf: story } = (await response.json()) as { leaf: string };
      for (const caller of [STRANGER, SUBJECT, ARBITER, NODE]) {
        const item = await play.send(`evidence/${story}`, { caller });
        expect(item.status).to.equal(200);
        expect(item.headers.get("cache-control")).to.equal("private, no-store");
        expect(await item.json()).to.have.nested.property("item.content", "A story.");
      }
      for (const caller of [null, PROVIDER, MANAGER, KEY]) {
        for (const path of ["", "/content", "/receipt"]) {
          const { type } = await problemOf(await play.send(`evidence/${story}${path}`, { caller }));
          expect(type).to.equal("urn:guerdon:problem:not-entitled");
        }
      }
      const erase = (caller: string | null) => play.send(`evidence/${story}`, { method: "DELETE", caller });
      expect((await problemOf(await erase(null))).type).to.equal("urn:guerdon:problem:sign-in-needed");
      expect((await problemOf(await erase(NODE))).type).to.equal("urn:guerdon:problem:not-entitled");
      expect((await erase(SUBJECT)).status).to.equal(204);
      const gone = await play.send(`evidence/${story}`, { caller: STRANGER });
      expect(gone.status).to.equal(410);
      expect((await problemOf(gone)).type).to.equal("urn:guerdon:problem:erased");
      expect((await erase(STRANGER)).status).to.equal(410);
    });

    it("says that the round is not closed, then how it was closed", async () => {
      const open = await play.send("frozen", { caller: null });
      expect(open.status).to.equal(409);
      expect((await problemOf(open)).type).to.equal("urn:guerdon:problem:not-frozen");
      expect((await problemOf(await play.send(`evidence/${leaf}`, { caller: null }))).type).to.contain("not-frozen");
      await play.intake.freeze(ROUND, 1000);
      const response = await play.send("frozen", { caller: null });
      const frozen = frozenSchema.parse(await response.json());
      expect(response.headers.get("etag")).to.equal(`"${frozen.evidenceRoot}"`);
      expect(response.headers.get("cache-control")).to.contain("immutable");
    });

    it("shows items to everybody after that, for ever", async () => {
      const response = await play.send(`evidence/${leaf}`, { caller: null });
      const { item, proof } = (await response.json()) as { item: Parameters<typeof evidenceLeaf>[0]; proof: string[] };
      expect(evidenceLeaf(item)).to.equal(leaf);
      expect(proof).to.have.length.above(0);
      expect(response.headers.get("cache-control")).to.contain("immutable");
      const content = await play.send(`evidence/${leaf}/content`, { caller: null });
      expect(content.headers.get("content-type")).to.equal("text/csv; charset=utf-8");
      const headers = { "if-none-match": content.headers.get("etag")! };
      expect((await play.send(`evidence/${leaf}/content`, { caller: null, headers })).status).to.equal(304);
    });

    it("knows no item of another name", async () => {
      for (const other of [`0x${"1".repeat(64)}`, "0x12", leaf.toUpperCase(), "..%2f"]) {
        const response = await play.send(`evidence/${other}`);
        expect(response.status).to.equal(404);
        expect((await problemOf(response)).type).to.equal("urn:guerdon:problem:unknown-item");
      }
    });
  });
}

describe("Evidence over HTTP", () => {
  it("says that the store cannot be reached, stores nothing, and logs no failure of its own", async () => {
    const play = await startEvidence();
    const commit: Store["commit"] = () => Promise.reject(new StoreUnavailable("the disk is full"));
    const broken = await startEvidence({ store: { ...play.store, commit } });
    const response = await broken.send("telemetry/up.csv/0", sent);
    expect(response.status).to.equal(503);
    expect(response.headers.get("retry-after")).to.match(/^\d+$/);
    expect(JSON.stringify(await problemOf(response)))
      .to.contain("store-unavailable")
      .and.not.to.contain("disk");
    expect(await play.dump()).to.equal("");
    expect(broken.logged).to.deep.equal([]);
    await broken.close();
  });

  it("logs what nobody foresaw, and says nothing of it", async () => {
    const play = await startEvidence({ poolInfo: () => Promise.reject(new Error("a secret inside")) });
    const response = await play.send("telemetry/up.csv/0", sent);
    expect(response.status).to.equal(500);
    expect(JSON.stringify(await problemOf(response))).not.to.contain("secret");
    expect(JSON.stringify(play.logged)).to.contain("secret");
    await play.close();
  });

  it("describes every route it has", async () => {
    const play = await startEvidence();
    const app = evidenceApp({ intake: play.intake, chainId: 1 });
    const { paths } = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "t", version: "1" } });
    const described = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const served = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(served)].sort())
      .to.deep.equal(described.sort())
      .and.to.have.length(11);
    await play.close();
  });

  it("has a typed client for what it answers in JSON", async () => {
    const play = await startEvidence();
    await play.send("telemetry/up.csv/0", sent);
    const client = hc<ReturnType<typeof evidenceApp>>("http://localhost", {
      fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise.resolve(play.app.request(String(input), init)),
    });
    const param = { pool: POOL, round: "0" };
    const response = await client.v1.pools[":pool"].rounds[":round"].evidence.$get({ param, query: { limit: "5" } });
    expect(response.status).to.equal(200);
    const page = (await response.json()) as { items: { position: number }[] };
    expect(page.items.map(({ position }) => position)).to.deep.equal([1]);
    await play.close();
  });
});
