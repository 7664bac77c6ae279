import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { openEmbeddedQueue } from "../../oracle/adapters/queues/embedded.ts";
import { createBell } from "../../oracle/ops/bell.ts";
import type { DomainEvent } from "../../oracle/ops/events.ts";
import { journalEntry } from "../../oracle/ops/journal.ts";
import { createLogger } from "../../oracle/ops/log.ts";
import { createMetrics } from "../../oracle/ops/metrics.ts";
import { deliverer, webhookEndpoints, DeliveryError } from "../../oracle/ops/webhook-delivery.ts";
import { readWebhookSecret } from "../../oracle/ops/webhook-secret.ts";
import { startWebhooks } from "../../oracle/ops/webhooks.ts";
import type { Store } from "../../oracle/ports.ts";
import { receive, type Received, type Receiver } from "./http-server.ts";
import { openTestStore, type TestStore } from "./store.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const POOL = `0x${"01".repeat(20)}` as const;
const ROOT = `0x${"03".repeat(32)}` as const;
const AT = Date.UTC(2026, 0, 2);

const settled = (round: number): DomainEvent => ({
  type: "round.settled",
  at: AT,
  chainId: 1,
  pool: POOL,
  round,
  data: { evidenceRoot: ROOT },
});
const frozen: DomainEvent = {
  type: "round.frozen",
  at: AT,
  chainId: 1,
  pool: POOL,
  round: 0,
  data: { evidenceRoot: ROOT, items: 1 },
};

async function write(store: Store, ...events: DomainEvent[]): Promise<void> {
  await store.commit({ append: events.map(journalEntry) });
}

function roundsOf(received: readonly Received[]): number[] {
  return received.map(({ body }) => (JSON.parse(body.toString()) as { data: { round: number } }).data.round);
}

