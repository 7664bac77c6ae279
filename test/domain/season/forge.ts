import { concatHex, getContractAddress, slice, type Hex } from "viem";
import { poolAddress, unpackTerms } from "../../../contracts/protocol/terms.ts";
import { aggregate, deviations } from "../../../oracle/domain/aggregate.ts";
import { bundleFile, type Bundle } from "../../../oracle/domain/bundle.ts";
import { documentBytes } from "../../../oracle/domain/canonical.ts";
import { CHAIN_FILE, type ChainExport, type LedgerEvent } from "../../../oracle/domain/chain-export.ts";
import { evidenceRoot } from "../../../oracle/domain/evidence.ts";
import { answerAt } from "../../../oracle/domain/ledger/answer.ts";
import { replayLedger } from "../../../oracle/domain/ledger/replay.ts";
import { resultBytes, seasonResult, type SeasonResult } from "../../../oracle/domain/result.ts";
import { fileHashes, RESULT_FILE, SEAL_FILE, type Seal } from "../../../oracle/domain/seal.ts";
import { specHash } from "../../../oracle/domain/spec.ts";
import type { SeasonFixture } from "./pool.ts";

/** A season's documents, to be changed at will. */
export interface Draft {
  chain: ChainExport;
  bundles: Bundle[];
  seal: Seal;
  /** Changes the result after it was recomputed. */
  result?: (result: SeasonResult) => void;
}

/** A deep copy of a season's documents. */
export function draftOf({ chain, bundles, files }: SeasonFixture): Draft {
  const seal = JSON.parse(new TextDecoder().decode(files.get(SEAL_FILE))) as Seal;
  return JSON.parse(JSON.stringify({ chain, bundles, seal })) as Draft;
}

/** Files of a draft as they stand: canonical, but for hashes nobody recomputed. */
export function filesOf(draft: Draft): Map<string, Uint8Array> {
  const result = seasonResult(draft.chain, draft.bundles);
  draft.result?.(result);
  return new Map([
    [CHAIN_FILE, documentBytes(draft.chain)],
    [RESULT_FILE, resultBytes(result)],
    ...draft.bundles.map((bundle) => [bundleFile(bundle.round), documentBytes(bundle)] as const),
    [SEAL_FILE, documentBytes(draft.seal)],
  ]);
}

/**
 * Files of a draft after all was recomputed that needs no key: roots, aggregates, deviations, spec hash, terms, pool address,
 * the pool's answers and balance, the result, the hashes in the seal.
 */
export function forge(draft: Draft): Map<string, Uint8Array> {
  for (const bundle of draft.bundles) recomputeBundle(bundle);
  moved(draft);
  for (const bundle of draft.bundles) followBundle(draft.chain, bundle);
  const { state } = replayLedger(draft.chain, unpackTerms(draft.chain.terms));
  draft.chain.rounds = state.rounds.map((book) => answerAt(state, book, BigInt(draft.chain.head.time)));
  draft.chain.balance = String(state.balance);
  draft.seal.files = fileHashes(filesOf(draft));
  return filesOf(draft);
}

/** The event of that name at a place among its kind. */
export function eventOf<Name extends LedgerEvent["name"]>(
  draft: Draft,
  name: Name,
  place = 0,
): Extract<LedgerEvent, { name: Name }> {
  const found = draft.chain.ledger.map(({ event }) => event).filter((event) => event.name === name);
  return found[place] as Extract<LedgerEvent, { name: Name }>;
}

/** The event and the transfer right behind it. */
export function withTransfer<Name extends "Funded" | "Withdrawn" | "Refunded" | "FeePaid">(
  draft: Draft,
  name: Name,
  place = 0,
) {
  const event = eventOf(draft, name, place);
  const at = draft.chain.ledger.findIndex((entry) => entry.event === event);
  const transfer = draft.chain.ledger[at + 1]!.event as Extract<LedgerEvent, { name: "Transfer" }>;
  return { event, transfer };
}

function recomputeBundle(bundle: Bundle): void {
  const { metered } = bundle.spec.payment;
  bundle.evidenceRoot = evidenceRoot(bundle.evidence);
  const vectors = bundle.reports.map(({ vector }) => vector);
  bundle.aggregate = aggregate(vectors, metered, bundle.spec.roster.length);
  bundle.deviations = bundle.reports.flatMap(({ node, vector }) =>
    deviations(node, vector, bundle.aggregate, metered).map((one) => ({
      ...one,
      reported: { ...one.reported, units: Number(one.reported.units) },
      aggregate: { ...one.aggregate, units: Number(one.aggregate.units) },
    })),
  );
}

/** Another spec means other terms, and other terms another pool: its address is replaced wherever it stands. */
function moved(draft: Draft): void {
  const spec = draft.bundles[0]?.spec;
  const { chain } = draft;
  if (spec !== undefined)
    chain.terms = concatHex([slice(chain.terms, 0, 100), specHash(spec), slice(chain.terms, 132)]);
  const { factory, implementation, pool } = chain;
  const address = poolAddress({ factory, implementation, terms: unpackTerms(chain.terms) }).toLowerCase() as Hex;
  if (address === pool) return;
  const text = JSON.stringify([draft.chain, draft.bundles, draft.seal]).replaceAll(pool, address);
  [draft.chain, draft.bundles, draft.seal] = JSON.parse(text) as [ChainExport, Bundle[], Seal];
  let nonce = 0n;
  for (const { event } of draft.chain.ledger) {
    const creates = event.name === "Enrolled" || event.name === "Assessed";
    if (creates || (event.name === "Ruled" && event.ruling === "replace")) nonce += 1n;
    if (event.name === "Enrolled") event.list = pieceOf(draft.chain.pool, nonce);
  }
}

function pieceOf(pool: Hex, nonce: bigint): Hex {
  return getContractAddress({ opcode: "CREATE", from: pool, nonce }).toLowerCase() as Hex;
}

/** The pool is made to have accepted what the bundle says. */
function followBundle({ ledger }: ChainExport, bundle: Bundle): void {
  for (const { event } of ledger) {
    if (event.name !== "Assessed" || event.round !== bundle.round) continue;
    event.evidenceRoot = bundle.evidenceRoot;
    event.scores = bundle.aggregate;
  }
}
