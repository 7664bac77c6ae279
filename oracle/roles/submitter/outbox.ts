import type { Hex } from "viem";
import type { Store } from "../../ports.ts";
import { bookKey, bookOf, bookText, gaps, spent, withIntent, type Book } from "./book.ts";
import { desk, type DeskParts } from "./desk.ts";
import type { Heads, TransactionView } from "./ports.ts";
import { fresh, isOver, transactionOf, transactionText, type Intent, type Transaction } from "./transaction.ts";

/** Failures in final blocks after which an intent is not tried again. */
export const MOST_FAILURES = 3;

/** Sends what it is told to, once for each intent, whatever happens to the process or to the chain. */
export interface Outbox {
  /**
   * Takes an intent on, and keeps it; it is sent when the outbox advances. One that is under way or done stays as it is; one that was
   * refused is taken on again, unless it failed on the chain several times.
   */
  submit(intent: Intent): Promise<TransactionView>;
  /** `null` where there is no such intent. */
  get(id: string): Promise<TransactionView | null>;
  /** Does for every transaction what is next, the chain being as it is; call it with every new block. Troubles are told as events. */
  advance(heads: Heads): Promise<void>;
}

const rowKey = (chainId: number, id: string): string => `tx/${chainId}/${id}`;

/** Where an account's transactions are kept. */
export interface Rows {
  readonly from: Hex;
  read(id: string): Promise<{ readonly text: string | null; readonly row: Transaction | null }>;
  readBook(): Promise<{ readonly text: string | null; readonly book: Book }>;
  /** Changes a transaction, and the book with it; `false` where another process changed one of them first. */
  change(id: string, from: RowState, to: { readonly row: Transaction; readonly book: Book }): Promise<boolean>;
}

/** What stood in the store when something was decided. */
export interface RowState {
  readonly text: string | null;
  readonly bookText: string | null;
}

export function createOutbox(parts: DeskParts): Outbox {
  const { chain, store, account, limits, onEvent, onSpending } = parts;
  const from = account.address.toLowerCase() as Hex;
  const rows = rowsOf(store, chain.chainId, from);
  const work = desk(parts, rows);

  async function attempt(id: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      onEvent({ kind: "trouble", id, error });
    }
  }

  /** Uses up nonces that nothing will use, where transactions wait behind them. */
  async function fillGaps(heads: Heads): Promise<void> {
    const { book } = await rows.readBook();
    const open = book.entries.filter((entry) => entry.open).map(({ nonce }) => nonce);
    if (open.length === 0) return;
    const highest = Math.max(...open);
    for (const nonce of gaps(book, await chain.transactionCount(from, heads.latest))) {
      if (nonce > highest) return;
      const id = `fill/${from}/${nonce}`;
      onEvent({ kind: "gap", id, nonce });
      await takeOn(rows, { id, to: from, data: "0x" });
      await work.advance(id, heads);
    }
  }

  return {
    submit: (intent) => takeOn(rows, intent),
    get: async (id) => (await rows.read(id)).row,
    async advance(heads) {
      const { book } = await rows.readBook();
      for (const id of book.intents) await attempt(id, () => work.advance(id, heads));
      await attempt("gaps", () => fillGaps(heads));
      const after = (await rows.readBook()).book;
      const amounts = { spent: spent(after, heads.latest.time), limit: limits.spendPerDay, open: after.intents.length };
      onSpending?.(amounts);
    },
  };
}

async function takeOn(rows: Rows, intent: Intent): Promise<Transaction> {
  for (;;) {
    const { text, row } = await rows.read(intent.id);
    if (row !== null && !isAgain(row, rows.from)) return row;
    const { text: before, book } = await rows.readBook();
    const next = { ...fresh(intent, rows.from), failures: row?.failures ?? 0, time: row?.time ?? 0 };
    const change = { row: next, book: withIntent(book, intent.id) };
    if (await rows.change(intent.id, { text, bookText: before }, change)) return next;
  }
}

/** Whether an intent is begun anew: it was refused, or another account had taken it on and signed nothing. */
function isAgain(row: Transaction, from: Hex): boolean {
  if (row.state === "refused") return row.failures < MOST_FAILURES;
  return !isOver(row) && row.nonce === null && row.from !== from;
}

function rowsOf(store: Store, chainId: number, from: Hex): Rows {
  const key = bookKey(chainId, from);
  return {
    from,
    async read(id) {
      const text = await store.get(rowKey(chainId, id));
      return { text, row: text === null ? null : transactionOf(text) };
    },
    async readBook() {
      const text = await store.get(key);
      return { text, book: bookOf(text) };
    },
    async change(id, before, { row, book }) {
      const { ok } = await store.commit({
        expect: { [rowKey(chainId, id)]: before.text, [key]: before.bookText },
        put: { [rowKey(chainId, id)]: transactionText(row), [key]: bookText(book) },
      });
      return ok;
    },
  };
}