function isIdle(counts: readonly { waiting: number; active: number }[]): boolean {
  return counts.every(({ waiting, active }) => waiting + active === 0);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it did not come to hold within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("webhooks", () => {
  let made: TestStore;
  let receiver: Receiver;
  const lines: string[] = [];
  const metrics = createMetrics();
  const log = createLogger({ level: "debug", secrets: [], to: { write: (line) => void lines.push(line) } });

  beforeEach(async () => {
    made = await openTestStore();
    lines.length = 0;
  });
  afterEach(async () => {
    await receiver.close();
    await made.remove();
  });

  /** A node's webhooks over the store, as a start makes them. */
  async function start(urls: readonly string[], options: { attempts?: number } = {}) {
    const queue = openEmbeddedQueue(made.store, { log, firstDelayMs: 5, longestDelayMs: 20, sole: true });
    const bell = createBell();
    const common = { store: made.store, queue, bell, secret: SECRET, clock: Date.now, metrics, log };
    const webhooks = await startWebhooks({
      ...common,
      endpoints: webhookEndpoints(urls),
      pollMs: 10,
      timeoutMs: 100,
      ...options,
    });
    const stop = async (): Promise<void> => {
      await webhooks.stop();
      await queue.close();
    };
    return { queue, bell, stop };
  }

  it("tell each endpoint of the events operators want, signed, in the standard's form", async () => {
    receiver = await receive();
    const { stop, bell } = await start([`${receiver.url}/a`, `${receiver.url}/b`]);
    await write(made.store, frozen, settled(4));
    bell.ring();
    await until(() => receiver.received.length === 2);
    await stop();
    expect(receiver.received.map(({ path }) => path)).to.have.members(["/a", "/b"]);
    for (const { headers, body } of receiver.received) {
      const text = body.toString();
      expect(new Webhook(SECRET).verify(text, headers as Record<string, string>)).to.deep.equal({
        type: "round.settled",
        timestamp: "2026-01-02T00:00:00.000Z",
        data: { chainId: 1, pool: POOL, round: 4, evidenceRoot: ROOT },
      });
      expect(() => new Webhook(SECRET).verify(text.replace("4", "5"), headers as Record<string, string>)).to.throw();
      expect(headers["content-type"]).to.equal("application/json");
    }
  });

  it("are tried again through errors, redirects and silence, with the same id", async () => {
    const faults: ((request: Received) => number | null)[] = [() => 500, () => 301, () => 429, () => null];
    receiver = await receive((request, response) => {
      response.setHeader("location", "/elsewhere");
      return faults.shift()?.(request) ?? (faults.length === 0 && receiver.received.length > 4 ? 204 : null);
    });
    const { stop, queue } = await start([receiver.url]);
    await write(made.store, settled(1));
    await until(async () => receiver.received.length === 5 && isIdle(await queue.counts()));
    await stop();
    expect(receiver.received.map(({ path }) => path)).to.deep.equal(Array(5).fill("/"));
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).to.equal(1);
    const text = await metrics.text();
    for (const result of ["status-500", "status-301", "status-429", "timeout", "taken"]) {
      expect(text).to.contain(`guerdon_webhook_deliveries_total{endpoint="1",result="${result}"}`);
    }
  });

  it("are left to the operator when all attempts have failed, and hold up nothing else", async () => {
    receiver = await receive(({ path }) => (path === "/dead" ? 500 : 200));
    const { stop, queue } = await start([`${receiver.url}/dead`, `${receiver.url}/well`], { attempts: 3 });
    await write(made.store, settled(1), settled(2));
    await until(async () => (await queue.counts())[0]?.failed === 2);
    await stop();
    const paths = receiver.received.map(({ path }) => path);
    expect(paths.filter((path) => path === "/dead")).to.have.length(6);
    expect(paths.filter((path) => path === "/well")).to.have.length(2);
    expect(lines.join()).to.contain("status-500").and.not.contain("/dead");
  });

  it("lose nothing over restarts, wherever they were stopped", async () => {
    let answered = 0;
    receiver = await receive(() => (++answered % 3 === 0 ? 200 : 503));
    await (await start([receiver.url])).stop();
    const wanted = Array.from({ length: 20 }, (_, round) => round);
    for (const round of wanted) {
      await write(made.store, settled(round), frozen);
      const { stop } = await start([receiver.url], { attempts: 1000 });
      // Sometimes before the event is in the queue, sometimes before it is taken.
      if (round % 3 > 0) await new Promise((resolve) => setTimeout(resolve, round));
      await stop();
      made = await made.reopen();
    }
    const { stop, queue } = await start([receiver.url], { attempts: 1000 });
    await until(() => new Set(roundsOf(receiver.received)).size === wanted.length);
    await until(async () => isIdle(await queue.counts()));
    await stop();
    const byId = new Map(receiver.received.map((one) => [one.headers["webhook-id"], roundsOf([one])[0]]));
    expect([...byId.values()].sort((a, b) => a! - b!)).to.deep.equal(wanted);
  });

  it("tell a new endpoint what happens from then on, and keep no URL", async () => {
    receiver = await receive();
    await write(made.store, settled(1));
    const { stop } = await start([`${receiver.url}/canary`]);
    await write(made.store, settled(2));
    await until(() => receiver.received.length === 1);
    await stop();
    expect(roundsOf(receiver.received)).to.deep.equal([2]);
    const stored = await made.store.list("");
    expect(JSON.stringify(stored)).not.to.contain("canary").and.not.contain("whsec");
  });

  it("drop what was meant for an endpoint that is gone", async () => {
    receiver = await receive(() => 500);
    await write(made.store, settled(1));
    const parts = { store: made.store, secret: SECRET, clock: Date.now, metrics, log };
    const [endpoint] = webhookEndpoints([receiver.url]);
    const data = { endpoint: endpoint!.id, place: 1 };
    await deliverer({ ...parts, endpoints: [] })(data);
    expect(receiver.received).to.have.length(0);
    const refused = await deliverer({ ...parts, endpoints: [endpoint!] })(data).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DeliveryError).with.property("reason", "status-500");
  });
});

describe("the webhooks' secret", () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "guerdon-secret-"));
    path = join(folder, "secret");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is read from its file", async () => {
    writeFileSync(path, `${SECRET}\n`);
    expect(await readWebhookSecret(path)).to.equal(SECRET);
  });

  for (const wrong of [
    "",
    "canary",
    "whsec_canary",
    `whsec_${"A".repeat(88)}AAAA`,
    SECRET.slice(6),
    "whsec_cana ry==",
  ]) {
    it(`is refused, unquoted: ${JSON.stringify(wrong.slice(0, 20))}`, async () => {
      writeFileSync(path, wrong);
      const error = (await readWebhookSecret(path).catch((caught: unknown) => caught)) as Error;
      expect(error.message).to.contain(path).and.contain("24 to 64 bytes").and.not.contain("canary");
    });
  }

  it("is missed by name", async () => {
    const error = (await readWebhookSecret(join(folder, "none")).catch((caught: unknown) => caught)) as Error;
    expect(error.message).to.contain("none").and.contain("ENOENT");
  });
});
