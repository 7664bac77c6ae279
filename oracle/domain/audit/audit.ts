import type { Address } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import { CHAIN_FILE, type ChainExport } from "../chain-export.ts";
import { replayLedger, type Replay } from "../ledger/replay.ts";
import { resultBytes, resultOf, type SeasonResult } from "../result.ts";
import { sameBytes } from "../canonical.ts";
import { RESULT_FILE } from "../seal.ts";
import { SPEC_FILE, type OutcomeSpec } from "../spec.ts";
import { checkBundle } from "./bundle.ts";
import { firstDifference } from "../difference.ts";
import { readFiles, type SeasonFiles } from "./files.ts";
import { checkHeldOut } from "./held-out.ts";
import { checkLedger } from "./ledger.ts";
import { checkPool, checkSpec, checkSpecHash } from "./pool.ts";
import type { PrivateParts } from "./judgements.ts";
import { CheckList, reason, type AuditReport, type DeviatingNode, type UnshownNode } from "./report.ts";
import { checkSeal } from "./seal.ts";
import { notProven } from "./words.ts";

export type { AuditReport } from "./report.ts";

/** How an audit is made. */
export interface AuditOptions {
  /** The pool the files must be of. */
  readonly pool?: Address;
  /** The same export, read from the chain just now. */
  readonly live?: { readonly chain: ChainExport };
  /** Private evidence and records, for whoever may have them. */
  readonly given?: PrivateParts;
  /** What opens held-out criteria, as far as it has been published. */
  readonly reveals?: readonly unknown[];
  /** The files are not sealed yet, as where a node audits them in order to seal them. */
  readonly unsealed?: boolean;
}

/**
 * Recomputes every number of a season from its evidence and ledger and compares it with what the files say. Does no input or output.
 * @param files the contents of a season's folder, by file name
 */
export async function audit(files: ReadonlyMap<string, Uint8Array>, options: AuditOptions = {}): Promise<AuditReport> {
  const checks = new CheckList();
  const sealed = options.unsealed !== true;
  const ordered = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  const season = readFiles(ordered, sealed, checks);
  const spec = specOf(season);
  if (season.seal !== null) await checkSeal(season, season.seal, spec?.spec.oracle ?? null, checks);
  const { unrevealed, ...shown } =
    season.chain === null ? NOTHING : await checkSeason(season, season.chain, spec, options, checks);
  return {
    ok: checks.checks.every(({ ok }) => ok),
    pool: season.chain?.pool ?? null,
    checks: checks.checks,
    ...shown,
    notProven: notProven({
      pinned: options.pool !== undefined,
      live: options.live !== undefined,
      ...{ sealed, unrevealed, judged: shown.judged },
    }),
  };
}

/** What an audit finds besides faults. */
interface Found {
  readonly deviating: readonly DeviatingNode[];
  readonly unshown: readonly UnshownNode[];
  readonly result: SeasonResult | null;
  /** Claims that rest on private evidence that was not at hand, of all; none where nothing is judged. */
  readonly judged: { readonly unseen: number; readonly claims: number };
  /** Held-out criteria that nobody has opened. */
  readonly unrevealed: number;
}

const NOTHING: Found = { deviating: [], unshown: [], result: null, judged: { unseen: 0, claims: 0 }, unrevealed: 0 };

/** An outcome spec and the file it was found in. */
interface FoundSpec {
  readonly file: string;
  readonly spec: OutcomeSpec;
}

async function checkSeason(
  season: SeasonFiles,
  chain: ChainExport,
  spec: FoundSpec | null,
  { pool, live, given, reveals }: AuditOptions,
  checks: CheckList,
): Promise<Found> {
  if (live !== undefined) checks.add("live.chain", CHAIN_FILE, firstDifference(chain, live.chain));
  const terms = await checkPool(chain, pool, checks);
  if (terms === null) return NOTHING;
  if (spec !== null) await checkSpec(spec.spec, spec.file, chain, terms, checks);
  const unrevealed = spec === null ? 0 : checkHeldOut(spec.spec, spec.file, reveals, checks);
  if (season.spec !== null) checkSpecHash(season.spec, SPEC_FILE, terms, checks);
  const deviating: DeviatingNode[] = [];
  const unshown: UnshownNode[] = [];
  const judged = { unseen: 0, claims: 0 };
  for (const [file, bundle] of season.bundles) {
    const hash = checkSpecHash(bundle.spec, file, terms, checks);
    const found = await checkBundle(bundle, file, { specHash: hash, chain, terms, given }, checks);
    deviating.push(...found.deviating);
    unshown.push(...found.unshown.map((one) => ({ ...one, round: bundle.round })));
    judged.unseen += found.unseen;
    judged.claims += found.claims;
  }
  const result = checkMoney(season, chain, terms, spec, checks);
  return { deviating, unshown, result, judged, unrevealed };
}

/** The ledger, the pool's answers and the result. */
function checkMoney(
  season: SeasonFiles,
  chain: ChainExport,
  terms: Terms,
  spec: FoundSpec | null,
  checks: CheckList,
): SeasonResult | null {
  let replay: Replay;
  try {
    replay = replayLedger(chain, terms);
    checkLedger(chain, replay, checks);
  } catch (error) {
    checks.add("ledger.providers", CHAIN_FILE, reason(error));
    return null;
  }
  const found = season.bytes.get(RESULT_FILE);
  if (spec === null || found === undefined) return null;
  return checkResult(found, replay, spec.spec, BigInt(chain.head.time), checks);
}

function checkResult(
  found: Uint8Array,
  { state }: Replay,
  spec: OutcomeSpec,
  time: bigint,
  checks: CheckList,
): SeasonResult | null {
  try {
    const result = resultOf(state, spec.roster, time);
    checks.add("result.recomputed", RESULT_FILE, resultProblem(found, result));
    return result;
  } catch (error) {
    checks.add("result.recomputed", RESULT_FILE, reason(error));
    return null;
  }
}

function resultProblem(found: Uint8Array, result: SeasonResult): string | null {
  if (sameBytes(found, resultBytes(result))) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(found));
    return firstDifference(value, result) ?? "the figures are the same, but they are written in another form";
  } catch (error) {
    return `not JSON in UTF-8: ${reason(error)}`;
  }
}

/** The first readable outcome spec. */
function specOf({ bundles, spec }: SeasonFiles): FoundSpec | null {
  if (spec !== null) return { file: SPEC_FILE, spec };
  for (const [file, bundle] of bundles) return { file, spec: bundle.spec };
  return null;
}
