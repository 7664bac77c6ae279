import { keccak256, stringToBytes, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { clockTerms, DEFAULT_TERMS, type Terms } from "../../../contracts/protocol/terms.ts";
import { encodeScores } from "../../../contracts/protocol/vector.ts";
import type { AssessedRound } from "../../../oracle/domain/node-report.ts";
import type { Envelope } from "../../../oracle/domain/round/envelope.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { outcomeSpecSchema, specHash, type OutcomeSpec } from "../../../oracle/domain/spec.ts";
import { accountNamed, lower, reportMessages } from "../season/oracle.ts";

const PROVIDERS = 3;

/** Four nodes of which one may be bad, in ascending order of addresses. */
export function fourNodes(): PrivateKeyAccount[] {
  const nodes = [1, 2, 3, 4].map((number) => accountNamed(`four ${number}`));
  return nodes.sort((a, b) => (lower(a.address) < lower(b.address) ? -1 : 1));
}

/** A spec of three providers and four nodes, of whom three are a quorum. */
export function specOfFour(): OutcomeSpec {
  const accounts = Array.from({ length: PROVIDERS }, (_, i) => lower(accountNamed(`provider ${i}`).address)).sort();
  return outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title: "Three services",
    template: "sla",
    params: {},
    criteria: [{ id: "up", statement: "It answers.", direction: "higher", weight: 1, sourceTypes: ["telemetry"] }],
    payment: { metered: false, curve: [], fullPayBar: 0, defaultRate: 5_000 },
    oracle: {
      signers: fourNodes().map(({ address }) => lower(address)),
      threshold: 3,
      intake: lower(accountNamed("intake").address),
    },
    roster: accounts.map((account, i) => ({ id: `p${i}`, name: `Provider ${i}`, account, weight: 1 })),
  });
}

export const POOL: Hex = `0x${"ab".repeat(20)}`;

/** Terms whose round 0 ends at 2,000,000. */
export function termsOfFour(): Terms {
  const zero = `0x${"00".repeat(20)}` as const;
  return {
    ...DEFAULT_TERMS,
    token: zero,
    oracle: zero,
    arbiter: zero,
    manager: zero,
    feeRecipient: zero,
    specHash: specHash(specOfFour()),
    specURI: "",
    start: 1_000_000,
    period: 1_000_000,
    rounds: 3,
    bond: 0n,
    minimum: 1n,
  } as Terms;
}

export function scheduleOfFour(round = 0) {
  return roundSchedule(clockTerms(termsOfFour()), round);
}

export const OF: AssessedRound = {
  chainId: 31_337,
  pool: POOL,
  round: 0,
  specHash: specHash(specOfFour()),
  evidenceRoot: keccak256(stringToBytes("evidence")),
};

/** A vector that gives every provider this score. */
export function vectorOfAll(score: number): Hex {
  return encodeScores(
    Array.from({ length: PROVIDERS }, () => ({ score, units: 0n })),
    false,
  );
}

/** Commit and reveal of a node about the round. */
export async function saidBy(
  node: PrivateKeyAccount,
  vector: Hex = vectorOfAll(9_000),
  of: AssessedRound = OF,
): Promise<{ commit: Envelope; reveal: Envelope }> {
  const [commit, reveal] = await reportMessages({ round: of.round, terms: termsOfFour() }, of, node, vector);
  return { commit: commit!, reveal: reveal! };
}
