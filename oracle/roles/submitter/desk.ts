import { keccak256 } from "viem";
import type { Store } from "../../ports.ts";
import { allows, gaps, nextNonce, withEnd, withNonce, withoutNonce, type Book } from "./book.ts";
import { firstFees, gasOffered, MAX_TRANSACTION_GAS, raisedFees, type FeeLimits, type Fees } from "./fees.ts";
import { nextStep, type Patience } from "./next-step.ts";
import type { Rows, RowState } from "./outbox.ts";
import type { Heads, OutboxEvent, SendingAccount, SendingChain, Spending } from "./ports.ts";
import { lastForm, type Form, type MinedIn, type Transaction } from "./transaction.ts";

/** What may be spent. */
export interface SpendLimits extends FeeLimits, Patience {
  /** Most wei in 24 hours of block time; half of it for all but assessments. */
  readonly spendPerDay: bigint;
}

/** What an outbox is made of. */
export interface DeskParts {
  readonly chain: SendingChain;
  readonly store: Store;
  readonly account: SendingAccount;
  readonly limits: SpendLimits;
  readonly onEvent: (event: OutboxEvent) => void;
  readonly onSpending?: (spending: Spending) => void;
}

/** Gas of a transfer of nothing. */
const TRANSFER_GAS = 21_000n;

/** A transaction, with what stood in the store when it was read. */
interface Open {
  readonly id: string;
  readonly row: Transaction;
  readonly book: Book;
  readonly before: RowState;
}

