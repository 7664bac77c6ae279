import { expect } from "chai";
import type { Hex } from "viem";
import { agreementOf, openEndpoints } from "../../../oracle/adapters/chain/endpoints.ts";
import { EndpointsError } from "../../../oracle/adapters/chain/endpoints-error.ts";
import { openChain, type ChainOptions } from "../../../oracle/adapters/chain/open-chain.ts";
import type { Deviation } from "../../../oracle/adapters/chain/vote.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { makePool, startPlay, type ChainPlay, type PoolPlay } from "../../support/chain-play.ts";
import { LIES } from "../../support/rpc-proxy.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

/** The reason of the EndpointsError that work ends with. */
async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    (value) =>
      expect.fail(`answered ${JSON.stringify(value, (_, one) => (typeof one === "bigint" ? String(one) : one))}`),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(EndpointsError);
  const { message, reason, stack } = error as EndpointsError;
  expect(`${message} ${stack}`).not.to.match(/127\.0\.0\.1|canary-key/);
  return reason;
}

describe("how many endpoints agree", () => {
  it("is a majority, at least two of two", () => {
    expect([1, 2, 3, 4, 5].map((count) => agreementOf(count))).to.deep.equal([1, 2, 2, 3, 3]);
  });

  it("may be set, but not to one of several, nor to more than there are", () => {
    expect(agreementOf(5, 2)).to.equal(2);
    expect(agreementOf(1, 1)).to.equal(1);
    for (const [count, given] of [
      [2, 1],
      [3, 1],
      [3, 4],
      [1, 2],
      [3, 2.5],
      [0, undefined],
    ] as const) {
      expect(() => agreementOf(count, given)).to.throw(RangeError);
    }
  });
});

