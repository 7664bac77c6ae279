import { expect } from "chai";
import { keccak256, stringToBytes, zeroHash, type Hex } from "viem";
import { httpPeers } from "../../../oracle/adapters/peers.ts";
import { nodeSigner } from "../../../oracle/adapters/signers/node-signer.ts";
import { createHiding } from "../../../oracle/compose/hiding.ts";
import { recordHash, sealedHash, sealedUnit, type NodeRecord } from "../../../oracle/domain/judgement/node-record.ts";
import { PROMPTS, type UnitRecord } from "../../../oracle/domain/judgement/record.ts";
import { unitKey } from "../../../oracle/domain/judgement/round-units.ts";
import { judgementsApp } from "../../../oracle/http/judgements.ts";
import { listen } from "../../../oracle/http/serve.ts";
import { PeerError, type BlobStore, type Peers } from "../../../oracle/ports.ts";
import { forgetting } from "../../../oracle/roles/assessor/judging/forget.ts";
import { privateRecords, type PrivateRecordParts } from "../../../oracle/roles/assessor/judging/private.ts";
import { keepRecord, keepUnit, keptUnits } from "../../../oracle/store/judgements.ts";
import { serviceAt } from "../../../scripts/season/service.ts";
import { CHAIN_ID, testApi, type TestApi } from "../../http/support/api.ts";
import { signer } from "../../http/support/sign-in.ts";
import { lower, NODE, SENDER, serveIntake, STRANGER, type ServedIntake } from "../../support/private-intake.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

const ARBITER = signer(910);
const MANAGER = signer(911);
const FAMILY = "scripted";

/** What a judge answered about a source, in words that can be told apart. */
function unitAbout(source: Hex, words: string, score = 5_000): UnitRecord {
  const raw = JSON.stringify({ quotes: [words] });
  return {
    ...{ source, criterion: "runs", seed: keccak256(stringToBytes(words)), repeats: 1, prompts: PROMPTS },
    calls: [
      {
        ...{ purpose: "extract", endpoint: "https://models.example/v1", requestedModel: "m", returnedModel: "m" },
        ...{ systemFingerprint: null, format: "json_schema", streamed: false, finishReason: "stop", fault: null },
        ...{ sampling: { temperature: 0, maxTokens: 100, seed: 1 }, promptHash: zeroHash, schemaHash: zeroHash },
        ...{ raw, rawHash: keccak256(stringToBytes(raw)), attempts: [], usage: null, chargedTokens: 1, latencyMs: 1 },
      },
    ],
    score,
    abstention: null,
  };
}

const PLACE = (source: Hex, part = 0) => ({ family: FAMILY, unit: unitKey(source, "runs", part) });

/** A node that has judged items which lie at a real intake. */
interface Judged {
  readonly served: ServedIntake;
  readonly temp: TempStore;
  readonly parts: PrivateRecordParts;
  readonly record: NodeRecord;
  readonly hash: Hex;
  /** Leaves of the private items, and what was answered about each. */
  readonly leaves: readonly Hex[];
  readonly salts: ReadonlyMap<Hex, Hex>;
  kept(): Promise<UnitRecord[]>;
  close(): Promise<void>;
}

