import type { Address, Hex } from "viem";
import type { SignerSignature } from "../../../contracts/protocol/typed-data.ts";
import type { Block } from "../../ports.ts";
import type { MinedIn, Transaction } from "./transaction.ts";

/** The chain at a moment, as the watcher tells it. */
export interface Heads {
  readonly latest: Block;
  readonly finalized: Block;
}

/** An assessment that enough nodes have signed. */
export interface ReadyAssessment {
  readonly evidenceRoot: Hex;
  readonly scores: Hex;
  /** Of different signers of the pool's oracle, at least as many as its threshold. */
  readonly signatures: readonly SignerSignature[];
  /** Block time at which it was ready, seconds: the turns of the submitters begin then. */
  readonly since: number;
}

/** Where assessments come from: the agreement between the nodes. */
export interface Assessments {
  /** `null` while the nodes have not agreed, or too few have signed. */
  ready(pool: Hex, round: number): Promise<ReadyAssessment | null>;
}

/** A call that is sent. */
export interface SentCall {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly gas?: bigint;
}

/** What sending needs of a chain; every answer is one that enough endpoints agree on. */
export interface SendingChain {
  readonly chainId: number;
  /** Wei per gas. */
  baseFee(block: Block): Promise<bigint>;
  /** Transactions of an account up to a block. */
  transactionCount(account: Address, block: Block): Promise<number>;
  /** Why a call would fail at a block, in words; `null` where it would not. */
  refusal(call: SentCall, block: Block): Promise<string | null>;
  gasNeeded(call: SentCall): Promise<bigint>;
  /** `null` where it is not part of the chain. */
  mined(hash: Hex): Promise<{
    readonly block: bigint;
    readonly blockHash: Hex;
    readonly succeeded: boolean;
    readonly cost: bigint;
  } | null>;
  /** How many endpoints took it or have it. */
  broadcast(raw: Hex): Promise<number>;
}

/** An account whose key is elsewhere: signs transactions. */
export interface SendingAccount {
  readonly address: Address;
  signTransaction(transaction: {
    readonly type: "eip1559";
    readonly chainId: number;
    readonly nonce: number;
    readonly to: Hex;
    readonly data: Hex;
    readonly value: bigint;
    readonly gas: bigint;
    readonly maxFeePerGas: bigint;
    readonly maxPriorityFeePerGas: bigint;
  }): Promise<Hex>;
}

/** What happens to transactions. `why` is one of ours; no text of others is in it but what `explainRevert` makes of contract errors. */
export type OutboxEvent =
  | {
      readonly kind: "signed" | "replaced" | "taken-back";
      readonly id: string;
      readonly hash: Hex;
      readonly nonce: number;
    }
  /** No endpoint took it; it is sent again with the next block. */
  | { readonly kind: "not-taken"; readonly id: string; readonly hash: Hex }
  | { readonly kind: "mined" | "done"; readonly id: string; readonly mined: MinedIn }
  /** The block it was in is gone; it is sent again. */
  | { readonly kind: "gone"; readonly id: string }
  | { readonly kind: "refused"; readonly id: string; readonly why: string }
  /** It was mined, and failed; what it cost is gone. */
  | { readonly kind: "failed"; readonly id: string; readonly mined: MinedIn }
  | { readonly kind: "waiting"; readonly id: string; readonly why: string }
  /** Another transaction of the account used up its nonce. */
  | { readonly kind: "nonce-lost"; readonly id: string; readonly nonce: number }
  | { readonly kind: "gap"; readonly id: string; readonly nonce: number }
  | { readonly kind: "trouble"; readonly id: string; readonly error: unknown };

/** What an account spends, wei. */
export interface Spending {
  /** In the last 24 hours of block time, what transactions under way may cost included. */
  readonly spent: bigint;
  readonly limit: bigint;
  /** Transactions that are not over. */
  readonly open: number;
}

/** A transaction, as others see it. */
export type TransactionView = Pick<Transaction, "state" | "why" | "mined" | "failures" | "time" | "nonce">;
