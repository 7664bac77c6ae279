import { expect } from "chai";
import { encodeAbiParameters, numberToHex, size, type Hex } from "viem";
import { openChain, type OpenChain } from "../../oracle/adapters/chain/open-chain.ts";
import { MAX_CHANGES } from "../../oracle/adapters/stores/plan.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { REORG_DEPTH } from "../../oracle/roles/watcher/headers.ts";
import { knownPools, searchPools } from "../../oracle/roles/watcher/pools.ts";
import {
  looker,
  pauseAfter,
  ReorgTooDeep,
  watchChain,
  type Head,
  type WatcherParts,
} from "../../oracle/roles/watcher/watch.ts";
import { makePool, NODES, startPlay, type ChainPlay } from "../support/chain-play.ts";
import { tempStore, type TempStore } from "../support/temp-store.ts";

const NODE = NODES[0]!.address.toLowerCase() as Hex;

/** Code of oracles that strangers may name in a pool. */
const STRANGE: Readonly<Record<string, Hex>> = {
  "answers one byte": "0x60ff60005360016000f3",
  "answers a word of 1": "0x600160005260206000f3",
  "answers a word of ones": "0x60001960005260206000f3",
  "answers a list that leads out of the answer": "0x60206000526001602052600019604052606060006000f3",
  "answers two megabytes": "0x622000006000f3",
  "answers nothing": "0x00",
  "has an invalid instruction": "0xfe",
  "reverts without a word": "0x60006000fd",
  "uses up all gas": "0x5b600056",
};

