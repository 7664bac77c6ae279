import { expect } from "chai";
import { encodeFunctionData, parseAbi, type Address, type Hex } from "viem";
import type { OpenChain } from "../../../oracle/adapters/chain/open-chain.ts";
import type { OutboxEvent, ReadyAssessment } from "../../../oracle/roles/submitter/ports.ts";
import {
  createSubmitter,
  DEFAULT_SUBMITTER_SETTINGS,
  type Submitter,
  type SubmitterEvent,
  type SubmitterSettings,
  type SubmitterState,
} from "../../../oracle/roles/submitter/submitter.ts";
import { turnOrder } from "../../../oracle/domain/round/turns.ts";
import {
  makePool,
  NODES,
  signedAssessment,
  startPlay,
  UNIT,
  type ChainPlay,
  type PoolPlay,
} from "../../support/chain-play.ts";
import { sending, type Sending } from "../../support/sender.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

const HANDOVER = 600;

/** One operator's submitter, with a store and a sending account of its own. */
interface Operator {
  readonly node: Hex;
  readonly sending: Sending;
  readonly submitter: Submitter;
  readonly events: SubmitterEvent[];
  readonly temp: TempStore;
}

describe("the submitter", () => {
  let chain: ChainPlay;
  let play: PoolPlay;
  let ready: ReadyAssessment | null;
  let operators: Operator[];
  beforeEach(async () => {
    chain = await startPlay(1);
    [operators, ready] = [[], null];
  });
  afterEach(async () => {
    await Promise.all(operators.map(({ temp }) => temp.remove()));
    await chain.close();
  });

  async function operator(
    node: Hex,
    settings: Partial<SubmitterSettings> = {},
    own: Parameters<typeof sending>[2] = {},
  ): Promise<Operator> {
    const temp = await tempStore();
    const key = `0x${"d".repeat(63)}${operators.length + 1}` as const;
    const box = await sending(chain, temp.store, { key, ...own });
    const { fastAccount } = await import("../../../oracle/adapters/signers/fast-account.ts");
    await chain.rpc("hardhat_setBalance", fastAccount(key).address, `0x${(10n ** 20n).toString(16)}`);
    const events: SubmitterEvent[] = [];
    const submitter = createSubmitter({
      chain: box.reader,
      store: temp.store,
      outbox: box.outbox,
      assessments: { ready: () => Promise.resolve(ready) },
      node,
      settings: { ...DEFAULT_SUBMITTER_SETTINGS, handoverSeconds: HANDOVER, ...settings },
      journal: (event) => void events.push(event),
    });
    const made = { node, sending: box, submitter, events, temp };
    operators.push(made);
    return made;
  }

  const order = () =>
    turnOrder(
      NODES.map(({ address }) => address.toLowerCase() as Hex),
      play.pool,
      0,
    );
  const headsOf = async (reader: OpenChain) => ({ latest: await reader.latest(), finalized: await reader.finalized() });

  /** One look of an operator at the chain: what the loop of a node does. */
  async function look({ submitter, sending: box }: Operator): Promise<SubmitterState> {
    const heads = await headsOf(box.reader);
    const state = await submitter.advance(play.pool, 0, heads);
    await box.outbox.advance(heads);
    return state;
  }

  /** Looks with a block between them, so often or until the phase is reached. */
  async function until(one: Operator, phase: SubmitterState["phase"], most = 40): Promise<SubmitterState> {
    for (let i = 0; i < most; i++) {
      const state = await look(one);
      if (state.phase === phase) return state;
      await chain.mine(1);
    }
    return expect.fail(`${phase} was not reached; ${JSON.stringify(await look(one))}`);
  }

  const after = (seconds: number) => chain.mineAt(BigInt(play.terms.start + play.terms.period + seconds));
  const state = async () => (await chain.poolAt(play.pool).read.roundInfo([0])).state;
  const paid = async () => {
    const list = await Promise.all(play.providers.map((_, i) => chain.poolAt(play.pool).read.payoutOf([0, BigInt(i)])));
    return list.map(([, , claimed]) => claimed);
  };
  const now = async () => Number(await chain.now());
  const makeReady = async () => {
    ready = { ...(await signedAssessment(play, 0, 31_337)), since: await now() };
  };
  const sent = (one: Operator) => one.sending.events.filter(({ kind }: OutboxEvent) => kind === "signed").length;
  const settle = async () => {
    await chain.mineAt(BigInt((await now()) + play.terms.challengeWindow));
    await chain.mine(5);
  };

  it("waits for the round's end, the nodes and its turn; then assesses, once", async () => {
    play = await makePool(chain, { providers: 3 });
    const [first, second] = [await operator(order()[0]!), await operator(order()[1]!)];
    expect(await look(first)).to.deep.equal({ phase: "idle", state: "upcoming" });
    await after(60);
    expect(await look(first)).to.deep.equal({ phase: "unready" });
    await makeReady();
    await chain.rpc("evm_setAutomine", false);
    expect(await look(second)).to.deep.equal({ phase: "waiting-turn", until: ready!.since + HANDOVER });
    expect((await look(first)).phase).to.equal("submitting");
    await chain.mine(1);
    expect(await state()).to.equal(5);
    expect((await look(first)).phase).to.equal("settling");
    expect((await look(second)).phase).to.equal("settling");
    expect([sent(first), sent(second)]).to.deep.equal([1, 0]);
    expect(first.events).to.deep.equal([
      { kind: "assessment-submitted", pool: play.pool, round: 0, id: `assess/${play.pool}/0` },
    ]);
  });

  it("hands over to the next, to the second, at the very second", async () => {
    play = await makePool(chain, { providers: 3 });
    const [, second, third] = [order()[0], await operator(order()[1]!), await operator(order()[2]!)];
    await after(60);
    await makeReady();
    const { since } = ready!;
    await chain.mineAt(BigInt(since + HANDOVER - 1));
    expect((await look(second)).phase).to.equal("waiting-turn");
    await chain.mineAt(BigInt(since + HANDOVER));
    await chain.rpc("evm_setAutomine", false);
    expect((await look(second)).phase).to.equal("submitting");
    expect(await look(third)).to.deep.equal({ phase: "waiting-turn", until: since + 2 * HANDOVER });
    await chain.mine(1);
    expect(await state()).to.equal(5);
  });

  it("is none of a stranger's business, nor sent with signatures that are not of the oracle", async () => {
    play = await makePool(chain, { providers: 3 });
    const stranger = await operator(`0x${"99".repeat(20)}`);
    const first = await operator(order()[0]!);
    await after(60);
    await makeReady();
    expect(await look(stranger)).to.deep.equal({ phase: "idle", state: "assessing" });
    ready = { ...ready!, signatures: ready!.signatures.slice(0, 1) };
    expect(await look(first).catch((error: unknown) => String(error))).to.contain("threshold is 2");
    const swapped = ready.signatures[0]!.signature;
    ready = { ...ready, signatures: NODES.slice(0, 2).map(({ address }) => ({ signer: address, signature: swapped })) };
    await look(first);
    const refused = await look(first);
    expect(refused.phase).to.equal("submitting");
    expect((refused as { why: string }).why).to.contain("is not one of");
    expect(sent(first)).to.equal(0);
  });

  it("assesses again what a reorganisation took back", async () => {
    play = await makePool(chain, { providers: 3 });
    const first = await operator(order()[0]!);
    await after(60);
    await makeReady();
    await chain.rpc("evm_setAutomine", false);
    const snapshot = await chain.snapshot();
    await look(first);
    await chain.mine(1);
    await look(first);
    expect(await state()).to.equal(5);
    await chain.rpc("evm_revert", snapshot);
    await chain.mineAt((await chain.now()) + 7n);
    await chain.mine(1);
    await look(first);
    await chain.mine(1);
    await look(first);
    expect(await state()).to.equal(5);
    expect(sent(first)).to.equal(1);
  });

  it("takes a round for cancelled when that is final: on a fork its money may be missing", async () => {
    play = await makePool(chain, { providers: 3, terms: { minimum: 2_000n * UNIT } });
    const first = await operator(order()[0]!);
    await chain.mine(5);
    await after(60);
    expect(await look(first)).to.deep.equal({ phase: "settling" });
    await chain.mine(3);
    expect(await look(first)).to.deep.equal({ phase: "settling" });
    await chain.mine(1);
    expect(await look(first)).to.deep.equal({ phase: "idle", state: "cancelled" });
  });

  it("pays everybody in batches after settlement, then the fee, in turn", async () => {
    const feeRecipient = chain.accounts[5]!;
    play = await makePool(chain, { providers: 7, terms: { feeBps: 100, feeRecipient } });
    const [first, second] = [
      await operator(order()[0]!, { batchSize: 3, batchesAtOnce: 2 }),
      await operator(order()[1]!),
    ];
    await after(60);
    await makeReady();
    await until(first, "settling");
    await settle();
    await chain.rpc("evm_setAutomine", false);
    expect((await look(second)).phase).to.equal("waiting-turn");
    expect(await until(first, "complete")).to.deep.equal({ phase: "complete", unpaid: 0 });
    expect(await paid()).to.deep.equal(Array(7).fill(true));
    expect((await chain.poolAt(play.pool).read.roundInfo([0])).feePaid).to.equal(true);
    const batches = first.events.flatMap((event) => (event.kind === "payouts-submitted" ? [event.ids.length] : []));
    expect(batches).to.deep.equal([2, 1]);
    expect(first.events.at(-1)).to.deep.equal({ kind: "payouts-complete", pool: play.pool, round: 0, unpaid: [] });
    // assess, three batches, the fee
    expect(sent(first)).to.equal(5);
    await chain.mineAt(BigInt((await now()) + 2 * HANDOVER));
    expect(await until(second, "complete")).to.deep.equal({ phase: "complete", unpaid: 0 });
    expect(sent(second)).to.equal(0);
  });

  it("pays nobody, and no fee, where it is not to distribute", async () => {
    play = await makePool(chain, { providers: 3, terms: { feeBps: 100, feeRecipient: chain.accounts[5]! } });
    const first = await operator(order()[0]!, { distribute: false });
    await after(60);
    await makeReady();
    await until(first, "settling");
    await settle();
    for (let i = 0; i < 3; i++) {
      expect(await look(first)).to.deep.equal({ phase: "idle", state: "settled" });
      await chain.mine(1);
    }
    expect(sent(first)).to.equal(1);
    expect(await paid()).to.deep.equal(Array(3).fill(false));
    expect((await chain.poolAt(play.pool).read.roundInfo([0])).feePaid).to.equal(false);
  });

  it("leaves whom nobody can pay after a few tries, and pays the others", async () => {
    const token = (await chain.connection.viem.deployContract("BlockListToken")).address;
    play = await makePool(chain, { providers: 5, terms: { token } });
    await block(token, play.providers[2]!, true);
    await block(token, play.providers[4]!, true);
    const first = await operator(order()[0]!, { payoutRetries: { most: 3, pauseSeconds: 1_000 } });
    await after(60);
    await makeReady();
    await until(first, "settling");
    await settle();
    await until(first, "paying");
    for (let i = 0; i < 8; i++) {
      await chain.mine(1);
      await look(first);
    }
    expect(await paid()).to.deep.equal([true, true, false, true, false]);
    await block(token, play.providers[4]!, false);
    for (let i = 0; i < 4; i++) {
      await chain.mineAt(BigInt((await now()) + 4_000));
      for (let j = 0; j < 7; j++) {
        await look(first);
        await chain.mine(1);
      }
    }
    expect(await until(first, "complete")).to.deep.equal({ phase: "complete", unpaid: 1 });
    expect(await paid()).to.deep.equal([true, true, false, true, true]);
    const skipped = first.events.filter(({ kind }) => kind === "payout-skipped") as {
      index: number;
      tries: number;
      last: boolean;
    }[];
    expect(skipped.filter(({ index }) => index === 2).map(({ tries, last }) => [tries, last])).to.deep.equal([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const spentBefore = sent(first);
    await chain.mineAt(BigInt((await now()) + 1_000_000));
    await look(first);
    expect(sent(first)).to.equal(spentBefore);
  });

  it("halves batches that need more gas than a transaction may have", async () => {
    play = await makePool(chain, { providers: 9 });
    const gasNeeded = ({ data }: { data: Hex }) => Promise.resolve(BigInt(`0x${data.slice(-64)}`) * 4_000_000n);
    const first = await operator(order()[0]!);
    await after(60);
    await makeReady();
    await until(first, "settling");
    await settle();
    const second = await operator(order()[1]!, {}, { chain: { gasNeeded: gasNeeded as never } });
    await look(second);
    await chain.mineAt(BigInt((await now()) + HANDOVER));
    await until(second, "complete");
    expect(await paid()).to.deep.equal(Array(9).fill(true));
    expect(second.events.filter(({ kind }) => kind === "payout-skipped")).to.deep.equal([]);
    const ids = second.events.flatMap((event) => (event.kind === "payouts-submitted" ? event.ids : []));
    expect(ids.map((id) => id.split("/").at(-1))).to.deep.equal(["0-9", "0-4", "4-4", "8-1"]);
  });

  it("takes payouts over where the one whose turn it is stays silent, and pays nobody twice", async () => {
    play = await makePool(chain, { providers: 4 });
    const first = await operator(order()[0]!);
    await after(60);
    await makeReady();
    await until(first, "settling");
    await settle();
    const second = await operator(order()[1]!);
    expect((await look(second)).phase).to.equal("waiting-turn");
    await chain.mineAt(BigInt((await now()) + HANDOVER));
    await until(second, "complete");
    expect(await paid()).to.deep.equal(Array(4).fill(true));
    await until(first, "complete");
    expect([sent(first), sent(second)]).to.deep.equal([1, 1]);
  });

  it("goes on after its process ended between writing down and taking on", async () => {
    play = await makePool(chain, { providers: 4 });
    const first = await operator(order()[0]!);
    await after(60);
    await makeReady();
    await until(first, "settling");
    await settle();
    const progress = {
      since: await now(),
      sent: [{ id: `distribute/${play.pool}/0/0/0-4`, from: 0, count: 4 }],
      calls: 1,
      skips: {},
      fee: { tries: 0, notBefore: 0 },
      size: 200,
      unpaid: 4,
      restUntil: 0,
      complete: false,
    };
    await first.temp.store.commit({ put: { [`payouts/31337/${play.pool}/0`]: JSON.stringify(progress) } });
    await until(first, "complete");
    expect(await paid()).to.deep.equal(Array(4).fill(true));
  });

  async function block(token: Address, account: Address, value: boolean): Promise<void> {
    const abi = parseAbi(["function setBlocked(address account, bool value)"]);
    await chain.send(
      chain.accounts[0]!,
      token,
      encodeFunctionData({ abi, functionName: "setBlocked", args: [account, value] }),
    );
  }
});