/** Takes the steps that `nextStep` decides on. Everything is kept in the store before it is sent. */
export function desk({ chain, account, limits, onEvent }: DeskParts, rows: Rows) {
  const { from } = rows;

  const save = (open: Open, row: Transaction, book: Book): Promise<boolean> =>
    rows.change(open.id, open.before, { row, book });

  async function advance(id: string, heads: Heads): Promise<void> {
    const { text, row } = await rows.read(id);
    const { text: bookText, book } = await rows.readBook();
    if (row === null) return;
    const open: Open = { id, row, book, before: { text, bookText } };
    const step = nextStep(row, await view(row, heads), limits);
    const time = heads.latest.time;
    switch (step.do) {
      case "wait":
        return;
      case "sign":
        return sign(open, heads);
      case "broadcast":
        return broadcast(id, lastForm(row)!);
      case "replace":
        return replace(open, heads);
      case "note-mined":
        await save(open, { ...row, state: "mined", mined: step.mined, time }, book);
        return onEvent({ kind: "mined", id, mined: step.mined });
      case "note-gone":
        await save(open, { ...row, state: "pending", mined: null, time }, book);
        onEvent({ kind: "gone", id });
        return broadcast(id, lastForm(row)!);
      case "begin-anew":
        await save(open, { ...row, state: "waiting", nonce: null, forms: [], time }, withoutNonce(book, row.nonce!));
        return onEvent({ kind: "nonce-lost", id, nonce: row.nonce! });
      case "finish":
        return finish(open, step.mined, time);
    }
  }

  async function view(row: Transaction, { latest, finalized }: Heads) {
    const seen = row.forms.length === 0 ? null : await minedForm(row);
    const finalCount = row.nonce === null || seen !== null ? 0 : await chain.transactionCount(from, finalized);
    return { latest, finalized: finalized.number, mined: seen, finalCount };
  }

  /** Which form is in the chain; at most one can be. */
  async function minedForm({ forms }: Transaction): Promise<MinedIn | null> {
    for (const { hash } of forms.toReversed()) {
      const found = await chain.mined(hash);
      if (found !== null) return { ...found, hash, block: Number(found.block) };
    }
    return null;
  }

  async function broadcast(id: string, { raw, hash }: Form): Promise<void> {
    if ((await chain.broadcast(raw)) === 0) onEvent({ kind: "not-taken", id, hash });
  }

  async function sign(open: Open, heads: Heads): Promise<void> {
    const { id, row, book } = open;
    const call = { from, to: row.to, data: row.data };
    const reason = await chain.refusal(call, heads.latest);
    if (reason !== null) return refuse(open, reason, heads);
    const gas = gasOffered(await chain.gasNeeded(call));
    if (gas === null)
      return refuse(open, `The call needs more than the ${MAX_TRANSACTION_GAS} gas a transaction may have.`, heads);
    const short = await chain.refusal({ ...call, gas }, heads.latest);
    if (short !== null) return refuse(open, short, heads);
    const fees = firstFees(await chain.baseFee(heads.latest), limits);
    if (fees === null) return wait(open, "fee-limit", heads);
    const count = await chain.transactionCount(from, heads.latest);
    const nonce = nonceFor(id, book, count);
    if (nonce < count) return refuse(open, "The nonce was used meanwhile.", heads);
    if (!allows(book, { id, wei: gas * fees.maxFee, nonce: null }, heads.latest.time, limits.spendPerDay))
      return wait(open, "spend-limit", heads);
    await put(open, { kind: "call", gas, fees, nonce }, heads, "signed");
  }

  /** A nonce that was left out comes first; those that fill one have it in their name. */
  function nonceFor(id: string, book: Book, count: number): number {
    const [left] = gaps(book, count);
    const named = /^fill\/0x[0-9a-f]{40}\/(\d+)$/.exec(id)?.[1];
    return named === undefined ? (left ?? nextNonce(book, count)) : Number(named);
  }

  async function replace(open: Open, heads: Heads): Promise<void> {
    const { row, book, id } = open;
    const last = lastForm(row)!;
    const fees = raisedFees(last, await chain.baseFee(heads.latest), limits);
    // What would only fail by now is taken back: its nonce is used up for the least that can be paid.
    const reason =
      last.kind === "cancel"
        ? row.why
        : await chain.refusal({ from, to: row.to, data: row.data, gas: last.gas }, heads.latest);
    const kind = reason === null ? "call" : "cancel";
    const gas = kind === "call" ? last.gas : TRANSFER_GAS;
    const wei = fees === null ? 0n : gas * fees.maxFee;
    const most = row.forms.reduce((high, form) => (form.gas * form.maxFee > high ? form.gas * form.maxFee : high), wei);
    if (fees === null || !allows(book, { id, wei: most, nonce: row.nonce }, heads.latest.time, limits.spendPerDay)) {
      onEvent({ kind: "waiting", id, why: fees === null ? "fee-limit" : "spend-limit" });
      return broadcast(id, last);
    }
    const next = { ...open, row: { ...row, why: reason } };
    await put(next, { kind, gas, fees, nonce: row.nonce! }, heads, kind === "call" ? "replaced" : "taken-back");
  }

  /** Signs a form, keeps it, and only then sends it. */
  async function put(
    open: Open,
    { kind, gas, fees, nonce }: { kind: Form["kind"]; gas: bigint; fees: Fees; nonce: number },
    { latest }: Heads,
    event: "signed" | "replaced" | "taken-back",
  ): Promise<void> {
    const { id, row, book } = open;
    const raw = await account.signTransaction({
      ...{ type: "eip1559", chainId: chain.chainId, nonce, value: 0n, gas },
      ...(kind === "call" ? { to: row.to, data: row.data } : { to: from, data: "0x" }),
      ...{ maxFeePerGas: fees.maxFee, maxPriorityFeePerGas: fees.tip },
    });
    const form: Form = {
      hash: keccak256(raw),
      raw,
      kind,
      gas,
      ...fees,
      block: Number(latest.number),
      time: latest.time,
    };
    const forms = [...row.forms, form];
    const wei = forms.reduce((high, one) => (one.gas * one.maxFee > high ? one.gas * one.maxFee : high), 0n);
    const signed: Transaction = { ...row, state: "pending", nonce, forms, mined: null, time: latest.time };
    const why = kind === "cancel" ? row.why : null;
    if (!(await save(open, { ...signed, why }, withNonce(book, id, nonce, wei, latest.time)))) return;
    onEvent({ kind: event, id, hash: form.hash, nonce });
    await broadcast(id, form);
  }

  async function refuse(open: Open, why: string, { latest }: Heads): Promise<void> {
    const row: Transaction = { ...open.row, state: "refused", why, time: latest.time };
    if (await save(open, row, withEnd(open.book, open.id, null))) onEvent({ kind: "refused", id: open.id, why });
  }

  async function wait(open: Open, why: string, { latest }: Heads): Promise<void> {
    if (open.row.why !== why) await save(open, { ...open.row, why, time: latest.time }, open.book);
    onEvent({ kind: "waiting", id: open.id, why });
  }

  async function finish(open: Open, mined: MinedIn, time: number): Promise<void> {
    const { id, row, book } = open;
    const called = row.forms.find(({ hash }) => hash === mined.hash)!.kind === "call";
    const failed = called && !mined.succeeded;
    const state = called && mined.succeeded ? "done" : "refused";
    const why = failed ? "The transaction was mined, but failed." : called ? null : row.why;
    const ended = { ...row, state, mined, why, failures: row.failures + (failed ? 1 : 0), time } as const;
    if (!(await save(open, ended, withEnd(book, id, { wei: mined.cost, time })))) return;
    if (state === "done") return onEvent({ kind: "done", id, mined });
    onEvent(failed ? { kind: "failed", id, mined } : { kind: "refused", id, why: why ?? "" });
  }

  return { advance };
}
