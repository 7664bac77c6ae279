import { keccak256, type Hex } from "viem";
import { checkWork } from "../../domain/audit/bundle.ts";
import { CheckList } from "../../domain/audit/report.ts";
import { bundleSchema, type Bundle } from "../../domain/bundle.ts";
import { documentBytes, readDocument } from "../../domain/canonical.ts";
import { InputError } from "../../domain/errors.ts";
import { assembleBundle } from "../../domain/round/assemble.ts";
import { bundleBodySchema, type Envelope } from "../../domain/round/envelope.ts";
import { reportRule } from "../../domain/round/reports.ts";
import type { Tally } from "../../domain/round/tally.ts";
import { specHash } from "../../domain/spec.ts";
import { PeerError, type Clock } from "../../ports.ts";
import { messageEntry } from "../../store/agreement.ts";
import { bundleEntry, bundlesOf, keepBundle, putBundle } from "../../store/bundles.ts";
import { keptEvidence } from "./evidence.ts";
import { signedTally } from "./agree.ts";
import { recordsOf } from "./judging/records.ts";
import type { AssessorParts } from "./parts.ts";
import { broadcast } from "./post.ts";
import type { ReadyAssessment } from "./ready.ts";
import { envelope, type RoundAtWork } from "./report.ts";

/** Writes up a round that a quorum has signed, keeps the bundle, and tells the others of it. */
export async function publishBundle(
  parts: AssessorParts,
  work: RoundAtWork,
  counted: Tally,
  ready: ReadyAssessment,
  messages: readonly Envelope[],
): Promise<void> {
  const { spec } = work.pool;
  const tally = signedTally(counted, ready, spec, messages);
  if (tally === null) {
    parts.log.warn({ ...work.id }, "the reports that were signed on are not all here, so no bundle can be written");
    return;
  }
  const { frozen, evidence } = await keptEvidence(parts, work.id);
  const judgements = await recordsOf(parts, spec, tally.reports);
  const signatures = ready.signatures.map(({ signer, signature }) => ({ node: signer, signature }));
  const bundle = assembleBundle({ spec, frozen, evidence, tally, signatures, ...(judgements && { judgements }) });
  const bytes = documentBytes(bundle);
  const checked = await checkedBundle(bytes, work);
  if (typeof checked === "string") {
    parts.log.error({ ...work.id, problem: checked }, "this node's own bundle does not hold");
    return;
  }
  const hash = await putBundle(parts.blobs, bytes);
  const message = await envelope(parts.signer, work, "bundle", { hash });
  const { put, ...more } = parts.news({ type: "bundle.published", hash, bytes: bytes.length }, work.id);
  const held = bundleEntry(work.id, hash, { publisher: parts.signer.address, whole: true });
  await parts.store.commit({ ...more, put: { ...put, ...held, ...messageEntry(work.id, message) } });
  for (const { node, reason } of bundle.excluded) parts.onExcluded(node, reason);
  for (const node of new Set(bundle.deviations.map((one) => one.node))) parts.onExcluded(node, "deviation");
  await broadcast(parts, message);
}

/** Fetches, checks and keeps bundles that other nodes have published. */
export type Mirror = (
  work: RoundAtWork,
  messages: readonly Envelope[],
  /** What this node has counted itself; `null` for one that was away. */
  tally: Tally | null,
) => Promise<void>;

/** How long a bundle that could not be fetched is left alone, milliseconds. */
const PAUSE_MS = 30_000;
/** Most hashes that are remembered as of no worth, or not to be had now. */
const MOST_PASSED_OVER = 1_000;

export function createMirror(parts: AssessorParts, clock: Clock): Mirror {
  /** Until when a hash is passed over, milliseconds. */
  const passed = new Map<Hex, number>();

  async function mirror(work: RoundAtWork, node: Hex, hash: Hex, tally: Tally | null): Promise<void> {
    const bytes = await fetched(parts, node, hash);
    const found = bytes === null ? "it is not to be had" : await checkedBundle(bytes, work);
    if (bytes === null || typeof found === "string") {
      if (passed.size >= MOST_PASSED_OVER) passed.clear();
      passed.set(hash, bytes === null ? clock() + PAUSE_MS : Infinity);
      parts.log.warn({ peer: node, hash, problem: found }, "a published bundle was not mirrored");
      return;
    }
    await keepBundle(parts, work.id, bytes, { publisher: node, whole: isWhole(found, tally) });
  }

  return async (work, messages, tally) => {
    const held = new Set(await bundlesOf(parts.store, work.id));
    for (const { kind, node, body } of messages) {
      const hash = kind === "bundle" ? bundleBodySchema.safeParse(body).data?.hash : undefined;
      if (hash === undefined || held.has(hash) || (passed.get(hash) ?? 0) > clock()) continue;
      await mirror(work, node, hash, tally);
    }
  };
}

/** Whether every report that counts here is in a bundle. */
function isWhole({ reports, spec }: Bundle, tally: Tally | null): boolean {
  // Where words are judged, the reports that amount to what was signed are the ones agreed on.
  if (!reportRule(spec).alike) return true;
  const nodes = new Set(reports.map(({ node }) => node));
  return tally === null || tally.reports.every(({ node }) => nodes.has(node));
}

async function fetched({ peers }: AssessorParts, from: Hex, hash: Hex): Promise<Uint8Array | null> {
  if (!peers.addresses.includes(from)) return null;
  try {
    const bytes = await peers.bundle(from, hash);
    return bytes !== null && keccak256(bytes) === hash ? bytes : null;
  } catch (error) {
    if (error instanceof PeerError) return null;
    throw error;
  }
}

/** A bundle of a round, checked as an auditor would before the chain has spoken; or what is wrong with it, in words. */
async function checkedBundle(bytes: Uint8Array, { id, pool, of }: RoundAtWork): Promise<Bundle | string> {
  const bundle = parsedBundle(bytes);
  if (typeof bundle === "string") return bundle;
  const { chainId, pool: address, round, spec, evidenceRoot } = bundle;
  if (chainId !== id.chainId || address !== id.pool || round !== id.round) return "it is of another round";
  if (specHash(spec) !== of.specHash || evidenceRoot !== of.evidenceRoot)
    return "it is of another spec or other evidence";
  const checks = new CheckList();
  await checkWork(bundle, "bundle", { of, terms: pool.terms }, checks);
  const failed = checks.checks.find(({ ok }) => !ok);
  return failed === undefined ? bundle : `${failed.place}: ${failed.detail ?? failed.title}`;
}

/** Whatever it is that keeps it from being read is a problem of the bundle. */
function parsedBundle(bytes: Uint8Array): Bundle | string {
  try {
    return readDocument("bundle", bytes, bundleSchema);
  } catch (error) {
    return error instanceof InputError ? error.message : "it is nested too deep to be read";
  }
}
