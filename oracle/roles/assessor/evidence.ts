import { stringToBytes, type Hex } from "viem";
import { canonicalJson } from "../../domain/canonical.ts";
import { evidenceItemSchema, evidenceLeaf, type EvidenceItem, type WithheldItem } from "../../domain/evidence.ts";
import { frozenProblem, type Frozen } from "../../domain/frozen.ts";
import type { RoundSchedule } from "../../domain/round/schedule.ts";
import type { OutcomeSpec } from "../../domain/spec.ts";
import type { BlobStore, Peers, RoundId, Store } from "../../ports.ts";
import { keepFrozen, readFrozen } from "../../store/agreement.ts";
import { Refusal } from "../refusal.ts";
import { mapAtOnce } from "./at-once.ts";

/** How many items are fetched at the same time. */
const AT_ONCE = 8;

/** What fetching evidence takes. */
export interface EvidenceParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly peers: Peers;
}

/**
 * Fetches a round's evidence from the spec's intake, verifies every item, keeps it, and holds on to its root for good.
 * @throws Refusal where the intake has not closed it, signs something else than it serves, or closed it too early
 */
export async function fetchEvidence(
  parts: EvidenceParts,
  id: RoundId,
  spec: OutcomeSpec,
  schedule: RoundSchedule,
): Promise<void> {
  const frozen = await parts.peers.frozen(spec.oracle.intake, id);
  if (frozen === null) throw new Refusal("not-frozen", `the intake has not closed the evidence of round ${id.round}`);
  await requireGenuine(frozen, id, spec, schedule);
  const withheld = new Set(frozen.withheld);
  const open = frozen.leaves.filter((leaf) => !withheld.has(leaf));
  await mapAtOnce(open, AT_ONCE, (leaf) => mirror(parts, id, spec.oracle.intake, leaf));
  await keepFrozen(parts.store, id, frozen);
}

async function requireGenuine(frozen: Frozen, id: RoundId, spec: OutcomeSpec, due: RoundSchedule): Promise<void> {
  const { chainId, pool, round, frozenAt } = frozen;
  if (chainId !== id.chainId || pool !== id.pool || round !== id.round) {
    throw new Refusal("bad-evidence", "the intake answers for another round");
  }
  if (frozenAt < due.freezeAt || frozenAt >= due.silenceAt) {
    throw new Refusal(
      "bad-evidence",
      `the intake closed the evidence at ${frozenAt}, which is not from ${due.freezeAt} on`,
    );
  }
  const problem = await frozenProblem(frozen, spec.oracle.intake);
  if (problem !== null) throw new Refusal("bad-evidence", `the frozen evidence: ${problem}`);
}

async function mirror({ blobs, peers }: EvidenceParts, id: RoundId, intake: Hex, leaf: Hex): Promise<void> {
  if ((await blobs.get(mirrorKey(leaf))) !== null) return;
  const item = await peers.item(intake, id, leaf);
  if (item === null) throw missing(leaf);
  await blobs.put(mirrorKey(leaf), stringToBytes(textOf(item, leaf)));
}

/** The item's one text. @throws Refusal where it is another item, or has none: half a surrogate pair hashes like another character */
function textOf(item: EvidenceItem, leaf: Hex): string {
  const found = evidenceLeaf(item);
  if (found !== leaf) throw new Refusal("bad-evidence", `the intake gives item ${found} for ${leaf}`);
  try {
    return canonicalJson(item);
  } catch {
    throw new Refusal("bad-evidence", `the intake gives item ${leaf} in a text that is not Unicode`);
  }
}

function missing(leaf: Hex): Refusal {
  return new Refusal("evidence-missing", `the intake does not give item ${leaf}`);
}

/** A round's evidence in the order of the frozen leaves, as it was kept. */
export async function keptEvidence(
  { store, blobs }: Pick<EvidenceParts, "store" | "blobs">,
  id: RoundId,
): Promise<{ frozen: Frozen; evidence: (EvidenceItem | WithheldItem)[] }> {
  const frozen = await readFrozen(store, id);
  if (frozen === null) throw new Error(`the evidence of round ${id.round} is not here`);
  const withheld = new Set(frozen.withheld);
  const evidence: (EvidenceItem | WithheldItem)[] = [];
  for (const leaf of frozen.leaves) evidence.push(withheld.has(leaf) ? { leaf } : await kept(blobs, leaf));
  return { frozen, evidence };
}

/** A round's evidence with what is private in it: for this node's judgement, and for nobody else. */
export interface OpenedEvidence {
  readonly frozen: Frozen;
  /** In the order of the frozen leaves; only erased items are withheld. */
  readonly evidence: (EvidenceItem | WithheldItem)[];
  /** Leaves of items that were erased, in the same order. */
  readonly erased: Hex[];
}

/**
 * A round's evidence as it was kept, with the private items opened, each checked against its leaf. They come from the intake every
 * time and are kept nowhere: whoever erases an item there must not have to ask every node.
 * @throws Refusal where the intake gives an item neither as it was nor as erased; PeerError where it cannot be asked
 */
export async function openedEvidence(
  parts: EvidenceParts,
  id: RoundId,
  { oracle: { intake } }: Pick<OutcomeSpec, "oracle">,
): Promise<OpenedEvidence> {
  const { frozen, evidence: shown } = await keptEvidence(parts, id);
  const opened = new Map<Hex, EvidenceItem>();
  await mapAtOnce(frozen.withheld, AT_ONCE, async (leaf) => {
    const item = await parts.peers.privateItem(intake, id, leaf);
    if (item === null) throw missing(leaf);
    if (item === "gone") return;
    textOf(item, leaf);
    requireMayBePrivate(item, leaf);
    opened.set(leaf, item);
  });
  const evidence = shown.map((item) => ("leaf" in item ? (opened.get(item.leaf) ?? item) : item));
  return { frozen, evidence, erased: frozen.withheld.filter((leaf) => !opened.has(leaf)) };
}

/** Templates compute from telemetry, so an intake that hides some of it chooses the result. */
function requireMayBePrivate({ kind }: EvidenceItem, leaf: Hex): void {
  if (kind === "telemetry") throw new Refusal("bad-evidence", `the intake withholds item ${leaf}, which is telemetry`);
}

async function kept(blobs: BlobStore, leaf: Hex): Promise<EvidenceItem> {
  const bytes = await blobs.get(mirrorKey(leaf));
  if (bytes === null) throw new Error(`item ${leaf} was kept and is gone`);
  return evidenceItemSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** Public items only; the leaf names the item for good. */
function mirrorKey(leaf: Hex): string {
  return `mirror/${leaf}`;
}