describe("the watcher", () => {
  let chain: ChainPlay;
  let temp: TempStore;
  let reader: OpenChain;
  let heads: Head[];
  let troubles: unknown[];
  beforeEach(async () => {
    chain = await startPlay(2);
    temp = await tempStore();
    [heads, troubles] = [[], []];
    reader = await openAt(200);
  });
  afterEach(async () => {
    await chain.close();
    await temp.remove();
  });

  const openAt = (confirmations: number, timeoutMs = 1_000) =>
    openChain({
      urls: chain.urls,
      finality: { by: "depth", confirmations },
      factory: chain.factory,
      store: temp.store,
      timeoutMs,
      retries: 0,
    });
  const parts = (own: Partial<WatcherParts> = {}): WatcherParts => ({
    chain: reader,
    store: temp.store,
    node: NODE,
    intervalMs: 10,
    clock: Date.now,
    onHead: (head) => void heads.push(head),
    onTrouble: (error) => troubles.push(error),
    ...own,
  });
  const keptHashes = async () => (await temp.store.list("headers/")).map(({ key }) => key.split("/").at(-1));

  it("keeps the newest blocks by hash, and tells what is new, once", async () => {
    await chain.mine(90);
    const number = await chain.number();
    const look = looker(parts());
    await look();
    await chain.mine(3);
    await look();
    await look();
    expect(heads.map(({ latest }) => latest.number)).to.deep.equal([number, number + 3n]);
    expect(heads[1]!.reorgDepth).to.equal(0);
    expect((await keptHashes()).length).to.equal(REORG_DEPTH + 1);
    expect(await keptHashes()).to.include(heads[1]!.latest.hash);
    const lag = Math.floor(Date.now() / 1000) - heads[1]!.latest.time;
    expect(lag - heads[1]!.lagSeconds).to.be.within(0, 2);
  });

  for (const depth of [1, 5, 63, 64]) {
    for (const restarted of [false, true]) {
      it(`rolls back ${depth} blocks that are gone${restarted ? ", after a new start" : ""}`, async () => {
        await chain.mine(70);
        const snapshot = await chain.snapshot();
        await chain.mine(depth);
        const look = looker(parts());
        const before = await look();
        await chain.reorg(snapshot, depth + 1);
        const after = await (restarted ? looker(parts()) : look)();
        expect(after.reorgDepth).to.equal(depth);
        expect(after.dropped.at(-1)!.hash).to.equal(before.latest.hash);
        expect(after.latest.number).to.equal(before.latest.number + 1n);
        expect(troubles).to.deep.equal([]);
        const kept = await keptHashes();
        for (const { hash } of after.dropped) expect(kept).not.to.include(hash);
        expect(kept).to.include(after.latest.hash);
      });
    }
  }

  it("says loudly that 65 blocks are gone, and goes on", async () => {
    await chain.mine(70);
    const snapshot = await chain.snapshot();
    await chain.mine(65);
    const look = looker(parts());
    await look();
    await chain.reorg(snapshot, 66);
    const after = await look();
    expect(troubles.length).to.equal(1);
    expect(troubles[0]).to.be.instanceOf(ReorgTooDeep);
    expect(after.dropped.length).to.equal(65);
    await chain.mine(1);
    expect((await look()).reorgDepth).to.equal(0);
    expect((await keptHashes()).length).to.equal(65);
  });

  it("tells a long absence from a reorganisation", async () => {
    await chain.mine(70);
    await looker(parts())();
    const snapshot = await chain.snapshot();
    await chain.mine(200);
    const look = looker(parts());
    expect((await look()).reorgDepth).to.equal(0);
    await chain.reorg(snapshot, 10);
    expect((await look()).dropped.length).to.equal(65);
    expect(troubles.length).to.equal(1);
  });

  it("takes nothing back while endpoints are behind", async () => {
    await chain.mine(20);
    const look = looker(parts());
    const { latest } = await look();
    chain.proxies[1]!.faults.lag = 4;
    const behind = await look();
    expect(behind.latest.number).to.equal(latest.number - 4n);
    chain.proxies[1]!.heal();
    await look();
    expect(heads.map(({ reorgDepth }) => reorgDepth)).to.deep.equal([0, 0, 0]);
  });

  it("tells of blocks that are gone again where nobody heard", async () => {
    await chain.mine(5);
    const snapshot = await chain.snapshot();
    await chain.mine(3);
    let deaf = false;
    const look = looker(
      parts({
        onHead(head) {
          if (deaf) throw new Error("busy");
          heads.push(head);
        },
      }),
    );
    await look();
    await chain.reorg(snapshot, 4);
    deaf = true;
    expect(await look().catch(() => "failed")).to.equal("failed");
    deaf = false;
    expect((await look()).reorgDepth).to.equal(3);
    expect((await look()).reorgDepth).to.equal(0);
  });

  it("finds this node's pools in final blocks alone, once", async () => {
    reader = await openAt(3);
    const ours = await makePool(chain, { providers: 2 });
    const other = await chain.connection.viem.deployContract("OracleQuorum", [
      [NODES[1]!.address, NODES[2]!.address],
      2n,
    ]);
    await makePool(chain, { providers: 1, terms: { oracle: other.address } });
    await makePool(chain, { providers: 1, terms: { oracle: chain.token } });
    const single = await makePool(chain, { providers: 1, terms: { oracle: NODES[0]!.address } });
    const pools = knownPools(temp.store, 31_337);
    const found: Hex[] = [];
    const look = looker(parts({ onPool: ({ pool }) => found.push(pool) }));
    await look();
    await chain.mine(3);
    await look();
    await looker(parts({ onPool: ({ pool }) => found.push(pool) }))();
    expect(found).to.have.members([ours.pool, single.pool]);
    expect((await pools.list()).map(({ pool }) => pool)).to.deep.equal([ours.pool, single.pool].sort());
    const kept = (await pools.get(ours.pool.toUpperCase().replace("0X", "0x") as Hex))!;
    expect(kept.terms).to.deep.equal((await reader.poolFacts(ours.pool, await reader.finalized())).terms);
    expect((await chain.client.getBlock({ blockHash: kept.blockHash })).number).to.equal(kept.block);
    expect(await pools.get(chain.token)).to.equal(null);
  });

  it("goes past pools of strangers whose oracle does whatever it likes", async () => {
    reader = await openAt(0, 10_000);
    const look = looker(parts());
    await look();
    for (const [i, code] of Object.values(STRANGE).entries()) {
      const oracle = numberToHex(0xbad000 + i, { size: 20 });
      await chain.rpc("hardhat_setCode", oracle, code);
      await makePool(chain, { providers: 1, terms: { oracle } });
    }
    const ours = await makePool(chain, { providers: 1 });
    const { latest } = await look();
    expect(heads.at(-1)!.latest.hash).to.equal(latest.hash);
    expect(troubles).to.deep.equal([]);
    expect((await knownPools(temp.store, 31_337).list()).map(({ pool }) => pool)).to.deep.equal([ours.pool]);
    expect(await temp.store.get("cursor/31337/pools")).to.equal(String(latest.number));
    for (const code of Object.values(STRANGE)) {
      await chain.rpc("hardhat_setCode", chain.accounts[9]!, code);
      await chain.mine(1);
      const error: unknown = await reader
        .oracle(chain.accounts[9]!, await reader.latest())
        .catch((one: unknown) => one);
      expect(error).to.be.instanceOf(InputError);
    }
  });

  it("goes on with the chain while pools cannot be searched, and finds them when they can", async () => {
    reader = await openAt(0);
    const ours = await makePool(chain, { providers: 1 });
    const refuse = (method: string, result: unknown) => {
      if (method !== "eth_call") return result;
      throw Object.assign(new Error("no calls today"), { code: -32_000 });
    };
    for (const proxy of chain.proxies) proxy.faults.lie = refuse;
    const look = looker(parts());
    const { latest } = await look();
    expect(heads.map(({ latest: { hash } }) => hash)).to.deep.equal([latest.hash]);
    expect(troubles.map((error) => (error as Error).name)).to.deep.equal(["EndpointsError"]);
    expect(await temp.store.get("cursor/31337/pools")).to.equal(null);
    for (const proxy of chain.proxies) proxy.heal();
    await look();
    expect((await knownPools(temp.store, 31_337).list()).map(({ pool }) => pool)).to.deep.equal([ours.pool]);
  });

  it("does not wait for ever for endpoints to agree on an oracle", async () => {
    reader = await openAt(0);
    const oracle = numberToHex(0xbad000, { size: 20 });
    await chain.rpc("hardhat_setCode", oracle, "0x00");
    await makePool(chain, { providers: 1, terms: { oracle } });
    const ours = await makePool(chain, { providers: 1 });
    const list = encodeAbiParameters([{ type: "bytes[]" }], [[NODE]]);
    chain.proxies[1]!.faults.lie = (method, result, [call]) => {
      const { to, data } = (call ?? {}) as { to?: Hex; data?: Hex };
      if (method !== "eth_call" || to?.toLowerCase() !== oracle) return result;
      return size(data!) === 4 ? numberToHex(1, { size: 32 }) : list;
    };
    const look = looker(parts());
    for (let i = 0; i < 30; i++) await look();
    expect(troubles.length).to.equal(30);
    expect(await knownPools(temp.store, 31_337).list()).to.deep.equal([]);
    await look();
    expect(troubles.length).to.equal(30);
    expect((await knownPools(temp.store, 31_337).list()).map(({ pool }) => pool)).to.deep.equal([ours.pool]);
  });

  it("keeps more pools of a few blocks than one batch of the store takes", async () => {
    const { terms } = await makePool(chain, { providers: 1 });
    const at = await reader.latest();
    const made = Array.from({ length: MAX_CHANGES + 1 }, (_, i) => {
      return { pool: numberToHex(i, { size: 20 }), terms, block: 1n, blockHash: at.hash };
    });
    const many = { chainId: 7, pools: () => Promise.resolve(made), oracle: reader.oracle };
    const found = await searchPools(
      { chain: many, store: temp.store, node: NODE, others: false, fromBlock: 0n, differences: new Map() },
      at,
    );
    expect(found.length).to.equal(made.length);
    for (const { pool } of [made[0]!, made.at(-1)!]) {
      expect((await knownPools(temp.store, 7).get(pool))?.pool).to.equal(pool);
    }
  });

  it("does not find a pool before its block is final, nor one whose block is gone", async () => {
    reader = await openAt(8);
    await chain.mine(10);
    const snapshot = await chain.snapshot();
    await makePool(chain, { providers: 1 });
    const look = looker(parts());
    await look();
    expect(await knownPools(temp.store, 31_337).list()).to.deep.equal([]);
    await chain.reorg(snapshot, 30);
    await look();
    expect(await knownPools(temp.store, 31_337).list()).to.deep.equal([]);
  });

  it("survives an outage, with growing pauses, and stops when told", async () => {
    const pauses: number[] = [];
    const watcher = watchChain(parts({ onTrouble: (_, next) => void (next > 10 && pauses.push(next)) }));
    const until = async (done: () => boolean) => {
      while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(() => heads.length === 1);
    for (const proxy of chain.proxies) proxy.faults.down = true;
    await until(() => pauses.length >= 3);
    for (const proxy of chain.proxies) proxy.heal();
    await chain.mine(1);
    await until(() => heads.length === 2);
    await watcher.stop();
    expect(pauses.slice(0, 3)).to.deep.equal([20, 40, 80]);
    await chain.mine(1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(heads.length).to.equal(2);
    expect(pauseAfter(100, 10)).to.equal(60_000);
  });
});
