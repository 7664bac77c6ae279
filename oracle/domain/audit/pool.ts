import type { Hex } from "viem";
import { factoryAddresses } from "../../../contracts/protocol/generated/addresses.ts";
import { poolAddress, termProblems, unpackTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import { CHAIN_FILE, type ChainExport } from "../chain-export.ts";
import { oracleProblem, paymentProblem, rosterProblem } from "../fit.ts";
import { SPEC_FILE, specHash, type OutcomeSpec } from "../spec.ts";
import { firstDifference } from "../difference.ts";
import { reason, type CheckList } from "./report.ts";

/** The terms, where they can be read; with the pool's address they must hang together. */
export async function checkPool(
  chain: ChainExport,
  pinned: string | undefined,
  checks: CheckList,
): Promise<Terms | null> {
  if (pinned !== undefined) {
    const problem = pinned.toLowerCase() === chain.pool ? null : `it is ${chain.pool}, not ${pinned.toLowerCase()}`;
    checks.add("pool.pinned", `${CHAIN_FILE} pool`, problem);
  }
  const factory = factoryAddresses[chain.chainId]?.toLowerCase();
  if (factory !== undefined) {
    const problem = factory === chain.factory ? null : `it is ${chain.factory}, not ${factory}`;
    checks.add("pool.factory", `${CHAIN_FILE} factory`, problem);
  }
  const terms = readTerms(chain, checks);
  if (terms === null) return null;
  await checks.look("pool.address", `${CHAIN_FILE} pool`, () => {
    const address = poolAddress({ factory: chain.factory, implementation: chain.implementation, terms }).toLowerCase();
    return address === chain.pool ? null : `it is ${chain.pool}; terms, factory and implementation give ${address}`;
  });
  const parties = { token: chain.token.address, oracle: chain.oracle.address };
  const named = { token: terms.token.toLowerCase(), oracle: terms.oracle.toLowerCase() };
  checks.add("pool.parties", CHAIN_FILE, firstDifference(parties, named));
  return terms;
}

/** The spec says of payment, oracle and roster what the pool does. */
export async function checkSpec(
  spec: OutcomeSpec,
  file: string,
  chain: ChainExport,
  terms: Terms,
  checks: CheckList,
): Promise<void> {
  const place = specPlace(file);
  checks.add("spec.payment", `${place}.payment`, paymentProblem(spec, terms));
  checks.add("spec.oracle", `${CHAIN_FILE} oracle, ${place}.oracle`, oracleProblem(spec, chain.oracle));
  await checks.look("spec.roster", `${CHAIN_FILE} providers, ${place}.roster`, () =>
    rosterProblem(spec, chain.providers),
  );
}

/** Where a file has its outcome spec. */
function specPlace(file: string): string {
  return file === SPEC_FILE ? file : `${file} spec`;
}

/** The spec of a file is the one in the terms. @returns its hash */
export function checkSpecHash(spec: OutcomeSpec, file: string, terms: Terms, checks: CheckList): Hex {
  const hash = specHash(spec);
  checks.add(
    "spec.hash",
    specPlace(file),
    hash === terms.specHash ? null : `its hash is ${hash}, not ${terms.specHash}`,
  );
  return hash;
}

function readTerms(chain: ChainExport, checks: CheckList): Terms | null {
  const place = `${CHAIN_FILE} terms`;
  try {
    const terms = unpackTerms(chain.terms);
    // They were made some time before the notice; when, is not known.
    const problem = termProblems(terms, BigInt(terms.start - terms.notice))[0]?.message ?? null;
    checks.add("pool.terms", place, problem);
    return terms;
  } catch (error) {
    checks.add("pool.terms", place, reason(error));
    return null;
  }
}
