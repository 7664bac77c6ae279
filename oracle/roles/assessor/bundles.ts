import { keccak256, type Hex } from "viem";
import { checkWork } from "../../domain/audit/bundle.ts";
import { CheckList } from "../../domain/audit/report.ts";
import { bundleSchema, type Bundle } from "../../domain/bundle.ts";
import { documentBytes, readDocument } from "../../domain/canonical.ts";
import { InputError } from "../../domain/errors.ts";
import { assembleBundle } from "../../domain/round/assemble.ts";
import { bundleBodySchema, type Envelope } from "../../domain/round/envelope.ts";
import type { Tally } from "../../domain/round/tally.ts";
import { specHash } from "../../domain/spec.ts";
import { PeerError } from "../../ports.ts";
import { messageEntry } from "../../store/agreement.ts";
import { bundleEntry, bundlesOf, keepBundle, putBundle } from "../../store/bundles.ts";
import { keptEvidence } from "./evidence.ts";
import type { AssessorParts } from "./parts.ts";
import { broadcast } from "./post.ts";
import type { ReadyAssessment } from "./ready.ts";
import { envelope, type RoundAtWork } from "./report.ts";

/** Writes up a round that a quorum has signed, keeps the bundle, and tells the others of it. */
export async function publishBundle(
  parts: AssessorParts,
  work: RoundAtWork,
  tally: Tally,
  ready: ReadyAssessment,
): Promise<void> {
  const { frozen, evidence } = await keptEvidence(parts, work.id);
  const signatures = ready.signatures.map(({ signer, signature }) => ({ node: signer, signature }));
  const bundle = assembleBundle({ spec: work.pool.spec, frozen, evidence, tally, signatures });
  const bytes = documentBytes(bundle);
  const problem = await bundleProblem(bytes, work);
  if (problem !== null)
    throw new InputError(`this node's own bundle of round ${work.id.round} does not hold: ${problem}`);
  const hash = await putBundle(parts.blobs, bytes);
  const message = await envelope(parts.signer, work, "bundle", { hash });
  const { put, ...more } = parts.news({ type: "bundle.published", hash, bytes: bytes.length }, work.id);
  const entries = { ...put, ...bundleEntry(work.id, hash, parts.signer.address), ...messageEntry(work.id, message) };
  await parts.store.commit({ ...more, put: entries });
  for (const { node, reason } of bundle.excluded) parts.onExcluded(node, reason);
  for (const node of new Set(bundle.deviations.map((one) => one.node))) parts.onExcluded(node, "deviation");
  await broadcast(parts, message);
}

/** Fetches, checks and keeps bundles that other nodes have published. */
export async function mirrorBundles(
  parts: AssessorParts,
  work: RoundAtWork,
  messages: readonly Envelope[],
): Promise<void> {
  const held = new Set(await bundlesOf(parts.store, work.id));
  for (const { kind, node, body } of messages) {
    const hash = kind === "bundle" ? bundleBodySchema.safeParse(body).data?.hash : undefined;
    if (hash === undefined || held.has(hash)) continue;
    const bytes = await fetched(parts, node, hash);
    const problem = bytes === null ? "it is not to be had" : await bundleProblem(bytes, work);
    if (bytes === null || problem !== null) {
      parts.log.warn({ peer: node, hash, problem }, "a published bundle was not mirrored");
      continue;
    }
    await keepBundle(parts, work.id, node, bytes);
    held.add(hash);
  }
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

/** What is wrong with a bundle of a round, checked as an auditor would before the chain has spoken; or `null`. */
export async function bundleProblem(bytes: Uint8Array, { id, pool, of }: RoundAtWork): Promise<string | null> {
  let bundle: Bundle;
  try {
    bundle = readDocument("bundle", bytes, bundleSchema);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  const { chainId, pool: address, round, spec, evidenceRoot } = bundle;
  if (chainId !== id.chainId || address !== id.pool || round !== id.round) return "it is of another round";
  if (specHash(spec) !== of.specHash || evidenceRoot !== of.evidenceRoot)
    return "it is of another spec or other evidence";
  const checks = new CheckList();
  await checkWork(bundle, "bundle", { of, terms: pool.terms }, checks);
  const failed = checks.checks.find(({ ok }) => !ok);
  return failed === undefined ? null : `${failed.place}: ${failed.detail ?? failed.title}`;
}
