import type { Hex } from "viem";
import type { SeasonResult } from "../result.ts";

/** What is checked, by a name that stays the same. The part before the dot is the group. */
export const CHECKS = {
  "files.complete": "every file of the season is there, and no other",
  "files.form": "the file is of its schema and in the one form it can have",
  "seal.pool": "the seal is for this pool",
  "seal.file": "the file is the one the oracle nodes sealed",
  "seal.signature": "a node of the oracle signed the seal",
  "seal.quorum": "enough nodes signed the seal",
  "pool.terms": "the terms are ones the factory accepts",
  "pool.address": "the pool's address follows from factory, code and terms",
  "pool.pinned": "the pool is the one asked for",
  "pool.factory": "the factory is the one known on this chain",
  "pool.parties": "token and oracle are those of the terms",
  "spec.hash": "the outcome spec is the one in the terms",
  "spec.payment": "the spec's payment rule is that of the terms",
  "spec.oracle": "the spec's oracle is the pool's",
  "spec.roster": "the spec's roster is the pool's list of providers",
  "spec.heldOut": "a held-out criterion is the one committed to before the season",
  "bundle.pool": "the bundle is of this pool and round",
  "bundle.root": "the evidence has the root the nodes signed",
  "bundle.freeze": "the intake the spec names closed this evidence, and no other",
  "bundle.nodes": "the reports are by different nodes of the oracle, at least a quorum",
  "bundle.report": "the node signed its report",
  "bundle.commit": "the node had committed to its report before it showed it",
  "bundle.complete": "every node of the oracle has reported or is listed as left out",
  "bundle.excluded": "what the node signed, or did not sign, is why it is left out",
  "bundle.aggregate": "the reports amount to the aggregate",
  "bundle.truth": "the aggregate is what the evidence gives",
  "bundle.judgements": "judgements are shown where words were judged, one of each node",
  "bundle.shown":
    "enough nodes show how they judged: quotes stand in the evidence, and claims follow from what models answered",
  "bundle.deviations": "the deviating nodes are the ones listed",
  "bundle.cosignature": "the node signed the assessment",
  "bundle.quorum": "enough different nodes signed the assessment",
  "bundle.chain": "the pool accepted this assessment",
  "ledger.providers": "the list of providers is one the pool accepts",
  "ledger.Enrolled": "enrolment keeps the rules",
  "ledger.Funded": "the funding keeps the rules and its transfer agrees",
  "ledger.Withdrawn": "the withdrawal keeps the rules and its transfer agrees",
  "ledger.Assessed": "the assessment keeps the rules",
  "ledger.Challenged": "the challenge keeps the rules and its transfer agrees",
  "ledger.Ruled": "the ruling keeps the rules",
  "ledger.Claimed": "the claim keeps the rules and its transfer agrees",
  "ledger.Distributed": "the distribution keeps the rules and its transfers agree",
  "ledger.Refunded": "the refund keeps the rules and its transfer agrees",
  "ledger.FeePaid": "the fee keeps the rules and its transfer agrees",
  "ledger.BondPaid": "the bond keeps the rules and its transfer agrees",
  "ledger.ArbiterPaid": "the arbiter's pay keeps the rules and its transfer agrees",
  "ledger.Transfer": "the transfer is explained, or a donation",
  "round.final": "the round is over",
  "round.answer": "the pool's own figures are the recomputed ones",
  "payout.amount": "the pool's own payout is the recomputed one, and paid exactly where the ledger says so",
  "money.conserved": "funds = payouts + fee + repayment + refunds + dust, to the unit",
  "money.balance": "the pool holds what it has received and not paid",
  "result.recomputed": "the result is the recomputed one, byte for byte",
  "live.chain": "the export is what the chain says now",
} as const;

/** Name of a check. */
export type CheckId = keyof typeof CHECKS;

/** One thing that was looked at. */
export interface AuditCheck {
  readonly id: CheckId;
  /** What holds where it is ok. */
  readonly title: string;
  /** File, and where in it, such as `chain.json ledger[17] Claimed`. */
  readonly place: string;
  readonly ok: boolean;
  /** What is wrong. */
  readonly detail?: string;
}

/**
 * A node that said something else than what all reports amount to, which is no failure of the season. Where that is not what the
 * evidence gives, `bundle.truth` fails, and it is the others who were wrong.
 */
export interface DeviatingNode {
  readonly node: Hex;
  readonly round: number;
  /** How many providers it concerns. */
  readonly providers: number;
}

/** A node whose claims are not shown by a record that holds. */
export interface UnshownNode {
  readonly node: Hex;
  readonly round: number;
  readonly reason: string;
}

/** What an audit found. */
export interface AuditReport {
  /** Whether every check is. */
  readonly ok: boolean;
  /** `null` where there is no readable chain export. */
  readonly pool: Hex | null;
  readonly checks: readonly AuditCheck[];
  readonly deviating: readonly DeviatingNode[];
  /** Where words were judged: nodes that do not show how. */
  readonly unshown: readonly UnshownNode[];
  /** Claims of all nodes that rest on private evidence which was not at hand, of all; none where nothing is judged. */
  readonly judged: { readonly unseen: number; readonly claims: number };
  /** What a passed audit does not prove, in words. */
  readonly notProven: readonly string[];
  /** The recomputed result, where there is one. */
  readonly result: SeasonResult | null;
}

/** Collects checks. A problem is what is wrong, in words; `null` where nothing is. */
export class CheckList {
  readonly checks: AuditCheck[] = [];

  add(id: CheckId, place: string, problem: string | null): void {
    const check = { id, title: CHECKS[id], place, ok: problem === null };
    this.checks.push(problem === null ? check : { ...check, detail: problem });
  }

  /** Adds what `look` finds; what it throws is a problem too. */
  async look(id: CheckId, place: string, look: () => string | null | Promise<string | null>): Promise<void> {
    let problem: string | null;
    try {
      problem = await look();
    } catch (error) {
      problem = reason(error);
    }
    this.add(id, place, problem);
  }
}

/** What was thrown, in words. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
