import { z } from "zod";
import { ROUND_PHASES, ROUND_STATES } from "../../contracts/protocol/clock.ts";
import { addressSchema, bytes32Schema, hexSchema, uintSchema } from "./schema.ts";

const roundNumber = z.int().min(0).max(519);

/** An event of the pool, or a transfer of the token from or to it, with the arguments an audit replays. */
export const ledgerEventSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("Enrolled"),
    firstIndex: z.int().min(0),
    count: z.int().min(1),
    totalWeight: uintSchema,
    list: addressSchema,
  }),
  z.strictObject({ name: z.literal("Funded"), round: roundNumber, buyer: addressSchema, amount: uintSchema }),
  z.strictObject({
    name: z.literal("Withdrawn"),
    round: roundNumber,
    buyer: addressSchema,
    to: addressSchema,
    amount: uintSchema,
  }),
  z.strictObject({ name: z.literal("Assessed"), round: roundNumber, evidenceRoot: bytes32Schema, scores: hexSchema }),
  z.strictObject({
    name: z.literal("Challenged"),
    round: roundNumber,
    challenger: addressSchema,
    reason: bytes32Schema,
  }),
  z.strictObject({
    name: z.literal("Ruled"),
    round: roundNumber,
    ruling: z.enum(["uphold", "replace", "void"]),
    evidenceRoot: bytes32Schema,
    scores: hexSchema,
  }),
  z.strictObject({ name: z.literal("Claimed"), round: roundNumber, index: z.int().min(0) }),
  z.strictObject({
    name: z.literal("Distributed"),
    round: roundNumber,
    from: z.int().min(0),
    count: z.int().min(1),
    skipped: z.array(z.int().min(0)),
  }),
  z.strictObject({ name: z.literal("Refunded"), round: roundNumber, buyer: addressSchema, amount: uintSchema }),
  z.strictObject({ name: z.literal("FeePaid"), round: roundNumber, amount: uintSchema }),
  z.strictObject({ name: z.literal("BondPaid"), round: roundNumber, challenger: addressSchema, amount: uintSchema }),
  z.strictObject({ name: z.literal("ArbiterPaid"), round: roundNumber, amount: uintSchema }),
  z.strictObject({ name: z.literal("Transfer"), from: addressSchema, to: addressSchema, amount: uintSchema }),
]);

export const ledgerEntrySchema = z.strictObject({
  block: z.int().min(0),
  /** Seconds of block time. */
  time: z.int().min(0),
  tx: bytes32Schema,
  /** Index of the log in its block. */
  log: z.int().min(0),
  event: ledgerEventSchema,
});

/** What the pool itself answers about a round at the head of the export. Amounts in base units. */
export const roundAnswerSchema = z.strictObject({
  round: roundNumber,
  state: z.enum(ROUND_STATES),
  phase: z.enum(ROUND_PHASES),
  since: z.int().min(0),
  funded: uintSchema,
  evidenceRoot: bytes32Schema,
  challenger: addressSchema,
  totalAward: uintSchema,
  denominator: uintSchema,
  budget: uintSchema,
  payable: uintSchema,
  fee: uintSchema,
  feePaid: z.boolean(),
  bondPaid: z.boolean(),
  arbiterPaid: z.boolean(),
  /** `payoutOf` each provider, in the order of the list; empty before settlement and where the round is cancelled. */
  payouts: z.array(z.strictObject({ amount: uintSchema, claimed: z.boolean() })),
});

/** What the chain says of a pool: its terms, its whole ledger and its own answers, at one block. */
export const chainExportSchema = z.strictObject({
  format: z.literal("guerdon/chain/1"),
  chainId: z.int().min(1),
  factory: addressSchema,
  implementation: addressSchema,
  pool: addressSchema,
  token: z.strictObject({ address: addressSchema, symbol: z.string(), decimals: z.int().min(0).max(255) }),
  /** The packed terms, as they stand in the pool's code. */
  terms: hexSchema,
  oracle: z.strictObject({ address: addressSchema, signers: z.array(addressSchema), threshold: z.int().min(1) }),
  /** Provider records of 24 bytes, all batches in order. */
  providers: hexSchema,
  /** In the order of the chain. */
  ledger: z.array(ledgerEntrySchema),
  rounds: z.array(roundAnswerSchema),
  /** Token balance of the pool. */
  balance: uintSchema,
  head: z.strictObject({ number: z.int().min(0), hash: bytes32Schema, time: z.int().min(0) }),
});

export type LedgerEvent = z.output<typeof ledgerEventSchema>;
export type LedgerEntry = z.output<typeof ledgerEntrySchema>;
export type RoundAnswer = z.output<typeof roundAnswerSchema>;
export type ChainExport = z.output<typeof chainExportSchema>;

/** Name of the chain export among the files of a season. */
export const CHAIN_FILE = "chain.json";
