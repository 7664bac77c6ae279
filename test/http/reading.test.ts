import { expect } from "chai";
import { CarReader } from "@ipld/car/reader";
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { bytesToHex, keccak256, type Hex } from "viem";
import { unpackTerms } from "../../contracts/protocol/terms.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceRoot, leafOf } from "../../oracle/domain/evidence.ts";
import { keepBundle } from "../../oracle/store/bundles.ts";
import { statusKey } from "../../oracle/store/rounds.ts";
import { publishedApp } from "../../oracle/http/season.ts";
import { account, CHAIN_ID, problemOf, testApi, type TestApi } from "./support/api.ts";

const managers = [account(1), account(2), account(3), account(4), account(5)];
const files = new Map([["result.json", new TextEncoder().encode('{ "a": 1 }\n')]]);

/** What answers hold, as far as these tests look at it. */
interface Body {
  readonly packed: Hex;
  readonly specHash: Hex;
  readonly words: object;
  readonly terms: object;
  readonly rounds: readonly { readonly round: number }[];
  readonly next: string | null;
  readonly item: object;
  readonly evidenceRoot: Hex;
  readonly proof: Hex[];
}

describe("What everybody may read", () => {
  let api: TestApi;
  let pool: Hex;

  before(async () => {
    api = await testApi({ managers, seasonFiles: new Map([[account(0x1000), files]]) });
    pool = api.pools[1]!.pool;
  });

  after(() => api.close());

  const read = async (path: string): Promise<Body> => {
    const response = await api.ask(path);
    expect(response.status, path).to.equal(200);
    return (await response.json()) as Body;
  };

  describe("pools", () => {
    it("are listed in pages, each leading to the next", async () => {
      const seen: string[] = [];
      let path: string | null = "/v1/pools?limit=2";
      for (let pages = 0; path !== null; pages++) {
        const response: Response = await api.ask(path);
        const body = (await response.json()) as { pools: { pool: string }[]; next: string | null };
        seen.push(...body.pools.map((one) => one.pool));
        const link = response.headers.get("link");
        path = link === null ? null : /^<(.*)>; rel="next"$/.exec(link)![1]!;
        expect(body.next === null).to.equal(path === null);
        expect(pages).to.be.lessThan(3);
      }
      expect(seen).to.deep.equal(api.pools.map((one) => one.pool));
    });

    it("are shown with their terms in numbers, in words and packed", async () => {
      const body = await read(`/v1/pools/${pool.toUpperCase().replace("0X", "0x")}`);
      expect(body).to.include({ pool, chainId: CHAIN_ID, madeInBlock: "7", rounds: 3, oracle: account(0xb0) });
      expect(body.words).to.include({ period: "30 days", start: "2026-01-01T00:00:00Z (1767225600)", fee: "0%" });
      expect(body.terms).to.include({ minimum: "1", bond: "0", arbiter: null, manager: managers[1] });
      expect(unpackTerms(body.packed).specHash).to.equal(body.specHash);
    });

    it("are missing where the factory made none", async () => {
      const missing = await problemOf(await api.ask(`/v1/pools/${account(9)}`));
      expect(missing).to.include({ type: "not-found", status: 404, detail: "no such pool" });
    });
  });

  describe("rounds", () => {
    it("have their times from the clock, and their progress from the node", async () => {
      const status = { round: 1, progress: "signed", since: 5, evidenceRoot: `0x${"1".repeat(64)}`, obstacle: null };
      await api.store.commit({ put: { [statusKey({ chainId: CHAIN_ID, pool, round: 1 })]: JSON.stringify(status) } });
      const DAY = 86_400;
      const start = 1_767_225_600 + 30 * DAY;
      const round = await read(`/v1/pools/${pool}/rounds/1`);
      expect(round).to.deep.equal({
        ...status,
        start,
        end: start + 30 * DAY,
        deadlines: {
          fund: start + 30 * DAY,
          withdraw: start,
          assess: start + 37 * DAY,
          challengeSilence: start + 40 * DAY,
          settled: start + 54 * DAY,
        },
      });
      const page = await read(`/v1/pools/${pool}/rounds?limit=2`);
      expect(page.rounds[1]).to.deep.equal(round);
      expect(page.rounds[0]).to.include({ round: 0, progress: null, since: null });
      const rest = await read(`/v1/pools/${pool}/rounds?cursor=${page.next}`);
      expect(rest.rounds.map((one) => one.round)).to.deep.equal([2]);
      expect(rest.next).to.equal(null);
    });

    it("are missing beyond the last", async () => {
      expect((await api.ask(`/v1/pools/${pool}/rounds/3`)).status).to.equal(404);
      expect((await api.ask(`/v1/pools/${account(9)}/rounds`)).status).to.equal(404);
      for (const round of ["520", "-1", "01", "x", "1e2"]) {
        expect((await api.ask(`/v1/pools/${pool}/rounds/${round}`)).status, round).to.equal(400);
      }
    });
  });

  describe("bundles", () => {
    const draft = { kind: "document", mediaType: "text/plain", sequence: 0, salt: `0x${"2".repeat(64)}` } as const;
    const item = evidenceItem(
      { ...draft, source: account(7), name: "a note" },
      new TextEncoder().encode("<b>fine</b>"),
    );
    const withheld = { leaf: `0x${"3".repeat(64)}` as const };
    const evidence = [item, withheld];
    const bytes = documentBytes({ format: "guerdon/bundle/1", evidence, evidenceRoot: evidenceRoot(evidence) });
    let hash: Hex;

    before(async () => {
      hash = await keepBundle(api, { chainId: CHAIN_ID, pool, round: 0 }, bytes, {
        publisher: account(8),
        whole: true,
      });
    });

    it("are listed by hash, and served byte for byte under it, for ever", async () => {
      expect(await read(`/v1/pools/${pool}/rounds/0/bundles`)).to.deep.equal({ bundles: [hash] });
      expect(await read(`/v1/pools/${pool}/rounds/1/bundles`)).to.deep.equal({ bundles: [] });
      const response = await api.ask(`/v1/bundles/${hash}`);
      expect(new Uint8Array(await response.arrayBuffer())).to.deep.equal(bytes);
      expect(response.headers.get("content-type")).to.equal("application/json");
      expect(response.headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
      expect(response.headers.get("etag")).to.equal(`"${hash}"`);
      expect((await api.ask(`/v1/bundles/${`0x${"0".repeat(64)}`}`)).status).to.equal(404);
    });

    it("are CAR files for who wants them, under the same hash", async () => {
      const asked = await api.ask(`/v1/bundles/${hash}`, { headers: { accept: "application/vnd.ipld.car" } });
      const named = await api.ask(`/v1/bundles/${hash}?format=car`);
      const car = new Uint8Array(await asked.arrayBuffer());
      expect(new Uint8Array(await named.arrayBuffer())).to.deep.equal(car);
      expect(asked.headers.get("content-type")).to.equal("application/vnd.ipld.car");
      expect(asked.headers.get("vary")).to.contain("Accept");
      const reader = await CarReader.fromBytes(car);
      const [root] = await reader.getRoots();
      expect([root!.version, root!.code, root!.multihash.code]).to.deep.equal([1, 0x55, 0x1b]);
      expect(bytesToHex(root!.multihash.digest)).to.equal(hash);
      const block = await reader.get(root!);
      expect(keccak256(block!.bytes)).to.equal(hash);
    });

    it("are not sent again to who has them", async () => {
      for (const tag of [`"${hash}"`, `W/"${hash}"`, `"other", "${hash}"`, "*"]) {
        const same = await api.ask(`/v1/bundles/${hash}`, { headers: { "if-none-match": tag } });
        expect(same.status, tag).to.equal(304);
        expect(await same.text()).to.equal("");
        expect(same.headers.get("etag")).to.equal(`"${hash}"`);
      }
      for (const tag of ['"other"', `"${hash}.car"`, hash]) {
        const fresh = await api.ask(`/v1/bundles/${hash}`, { headers: { "if-none-match": tag } });
        expect(fresh.status, tag).to.equal(200);
      }
    });

    it("prove each item, and of withheld ones the leaf", async () => {
      for (const part of evidence) {
        const leaf = leafOf(part);
        const body = await read(`/v1/bundles/${hash}/evidence/${leaf}`);
        expect(body.item).to.deep.equal(part);
        expect(body.evidenceRoot).to.equal(evidenceRoot(evidence));
        expect(SimpleMerkleTree.verify(body.evidenceRoot, leaf, body.proof)).to.equal(true);
      }
      const missing = await api.ask(`/v1/bundles/${hash}/evidence/0x${"4".repeat(64)}`);
      expect(missing.status).to.equal(404);
    });
  });

  describe("files of finished seasons", () => {
    it("are served byte for byte", async () => {
      expect(await read(`/v1/pools/${account(0x1000)}/files`)).to.deep.equal({ files: ["result.json"] });
      const response = await api.ask(`/v1/pools/${account(0x1000)}/files/result.json`);
      expect(await response.text()).to.equal('{ "a": 1 }\n');
      for (const path of [`${account(0x1000)}/files/seal.json`, `${account(1)}/files`, `${account(1)}/files/x`]) {
        expect((await problemOf(await api.ask(`/v1/pools/${path}`))).type, path).to.equal("not-found");
      }
    });

    it("can be shown without a node", async () => {
      const shown = { title: "T", template: "sla", chainId: 1, rounds: 1, providers: 2, audited: true };
      const app = publishedApp([{ ...shown, pool, files }]);
      const { pools } = (await (await app.request("/v1/pools")).json()) as { pools: object[] };
      expect(pools).to.deep.equal([{ ...shown, pool, files: ["result.json"] }]);
      expect(await (await app.request(`/v1/pools/${pool}`)).json()).to.deep.equal(pools[0]);
      expect(await (await app.request(`/v1/pools/${pool}/files/result.json`)).text()).to.equal('{ "a": 1 }\n');
      expect((await app.request("/openapi.json")).status).to.equal(200);
      expect((await problemOf(await app.request("/nowhere"))).type).to.equal("not-found");
    });
  });
});
