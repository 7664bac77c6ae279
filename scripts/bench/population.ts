import { concatHex, keccak256, toHex, type Address, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Knot } from "../../contracts/protocol/curve.ts";
import { PROVIDERS_PER_BATCH } from "../../contracts/protocol/limits.ts";
import type { Terms } from "../../contracts/protocol/terms.ts";
import { encodeScores, type ProviderRecord } from "../../contracts/protocol/vector.ts";
import { account, EPOCH } from "./chain.ts";

/** How a measured pool pays: which way through the settlement's loop its rounds take. */
export const VARIANTS = {
  plain: { metered: false, knots: 0 },
  curved: { metered: false, knots: 8 },
  metered: { metered: true, knots: 0 },
  "metered curved": { metered: true, knots: 8 },
} as const;
export type Variant = keyof typeof VARIANTS;

const DAY = 86_400;

/** Length of a round, seconds. */
export const PERIOD = DAY;

/** First second of round 0. */
export const START = EPOCH + 2 * DAY;

/** Time after an assessment from which it is settled. */
export const CHALLENGE_WINDOW = 3600;

/** One of the token, in its smallest unit. */
export const COIN = 1_000_000n;

/** Everyone in a scenario, by fixed keys. */
export const people = {
  manager: account("manager"),
  buyer: account("buyer"),
  secondBuyer: account("second buyer"),
  relayer: account("relayer"),
  challenger: account("challenger"),
  arbiter: account("arbiter"),
  feeRecipient: account("fee recipient"),
} as const satisfies Record<string, PrivateKeyAccount>;

/** Eight knots, so that every score but the lowest lies between two of them. */
const CURVE: readonly Knot[] = [
  { x: 0, y: 0 },
  { x: 1000, y: 500 },
  { x: 2000, y: 1500 },
  { x: 4000, y: 3000 },
  { x: 6000, y: 5500 },
  { x: 8000, y: 8000 },
  { x: 9000, y: 9500 },
  { x: 9500, y: 10000 },
];

export function makeTerms(variant: Variant, token: Address, oracle: Address): Terms {
  const { metered, knots } = VARIANTS[variant];
  return {
    token,
    oracle,
    arbiter: people.arbiter.address,
    manager: people.manager.address,
    feeRecipient: people.feeRecipient.address,
    specHash: keccak256(toHex("outcome spec")),
    start: START,
    period: PERIOD,
    rounds: 12,
    notice: DAY,
    assessmentWindow: 30 * DAY,
    challengeWindow: CHALLENGE_WINDOW,
    rulingWindow: DAY,
    bond: 100n * COIN,
    minimum: 1000n * COIN,
    feeBps: 100,
    metered,
    fullPayBar: 10_000,
    defaultRate: 5_000,
    curve: CURVE.slice(0, knots),
    specURI: "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
  };
}

/** The vector of a round: scores of 3 to 93 percent all over the list; units below the weight where metered. */
export function makeVector(variant: Variant, count: number, round: number): Hex {
  const { metered } = VARIANTS[variant];
  const records = Array.from({ length: count }, (_, i) => ({
    score: 300 + ((i * 7919 + round * 31) % 9000),
    units: metered ? BigInt(17_000 + i * 3) : 0n,
  }));
  return encodeScores(records, metered);
}

/** An evidence root of a round. */
export function rootOf(round: number): Hex {
  return keccak256(toHex(`evidence of round ${round}`));
}

/** Keys of the first two providers; their addresses lie in the lower half, and those of all others in the upper. */
export const keyed = [account("provider 1"), account("provider 6")] as const;

/** Providers in the pool's order. */
export function makeProviders(count: number): readonly ProviderRecord[] {
  const others = Array.from({ length: count - keyed.length }, (_, i) => {
    const hash = keccak256(toHex(`provider ${i} without a key`));
    return concatHex([toHex(0x80 | Number(`0x${hash.slice(2, 4)}`), { size: 1 }), `0x${hash.slice(4, 42)}`]);
  });
  const addresses = [...keyed.map(({ address }) => address), ...others.sort()];
  return addresses.map((address, i) => ({ address, weight: BigInt(60_000 + (i % PROVIDERS_PER_BATCH)) }));
}