describe("a chain behind several endpoints", () => {
  let chain: ChainPlay;
  let play: PoolPlay;
  let temp: TempStore;
  let deviations: Deviation[];
  before(async () => {
    chain = await startPlay(3);
    play = await makePool(chain, { providers: 5 });
  });
  after(() => chain.close());
  beforeEach(async () => {
    temp = await tempStore();
    deviations = [];
  });
  afterEach(async () => {
    for (const proxy of chain.proxies) proxy.heal();
    await temp.remove();
  });

  const open = (count: number, options: Partial<ChainOptions> = {}) =>
    openChain({
      urls: chain.urls.slice(0, count),
      finality: { by: "depth", confirmations: 0 },
      factory: chain.factory,
      store: temp.store,
      timeoutMs: 1_000,
      retries: 0,
      onDeviation: (deviation) => deviations.push(deviation),
      ...options,
    });

  it("reads a pool, its rounds and all there is of it", async () => {
    const reader = await open(3);
    const block = await reader.finalized();
    expect(block.number).to.equal(await chain.number());
    const facts = await reader.poolFacts(play.pool, block);
    expect(facts.terms).to.deep.equal(await chain.poolAt(play.pool).read.terms());
    expect(facts.oracle.threshold).to.equal(2);
    expect(facts.providers.length).to.equal(2 + 5 * 48);
    const round = await reader.roundFacts(play.pool, 0, block);
    expect(round.state).to.equal("upcoming");
    expect(round.deadline).to.equal(play.terms.start);
    const made = await reader.pools(0n, block.number);
    expect(made.map(({ pool }) => pool)).to.deep.equal([play.pool]);
    expect(made[0]!.terms).to.deep.equal(facts.terms);
    const all = await reader.exportPool(play.pool, chain.factory, block.number);
    expect(all.head.hash).to.equal(block.hash);
    expect(deviations).to.deep.equal([]);
  });

  it("refuses in the chain's words what is not there", async () => {
    const reader = await open(3);
    const block = await reader.finalized();
    const nobody = `0x${"99".repeat(20)}` as const;
    for (const work of [
      reader.poolFacts(nobody, block),
      reader.roundFacts(nobody, 0, block),
      reader.roundFacts(play.pool, 2, block),
      reader.exportPool(nobody, chain.factory, block.number),
    ]) {
      expect(await work.catch((error: unknown) => error)).to.be.instanceOf(InputError);
    }
  });

  const lies: [string, keyof typeof LIES, (reader: Awaited<ReturnType<typeof open>>) => Promise<unknown>][] = [
    ["hashes of blocks", "blockHashes", (reader) => reader.latest()],
    ["answers of the pool", "calls", async (reader) => reader.roundFacts(play.pool, 0, await reader.latest())],
    ["events", "noLogs", async (reader) => reader.pools(0n, (await reader.latest()).number)],
  ];
  for (const [what, lie, read] of lies) {
    it(`outvotes one of three that lies about ${what}, and names it`, async () => {
      const reader = await open(3);
      const truth = await read(reader);
      chain.proxies[1]!.faults.lie = LIES[lie];
      expect(await read(reader)).to.deep.equal(truth);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const named = new Set(deviations.map(({ endpoint }) => endpoint));
      expect([...named]).to.deep.equal([2]);
    });

    it(`says nothing where one of two lies about ${what}`, async () => {
      const reader = await open(2);
      chain.proxies[1]!.faults.lie = LIES[lie];
      expect(await reasonOf(read(reader))).to.equal("disagree");
    });
  }

  it("goes on with one of three gone, slow or behind, and stops with two", async () => {
    const reader = await open(3);
    const break1 = [
      () => (chain.proxies[0]!.faults.down = true),
      () => (chain.proxies[0]!.faults.delayMs = 3_000),
      () => (chain.proxies[0]!.faults.lag = 3),
    ];
    for (const fault of break1) {
      chain.proxies[0]!.heal();
      fault();
      expect((await reader.latest()).number).to.equal(await chain.number());
      expect((await reader.roundFacts(play.pool, 0, await reader.latest())).state).to.equal("upcoming");
    }
    chain.proxies[1]!.faults.down = true;
    chain.proxies[0]!.faults.down = true;
    expect(await reasonOf(reader.latest())).to.equal("unavailable");
    expect(await reasonOf(reader.pools(0n, 1n))).to.equal("unavailable");
  });

  it("does not wait for a slow endpoint where enough have answered", async () => {
    const reader = await open(3);
    const block = await reader.latest();
    chain.proxies[2]!.faults.delayMs = 900;
    const start = Date.now();
    await reader.roundFacts(play.pool, 0, block);
    expect(Date.now() - start).to.be.below(700);
  });

  it("takes the block of the one that is behind where both must agree", async () => {
    const reader = await open(2);
    chain.proxies[1]!.faults.lag = 3;
    expect((await reader.latest()).number).to.equal((await chain.number()) - 3n);
  });

  it("is not led to a block that only one claims to have", async () => {
    const reader = await open(3);
    chain.proxies[2]!.faults.lie = (method, result) => (method === "eth_blockNumber" ? "0xffffff" : result);
    expect((await reader.finalized()).number).to.equal(await chain.number());
  });

  it("repeats requests without an answer, and only those", async () => {
    const reader = await open(1, { retries: 2 });
    const proxy = chain.proxies[0]!;
    const nobody = `0x${"99".repeat(20)}` as const;
    const block = await reader.latest();
    proxy.asked.length = 0;
    await reader.poolFacts(nobody, block).catch(() => null);
    expect(proxy.asked).to.deep.equal(["eth_getCode"]);
    proxy.asked.length = 0;
    proxy.faults.down = true;
    expect(await reasonOf(reader.poolFacts(nobody, block))).to.equal("unavailable");
    expect(proxy.asked).to.deep.equal(["eth_getCode", "eth_getCode", "eth_getCode"]);
  });

  it("reads logs in halves where an endpoint gives few at once", async () => {
    const reader = await open(1);
    const { number } = await reader.latest();
    let refusals = 0;
    chain.proxies[0]!.faults.lie = (method, result, params) => {
      const range = params[0] as { fromBlock: Hex; toBlock: Hex };
      if (method !== "eth_getLogs" || BigInt(range.toBlock) - BigInt(range.fromBlock) < 3n) return result;
      refusals += 1;
      throw Object.assign(new Error("query returned more than 10000 results"), { code: -32_005 });
    };
    expect((await reader.pools(0n, number)).length).to.equal(1);
    expect(refusals).to.be.above(1);
  });

  it("is of one chain", async () => {
    expect(await reasonOf(openEndpoints({ urls: chain.urls, chainId: 1, retries: 0 }))).to.equal("other-chain");
    chain.proxies[1]!.faults.chainId = 5;
    expect(await reasonOf(open(2))).to.equal("other-chain");
    const reader = await open(3);
    expect(reader.chainId).to.equal(31_337);
    await reader.latest();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(deviations.filter(({ how }) => how === "other-chain").map(({ endpoint }) => endpoint)).to.include(2);
    chain.proxies[2]!.faults.down = true;
    expect(await reasonOf(reader.pools(0n, 1n))).to.equal("other-chain");
  });

  it("tells whether an account or a contract signed a message", async () => {
    const reader = await open(3);
    const [wallet] = await chain.connection.viem.getWalletClients();
    const { privateKeyToAccount } = await import("viem/accounts");
    const signer = privateKeyToAccount(`0x${"77".repeat(32)}`);
    const signature = await signer.signMessage({ message: "hello" });
    expect(await reader.signedBy(signer.address, "hello", signature)).to.equal(true);
    expect(await reader.signedBy(signer.address, "other", signature)).to.equal(false);
    expect(await reader.signedBy(wallet!.account.address, "hello", signature)).to.equal(false);
    const account = await chain.connection.viem.deployContract("Wallet1271", [signer.address]);
    expect(await reader.signedBy(account.address, "hello", signature)).to.equal(true);
    expect(await reader.signedBy(account.address, "other", signature)).to.equal(false);
    expect(await reader.signedBy(chain.token, "hello", signature)).to.equal(false);
    chain.proxies[1]!.faults.lie = LIES.calls;
    expect(await reader.signedBy(account.address, "hello", signature)).to.equal(true);
  });
});
