import { MAX_METERED_PROVIDERS, MAX_PROVIDERS } from "../../contracts/protocol/limits.ts";
import { codeSize } from "./chain.ts";
import { measure } from "./measure.ts";
import type { Figures } from "./operations.ts";
import { VARIANTS, type Variant } from "./population.ts";

/** One pool to measure. */
export interface Case {
  readonly variant: Variant;
  readonly count: number;
}

/** All that a run measured. */
export interface Results {
  /** Bytes of code, by contract. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly measured: readonly (Case & { readonly figures: Figures })[];
}

/** Numbers of providers that are measured where the pool can hold them, besides its most. */
const COUNTS = [10, 200, 1_000, 5_000];
const QUICK_COUNTS = [10, 200, 1_000];

const CONTRACTS = ["OutcomePool", "OutcomePoolFactory", "OracleQuorum"];

/** Most providers of a variant. */
export function mostProviders(variant: Variant): number {
  return VARIANTS[variant].metered ? MAX_METERED_PROVIDERS : MAX_PROVIDERS;
}

/** Every variant at every number of providers; `quick` leaves out what says nothing new about a limit. */
export function allCases(quick: boolean): Case[] {
  const variants = Object.keys(VARIANTS) as Variant[];
  return variants.flatMap((variant) => {
    const most = mostProviders(variant);
    const counts = (quick ? QUICK_COUNTS : COUNTS).filter((count) => count < most);
    return [...counts, most].map((count) => ({ variant, count }));
  });
}

/** Measures cases one after another, each on a chain of its own. */
export async function measureAll(cases: readonly Case[], progress: (done: Case) => void): Promise<Results> {
  const measured = [];
  for (const one of cases) {
    measured.push({ ...one, figures: await measure(one.variant, one.count) });
    progress(one);
  }
  const sizes = await Promise.all(CONTRACTS.map(async (name) => [name, await codeSize(name)] as const));
  return { sizes: Object.fromEntries(sizes), measured };
}
