import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256, stringToBytes, type Hex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { DEFAULT_TERMS } from "../../contracts/protocol/terms.ts";
import { openFileBlobs } from "../../oracle/adapters/blobs/files.ts";
import { contentCheck } from "../../oracle/adapters/intake/content.ts";
import { createSandbox } from "../../oracle/adapters/intake/sandbox.ts";
import { nodeSigner } from "../../oracle/adapters/signers/node-signer.ts";
import { openSqliteStore } from "../../oracle/adapters/stores/sqlite.ts";
import { canonicalJson, documentBytes } from "../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceRoot, leafOf } from "../../oracle/domain/evidence.ts";
import { IntakeRefusal } from "../../oracle/domain/evidence-refusal.ts";
import type { OutcomeSpec } from "../../oracle/domain/spec.ts";
import { publicApi, type ApiParts, type ApiType } from "../../oracle/http/api.ts";
import { evidenceApp } from "../../oracle/http/evidence.ts";
import { pagedPools } from "../../oracle/http/known-pools.ts";
import { interviewsApp } from "../../oracle/http/interviews.ts";
import { peersApp } from "../../oracle/http/peers.ts";
import { providersApp } from "../../oracle/http/providers.ts";
import { valuesApp } from "../../oracle/http/values.ts";
import { journalEntry } from "../../oracle/ops/journal.ts";
import type { BlobStore, Logger, MadePool, RoundFacts, Store } from "../../oracle/ports.ts";
import { STATEMENT } from "../../oracle/roles/access/siwe.ts";
import { createIntake, type Intake } from "../../oracle/roles/intake/intake.ts";
import { createAppeals } from "../../oracle/roles/providers/appeals.ts";
import { createFeedback } from "../../oracle/roles/providers/feedback.ts";
import { Refusal } from "../../oracle/roles/refusal.ts";
import { keepBundle } from "../../oracle/store/bundles.ts";
import { holdValues } from "./buyers.ts";
import { holdInterviews, interviewerOf } from "./interviews.ts";

const CHAIN_ID = 31_337;
const PUBLIC_URL = "http://localhost:8787";
const UNLIMITED = { perAddress: 1e9, perCaller: 1e9, signIn: 1e9, peers: 1e9 };
const TIGHT = { perAddress: 3, perCaller: 3, signIn: 1, peers: 3 };

/** A failure inside the service, as it was logged. */
export interface Failure {
  readonly requestId: unknown;
  readonly error: unknown;
}

