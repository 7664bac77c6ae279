import type { Hex } from "viem";
import { JUDGED_TEMPLATE, libraryOf, readJudgedParams } from "../../domain/criteria/terms.ts";
import type { OutcomePlan } from "../../domain/interview/plan.ts";
import type { RoundId } from "../../ports.ts";
import type { Asked } from "./logs.ts";
import type { InterviewedPool, InterviewerParts } from "./parts.ts";
import { InterviewRefusal } from "./refusal.ts";
import { besideOutcomes } from "./transcripts.ts";

/** What is asked in the rounds of a pool. */
interface AskedPool extends Asked {
  readonly plan: OutcomePlan;
}

/** A round in which people are asked. */
export interface AskedRound extends AskedPool {
  readonly id: RoundId;
  /** Lower case. */
  readonly manager: string;
  /** Ids of the pool's providers. */
  readonly providers: ReadonlySet<string>;
}

/** How many pools' plans are kept at hand. */
const KEPT = 64;

/**
 * Rounds in which people are asked by this node.
 * @returns `null` where the pool's spec has no interviews, or another intake
 * @throws InterviewRefusal `not-found`
 */
export function askedRounds({ pool: poolOf, signer }: Pick<InterviewerParts, "pool" | "signer">) {
  const kept = new Map<Hex, AskedPool | null>();

  return async (id: RoundId): Promise<AskedRound | null> => {
    const found = await poolOf(id.pool);
    if (found === null) throw missing("pool", id.pool, "a pool known here");
    const { spec, terms } = found;
    if (id.round >= terms.rounds) throw missing("round", String(id.round), `0 to ${terms.rounds - 1}`);
    const asked = spec.oracle.intake === signer.address ? planOf(found) : null;
    if (asked === null) return null;
    const providers = new Set(spec.roster.map((provider) => provider.id));
    return { ...asked, id, manager: terms.manager.toLowerCase(), providers };
  };

  /** A pool's spec never changes, and is large. */
  function planOf({ spec, terms }: InterviewedPool): AskedPool | null {
    const known = kept.get(terms.specHash);
    if (known !== undefined) return known;
    const asked = spec.template === JUDGED_TEMPLATE ? readPlan(spec.params) : null;
    if (kept.size >= KEPT) kept.clear();
    kept.set(terms.specHash, asked);
    return asked;
  }
}

function readPlan(value: unknown): AskedPool | null {
  const params = readJudgedParams(value);
  if (params.interviews?.kind !== "outcome") return null;
  return { plan: params.interviews, library: libraryOf(params), beside: besideOutcomes };
}

function missing(field: string, value: string, limit: string): InterviewRefusal {
  return new InterviewRefusal("not-found", { field, value, limit });
}
