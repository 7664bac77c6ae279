import { stringToBytes } from "viem";
import { z } from "zod";
import { ABSTAINED } from "../../contracts/protocol/payout.ts";
import { unpackTerms, type Terms } from "../../contracts/protocol/terms.ts";
import type { ChainExport } from "./chain-export.ts";
import { InputError } from "./errors.ts";
import { replayLedger } from "./ledger/replay.ts";
import { settlementAt, type Settlement } from "./ledger/settlement.ts";
import type { PoolState, RoundBook } from "./ledger/state.ts";
import { addressSchema, basisPointsSchema, bytes32Schema, uintSchema } from "./schema.ts";
import type { OutcomeSpec } from "./spec.ts";

const termsSchema = z.strictObject({
  token: addressSchema,
  oracle: addressSchema,
  arbiter: addressSchema,
  manager: addressSchema,
  feeRecipient: addressSchema,
  specHash: bytes32Schema,
  start: z.int(),
  period: z.int(),
  rounds: z.int(),
  notice: z.int(),
  assessmentWindow: z.int(),
  challengeWindow: z.int(),
  rulingWindow: z.int(),
  bond: uintSchema,
  minimum: uintSchema,
  feeBps: basisPointsSchema,
  metered: z.boolean(),
  fullPayBar: basisPointsSchema,
  defaultRate: basisPointsSchema,
  curve: z.array(z.strictObject({ x: basisPointsSchema, y: basisPointsSchema })),
  specURI: z.string(),
});

const payoutSchema = z.strictObject({
  /** The data set's own id. */
  providerId: z.string(),
  address: addressSchema,
  /** Units delivered; the weight where the pool is not metered. */
  units: z.int().min(0),
  /** `null`: abstained. */
  scoreBps: basisPointsSchema.nullable(),
  amount: uintSchema,
});

const roundResultSchema = z.strictObject({
  round: z.int().min(0),
  /** F, before the fee. */
  budget: uintSchema,
  fee: uintSchema,
  /** Every provider, in the order of the pool's list. */
  payouts: z.array(payoutSchema),
  /** Every buyer, in ascending order of addresses. */
  refunds: z.array(z.strictObject({ buyer: addressSchema, contributed: uintSchema, amount: uintSchema })),
  /** What rounding leaves in the pool. */
  dust: uintSchema,
});

/** What a season came to. Amounts are what is owed, paid out or not, in base units of the token and decimal digits. */
export const resultSchema = z.strictObject({
  pool: addressSchema,
  terms: termsSchema,
  rounds: z.array(roundResultSchema),
});

export type SeasonResult = z.output<typeof resultSchema>;
export type RoundResult = z.output<typeof roundResultSchema>;

/** Who is paid, in the order of the pool's list: a spec's roster. */
export type Roster = readonly { readonly id: string }[];

/**
 * The result of a season from what the chain says of it.
 * @param documents that carry the outcome spec: a season's bundles, or `{ spec }` where no round was assessed
 * @throws InputError where there is no spec, a round is not final yet, or the spec's roster is not the pool's list
 */
export function seasonResult(chain: ChainExport, documents: readonly { readonly spec: OutcomeSpec }[]): SeasonResult {
  const spec = documents[0]?.spec;
  if (spec === undefined) throw new InputError("no document carries the outcome spec");
  const { state } = replayLedger(chain, unpackTerms(chain.terms));
  return resultOf(state, spec.roster, BigInt(chain.head.time));
}

/**
 * The result of a season from its replayed ledger.
 * @param time of the head of the export, Unix seconds
 * @throws InputError where a round is not final at that time, or the roster is not the pool's list
 */
export function resultOf(state: PoolState, roster: Roster, time: bigint): SeasonResult {
  if (roster.length !== state.providers.length) {
    throw new InputError(`the roster has ${roster.length} providers, the pool ${state.providers.length}`);
  }
  const rounds = state.rounds.map((book) => roundResult(state, book, roster, time));
  return { pool: state.pool, terms: termsJson(state.terms), rounds };
}

/** How a result stands in its file: two spaces of indentation, a line break at the end. */
export function resultBytes(result: SeasonResult): Uint8Array {
  return stringToBytes(`${JSON.stringify(result, null, 2)}\n`);
}

/** The terms in JSON: addresses in lower case, amounts in decimal digits. */
export function termsJson(terms: Terms): SeasonResult["terms"] {
  return termsSchema.parse({
    token: terms.token.toLowerCase(),
    oracle: terms.oracle.toLowerCase(),
    arbiter: terms.arbiter.toLowerCase(),
    manager: terms.manager.toLowerCase(),
    feeRecipient: terms.feeRecipient.toLowerCase(),
    specHash: terms.specHash,
    start: terms.start,
    period: terms.period,
    rounds: terms.rounds,
    notice: terms.notice,
    assessmentWindow: terms.assessmentWindow,
    challengeWindow: terms.challengeWindow,
    rulingWindow: terms.rulingWindow,
    bond: String(terms.bond),
    minimum: String(terms.minimum),
    feeBps: terms.feeBps,
    metered: terms.metered,
    fullPayBar: terms.fullPayBar,
    defaultRate: terms.defaultRate,
    curve: terms.curve.map(({ x, y }) => ({ x, y })),
    specURI: terms.specURI,
  });
}

function roundResult(state: PoolState, book: RoundBook, roster: Roster, time: bigint): RoundResult {
  const settlement = settlementAt(state, book, time);
  if (settlement === null) throw new InputError(`round ${book.round} is not settled yet`);
  return {
    round: book.round,
    budget: String(book.funded),
    fee: String(settlement.money.fee),
    payouts: roster.map(({ id }, index) => payoutResult(state, book, settlement, id, index)),
    refunds: settlement.refunds.map(({ buyer, contributed, amount }) => {
      return { buyer, contributed: String(contributed), amount: String(amount) };
    }),
    dust: String(settlement.dust),
  };
}

function payoutResult(
  { terms, providers }: PoolState,
  { vector }: RoundBook,
  { payouts }: Settlement,
  providerId: string,
  index: number,
): RoundResult["payouts"][number] {
  const { address, weight } = providers[index]!;
  const record = vector?.records[index];
  const judged = record !== undefined && record.score !== ABSTAINED;
  return {
    providerId,
    address: address.toLowerCase() as `0x${string}`,
    units: terms.metered ? Number(record?.units ?? 0n) : Number(weight),
    scoreBps: judged ? record.score : null,
    amount: String(payouts[index]),
  };
}
