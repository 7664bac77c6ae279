import { z } from "zod";
import type { Hex } from "viem";
import { addressSchema, bytes32Schema, hexSchema, uintSchema } from "../../domain/schema.ts";

const wei = uintSchema.transform(BigInt);

/** One signed form of a transaction; the forms of one differ in their fees, or in that the later takes its call back. */
const formSchema = z.strictObject({
  hash: bytes32Schema,
  /** Signed and serialised, as it is sent. */
  raw: hexSchema,
  /** Whether it makes the call, or only uses the nonce up. */
  kind: z.enum(["call", "cancel"]),
  gas: wei,
  maxFee: wei,
  tip: wei,
  /** Newest block when it was signed, and its time. */
  block: z.int().min(0),
  time: z.int().min(0),
});

const minedSchema = z.strictObject({
  hash: bytes32Schema,
  block: z.int().min(0),
  blockHash: bytes32Schema,
  succeeded: z.boolean(),
  cost: wei,
});

/**
 * A transaction from its intent to its end. `waiting`: nothing is signed; `pending`: signed, and so kept before it was sent; `mined`: in a
 * block that may still go; `done`: in a final block, and succeeded; `refused`: not sent, as it would fail, or failed in a final block.
 */
export const transactionSchema = z.strictObject({
  state: z.enum(["waiting", "pending", "mined", "done", "refused"]),
  from: addressSchema,
  to: addressSchema,
  data: hexSchema,
  nonce: z.int().min(0).nullable(),
  /** Oldest first. */
  forms: z.array(formSchema),
  mined: minedSchema.nullable(),
  /** Why it waits or is refused: a stable name, or a sentence. */
  why: z.string().nullable(),
  /** How often it failed in a final block, at the account's cost. */
  failures: z.int().min(0),
  /** Block time of its last change of state, seconds. */
  time: z.int().min(0),
});

export type Transaction = z.output<typeof transactionSchema>;
export type Form = z.output<typeof formSchema>;
export type MinedIn = z.output<typeof minedSchema>;

/** What a transaction is to do; its id is the same for the same deed, for ever. */
export interface Intent {
  /** Segments of letters, digits and `._:-` joined by `/`, such as `assess/<pool>/<round>`. */
  readonly id: string;
  readonly to: Hex;
  readonly data: Hex;
}

export function transactionText(transaction: Transaction): string {
  return JSON.stringify(transaction, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}

export function transactionOf(text: string): Transaction {
  return transactionSchema.parse(JSON.parse(text));
}

/** A transaction that nothing was done for yet. */
export function fresh({ to, data }: Intent, from: Hex): Transaction {
  const place = { from, to: to.toLowerCase() as Hex, data: data.toLowerCase() as Hex };
  return { state: "waiting", ...place, nonce: null, forms: [], mined: null, why: null, failures: 0, time: 0 };
}

/** Whether nothing more is done for it unless it is asked for again. */
export function isOver({ state }: Pick<Transaction, "state">): boolean {
  return state === "done" || state === "refused";
}

/** The form that was signed last; `undefined` while there is none. */
export function lastForm({ forms }: Pick<Transaction, "forms">): Form | undefined {
  return forms.at(-1);
}
