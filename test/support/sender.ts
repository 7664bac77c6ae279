import { encodeFunctionData, type Address, type Hex } from "viem";
import { testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import { openChain, type OpenChain } from "../../oracle/adapters/chain/open-chain.ts";
import { fastAccount } from "../../oracle/adapters/signers/fast-account.ts";
import type { Store } from "../../oracle/ports.ts";
import type { SpendLimits } from "../../oracle/roles/submitter/desk.ts";
import { createOutbox, type Outbox } from "../../oracle/roles/submitter/outbox.ts";
import type { OutboxEvent, SendingChain, Spending } from "../../oracle/roles/submitter/ports.ts";
import type { ChainPlay } from "./chain-play.ts";

/** Key of the account that sends in the tests; it must show nowhere. */
export const SENDER_KEY = `0x${"c4".repeat(32)}` as const;
export const SENDER = fastAccount(SENDER_KEY).address;

export const LIMITS: SpendLimits = {
  tip: 1_000_000_000n,
  maxFee: 100_000_000_000n,
  replaceAfterBlocks: 3,
  replaceAfterSeconds: 100_000,
  spendPerDay: 10n ** 18n,
};

/** An outbox on a chain whose blocks are mined by hand. */
export interface Sending {
  readonly outbox: Outbox;
  readonly events: OutboxEvent[];
  readonly reader: OpenChain;
  spending(): Spending;
  /** Lets the outbox see the chain as it is now. */
  advance(): Promise<void>;
  /** Mines a block with what was sent, then `advance`. */
  step(blocks?: number): Promise<void>;
}

/** Reads through all endpoints of the chain; blocks are final at a depth of 4. */
export async function reader(chain: ChainPlay, store: Store, confirmations = 4): Promise<OpenChain> {
  return openChain({
    urls: chain.urls,
    finality: { by: "depth", confirmations },
    factory: chain.factory,
    store,
    timeoutMs: 2_000,
    retries: 1,
  });
}

/** Gives the sender money and leaves mining to the test. */
export async function prepareSender(chain: ChainPlay): Promise<void> {
  await chain.rpc("hardhat_setBalance", SENDER, `0x${(10n ** 20n).toString(16)}`);
  await chain.mine(6);
  await chain.rpc("evm_setAutomine", false);
}

export async function sending(
  chain: ChainPlay,
  store: Store,
  own: { limits?: Partial<SpendLimits>; chain?: Partial<SendingChain>; key?: Hex } = {},
): Promise<Sending> {
  const open = await reader(chain, store);
  const events: OutboxEvent[] = [];
  let last: Spending = { spent: 0n, limit: 0n, open: 0 };
  const outbox = createOutbox({
    chain: { ...open.sending, ...own.chain },
    store,
    account: fastAccount(own.key ?? SENDER_KEY),
    limits: { ...LIMITS, ...own.limits },
    onEvent: (event) => events.push(event),
    onSpending: (spending) => (last = spending),
  });
  const advance = async (): Promise<void> => {
    await outbox.advance({ latest: await open.latest(), finalized: await open.finalized() });
  };
  return {
    outbox,
    events,
    reader: open,
    spending: () => last,
    advance,
    async step(blocks = 1) {
      await chain.mine(blocks);
      await advance();
    },
  };
}

/** Mints to an address of its own for each number, so that the balance tells how often it ran. */
export function mintIntent(token: Address, number: number) {
  const to = receiver(number);
  const data = encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [to, 1n] });
  return { id: `mint/${number}`, to: token, data };
}

export function receiver(number: number): Address {
  return `0x${(0xbeef0000 + number).toString(16).padStart(40, "0")}`;
}
