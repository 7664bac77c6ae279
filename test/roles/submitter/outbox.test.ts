import { expect } from "chai";
import { encodeFunctionData, numberToHex, parseTransaction, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { testStablecoinAbi } from "../../../contracts/protocol/generated/abi.ts";
import { bookOf } from "../../../oracle/roles/submitter/book.ts";
import type { OutboxEvent } from "../../../oracle/roles/submitter/ports.ts";
import { transactionOf } from "../../../oracle/roles/submitter/transaction.ts";
import { startPlay, type ChainPlay } from "../../support/chain-play.ts";
import { mintIntent, prepareSender, receiver, SENDER, SENDER_KEY, sending } from "../../support/sender.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

const kinds = (events: readonly OutboxEvent[]): string[] => events.map(({ kind }) => kind);

describe("the outbox", () => {
  let chain: ChainPlay;
  let temp: TempStore;
  beforeEach(async () => {
    chain = await startPlay(2);
    temp = await tempStore();
    await prepareSender(chain);
  });
  afterEach(async () => {
    await chain.close();
    await temp.remove();
  });

  const minted = (number: number) => chain.tokenAt().read.balanceOf([receiver(number)]);
  const count = () => chain.client.getTransactionCount({ address: SENDER });
  const open = (own: Parameters<typeof sending>[2] = {}) => sending(chain, temp.store, own);
  const rowOf = async (id: string) => transactionOf((await temp.store.get(`tx/31337/${id}`))!);
  const drop = (faulty: boolean) => {
    for (const proxy of chain.proxies) proxy.faults.dropsTransactions = faulty;
  };

  it("sends an intent once, and is done when its block is final", async () => {
    const { outbox, events, step, advance } = await open();
    const intent = mintIntent(chain.token, 1);
    expect((await outbox.submit(intent)).state).to.equal("waiting");
    await advance();
    expect((await outbox.get(intent.id))!.state).to.equal("pending");
    await step();
    expect((await outbox.get(intent.id))!.state).to.equal("mined");
    await step(3);
    expect((await outbox.get(intent.id))!.state).to.equal("mined");
    await step();
    expect((await outbox.get(intent.id))!.state).to.equal("done");
    expect((await outbox.submit(intent)).state).to.equal("done");
    await step(2);
    expect(await minted(1)).to.equal(1n);
    expect(await count()).to.equal(1);
    expect(kinds(events)).to.deep.equal(["signed", "mined", "done"]);
  });

  it("offers fees of EIP-1559 and gas within the cap, and keeps what it signs", async () => {
    const { outbox, advance } = await open();
    await outbox.submit(mintIntent(chain.token, 1));
    await advance();
    const row = await rowOf("mint/1");
    const signed = parseTransaction(row.forms[0]!.raw);
    expect(signed.type).to.equal("eip1559");
    expect(signed.nonce).to.equal(0);
    expect(signed.gas! < 16_777_216n && signed.gas! > 30_000n).to.equal(true);
    expect(signed.maxPriorityFeePerGas).to.equal(1_000_000_000n);
    const pending = (await chain.rpc("eth_getTransactionByHash", row.forms[0]!.hash)) as { hash: Hex };
    expect(pending.hash).to.equal(row.forms[0]!.hash);
  });

  it("does not send what would fail, says why, and takes it on again when asked", async () => {
    const { outbox, events, step, advance } = await open();
    const data = encodeFunctionData({ abi: testStablecoinAbi, functionName: "transfer", args: [receiver(1), 5n] });
    const intent = { id: "transfer/1", to: chain.token, data };
    await outbox.submit(intent);
    await advance();
    const refused = (await outbox.get(intent.id))!;
    expect(refused.state).to.equal("refused");
    expect(refused.why).to.contain("5 are needed");
    expect(kinds(events)).to.deep.equal(["refused"]);
    expect(await count()).to.equal(0);
    const mint = encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [SENDER, 5n] });
    await outbox.submit({ id: "mint/own", to: chain.token, data: mint });
    await advance();
    await step();
    await outbox.submit(intent);
    await advance();
    await step(5);
    expect((await outbox.get(intent.id))!.state).to.equal("done");
    expect(await minted(1)).to.equal(5n);
  });

  it("sends what was kept when the process ends before it was sent", async () => {
    const dead = await open({ chain: { broadcast: () => Promise.reject(new Error("killed")) } });
    await dead.outbox.submit(mintIntent(chain.token, 1));
    await dead.advance();
    expect(kinds(dead.events)).to.deep.equal(["signed", "trouble"]);
    const kept = await rowOf("mint/1");
    const next = await open();
    await next.advance();
    await next.step(5);
    expect((await next.outbox.get("mint/1"))!.state).to.equal("done");
    expect((await rowOf("mint/1")).forms).to.deep.equal(kept.forms);
    expect(await minted(1)).to.equal(1n);
  });

  it("sends again what was dropped, and what a reorganisation took back", async () => {
    const { outbox, events, step, advance } = await open();
    drop(true);
    await outbox.submit(mintIntent(chain.token, 1));
    await advance();
    drop(false);
    await step();
    expect(await minted(1)).to.equal(0n);
    const snapshot = await chain.snapshot();
    await step();
    expect(await minted(1)).to.equal(1n);
    await chain.rpc("evm_revert", snapshot);
    await chain.rpc("hardhat_dropTransaction", (await rowOf("mint/1")).forms[0]!.hash).catch(() => null);
    await chain.mineAt((await chain.now()) + 7n);
    await chain.mine(1);
    await advance();
    expect(kinds(events)).to.deep.equal(["signed", "mined", "gone"]);
    await step(1);
    await step(5);
    expect((await outbox.get("mint/1"))!.state).to.equal("done");
    expect(await minted(1)).to.equal(1n);
    expect(await count()).to.equal(1);
  });

  it("replaces a stuck transaction with fees an eighth higher under the same nonce", async () => {
    const { outbox, events, step, advance } = await open();
    await outbox.submit(mintIntent(chain.token, 1));
    drop(true);
    await advance();
    await step(3);
    drop(false);
    await step(1);
    const { forms } = await rowOf("mint/1");
    expect(kinds(events)).to.include("replaced");
    const [first, second] = forms;
    expect(second!.maxFee * 8n >= first!.maxFee * 9n).to.equal(true);
    expect(second!.tip * 8n >= first!.tip * 9n).to.equal(true);
    expect(parseTransaction(second!.raw).nonce).to.equal(parseTransaction(first!.raw).nonce);
    expect(parseTransaction(second!.raw).data).to.equal(parseTransaction(first!.raw).data);
    await step(2);
    await step(5);
    expect((await outbox.get("mint/1"))!.state).to.equal("done");
    expect(await minted(1)).to.equal(1n);
  });

  it("recognises the older form when that is the one mined", async () => {
    const { outbox, step, advance } = await open();
    await outbox.submit(mintIntent(chain.token, 1));
    drop(true);
    await advance();
    await step(3);
    const { forms } = await rowOf("mint/1");
    expect(forms.length).to.equal(2);
    drop(false);
    await chain.rpc("eth_sendRawTransaction", forms[0]!.raw);
    await chain.mine(1);
    await advance();
    expect((await outbox.get("mint/1"))!.mined!.hash).to.equal(forms[0]!.hash);
    await step(5);
    expect((await outbox.get("mint/1"))!.state).to.equal("done");
  });

  it("takes back what would only fail by the time it is stuck", async () => {
    const { outbox, events, step, advance } = await open();
    const mint = encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [SENDER, 5n] });
    await outbox.submit({ id: "mint/own", to: chain.token, data: mint });
    await advance();
    await step(5);
    const data = encodeFunctionData({ abi: testStablecoinAbi, functionName: "transfer", args: [receiver(1), 5n] });
    await outbox.submit({ id: "transfer/1", to: chain.token, data });
    drop(true);
    await advance();
    expect((await outbox.get("transfer/1"))!.state).to.equal("pending");
    // Meanwhile the money goes another way.
    await chain.rpc("hardhat_setStorageAt", chain.token, await balanceSlot(chain), numberToHex(0, { size: 32 }));
    await step(3);
    drop(false);
    await step(1);
    expect(kinds(events)).to.include("taken-back");
    await step(6);
    const ended = (await outbox.get("transfer/1"))!;
    expect(ended.state).to.equal("refused");
    expect(ended.why).to.contain("5 are needed");
    expect(await count()).to.equal(2);
  });

  it("finds another nonce where someone else used the account", async () => {
    const { outbox, events, step, advance } = await open();
    await outbox.submit(mintIntent(chain.token, 1));
    drop(true);
    await advance();
    drop(false);
    const other = privateKeyToAccount(SENDER_KEY);
    const raw = await other.signTransaction({
      type: "eip1559",
      chainId: 31_337,
      nonce: 0,
      gas: 21_000n,
      to: other.address,
      maxFeePerGas: 50_000_000_000n,
      maxPriorityFeePerGas: 30_000_000_000n,
    });
    await chain.rpc("eth_sendRawTransaction", raw);
    await step(1);
    // Until that is final, it may still go.
    expect(kinds(events)).not.to.include("nonce-lost");
    await step(4);
    expect(kinds(events)).to.include("nonce-lost");
    await step(1);
    expect((await rowOf("mint/1")).nonce).to.equal(1);
    await step(1);
    await step(5);
    expect((await outbox.get("mint/1"))!.state).to.equal("done");
    expect(await minted(1)).to.equal(1n);
  });

  it("takes a nonce first that was left out", async () => {
    const { outbox, advance } = await open();
    const book = { next: 2, intents: [], entries: [] };
    await temp.store.commit({ put: { [`spend/31337/${SENDER.toLowerCase()}`]: JSON.stringify(book) } });
    for (const number of [1, 2, 3]) await outbox.submit(mintIntent(chain.token, number));
    await advance();
    expect(await Promise.all([1, 2, 3].map(async (number) => (await rowOf(`mint/${number}`)).nonce))).to.deep.equal([
      0, 1, 2,
    ]);
  });

  it("fills the gap before a transaction that is under way", async () => {
    const first = await open();
    for (const number of [1, 2]) await first.outbox.submit(mintIntent(chain.token, number));
    drop(true);
    await first.advance();
    // The first of them is lost from the store: nonce 0 belongs to nobody.
    const key = `spend/31337/${SENDER.toLowerCase()}`;
    const book = JSON.parse((await temp.store.get(key))!) as { intents: string[]; entries: { id: string }[] };
    const left = {
      ...book,
      intents: book.intents.filter((id) => id !== "mint/1"),
      entries: book.entries.filter(({ id }) => id !== "mint/1"),
    };
    await temp.store.commit({ put: { [key]: JSON.stringify(left), "tx/31337/mint/1": null } });
    drop(false);
    const next = await open();
    await next.advance();
    expect(next.events.find(({ kind }) => kind === "gap")).to.deep.equal({
      kind: "gap",
      id: `fill/${SENDER.toLowerCase()}/0`,
      nonce: 0,
    });
    await next.step(1);
    await next.step(5);
    expect((await next.outbox.get("mint/2"))!.state).to.equal("done");
    expect(await minted(2)).to.equal(1n);
    expect(await count()).to.equal(2);
  });

  it("waits at the spend limit, visibly, and goes on a day later", async () => {
    const { outbox, events, step, advance, spending } = await open({ limits: { spendPerDay: 270_000_000_000_000n } });
    for (const number of [1, 2, 3]) await outbox.submit(mintIntent(chain.token, number));
    await advance();
    const states = async () => Promise.all([1, 2, 3].map(async (n) => (await outbox.get(`mint/${n}`))!.state));
    expect(await states()).to.deep.equal(["pending", "waiting", "waiting"]);
    expect((await outbox.get("mint/2"))!.why).to.equal("spend-limit");
    expect(kinds(events)).to.include("waiting");
    expect(spending().open).to.equal(3);
    expect(spending().spent <= spending().limit).to.equal(true);
    const reserved = spending().spent;
    await step(1);
    await step(5);
    // What was set aside is freed down to what it did cost.
    const { entries } = bookOf(await temp.store.get(`spend/31337/${SENDER.toLowerCase()}`));
    expect(entries[0]!.open).to.equal(false);
    expect(entries[0]!.wei < reserved).to.equal(true);
    for (let i = 0; i < 4; i++) {
      await step(6);
      expect(spending().spent <= spending().limit).to.equal(true);
    }
    const before = await count();
    expect(before).to.equal(1);
    await chain.mineAt((await chain.now()) + 86_401n);
    for (let i = 0; i < 4; i++) await step(6);
    expect(await count()).to.be.above(before);
  });

  it("leaves assessments half of the spend limit", async () => {
    const { outbox, advance, spending } = await open({ limits: { spendPerDay: 270_000_000_000_000n } });
    for (const number of [1, 2]) await outbox.submit(mintIntent(chain.token, number));
    for (const number of [3, 4]) await outbox.submit({ ...mintIntent(chain.token, number), id: `assess/${number}` });
    await advance();
    const ids = ["mint/1", "mint/2", "assess/3", "assess/4"];
    const states = await Promise.all(ids.map(async (id) => (await outbox.get(id))!.state));
    expect(states).to.deep.equal(["pending", "waiting", "pending", "waiting"]);
    expect(spending().spent <= spending().limit).to.equal(true);
  });

  it("keeps two processes with one store from sending twice or using a nonce twice", async () => {
    const [one, other] = [await open(), await open()];
    for (const number of [1, 2, 3, 4]) {
      await Promise.all([one.outbox, other.outbox].map((box) => box.submit(mintIntent(chain.token, number))));
    }
    for (let i = 0; i < 9; i++) {
      await Promise.all([one.advance(), other.advance()]);
      await chain.mine(1);
    }
    for (const number of [1, 2, 3, 4]) {
      expect((await one.outbox.get(`mint/${number}`))!.state).to.equal("done");
      expect(await minted(number)).to.equal(1n);
    }
    expect(await count()).to.equal(4);
    const signed = [...one.events, ...other.events].filter(({ kind }) => kind === "signed");
    expect(signed.map((event) => (event as { nonce: number }).nonce).sort()).to.deep.equal([0, 1, 2, 3]);
    expect(kinds([...one.events, ...other.events])).not.to.include("gap");
  });

  it("reports and survives an outage and a lying endpoint", async () => {
    const { outbox, events, step, advance } = await open();
    await outbox.submit(mintIntent(chain.token, 1));
    const heads = { latest: await chainHead(), finalized: await chainHead() };
    for (const proxy of chain.proxies) proxy.faults.down = true;
    await outbox.advance(heads);
    expect(kinds(events)).to.include("trouble");
    for (const proxy of chain.proxies) proxy.heal();
    await advance();
    chain.proxies[0]!.faults.lie = (method, result) => (method === "eth_getTransactionReceipt" ? null : result);
    await step(1);
    expect((await outbox.get("mint/1"))!.state).to.equal("pending");
    for (const proxy of chain.proxies) proxy.heal();
    await step(5);
    expect((await outbox.get("mint/1"))!.state).to.equal("done");
  });

  it("shows its key neither in the store nor in events", async () => {
    const { outbox, events, step, advance } = await open();
    await outbox.submit(mintIntent(chain.token, 1));
    await advance();
    await step(5);
    const text = `${await temp.dump()} ${JSON.stringify(events, (_, one) => (typeof one === "bigint" ? String(one) : one))}`;
    expect(text).to.contain("mint/1");
    expect(text.toLowerCase()).not.to.contain("c4c4c4c4");
  });

  async function chainHead() {
    const { number, hash, parentHash, timestamp } = await chain.client.getBlock();
    return { number, hash, parentHash, time: Number(timestamp) };
  }
});

/** Where the token keeps the sender's balance: the first slot whose change changes it. */
async function balanceSlot(chain: ChainPlay): Promise<Hex> {
  const { encodeAbiParameters, keccak256 } = await import("viem");
  for (let slot = 0n; slot < 12n; slot++) {
    const place = keccak256(encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [SENDER, slot]));
    if (BigInt((await chain.rpc("eth_getStorageAt", chain.token, place, "latest")) as Hex) === 5n) return place;
  }
  throw new Error("the balance's slot was not found");
}
