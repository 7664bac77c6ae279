import { Queue as BullQueue } from "bullmq";
import { expect } from "chai";
import { Redis } from "ioredis";
import { healthApp } from "../../oracle/http/health.ts";
import { opsApp, type OpsParts } from "../../oracle/http/ops.ts";
import { createHealth, Unhealthy, type HealthCheck } from "../../oracle/ops/health.ts";
import { createMetrics } from "../../oracle/ops/metrics.ts";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { needsRedis } from "../support/needs-redis.ts";

const failing = new Map<string, string>();

function check(name: string, required = true): HealthCheck {
  return {
    name,
    required,
    run: () => {
      const wrong = failing.get(name);
      return wrong === undefined ? Promise.resolve() : Promise.reject(new Unhealthy(wrong));
    },
  };
}

function parts(extra: Partial<OpsParts> = {}): OpsParts {
  return {
    health: createHealth([check("store"), check("chain"), check("clock", false)], { holdMs: 0 }),
    metrics: createMetrics(),
    queue: {
      add: () => Promise.resolve(),
      work: () => undefined,
      counts: () => Promise.resolve([{ kind: "<b>", waiting: 2, active: 1, failed: 0 }]),
      close: () => Promise.resolve(),
    },
    ...extra,
  };
}

describe("the operator's server", () => {
  afterEach(() => failing.clear());

  it("says that the process is alive whatever fails", async () => {
    failing.set("store", "full");
    const answer = await opsApp(parts()).request("/healthz");
    expect([answer.status, await answer.json()]).to.deep.equal([200, { status: "ok" }]);
  });

  it("is ready, with warnings by name", async () => {
    failing.set("clock", "an hour off");
    const answer = await opsApp(parts()).request("/readyz");
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("cache-control")).to.equal("no-store");
    expect(await answer.json()).to.deep.equal({
      status: "ready",
      checks: ["store", "chain", "clock"],
      warnings: [{ name: "clock", detail: "an hour off" }],
    });
  });

  it("names in a problem what fails, on the public port too", async () => {
    failing.set("store", "the disk is full");
    failing.set("chain", "1 of 3 endpoints agree");
    for (const app of [opsApp(parts()), healthApp(parts().health)]) {
      const answer = await app.request("/readyz");
      expect(answer.status).to.equal(503);
      expect(answer.headers.get("content-type")).to.equal("application/problem+json");
      expect(answer.headers.get("retry-after")).to.equal("5");
      expect(await answer.json()).to.deep.equal({
        type: "urn:guerdon:problem:not-ready",
        title: "the node is not ready",
        status: 503,
        detail: "store: the disk is full; chain: 1 of 3 endpoints agree",
        failing: [
          { name: "store", detail: "the disk is full" },
          { name: "chain", detail: "1 of 3 endpoints agree" },
        ],
        warnings: [],
      });
    }
  });

  it("shows metrics in the text format of Prometheus", async () => {
    const metrics = createMetrics();
    metrics.set("guerdon_spend_wei", {}, 5);
    const answer = await opsApp(parts({ metrics })).request("/metrics");
    expect(answer.headers.get("content-type")).to.match(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).to.contain("guerdon_spend_wei 5");
  });

  it("shows jobs as JSON, and as a page that renders names as text", async () => {
    const app = opsApp(parts());
    expect(await (await app.request("/queues")).json()).to.deep.equal({
      queues: [{ kind: "<b>", waiting: 2, active: 1, failed: 0 }],
    });
    const page = await (await app.request("/queues", { headers: { accept: "text/html" } })).text();
    expect(page).to.contain("<td>&lt;b&gt;</td>").and.not.contain("<b>");
    expect((await app.request("/queues/board")).status).to.equal(404);
  });

  it("answers what does not exist with a problem", async () => {
    const answer = await opsApp(parts()).request("/v1/pools");
    expect(answer.status).to.equal(404);
    expect(answer.headers.get("content-type")).to.equal("application/problem+json");
  });
});

describe("the board of BullMQ's queues", () => {
  needsRedis();
  let redis: RedisServer;
  let connection: Redis;
  let queue: BullQueue;

  before(async () => {
    redis = await startRedis();
    connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    queue = new BullQueue("webhook", { connection });
    await queue.waitUntilReady();
  });
  after(async () => {
    await queue?.close();
    connection?.disconnect();
    await redis?.stop();
  });

  it("shows jobs and changes none", async () => {
    const job = await queue.add("deliver", { place: 7 });
    const app = opsApp(parts({ boards: () => Promise.resolve([queue]) }));
    const page = await app.request("/queues/board");
    expect(page.status).to.equal(200);
    const text = await page.text();
    expect(text).to.contain('href="/queues/board/');
    const files = [...text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => `/queues/board/${file}`);
    expect(files.length).to.be.greaterThan(2);
    for (const file of files) expect((await app.request(file)).status, file).to.equal(200);
    expect(page.headers.get("content-security-policy")).to.contain("default-src 'self'").and.not.contain("http");
    const listed = await (await app.request("/queues/board/api/queues?activeQueue=webhook&status=waiting")).json();
    expect(JSON.stringify(listed)).to.contain('"place":7');
    const clean = await app.request(`/queues/board/api/queues/webhook/${job.id ?? ""}/clean`, { method: "PUT" });
    expect(clean.status).to.equal(405);
    expect(await queue.getWaitingCount()).to.equal(1);
  });
});
