import { expect } from "chai";
import { EndpointsError } from "../../../oracle/adapters/chain/endpoints-error.ts";
import { blockOf, finalizedKey, type Finality } from "../../../oracle/adapters/chain/finality.ts";
import { openChain } from "../../../oracle/adapters/chain/open-chain.ts";
import { startPlay, type ChainPlay } from "../../support/chain-play.ts";
import { LIES } from "../../support/rpc-proxy.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(EndpointsError);
  return (error as EndpointsError).reason;
}

describe("the newest final block", () => {
  let chain: ChainPlay;
  let temp: TempStore;
  beforeEach(async () => {
    chain = await startPlay(3);
    await chain.mine(20);
    temp = await tempStore();
  });
  afterEach(async () => {
    await chain.close();
    await temp.remove();
  });

  const depth = (confirmations: number): Finality => ({ by: "depth", confirmations });
  const open = (count: number, finality: Finality = depth(4)) =>
    openChain({
      urls: chain.urls.slice(0, count),
      finality,
      factory: chain.factory,
      store: temp.store,
      timeoutMs: 1_000,
      retries: 0,
    });

  it("lies at the depth that is set, or where the chain says", async () => {
    const newest = await chain.number();
    expect((await (await open(3)).finalized()).number).to.equal(newest - 4n);
    // Hardhat takes the newest block for final.
    expect((await (await open(3, { by: "tag" })).finalized()).number).to.equal(newest);
    await temp.store.commit({ put: { [finalizedKey(31_337)]: null } });
    expect((await (await open(3, depth(10_000))).finalized()).number).to.equal(0n);
  });

  it("is lowered by one that is behind where both must agree, and never goes back", async () => {
    const reader = await open(2);
    const newest = await chain.number();
    chain.proxies[1]!.faults.lag = 3;
    expect((await reader.finalized()).number).to.equal(newest - 7n);
    chain.proxies[1]!.heal();
    const block = await reader.finalized();
    expect(block.number).to.equal(newest - 4n);
    chain.proxies[0]!.faults.lag = 15;
    expect(await reader.finalized()).to.deep.equal(block);
    expect(await (await open(2)).finalized()).to.deep.equal(block);
    expect(blockOf((await temp.store.get(finalizedKey(31_337)))!)).to.deep.equal(block);
  });

  it("outvotes one of three that lies about its hash, and is none where one of two lies", async () => {
    const truth = await (await open(3)).finalized();
    await temp.store.commit({ put: { [finalizedKey(31_337)]: null } });
    chain.proxies[1]!.faults.lie = LIES.blockHashes;
    expect(await (await open(3)).finalized()).to.deep.equal(truth);
    expect(await reasonOf((await open(2)).finalized())).to.equal("disagree");
  });

  it("survives reorganisations above it", async () => {
    const reader = await open(3);
    const snapshot = await chain.snapshot();
    await chain.mine(4);
    const block = await reader.finalized();
    await chain.reorg(snapshot, 6);
    const next = await reader.finalized();
    expect(next.number).to.equal(block.number + 2n);
  });

  it("stops signing for good where a final block is replaced, and after a new start too", async () => {
    const reader = await open(3);
    const snapshot = await chain.snapshot();
    await chain.mine(6);
    await reader.finalized();
    await chain.reorg(snapshot, 8);
    expect(await reasonOf(reader.finalized())).to.equal("finality-broken");
    expect(await reasonOf(reader.finalized())).to.equal("finality-broken");
    expect(await reasonOf((await open(3)).finalized())).to.equal("finality-broken");
  });

  it("stops as well where the chain became shorter than what was final", async () => {
    const reader = await open(3, depth(0));
    const snapshot = await chain.snapshot();
    await chain.mine(6);
    const block = await reader.finalized();
    await chain.reorg(snapshot, 2);
    // Endpoints that do not know the block say nothing against it; one that has another in its place does.
    expect(await reader.finalized()).to.deep.equal(block);
    await chain.mine(4);
    expect(await reasonOf(reader.finalized())).to.equal("finality-broken");
  });

  it("is one for two processes with one store", async () => {
    const [one, other] = [await open(3), await open(3)];
    const blocks = await Promise.all([one.finalized(), other.finalized(), one.finalized(), other.finalized()]);
    expect(new Set(blocks.map(({ hash }) => hash)).size).to.equal(1);
  });
});
