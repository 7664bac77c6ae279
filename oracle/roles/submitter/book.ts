import { z } from "zod";
import type { Hex } from "viem";
import { uintSchema } from "../../domain/schema.ts";

/** Seconds of block time over which spending is limited. */
export const SPEND_WINDOW = 86_400;

const entrySchema = z.strictObject({
  id: z.string(),
  nonce: z.int().min(0),
  /** Most it may cost while it is open; what it did cost once it is over. */
  wei: uintSchema.transform(BigInt),
  /** Block time, seconds: when it was signed, then of the block it ended up in. */
  time: z.int().min(0),
  open: z.boolean(),
});

/** What an account has under way: it is one entry of the store, so that no two processes can change it at once. */
const bookSchema = z.strictObject({
  /** Next nonce to use; `null` where none was used yet. */
  next: z.int().min(0).nullable(),
  /** Ids of all intents that are not over. */
  intents: z.array(z.string()),
  entries: z.array(entrySchema),
});

export type Book = z.output<typeof bookSchema>;
type Entry = z.output<typeof entrySchema>;

export const EMPTY_BOOK: Book = { next: null, intents: [], entries: [] };

export const bookKey = (chainId: number, account: Hex): string => `spend/${chainId}/${account}`;

export function bookText(book: Book): string {
  return JSON.stringify(book, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}

export function bookOf(text: string | null): Book {
  return text === null ? EMPTY_BOOK : bookSchema.parse(JSON.parse(text));
}

/** What was spent in the window before a time, and what may yet be for transactions under way. */
export function spent(book: Book, now: number): bigint {
  return book.entries.filter((entry) => counts(entry, now)).reduce((sum, { wei }) => sum + wei, 0n);
}

function counts({ open, time }: Entry, now: number): boolean {
  return open || time > now - SPEND_WINDOW;
}

/** What more is to be spent: on an intent, and under a nonce where it has one. */
interface Cost {
  readonly id: string;
  readonly wei: bigint;
  readonly nonce: number | null;
}

/**
 * Whether so much more may be spent, beside what is reserved for the same nonce already. Only assessments, and nonces that others wait
 * for, may use the whole limit: all else together has half of it, rounded down, so that payouts never keep a round from being assessed.
 */
export function allows(book: Book, { id, wei, nonce }: Cost, now: number, limit: bigint): boolean {
  const others = { ...book, entries: book.entries.filter((entry) => !(entry.open && entry.nonce === nonce)) };
  if (spent(others, now) + wei > limit) return false;
  if (isUrgent(id)) return true;
  const rest = others.entries.filter((entry) => !isUrgent(entry.id));
  return spent({ ...others, entries: rest }, now) + wei <= limit / 2n;
}

function isUrgent(id: string): boolean {
  return id.startsWith("assess/") || id.startsWith("fill/");
}

/** With an intent under way. */
export function withIntent(book: Book, id: string): Book {
  return book.intents.includes(id) ? book : { ...book, intents: [...book.intents, id] };
}

/** With a nonce in use and money set aside for it; entries of no account any more are left out. */
export function withNonce(book: Book, id: string, nonce: number, wei: bigint, time: number): Book {
  const rest = book.entries.filter((entry) => entry.nonce !== nonce && counts(entry, time));
  const next = Math.max(book.next ?? 0, nonce + 1);
  return { ...withIntent(book, id), next, entries: [...rest, { id, nonce, wei, time, open: true }] };
}

/** With a transaction over: what it cost, if it was mined; nothing is set aside any more. */
export function withEnd(book: Book, id: string, cost: { readonly wei: bigint; readonly time: number } | null): Book {
  const entries = book.entries.flatMap((entry) => {
    if (entry.id !== id || !entry.open) return [entry];
    return cost === null ? [] : [{ ...entry, ...cost, open: false }];
  });
  return { ...book, intents: book.intents.filter((one) => one !== id), entries };
}

/** With a nonce free again that another transaction used up. */
export function withoutNonce(book: Book, nonce: number): Book {
  return { ...book, entries: book.entries.filter((entry) => !(entry.open && entry.nonce === nonce)) };
}

/** The nonce for a new transaction, where the chain counts so many. */
export function nextNonce(book: Book, count: number): number {
  return Math.max(book.next ?? 0, count);
}

/** Nonces below the next one that neither the chain nor a transaction under way has used: everything behind them would wait for ever. */
export function gaps(book: Book, count: number): number[] {
  const taken = new Set(book.entries.map(({ nonce }) => nonce));
  const places = Math.max(0, (book.next ?? 0) - count);
  return Array.from({ length: places }, (_, i) => count + i).filter((nonce) => !taken.has(nonce));
}
