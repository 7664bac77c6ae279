import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import Sqlite from "better-sqlite3";
import { Hono } from "hono";
import { Redis } from "ioredis";
import { contentCheck } from "../../oracle/adapters/intake/content.ts";
import { createSandbox } from "../../oracle/adapters/intake/sandbox.ts";
import { fastAccount } from "../../oracle/adapters/signers/fast-account.ts";
import { fastKeccak } from "../../oracle/adapters/signers/fast-keccak.ts";
import { nodeSigner } from "../../oracle/adapters/signers/node-signer.ts";
import type { Env } from "../../oracle/http/env.ts";
import { evidenceApp } from "../../oracle/http/evidence.ts";
import type { BlobStore, Logger, Store } from "../../oracle/ports.ts";
import { createIntake } from "../../oracle/roles/intake/intake.ts";

/** A server that is measured. */
export interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

const CHAIN_ID = 31337;
export const POOL = `0x${"90".repeat(20)}` as const;
const ROUNDS = 500;
const PATH = "/v1/pools/:pool/rounds/:round/telemetry/:name/:sequence";

const silent = (): void => undefined;
const LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => LOG };

/** The intake as it is, on a store; only who calls is given instead of found out. */
export async function serveIntake(store: Store): Promise<Running> {
  const signer = nodeSigner(fastAccount(`0x${"7e".repeat(32)}`));
  const manager = `0x${"aa".repeat(20)}` as const;
  const info = {
    spec: { oracle: { signers: [signer.address], threshold: 1, intake: signer.address } },
    terms: { rounds: ROUNDS, arbiter: manager, manager },
    providers: [],
  };
  const intake = createIntake({
    store,
    blobs: NO_BLOBS,
    queue: { add: () => Promise.resolve() },
    signer,
    clock: Date.now,
    log: LOG,
    masterKey: Buffer.alloc(32, 1),
    poolInfo: () => Promise.resolve(info),
    check: contentCheck(createSandbox()),
    fetchLink: () => Promise.reject(new Error("no links here")),
    readText: () => Promise.resolve({ failed: "unreadable" }),
    keccak: fastKeccak,
  });
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    context.set("caller", { kind: "sender", id: "bench", pool: POOL, scopes: ["telemetry:write"] });
    context.set("log", LOG);
    await next();
  });
  app.route("/", evidenceApp({ intake, chainId: CHAIN_ID }));
  return serve(app);
}

/** hono, and a row inserted and synced for each request. */
export async function serveBareSqlite(folder: string): Promise<Running> {
  const database = new Sqlite(join(folder, "bare.sqlite"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec("CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
  const insert = database.prepare<[string, string]>("INSERT INTO entries (key, value) VALUES (?, ?)");
  const app = new Hono().post(PATH, async (context) => {
    insert.run(context.req.path, await context.req.text());
    return context.body("stored", 201);
  });
  const running = await serve(app);
  return { ...running, stop: () => running.stop().then(() => void database.close()) };
}

/** hono, and a `SET` for each request. */
export async function serveBareRedis(url: string): Promise<Running> {
  const client = new Redis(url);
  const app = new Hono().post(PATH, async (context) => {
    await client.set(context.req.path, await context.req.text());
    return context.body("stored", 201);
  });
  const running = await serve(app);
  return { ...running, stop: () => running.stop().then(() => client.disconnect()) };
}

async function serve(app: { readonly fetch: Hono["fetch"] | Hono<Env>["fetch"] }): Promise<Running> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Telemetry of this size needs none. */
const NO_BLOBS: BlobStore = {
  put: () => Promise.reject(new Error("no blobs here")),
  get: () => Promise.resolve(null),
  remove: () => Promise.resolve(),
  async *keys() {
    // none
  },
  probe: () => Promise.resolve(),
};
