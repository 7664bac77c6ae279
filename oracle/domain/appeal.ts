import { encodeFunctionData, erc20Abi, zeroAddress, type Hex } from "viem";
import { z } from "zod";
import type { RoundState } from "../../contracts/protocol/clock.ts";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import type { Terms } from "../../contracts/protocol/terms.ts";
import { canonicalHash } from "./canonical.ts";
import { idSchema } from "./criteria/forms.ts";
import { LIMITS } from "./judgement/unit.ts";
import { unseenIn } from "./plain-text.ts";
import { addressSchema } from "./schema.ts";

/** What an appeal may say, in characters and pieces. */
export const APPEAL_LIMITS = { reason: 2_000, quotes: 10, quote: LIMITS.quote } as const;

/** Text for people: nothing in it that is not seen, no half of a character. */
function shownText(most: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cs}/u.test(text) && unseenIn(text).length === 0, "must be plain text, all of it to be seen");
}

/** What a provider says against what a round found of it under a criterion. */
export const appealRequestSchema = z.strictObject({
  criterion: idSchema,
  reason: shownText(APPEAL_LIMITS.reason),
  /** Passages of the evidence that it rests on. */
  quotes: z.array(shownText(APPEAL_LIMITS.quote)).max(APPEAL_LIMITS.quotes).default([]),
});
export type AppealRequest = z.output<typeof appealRequestSchema>;

/** An appeal as it is listed. Its hash is what a challenge on chain gives as its reason. */
export const appealSchema = z.strictObject({
  format: z.literal("guerdon/appeal/1"),
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0),
  /** Id in the roster, and the account that appealed. */
  provider: z.string(),
  account: addressSchema,
  criterion: z.string(),
  reason: z.string(),
  quotes: z.array(z.string()),
  /** Time of the newest block when it came in, seconds. */
  receivedAt: z.int().min(0),
});
export type Appeal = z.output<typeof appealSchema>;

/** keccak256 of the appeal's canonical JSON. */
export function appealHash(appeal: Appeal): Hex {
  return canonicalHash(appeal);
}

/** A call to a contract. */
export interface AppealCall {
  readonly to: Hex;
  readonly data: Hex;
}

/** How an appeal is made a challenge on chain, and what follows. */
export interface Challenge {
  /** The calls in their order, each sent by the same account: the bond is allowed, then taken. */
  readonly calls: readonly [allow: AppealCall, challenge: AppealCall];
  /** In the token's smallest unit, as decimal digits. */
  readonly bond: { readonly token: Hex; readonly amount: string };
  /** Who rules. */
  readonly arbiter: Hex;
  /** The challenge has to be in a block before this time, seconds; the arbiter then has so many seconds to rule. */
  readonly before: number;
  readonly rulingSeconds: number;
  /** What comes of it, in words. */
  readonly outcomes: Readonly<Record<"unruled" | "uphold" | "replace" | "void", string>>;
}

/** Where a round that can be challenged stands. */
export interface Challengeable {
  readonly state: Extract<RoundState, "assessed" | "silent">;
  /** When it can be challenged no more, seconds. */
  readonly deadline: number;
}

/**
 * How to challenge a round on the ground of an appeal; `null` where the pool has no arbiter, so that nobody can.
 * @param reason hash of the appeal
 */
export function challengeFor(
  { pool, round, terms }: { readonly pool: Hex; readonly round: number; readonly terms: Terms },
  reason: Hex,
  { state, deadline }: Challengeable,
): Challenge | null {
  if (terms.arbiter === zeroAddress) return null;
  const token = terms.token.toLowerCase() as Hex;
  const allow = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [pool, terms.bond] });
  const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "challenge", args: [round, reason] });
  return {
    calls: [
      { to: token, data: allow },
      { to: pool, data },
    ],
    bond: { token, amount: String(terms.bond) },
    arbiter: terms.arbiter.toLowerCase() as Hex,
    before: deadline,
    rulingSeconds: terms.rulingWindow,
    outcomes: outcomesOf(state),
  };
}

function outcomesOf(state: Challengeable["state"]): Challenge["outcomes"] {
  const stands =
    state === "assessed"
      ? "the assessment stands as if nobody had challenged it"
      : "the round counts as silence: every provider gets the default rate";
  return {
    unruled: `Where the arbiter does not rule in time, ${stands}, and the bond goes back to the challenger.`,
    uphold: `Where the arbiter upholds the outcome, ${stands}, and the bond goes to the arbiter.`,
    replace:
      "Where the arbiter puts other scores in their place, those are paid; the challenger gets as much as the bond out of the round's money, and the arbiter the bond.",
    void:
      state === "assessed"
        ? "Where the arbiter voids the assessment, every provider gets the default rate; the challenger gets as much as the bond out of the round's money, and the arbiter the bond."
        : "There is no assessment to void.",
  };
}