async function judged(texts: readonly string[], hiding = true): Promise<Judged> {
  const [served, temp] = await Promise.all([serveIntake({ clock: Date.now }), tempStore()]);
  const { store } = temp;
  const held = new Map<string, Uint8Array>();
  const blobs = {
    get: (key: string) => Promise.resolve(held.get(key) ?? null),
    put: (key: string, bytes: Uint8Array) => Promise.resolve(void held.set(key, bytes)),
  } as unknown as BlobStore;
  const peers = httpPeers({
    urls: () => new Map([[served.address, served.url]]),
    signer: nodeSigner(NODE),
    clock: Date.now,
    timeoutMs: 5_000,
  });
  const keeping = { store, hiding: hiding ? createHiding(new Uint8Array(32).fill(3)) : null };
  const leaves = await Promise.all(texts.map((text) => served.send(text)));
  const salts = new Map<Hex, Hex>();
  for (const leaf of leaves) {
    const item = await peers.privateItem(served.address, served.id, leaf);
    salts.set(leaf, (item as { salt: Hex }).salt);
  }
  const open = unitAbout(keccak256(stringToBytes("open")), "In public.");
  await keepUnit(keeping, served.id, { ...PLACE(open.source), hidden: false }, open);
  for (const [i, leaf] of leaves.entries()) {
    await keepUnit(keeping, served.id, { ...PLACE(leaf), hidden: true }, unitAbout(leaf, texts[i]!));
  }
  const record: NodeRecord = {
    format: "guerdon/judgement/1",
    ...{ ...served.id, evidenceRoot: zeroHash, node: lower(NODE) },
    judges: [{ family: FAMILY, model: "m", canaries: [] }],
    hidden: leaves.map((source) => ({ source, provider: 0, group: "participant" })),
    units: [
      { family: FAMILY, part: 0, record: open },
      ...leaves.map((leaf, i) => sealedUnit(FAMILY, 0, salts.get(leaf)!, unitAbout(leaf, texts[i]!))),
    ],
  };
  const terms = { ...served.pool.terms, arbiter: ARBITER.address };
  const spec = { oracle: { signers: [served.address, lower(NODE)], threshold: 1, intake: served.address } };
  const peek = (pool: Hex) => Promise.resolve(pool === served.pool.pool ? { terms, spec } : null);
  const book = { peek } as unknown as PrivateRecordParts["book"];
  const parts = { ...keeping, blobs, peers, book, chainId: CHAIN_ID, self: lower(NODE) };
  return {
    ...{ served, temp, parts, record, leaves, salts },
    hash: await keepRecord(blobs, record),
    kept: async () => [...(await keptUnits(keeping, served.id)).values()],
    close: async () => {
      await served.close();
      await temp.remove();
    },
  };
}

const STORIES = ["My knee is better.", "It broke again in May.", "They showed me how.", "Nobody called back."];

