import { keccak256, stringToBytes, type Hex } from "viem";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceRoot, leafOf } from "../../oracle/domain/evidence.ts";
import { keepBundle } from "../../oracle/store/bundles.ts";
import { statusKey } from "../../oracle/store/rounds.ts";
import type { Intake } from "../../oracle/roles/intake/intake.ts";
import { account, CHAIN_ID, json, testApi, type Ground, type TestApi } from "../http/support/api.ts";
import { evidenceOn } from "../http/support/intake.ts";
import { signedIn, signer } from "../http/support/sign-in.ts";

/** A service into which texts were put wherever others' text can be put. */
export interface Stored {
  readonly api: TestApi;
  /** Where each text comes out again. */
  readonly shown: readonly Shown[];
  /** Token of the account that sent it. */
  readonly token: string;
}

export interface Shown {
  readonly path: string;
  readonly token?: string;
  /** Types the route may answer with. */
  readonly types: readonly string[];
}

const JSON_TYPES = ["application/json"];
const TEXT_TYPES = ["text/plain; charset=utf-8"];
const PROBLEM_TYPES = ["application/problem+json"];
const SALT: Hex = `0x${"5".repeat(64)}`;

/** Puts texts into names, titles, documents, keys, bundles, specs and files, and tells where they come out again. */
export async function storeEverywhere(texts: readonly string[]): Promise<Stored> {
  const files = new Map(texts.map((text, i) => [`${i}.json`, documentBytes({ title: text })]));
  const seasonFiles = new Map([[account(0x1000), files]]);
  let intake: Intake | undefined;
  const roles = (ground: Ground) => evidenceOn(ground, (made) => (intake = made));
  const api = await testApi({ managers: [signer(1).address], seasonFiles, roles });
  const token = await signedIn(api, signer(1));
  const pool = api.pools[0]!.pool;
  const shown: Shown[] = [];
  for (const [i, text] of texts.entries()) {
    shown.push(...(await sentDocuments(api, token, pool, text)), ...(await keptBundle(api, pool, text)));
    shown.push({ path: `/v1/pools/${pool}/files/${i}.json`, types: JSON_TYPES }, ...reflected(pool, text));
    shown.push(await namedKey(api, token, pool, text));
  }
  shown.push(await roundWithObstacle(api, pool, texts.join("")));
  // Before that, nobody but its sender may see it.
  await intake!.freeze({ chainId: CHAIN_ID, pool, round: 0 }, 1_767_225_600);
  return { api, token, shown };
}

async function sentDocuments(api: TestApi, token: string, pool: Hex, text: string): Promise<Shown[]> {
  const evidence = `/v1/pools/${pool}/rounds/0/evidence`;
  const shown: Shown[] = [];
  for (const mediaType of ["text/html", "text/plain"]) {
    for (const name of [text, "page.html"]) {
      const query = new URLSearchParams({ name });
      const sent = await api.ask(`/v1/pools/${pool}/rounds/0/documents?${query.toString()}`, {
        method: "POST",
        token,
        body: text,
        headers: { "content-type": mediaType },
      });
      if (sent.status === 400) continue;
      if (sent.status !== 201) throw new Error(`${sent.status}: ${await sent.text()}`);
      const { leaf } = (await sent.json()) as { leaf: string };
      shown.push({ path: `${evidence}/${leaf}`, types: JSON_TYPES });
      shown.push({ path: `${evidence}/${leaf}/content`, types: TEXT_TYPES });
    }
  }
  return [...shown, { path: evidence, types: JSON_TYPES }];
}

async function keptBundle(api: TestApi, pool: Hex, text: string): Promise<Shown[]> {
  const draft = { kind: "document", mediaType: "text/html", source: account(7), sequence: 0, salt: SALT } as const;
  const item = evidenceItem({ ...draft, name: text.slice(0, 200) }, stringToBytes(text));
  const bundle = {
    format: "guerdon/bundle/1",
    spec: { title: text },
    evidence: [item],
    evidenceRoot: evidenceRoot([item]),
  };
  const bytes = documentBytes(bundle);
  const hash = await keepBundle(api, { chainId: CHAIN_ID, pool, round: 0 }, bytes, {
    publisher: account(8),
    whole: true,
  });
  return [
    { path: `/v1/bundles/${hash}`, types: JSON_TYPES },
    { path: `/v1/bundles/${hash}?format=car`, types: ["application/vnd.ipld.car"] },
    { path: `/v1/bundles/${hash}/evidence/${leafOf(item)}`, types: JSON_TYPES },
  ];
}

async function namedKey(api: TestApi, token: string, pool: Hex, name: string): Promise<Shown> {
  const path = `/v1/pools/${pool}/keys`;
  const made = await api.ask(path, { ...json({ name, scopes: ["evidence:read"] }), token });
  if (made.status !== 201) throw new Error(`${made.status}: ${await made.text()}`);
  return { path, token, types: JSON_TYPES };
}

async function roundWithObstacle(api: TestApi, pool: Hex, obstacle: string): Promise<Shown> {
  const status = { round: 1, progress: "signed", since: 5, evidenceRoot: keccak256("0x"), obstacle };
  await api.store.commit({ put: { [statusKey({ chainId: CHAIN_ID, pool, round: 1 })]: JSON.stringify(status) } });
  return { path: `/v1/pools/${pool}/rounds/1`, types: JSON_TYPES };
}

/** Addresses that hold the text themselves. */
function reflected(pool: Hex, text: string): Shown[] {
  const encoded = encodeURIComponent(text);
  return [
    { path: `/${encoded}`, types: PROBLEM_TYPES },
    { path: `/docs/${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/pools/${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/pools?limit=${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/pools?cursor=${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/bundles/${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/events?after=${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/specs/${encoded}`, types: PROBLEM_TYPES },
    { path: `/v1/pools/${pool}/files/${encoded}`, types: PROBLEM_TYPES },
  ];
}