/** A service in one process on a real store, with pools, evidence, bundles, sessions and keys in it. */
export interface World {
  readonly app: ApiType;
  /** The same with rate limits that are soon met. */
  readonly tight: ApiType;
  readonly pools: readonly Hex[];
  readonly bundles: readonly Hex[];
  /** Leaves of the bundle. */
  readonly leaves: readonly Hex[];
  /** Evidence that was taken in; those who send some add to it. */
  readonly items: { readonly pool: string; readonly round: number; readonly leaf: string }[];
  /** An outcome spec that can be brought. */
  readonly spec: { readonly hash: Hex; readonly text: string };
  /** Ids of interviews. */
  readonly interviews: readonly string[];
  /** Ids of values in each state. */
  readonly values: readonly string[];
  /** Tokens: of the pools' manager (more than one, so that it is found often), of somebody else, API keys, and links to interviews. */
  readonly tokens: string[];
  /** Signs in anew in place of a session that was ended. */
  renew(token: string): Promise<void>;
  readonly failures: readonly Failure[];
  /** A body that signs in. */
  signInBody(account: number): Promise<{ message: string; signature: Hex }>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-fuzz-"));
  const store = await openSqliteStore(join(folder, "store.db"));
  const blobs = await openFileBlobs(join(folder, "blobs"));
  const failures: Failure[] = [];
  const stopping = new AbortController();
  const pools = [0, 1, 2].map(madePool);
  const parts = partsOf({ store, blobs, log: failureLog(failures), pools, stopping: stopping.signal });
  const intake = intakeOf(parts, pools);
  const interviewer = await interviewerOf(parts, intake, pools, accountOf(1), accountOf(900));
  const roles = () => ({
    evidence: evidenceApp({ intake, chainId: CHAIN_ID }),
    interviews: { app: interviewsApp({ interviewer, chainId: CHAIN_ID }), links: interviewer },
    values: valuesApp(interviewer.values),
    peers: peers(),
    providers: providers(parts, pools),
  });
  const app = publicApi({ ...parts, ...roles() });
  const tight = publicApi({ ...parts, perMinute: TIGHT, ...roles() });
  const signInBody = (account: number) => signedMessage(app, accountOf(account));
  const tokens = await makeTokens(app, signInBody, pools[0]!.pool);
  const links = await holdInterviews(interviewer, { chainId: CHAIN_ID, pool: pools[0]!.pool, round: 1 }, accountOf(1));
  tokens.push(...links.map(({ token }) => token));
  const values = await holdValues(interviewer, [accountOf(1), accountOf(2)]);
  const strangers = new Set(tokens.slice(3, 4));
  const kept = await keepThings(parts, pools[0]!.pool, intake);
  const spec = canonicalJson(specOf(pools[0]!.pool));
  return {
    app,
    tight,
    pools: pools.map(({ pool }) => pool),
    ...kept,
    tokens,
    interviews: links.map(({ interview }) => interview),
    values,
    failures,
    spec: { hash: keccak256(stringToBytes(spec)), text: spec },
    signInBody,
    renew: async (token) => {
      const at = tokens.indexOf(token);
      if (at === -1) return;
      // Gone at once, as others ask meanwhile.
      tokens.splice(at, 1);
      const account = strangers.delete(token) ? 2 : 1;
      const renewed = await tokenOf(app, "/v1/sign-in", await signInBody(account));
      if (account === 2) strangers.add(renewed);
      tokens.push(renewed);
    },
    close: async () => {
      stopping.abort();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

interface Ground {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly log: Logger;
  readonly pools: readonly MadePool[];
  readonly stopping: AbortSignal;
}

function partsOf({ pools, ...ground }: Ground): ApiParts {
  return {
    ...ground,
    pools: pagedPools({
      list: () => Promise.resolve(pools),
      get: (address) => Promise.resolve(pools.find(({ pool }) => pool === address) ?? null),
    }),
    chain: { chainId: CHAIN_ID, signedBy: () => Promise.resolve(false) },
    clock: Date.now,
    publicUrl: PUBLIC_URL,
    corsOrigins: ["https://app.example.org"],
    trustProxy: 1,
    perMinute: UNLIMITED,
    seasonFiles: new Map([[pools[0]!.pool, new Map([["result.json", stringToBytes('{"a":1}\n')]])]]),
  };
}

function madePool(place: number): MadePool {
  const pool: Hex = `0x${(0x1000 + place).toString(16).padStart(40, "0")}`;
  const fixed = { token: pool, oracle: pool, specHash: keccak256(pool), start: 1_767_225_600, rounds: 3 };
  return { pool, terms: { ...DEFAULT_TERMS, ...fixed, manager: accountOf(1).address }, block: 7n };
}

function intakeOf({ store, blobs, clock, log }: ApiParts, pools: readonly MadePool[]): Intake {
  const signer = nodeSigner(accountOf(900));
  const oracle = { signers: [signer.address], threshold: 1, intake: signer.address };
  return createIntake({
    store,
    blobs,
    clock,
    log,
    signer,
    queue: { add: () => Promise.resolve() },
    masterKey: new Uint8Array(32).fill(7),
    poolInfo: ({ pool }) => {
      const found = pools.find((one) => one.pool === pool);
      return Promise.resolve(found === undefined ? null : { spec: { oracle }, terms: found.terms, providers: [] });
    },
    check: contentCheck(createSandbox()),
    fetchLink: () => Promise.reject(new IntakeRefusal("link-failed", { field: "url", limit: "no network here" })),
    readText: () => Promise.resolve({ failed: "unreadable" }),
  });
}

/** The face of a node that knows no other: what it takes is another's affair, how it is asked is this one's. */
function peers() {
  const refusal = () => Promise.reject(new Refusal("unknown-pool", "the node does not work for this pool"));
  return peersApp({ chainId: CHAIN_ID, take: refusal, messages: () => Promise.resolve([]), seal: refusal });
}

/** Rounds that can be challenged, with the account of the pools' manager as a provider; no bundle here is of a judged one. */
function providers({ store, blobs }: ApiParts, pools: readonly MadePool[]) {
  const block = { number: 1n, hash: keccak256("0x02"), parentHash: keccak256("0x01"), time: 1_770_000_000 };
  const facts = { state: "assessed", deadline: 1_780_000_000 } as RoundFacts;
  const spec = { ...specOf(pools[0]!.pool), roster: [{ id: "a", name: "A", account: lower(accountOf(1)), weight: 1 }] };
  return providersApp({
    chainId: CHAIN_ID,
    feedback: createFeedback({ store, blobs, peers: { privateItem: () => Promise.resolve(null) }, hiding: null }),
    appeals: createAppeals({
      store,
      chain: { latest: () => Promise.resolve(block), roundFacts: () => Promise.resolve(facts) },
      book: {
        peek(address) {
          const found = pools.find(({ pool }) => pool === address);
          return Promise.resolve(found === undefined ? null : { spec, terms: found.terms });
        },
      },
    }),
  });
}

async function makeTokens(app: ApiType, body: World["signInBody"], pool: Hex): Promise<string[]> {
  const tokens: string[] = [];
  for (const account of [1, 1, 1, 2]) tokens.push(await tokenOf(app, "/v1/sign-in", await body(account)));
  for (const scopes of [["telemetry:write"], ["evidence:read"], ["telemetry:write", "evidence:read"]]) {
    tokens.push(await tokenOf(app, `/v1/pools/${pool}/keys`, { name: "meter", scopes }, tokens[0]));
  }
  return tokens;
}

async function tokenOf(app: ApiType, path: string, body: object, token?: string): Promise<string> {
  const headers = new Headers({ "content-type": "application/json" });
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const response = await app.request(path, { method: "POST", body: JSON.stringify(body), headers });
  const answer = (await response.json()) as { token?: string };
  if (answer.token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`);
  return answer.token;
}

async function signedMessage(app: ApiType, account: PrivateKeyAccount) {
  const response = await app.request("/v1/sign-in/nonce", { method: "POST" });
  const { nonce } = (await response.json()) as { nonce: string };
  const { host } = new URL(PUBLIC_URL);
  const place = { domain: host, uri: PUBLIC_URL, version: "1", chainId: CHAIN_ID, statement: STATEMENT } as const;
  const message = createSiweMessage({ ...place, address: account.address, nonce, issuedAt: new Date() });
  return { message, signature: await account.signMessage({ message }) };
}

/** A bundle, events, and in round 0 closed evidence; in the others evidence is taken in. */
async function keepThings({ store, blobs }: ApiParts, pool: Hex, intake: Intake) {
  const salt: Hex = `0x${"5".repeat(64)}`;
  const draft = {
    kind: "document",
    name: "note.txt",
    mediaType: "text/plain",
    source: pool,
    sequence: 0,
    salt,
  } as const;
  const item = evidenceItem(draft, stringToBytes("fine"));
  const withheld = { leaf: keccak256("0x01") };
  const evidence = [item, withheld];
  const bytes = documentBytes({ format: "guerdon/bundle/1", evidence, evidenceRoot: evidenceRoot(evidence) });
  const id = { chainId: CHAIN_ID, pool, round: 0 };
  const bundle = await keepBundle({ store, blobs }, id, bytes, { publisher: pool, whole: true });
  const sent = { ...id, kind: "document", name: "letter.txt", mediaType: "text/plain", source: pool } as const;
  const letter = stringToBytes("They did well.");
  const { receipt } = await intake.accept({ ...sent, sequence: null, private: false, bytes: letter });
  const { receipt: hidden } = await intake.accept({
    ...sent,
    name: "own.txt",
    sequence: null,
    private: true,
    bytes: letter,
  });
  await intake.freeze(id, 1_770_000_000);
  for (let index = 0; index < 20; index++) {
    const event = { type: "payout.skipped", at: 1, chainId: CHAIN_ID, pool, round: 0, data: { index } } as const;
    await store.commit({ append: [journalEntry(event)] });
  }
  return { bundles: [bundle], leaves: [leafOf(item), withheld.leaf], items: [receipt, hidden] };
}

function specOf(account: Hex): OutcomeSpec {
  return {
    format: "guerdon/spec/1",
    title: "Fuzz",
    template: "sla",
    params: {},
    criteria: [
      {
        id: "up",
        statement: "It is up.",
        direction: "higher",
        weight: 1,
        sourceTypes: ["telemetry"],
        singleSourceReason: "It is measured.",
      },
    ],
    payment: { metered: false, curve: [], fullPayBar: 0, defaultRate: 5_000 },
    oracle: { signers: [account], threshold: 1, intake: account },
    roster: [{ id: "a", name: "A", account, weight: 1 }],
  };
}

function lower({ address }: PrivateKeyAccount): Hex {
  return address.toLowerCase() as Hex;
}

function accountOf(number: number): PrivateKeyAccount {
  return privateKeyToAccount(`0x${number.toString(16).padStart(64, "0")}`);
}

/** Keeps what nobody foresaw, and drops the rest. */
function failureLog(failures: Failure[], requestId?: unknown): Logger {
  const drop = (): void => undefined;
  return {
    debug: drop,
    info: drop,
    warn: drop,
    error: (fields) => void failures.push({ requestId, error: (fields as { error?: unknown }).error }),
    child: (fields) => failureLog(failures, (fields as { requestId?: unknown }).requestId ?? requestId),
  };
}