describe("What a node's models answered about private evidence, over HTTP", () => {
  let of: Judged;
  let api: TestApi;
  let url: string;
  let stop: () => Promise<void>;
  beforeEach(async () => {
    of = await judged(STORIES);
    await serve(of.parts);
  });
  afterEach(async () => {
    await stop();
    await of.close();
  });

  async function serve(parts: PrivateRecordParts): Promise<void> {
    const server = await listen(
      { fetch: (request, env) => api.app.fetch(request, env) },
      { hostname: "127.0.0.1", port: 0 },
    );
    url = `http://127.0.0.1:${server.port}`;
    const judgements = judgementsApp(privateRecords(parts));
    api = await testApi({ publicUrl: url, clock: Date.now, managers: [MANAGER.address], judgements });
    stop = async () => {
      await server.close(0);
      await api.close();
    };
  }

  const session = (account = ARBITER): Promise<string> => serviceAt(url).signIn(account, CHAIN_ID);
  const ask = (token: string | null, hash = of.hash, query = ""): Promise<Response> =>
    fetch(`${url}/v1/judgements/${hash}/private${query}`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
  const problem = async (response: Response): Promise<string> => {
    const { type } = (await response.json()) as { type: string };
    return `${response.status} ${type.replace("urn:guerdon:problem:", "")}`;
  };
  type Page = { records: { sealed: Hex; record: UnitRecord }[]; next: number | null };
  const page = async (response: Promise<Response>): Promise<Page> => (await (await response).json()) as Page;

  it("is given to the pool's arbiter and the oracle's nodes, under the hash that is in public, to be kept nowhere", async () => {
    for (const who of [ARBITER, NODE]) {
      const response = await ask(await session(who));
      expect(response.status).to.equal(200);
      expect(response.headers.get("cache-control")).to.contain("no-store");
      const { records, next } = (await response.json()) as Page;
      expect(next).to.equal(null);
      expect(records.map(({ record }) => record)).to.deep.equal(
        of.leaves.map((leaf, i) => unitAbout(leaf, STORIES[i]!)),
      );
      for (const { sealed, record } of records) {
        expect(sealedHash(of.salts.get(record.source)!, record)).to.equal(sealed);
        expect(of.record.units.some((unit) => "sealed" in unit && unit.sealed === sealed)).to.equal(true);
      }
    }
  });

  it("is given to nobody else", async () => {
    expect(await problem(await ask(null))).to.equal("401 sign-in-needed");
    for (const who of [STRANGER, MANAGER, signer(903)]) {
      expect(await problem(await ask(await session(who))), who.address).to.equal("403 not-party");
    }
    const key = await serviceAt(url).makeKey(await session(MANAGER), api.pools[0]!.pool, "telemetry");
    expect(await problem(await ask(key))).to.equal("403 account-needed");
    expect(await problem(await ask("gs_none"))).to.equal("401 bad-credentials");
  });

  it("is given in pages, in the order of the record", async () => {
    const token = await session();
    const first = await page(ask(token, of.hash, "?limit=3"));
    const rest = await page(ask(token, of.hash, `?limit=3&after=${first.next}`));
    expect([first.next, rest.next]).to.deep.equal([3, null]);
    const sources = [...first.records, ...rest.records].map(({ record }) => record.source);
    expect(sources).to.deep.equal(of.leaves);
    expect((await page(ask(token, of.hash, "?after=99"))).records).to.deep.equal([]);
    for (const query of ["?limit=0", "?limit=501", "?after=-1", "?after=x"]) {
      expect((await ask(token, of.hash, query)).status, query).to.equal(400);
    }
  });

  it("is none where there is no such record, or it is another node's", async () => {
    const token = await session();
    expect(await problem(await ask(token, zeroHash))).to.equal("404 not-found");
    const other = await keepRecord(of.parts.blobs, { ...of.record, node: of.served.address });
    expect(await problem(await ask(token, other))).to.equal("404 not-found");
    const elsewhere = await keepRecord(of.parts.blobs, { ...of.record, pool: `0x${"9".repeat(40)}` });
    expect(await problem(await ask(token, elsewhere))).to.equal("404 not-found");
    expect(recordHash(of.record)).to.equal(of.hash);
  });

  it("is gone as soon as the item is erased, from the node's store as well", async () => {
    const token = await session();
    await of.served.intake.erase(of.served.id, of.leaves[1]!, SENDER);
    const { records } = await page(ask(token));
    expect(records.map(({ record }) => record.source)).to.deep.equal(of.leaves.filter((_, i) => i !== 1));
    expect((await of.kept()).map(({ source }) => source)).not.to.include(of.leaves[1]);
    expect(await of.kept()).to.have.length(STORIES.length);
  });

  it("is not shown while the intake does not say whether it was erased", async () => {
    await of.served.intake.erase(of.served.id, of.leaves[0]!, SENDER);
    await stop();
    const holds: Peers["holds"] = () => Promise.reject(new PeerError("unreachable", "it does not answer"));
    await serve({ ...of.parts, peers: { holds } });
    const response = await ask(await session());
    expect(response.headers.get("retry-after")).to.equal("30");
    expect(await problem(response)).to.equal("503 intake-unavailable");
  });
});

describe("A node without a key to hide with", () => {
  it("has kept nothing private, and so shows nothing", async () => {
    const of = await judged(STORIES, false);
    const records = privateRecords(of.parts);
    const page = await records(of.hash, lower(ARBITER), { after: 0, limit: 10 });
    expect(page).to.deep.equal({ records: [], next: null });
    expect((await of.kept()).map(({ calls }) => calls[0]!.raw)).to.deep.equal(['{"quotes":["In public."]}']);
    await of.close();
  });
});

describe("Whether an intake still has an item, asked over HTTP", () => {
  it("is said for what is there, was erased, and never was; strangers are not told", async () => {
    const of = await judged(["My knee is better.", "Gone"]);
    const { served, parts, leaves } = of;
    await served.intake.erase(served.id, leaves[1]!, SENDER);
    const asked = [leaves[0]!, leaves[1]!, zeroHash].map((leaf) => parts.peers.holds(served.address, served.id, leaf));
    expect(await Promise.all(asked)).to.deep.equal(["held", "gone", null]);
    const stranger = httpPeers({
      urls: () => new Map([[served.address, served.url]]),
      signer: nodeSigner(STRANGER),
      clock: Date.now,
      timeoutMs: 5_000,
    });
    const failure: unknown = await stranger
      .holds(served.address, served.id, leaves[0]!)
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(PeerError);
    await of.close();
  });
});

describe("Forgetting what was erased", () => {
  let of: Judged;
  const lines: string[] = [];
  const log = {
    info: (_: object, message: string) => void lines.push(message),
    warn: (_: object, message: string) => void lines.push(message),
  };
  beforeEach(async () => {
    lines.length = 0;
    of = await judged(STORIES);
  });
  afterEach(() => of.close());
  const words = async () => (await of.kept()).map(({ calls }) => JSON.parse(calls[0]!.raw!).quotes[0] as string);

  it("leaves nothing of an item's answers in the store, and all of the others'", async () => {
    const look = forgetting({ ...of.parts, log });
    expect(await look()).to.equal(STORIES.length);
    expect(await words()).to.have.members(["In public.", ...STORIES]);
    await of.served.intake.erase(of.served.id, of.leaves[2]!, SENDER);
    await look();
    expect(await words()).to.have.members(["In public.", STORIES[0], STORIES[1], STORIES[3]]);
    expect(lines).to.deep.equal(["what models answered about it is forgotten"]);
    const stored = await of.temp.dump();
    expect(stored).not.to.contain(of.leaves[2]);
    expect(stored).to.contain(of.leaves[1]);
  });

  it("forgets every part and judge of the item", async () => {
    const { parts, served, leaves } = of;
    for (const family of ["scripted", "other"]) {
      for (const part of [0, 1, 2]) {
        const place = { ...PLACE(leaves[0]!, part), family, hidden: true };
        await keepUnit(parts, served.id, place, unitAbout(leaves[0]!, `${family} ${part}`));
      }
    }
    await served.intake.erase(served.id, leaves[0]!, SENDER);
    await forgetting({ ...parts, log })();
    expect(await words()).to.have.members(["In public.", ...STORIES.slice(1)]);
  });

  it("keeps everything while the intake cannot be asked, and forgets once it can", async () => {
    const { parts, served, leaves } = of;
    await served.intake.erase(served.id, leaves[3]!, SENDER);
    let down = true;
    let asked = 0;
    const holds: Peers["holds"] = (...args) => {
      asked += 1;
      return down ? Promise.reject(new PeerError("unreachable", "no answer")) : parts.peers.holds(...args);
    };
    const look = forgetting({ ...parts, peers: { holds }, log });
    await look();
    expect([asked, (await of.kept()).length]).to.deep.equal([1, STORIES.length + 1]);
    down = false;
    await look();
    expect(await words()).to.have.members(["In public.", ...STORIES.slice(0, 3)]);
  });

  it("asks about a bounded number of items at once, and comes to all of them in turn", async () => {
    const { parts, served } = of;
    const sources = Array.from({ length: 450 }, (_, i) => keccak256(stringToBytes(`source ${i}`)));
    for (const round of [1, 2]) {
      const id = { ...served.id, round };
      const own = sources.filter((_, i) => i % 2 === round - 1);
      for (const source of own) {
        await keepUnit(parts, id, { ...PLACE(source), hidden: true }, unitAbout(source, "word"));
      }
    }
    const asked: Hex[] = [];
    const holds: Peers["holds"] = (_, __, leaf) => Promise.resolve((asked.push(leaf), "held" as const));
    const look = forgetting({ ...parts, peers: { holds }, log });
    const counts = [await look(), await look(), await look()];
    expect(counts).to.deep.equal([200, 200, 54]);
    expect(new Set(asked)).to.deep.equal(new Set([...sources, ...of.leaves]));
    expect(asked).to.have.length(454);
    expect(await look()).to.equal(200);
  }).timeout(20_000);
});
