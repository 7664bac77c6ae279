import type { Hex, PrivateKeyAccount } from "viem";
import { fastKeccak } from "../../../oracle/adapters/signers/fast-keccak.ts";
import { evidenceApp } from "../../../oracle/http/evidence.ts";
import { interviewsApp } from "../../../oracle/http/interviews.ts";
import { listen } from "../../../oracle/http/serve.ts";
import { valuesApp } from "../../../oracle/http/values.ts";
import type { Store } from "../../../oracle/ports.ts";
import type { Intake } from "../../../oracle/roles/intake/intake.ts";
import { createInterviewer, type Interviewer } from "../../../oracle/roles/interviewer/interviewer.ts";
import type { InterviewerParts } from "../../../oracle/roles/interviewer/parts.ts";
import { hashOf, JUDGED_POOL, type PlayChain } from "../../roles/interviewer/fixture.ts";
import { CHAIN_ID, testApi, type TestApi } from "./api.ts";
import { INTAKE, intakeOn } from "./intake.ts";
import { signedIn, signer } from "./sign-in.ts";

/** Who makes the pool, who runs interviews beside the intake itself, a node of the oracle, and somebody else. */
export const MANAGER = signer(910);
export const INTERVIEWER = signer(911);
export const NODE = signer(912);
export const STRANGER = signer(913);

/** An answer of the API. */
export interface Answered<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Interviews on a real intake, over real HTTP. */
export interface ServedInterviews {
  readonly api: TestApi;
  readonly chain: PlayChain;
  readonly intake: Intake;
  readonly interviewer: Interviewer;
  readonly pool: Hex;
  /** Path of the pool's first round. */
  readonly round: string;
  /** Asks by a token; `body` goes as JSON. */
  ask<Body = Record<string, unknown>>(
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answered<Body>>;
  tokenOf(account: PrivateKeyAccount): Promise<string>;
  close(): Promise<void>;
}

export async function serveInterviews(
  changes: Partial<InterviewerParts> = {},
  withStore: (store: Store) => Store = (store) => store,
): Promise<ServedInterviews> {
  let app: Pick<TestApi["app"], "fetch"> = { fetch: () => new Response(null, { status: 503 }) };
  const server = await listen({ fetch: (request, env) => app.fetch(request, env) }, { hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  const chain: PlayChain = { latest: 100n, final: 98n };
  let made: { intake: Intake; interviewer: Interviewer } | undefined;
  const api = await testApi({
    managers: [MANAGER.address],
    withStore,
    roles: (ground) => {
      const intake = intakeOn(ground, [lower(NODE)]);
      const block = (number: bigint) =>
        Promise.resolve({ number, hash: hashOf(number), parentHash: hashOf(number - 1n), time: 0 });
      const oracle = { signers: [lower(INTAKE), lower(NODE)], threshold: 1, intake: lower(INTAKE) };
      const interviewer = createInterviewer({
        ...{ ...ground, intake, interviewers: [lower(INTERVIEWER)], keccak: fastKeccak },
        chain: {
          latest: () => block(chain.latest),
          finalized: () => block(chain.final),
          blockByNumber: (number) => block(number),
        },
        signer: { address: lower(INTAKE) },
        masterKey: new Uint8Array(32).fill(7),
        pool: (pool) => {
          const found = ground.pools.find((one) => one.pool === pool);
          return Promise.resolve(found ? { spec: { ...JUDGED_POOL.spec, oracle }, terms: found.terms } : null);
        },
        ...changes,
      });
      made = { intake, interviewer };
      return {
        evidence: evidenceApp({ intake, chainId: CHAIN_ID }),
        interviews: { app: interviewsApp({ interviewer, chainId: CHAIN_ID }), links: interviewer },
        values: valuesApp(interviewer.values),
      };
    },
  });
  app = api.app;
  const { pool } = api.pools[0]!;
  const tokens = new Map<string, string>();
  return {
    ...{ api, chain, pool, ...made!, round: `/v1/pools/${pool}/rounds/0` },
    async ask<Body>(token: string | null, method: string, path: string, body?: unknown): Promise<Answered<Body>> {
      const headers = new Headers(body === undefined ? {} : { "content-type": "application/json" });
      if (token !== null) headers.set("authorization", `Bearer ${token}`);
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await fetch(`${url}${path}`, init);
      const text = await response.text();
      return {
        ...{ status: response.status, headers: response.headers },
        body: (text === "" ? null : JSON.parse(text)) as Body,
      };
    },
    async tokenOf(account) {
      const token = tokens.get(account.address) ?? (await signedIn(api, account));
      tokens.set(account.address, token);
      return token;
    },
    async close() {
      await server.close(0);
      await api.close();
    },
  };
}

function lower({ address }: PrivateKeyAccount): Hex {
  return address.toLowerCase() as Hex;
}
