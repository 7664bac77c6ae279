import { z } from "@hono/zod-openapi";
import { zeroAddress, type Address, type Hex } from "viem";
import { packTerms, type Terms } from "../../contracts/protocol/terms.ts";
import { duration, moment } from "../../contracts/protocol/words.ts";
import type { MadePool } from "../ports.ts";
import { addressForm, addressOrNull, hashForm, hexForm, secondsForm } from "./forms.ts";

const duringForm = z.int().min(0).openapi({ description: "Seconds" });
const rateForm = z.int().min(0).max(10_000).openapi({ description: "Basis points of 10,000" });
const amountForm = z.string().regex(/^\d+$/).openapi({ description: "In the token's smallest unit, decimal digits" });

const termsSchema = z
  .object({
    token: addressForm,
    oracle: addressForm,
    arbiter: addressOrNull,
    manager: addressForm,
    feeRecipient: addressOrNull,
    specHash: hashForm,
    specURI: z.string(),
    start: secondsForm,
    period: duringForm,
    rounds: z.int().min(1),
    notice: duringForm,
    assessmentWindow: duringForm,
    challengeWindow: duringForm,
    rulingWindow: duringForm,
    bond: amountForm,
    minimum: amountForm,
    feeBps: rateForm,
    metered: z.boolean(),
    fullPayBar: rateForm,
    defaultRate: rateForm,
    curve: z.array(z.object({ x: rateForm, y: rateForm })),
  })
  .openapi("Terms");

const wordsSchema = z
  .object({
    start: z.string(),
    period: z.string(),
    notice: z.string(),
    assessmentWindow: z.string(),
    challengeWindow: z.string(),
    rulingWindow: z.string(),
    fee: z.string(),
    payment: z.string(),
  })
  .openapi("TermsInWords");

export const poolSchema = z
  .object({
    pool: addressForm,
    chainId: z.int().min(1),
    madeInBlock: z.string().regex(/^\d+$/),
    specHash: hashForm,
    oracle: addressForm,
    rounds: z.int().min(1),
    terms: termsSchema,
    words: wordsSchema,
    packed: hexForm.openapi({ description: "The terms as they stand in the pool's code" }),
  })
  .openapi("Pool");

/** A pool and its terms, in numbers, in words, and packed. */
export function poolForm({ pool, terms, block }: MadePool, chainId: number): z.output<typeof poolSchema> {
  return {
    pool,
    chainId,
    madeInBlock: String(block),
    specHash: lower(terms.specHash),
    oracle: lower(terms.oracle),
    rounds: terms.rounds,
    terms: termsForm(terms),
    words: wordsForm(terms),
    packed: packTerms(terms),
  };
}

function termsForm(terms: Terms): z.output<typeof termsSchema> {
  const { token, oracle, arbiter, manager, feeRecipient, specHash, bond, minimum, curve, ...numbers } = terms;
  return {
    ...numbers,
    token: lower(token),
    oracle: lower(oracle),
    arbiter: accountOrNone(arbiter),
    manager: lower(manager),
    feeRecipient: accountOrNone(feeRecipient),
    specHash: lower(specHash),
    bond: String(bond),
    minimum: String(minimum),
    curve: curve.map(({ x, y }) => ({ x, y })),
  };
}

function wordsForm(terms: Terms): z.output<typeof wordsSchema> {
  return {
    start: moment(terms.start),
    period: duration(terms.period),
    notice: duration(terms.notice),
    assessmentWindow: duration(terms.assessmentWindow),
    challengeWindow: duration(terms.challengeWindow),
    rulingWindow: duration(terms.rulingWindow),
    fee: percent(terms.feeBps),
    payment: paymentWords(terms),
  };
}

function paymentWords({ metered, fullPayBar, defaultRate, curve }: Terms): string {
  const basis = metered ? "by units delivered" : "by fixed weights";
  const bar =
    fullPayBar === 0
      ? "the whole budget is split in proportion to what was earned"
      : `the whole budget is paid once average goodness reaches ${percent(fullPayBar)}`;
  const shape = curve.length === 0 ? "awards are the scores" : `awards follow a curve of ${curve.length} knot(s)`;
  return `${basis}; ${bar}; ${shape}; who is not judged gets ${percent(defaultRate)}`;
}

function percent(bps: number): string {
  return `${bps / 100}%`;
}

function accountOrNone(account: Address): Hex | null {
  return account === zeroAddress ? null : lower(account);
}

function lower(hex: Hex): Hex {
  return hex.toLowerCase() as Hex;
}
