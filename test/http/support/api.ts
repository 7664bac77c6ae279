import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256, type Address } from "viem";
import { openFileBlobs } from "../../../oracle/adapters/blobs/files.ts";
import { openSqliteStore } from "../../../oracle/adapters/stores/sqlite.ts";
import { DEFAULT_TERMS, type Terms } from "../../../contracts/protocol/terms.ts";
import { publicApi, type ApiParts, type ApiType } from "../../../oracle/http/api.ts";
import { pagedPools, type Pools } from "../../../oracle/http/known-pools.ts";
import type { BlobStore, Clock, Logger, MadePool, Store } from "../../../oracle/ports.ts";

/** The public API over a real store in a folder of its own, with a clock that is set by hand. */
export interface TestApi {
  readonly app: ApiType;
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly pools: readonly MadePool[];
  readonly lines: readonly LogLine[];
  /** Moves the clock on. */
  pass(ms: number): void;
  now(): number;
  /** Ends all streams, as the stop of the process does. */
  stop(): void;
  /** Asks within the process. */
  ask(path: string, init?: RequestInit & { readonly token?: string }): Promise<Response>;
  close(): Promise<void>;
}

/** What roles stand on. */
export interface Ground {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pools: readonly MadePool[];
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export const PUBLIC_URL = "https://guerdon.example.org";
export const CHAIN_ID = 31_337;
export const START = Date.parse("2026-03-01T12:00:00.000Z");
/** High enough never to be met. */
export const UNLIMITED = { perAddress: 1e9, perCaller: 1e9, signIn: 1e9, peers: 1e9 };

/** An account contract, as far as the sign-in asks it. */
export type SignedBy = ApiParts["chain"]["signedBy"];

const nobody: SignedBy = () => Promise.resolve(false);

export async function testApi(
  given: Partial<Omit<ApiParts, "store" | "blobs" | "pools" | "chain">> & {
    readonly managers?: readonly Address[];
    readonly signedBy?: SignedBy;
    readonly withStore?: (store: Store) => Store;
    /** Sub-apps of roles over the same store, blobs, clock and pools. */
    readonly roles?: (on: Ground) => Pick<ApiParts, "evidence" | "peers" | "interviews" | "values" | "providers">;
  } = {},
): Promise<TestApi> {
  const { managers = [], signedBy = nobody, withStore = (store: Store) => store, roles, ...parts } = given;
  const folder = await mkdtemp(join(tmpdir(), "guerdon-api-"));
  const store = withStore(await openSqliteStore(join(folder, "store.db")));
  const blobs = await openFileBlobs(join(folder, "blobs"));
  const pools = managers.map(testPool);
  const lines: LogLine[] = [];
  const stopping = new AbortController();
  let time = START;
  const clock = (): number => time;
  const log = collectingLog(lines);
  const app = publicApi({
    store,
    blobs,
    pools: knownPools(pools),
    chain: { chainId: CHAIN_ID, signedBy },
    clock,
    log,
    publicUrl: PUBLIC_URL,
    corsOrigins: [],
    trustProxy: 0,
    perMinute: UNLIMITED,
    stopping: stopping.signal,
    ...roles?.({ store, blobs, clock, log, pools }),
    ...parts,
  });
  return {
    app,
    store,
    blobs,
    pools,
    lines,
    pass: (ms) => (time += ms),
    now: () => time,
    stop: () => stopping.abort(),
    ask: async (path, { token, headers, ...init } = {}) => {
      const all = new Headers(headers);
      if (token !== undefined) all.set("authorization", `Bearer ${token}`);
      return app.request(path, { ...init, headers: all });
    },
    close: async () => {
      stopping.abort();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A request with a JSON body. */
export function json(body: unknown, method = "POST"): RequestInit {
  return { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

/** The n-th pool of a test, at an address of its own. */
export function testPool(manager: Address, place: number): MadePool {
  const terms: Terms = {
    ...DEFAULT_TERMS,
    token: account(0xa0),
    oracle: account(0xb0),
    manager,
    specHash: keccak256(`0x${String(place).padStart(4, "0")}`),
    start: 1_767_225_600,
    rounds: 3,
  };
  return { pool: account(0x1000 + place), terms, block: 7n };
}

export function account(number: number): Address {
  return `0x${number.toString(16).padStart(40, "0")}`;
}

/** Pools as the watcher knows them. */
export function knownPools(pools: readonly MadePool[]): Pools {
  return pagedPools({
    list: () => Promise.resolve(pools),
    get: (address) => Promise.resolve(pools.find(({ pool }) => pool === address) ?? null),
  });
}

function collectingLog(lines: LogLine[], bound: object = {}): Logger {
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...bound, ...fields } as Record<string, unknown> });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => collectingLog(lines, { ...bound, ...fields }),
  };
}

/** A problem document, after checking that it is one. */
export async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`no problem but ${response.status} ${type}`);
  const body = (await response.json()) as Problem & { type: string; status: number };
  if (body.status !== response.status) throw new Error(`status ${body.status} in a ${response.status}`);
  return { ...body, type: body.type.replace(/^urn:guerdon:problem:/, "") };
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly reason?: string;
  readonly errors?: readonly { readonly field: string; readonly value?: string; readonly limit: string }[];
}
