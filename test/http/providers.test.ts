import { expect } from "chai";
import { decodeFunctionData, erc20Abi, zeroAddress, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { appealHash, APPEAL_LIMITS, type Appeal, type Challenge } from "../../oracle/domain/appeal.ts";
import { evidenceLeaf } from "../../oracle/domain/evidence.ts";
import { openRound } from "../../oracle/domain/judgement/opened-round.ts";
import { roundFeedback, type RoundFeedback } from "../../oracle/domain/judgement/round-feedback.ts";
import { providersApp } from "../../oracle/http/providers.ts";
import { listen } from "../../oracle/http/serve.ts";
import { PeerError, type MadePool, type RoundFacts } from "../../oracle/ports.ts";
import { createAppeals } from "../../oracle/roles/providers/appeals.ts";
import { createFeedback } from "../../oracle/roles/providers/feedback.ts";
import { keepBundle } from "../../oracle/store/bundles.ts";
import { keepUnit } from "../../oracle/store/judgements.ts";
import { createHiding } from "../../oracle/compose/hiding.ts";
import { accountNamed } from "../domain/season/oracle.ts";
import { judgedBundle, withPrivate, type JudgedBundle } from "../domain/judgement/judged-bundle.ts";
import { account, CHAIN_ID, json, problemOf, testApi, type TestApi } from "./support/api.ts";
import { signedIn, signer } from "./support/sign-in.ts";

const lower = (address: string): Hex => address.toLowerCase() as Hex;
const HIDING = createHiding(new Uint8Array(32).fill(9));

interface Taken {
  readonly appeal: Appeal;
  readonly hash: Hex;
  readonly challenge: Challenge | null;
}

describe("Feedback and appeals of providers over HTTP", function () {
  this.timeout(60_000);
  let judged: JudgedBundle;
  let api: TestApi;
  let pool: MadePool;
  /** The provider that is signed in, and its paper, which is private. */
  let owner: PrivateKeyAccount;
  const paper = () => judged.ground.items.find(({ source }) => source === lower(owner.address))!;
  let bundle: Hex;
  let facts: Pick<RoundFacts, "state" | "deadline">;
  let arbiter: Hex = account(0xab);
  let reachable = true;

  const roster = () => judged.bundle.spec.roster;
  const at = (round = 0): string => `/v1/pools/${pool.pool}/rounds/${round}`;
  const tell = async (provider: string, init: Parameters<TestApi["ask"]>[1] = {}): Promise<Response> =>
    api.ask(`${at()}/feedback/${provider}`, init);

  before(async () => {
    judged = await judgedBundle();
    owner = accountNamed(`provider ${roster()[0]!.id}`);
    judged = withPrivate(judged, evidenceLeaf(paper()), 0, "provider");
    api = await testApi({
      managers: [account(1)],
      roles: ({ store, blobs, pools }) => {
        pool = pools[0]!;
        const privateItem = (_: Hex, __: unknown, leaf: Hex) =>
          reachable
            ? Promise.resolve(judged.given.items.get(leaf) ?? null)
            : Promise.reject(new PeerError("unreachable", "not now"));
        return {
          providers: providersApp({
            chainId: CHAIN_ID,
            feedback: createFeedback({ store, blobs, peers: { privateItem }, hiding: HIDING }),
            appeals: createAppeals({
              store,
              chain: {
                latest: () => Promise.resolve({ number: 5n, hash: "0x01", parentHash: "0x00", time: 1_000 } as never),
                roundFacts: () => Promise.resolve(facts as RoundFacts),
              },
              book: {
                peek: (address) =>
                  Promise.resolve(
                    address === pool.pool
                      ? { spec: judged.bundle.spec, terms: { ...pool.terms, arbiter, bond: 250n } }
                      : null,
                  ),
              },
            }),
          }),
        };
      },
    });
    const id = { chainId: CHAIN_ID, pool: pool.pool, round: 0 };
    const bytes = documentBytes({ ...judged.bundle, chainId: CHAIN_ID, pool: pool.pool });
    const partial = documentBytes({ ...judged.bundle, chainId: CHAIN_ID, pool: pool.pool, judgements: [] });
    await keepBundle(api, id, partial, { publisher: account(8), whole: false });
    bundle = await keepBundle(api, id, bytes, { publisher: account(8), whole: true });
    // What this node's own judge answered about the private paper.
    const leaf = evidenceLeaf(paper());
    for (const [, record] of judged.given.records) {
      if (record.source !== leaf) continue;
      const unit = `${leaf}/${record.criterion}/0`;
      const place = { family: "scripted", unit, hidden: true };
      await keepUnit({ store: api.store, hiding: HIDING }, id, place, record);
    }
    facts = { state: "assessed", deadline: 2_000 };
  });

  after(() => api.close());

  it("tells everybody what the bundle says, and by its hash whether it is another", async () => {
    const response = await tell(roster()[1]!.id);
    expect(response.status).to.equal(200);
    const expected = await roundFeedback(openRound(judged.bundle), 1);
    expect(await response.json()).to.deep.equal(
      JSON.parse(JSON.stringify({ ...expected, chainId: CHAIN_ID, pool: pool.pool })),
    );
    expect(response.headers.get("etag")).to.equal(`"${bundle}"`);
    expect(response.headers.get("cache-control")).to.equal("no-cache");
    const same = await tell(roster()[1]!.id, { headers: { "if-none-match": `"${bundle}"` } });
    expect([same.status, await same.text()]).to.deep.equal([304, ""]);
  });

  it("quotes a provider's private paper to the provider alone, and nothing of what people said", async () => {
    const sentences = paper()
      .content.match(/[^.]{30,}/g)!
      .map((one) => one.trim());
    const quoted = async (token?: string): Promise<number> => {
      const response = await tell(roster()[0]!.id, token === undefined ? {} : { token });
      const text = await response.text();
      for (const item of judged.given.items.values()) {
        if (item.source === lower(owner.address)) continue;
        const { turns } = JSON.parse(item.content) as { turns: { kind: string; reply: { text?: string } | string }[] };
        for (const { kind, reply } of turns) {
          const words = typeof reply === "string" ? reply : JSON.stringify(reply);
          if (kind === "open" && words.length > 40) expect(text).not.to.contain(words.slice(10, 40));
        }
      }
      if (token !== undefined && text.includes(sentences[0]!.slice(0, 10))) {
        expect(response.headers.get("cache-control")).to.equal("no-store");
        expect(response.headers.get("etag")).to.equal(null);
      }
      const { criteria } = JSON.parse(text) as RoundFeedback;
      const quotes = criteria.flatMap(({ questions }) => questions.flatMap((one) => one.quotes));
      return quotes.filter(({ source }) => source === evidenceLeaf(paper())).length;
    };
    expect(await quoted()).to.equal(0);
    expect(await quoted(await signedIn(api, signer(5)))).to.equal(0);
    const own = await signedIn(api, owner);
    expect(await quoted(own)).to.be.greaterThan(0);
    reachable = false;
    expect(await quoted(own)).to.equal(0);
    reachable = true;
  });

  it("has nothing where there is no bundle, no such provider, or nothing is judged", async () => {
    expect((await problemOf(await tell("stranger"))).type).to.equal("not-found");
    expect((await api.ask(`${at(1)}/feedback/${roster()[0]!.id}`)).status).to.equal(404);
    expect((await api.ask(`${at()}/feedback/no%20id`)).status).to.equal(400);
    const id = { chainId: CHAIN_ID, pool: pool.pool, round: 2 };
    const counted = { ...judged.bundle.spec, template: "sla" as const };
    await keepBundle(api, id, documentBytes({ ...judged.bundle, spec: counted }), {
      publisher: account(8),
      whole: true,
    });
    expect((await api.ask(`${at(2)}/feedback/${roster()[0]!.id}`)).status).to.equal(404);
  });

  describe("an appeal", () => {
    const body = (changes: object = {}) => ({
      criterion: "fair",
      reason: "The estimate was kept.",
      quotes: ["It was."],
      ...changes,
    });
    let token: string;
    let taken: Taken;

    before(async () => {
      token = await signedIn(api, owner);
      taken = (await (await api.ask(`${at()}/appeals`, { ...json(body()), token })).json()) as Taken;
    });

    it("is kept and listed for everybody, under a hash that follows from it", async () => {
      expect(taken.appeal).to.include({ provider: roster()[0]!.id, criterion: "fair", receivedAt: 1_000 });
      expect(taken.hash).to.equal(appealHash(taken.appeal));
      const listed = (await (await api.ask(`${at()}/appeals`)).json()) as { appeals: object[]; next: string | null };
      expect(listed).to.deep.equal({ appeals: [{ appeal: taken.appeal, hash: taken.hash }], next: null });
    });

    it("says exactly how it becomes a challenge, and what follows where nobody rules", () => {
      const { calls, bond, before, outcomes, arbiter: judge, rulingSeconds } = taken.challenge!;
      expect({ bond, before, judge, rulingSeconds }).to.deep.equal({
        bond: { token: pool.terms.token, amount: "250" },
        before: 2_000,
        judge: arbiter,
        rulingSeconds: pool.terms.rulingWindow,
      });
      const [allow, challenge] = calls;
      expect([allow.to, challenge.to]).to.deep.equal([pool.terms.token, pool.pool]);
      const approved = decodeFunctionData({ abi: erc20Abi, data: allow.data });
      expect([approved.functionName, lower(String(approved.args![0])), approved.args![1]]).to.deep.equal([
        "approve",
        pool.pool,
        250n,
      ]);
      const challenged = decodeFunctionData({ abi: outcomePoolAbi, data: challenge.data });
      expect([challenged.functionName, challenged.args]).to.deep.equal(["challenge", [0, taken.hash]]);
      expect(outcomes.unruled).to.contain("the assessment stands").and.contain("bond goes back to the challenger");
    });

    it("counts once for a provider and criterion: the same again is no other, another is refused", async () => {
      const again = await api.ask(`${at()}/appeals`, { ...json(body()), token });
      expect([again.status, ((await again.json()) as Taken).hash]).to.deep.equal([200, taken.hash]);
      const other = await problemOf(await api.ask(`${at()}/appeals`, { ...json(body({ reason: "No." })), token }));
      expect(other).to.include({ type: "appealed-already", status: 409, detail: taken.hash });
      const next = await api.ask(`${at()}/appeals`, { ...json(body({ criterion: "still-runs" })), token });
      expect(next.status).to.equal(201);
      const page = await api.ask(`${at()}/appeals?limit=1`);
      const { appeals, next: cursor } = (await page.json()) as { appeals: Taken[]; next: string };
      const rest = (await (await api.ask(`${at()}/appeals?limit=1&cursor=${cursor}`)).json()) as { appeals: Taken[] };
      expect([...appeals, ...rest.appeals].map(({ appeal }) => appeal.criterion)).to.deep.equal(["still-runs", "fair"]);
    });

    it("is for providers who are signed in", async () => {
      expect((await problemOf(await api.ask(`${at()}/appeals`, json(body())))).type).to.equal("sign-in-needed");
      const stranger = await signedIn(api, signer(5));
      expect(await problemOf(await api.ask(`${at()}/appeals`, { ...json(body()), token: stranger }))).to.include({
        type: "not-provider",
        status: 403,
      });
    });

    it("is plain text of some length about a criterion there is", async () => {
      const refused = [
        { reason: "" },
        { reason: "x".repeat(APPEAL_LIMITS.reason + 1) },
        { reason: "turned \u202e around" },
        { reason: "half \ud800" },
        { quotes: Array.from({ length: APPEAL_LIMITS.quotes + 1 }, () => "q") },
        { criterion: "no-such" },
        { more: 1 },
      ];
      for (const changes of refused) {
        const problem = await problemOf(await api.ask(`${at()}/appeals`, { ...json(body(changes)), token }));
        expect(problem, JSON.stringify(changes)).to.include({ type: "invalid", status: 400 });
      }
    });

    it("is taken only while the round can be challenged, of silence too", async () => {
      const about = json(body({ criterion: "looks-right" }));
      for (const state of ["running", "assessing", "challenged", "settled"] as const) {
        facts = { state, deadline: 2_000 };
        expect((await problemOf(await api.ask(`${at()}/appeals`, { ...about, token }))).type, state).to.equal(
          "no-appeal",
        );
      }
      facts = { state: "assessed", deadline: 1_000 };
      expect((await problemOf(await api.ask(`${at()}/appeals`, { ...about, token }))).type).to.equal("no-appeal");
      facts = { state: "silent", deadline: 1_001 };
      const response = await api.ask(`${at()}/appeals`, { ...about, token });
      expect(response.status).to.equal(201);
      expect(((await response.json()) as Taken).challenge!.outcomes.unruled).to.contain("counts as silence");
      expect((await problemOf(await api.ask(`${at(3)}/appeals`, { ...about, token }))).type).to.equal("not-found");
    });

    it("leads nowhere in a pool without an arbiter, and says so", async () => {
      arbiter = zeroAddress;
      const response = await api.ask(`${at()}/appeals`, { ...json(body({ criterion: "fault-codes" })), token });
      expect(((await response.json()) as Taken).challenge).to.equal(null);
      arbiter = account(0xab);
    });
  });

  it("answers over a real connection", async () => {
    const server = await listen(api.app, { hostname: "127.0.0.1", port: 0 });
    try {
      const response = await fetch(`http://127.0.0.1:${server.port}${at()}/feedback/${roster()[1]!.id}`);
      expect(((await response.json()) as RoundFeedback).provider.id).to.equal(roster()[1]!.id);
    } finally {
      await server.close(0);
    }
  });
});
