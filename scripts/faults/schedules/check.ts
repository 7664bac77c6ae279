import { keccak256, type Hex } from "viem";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import { fastRecover } from "../../../oracle/adapters/signers/fast-secp256k1.ts";
import { vectorOf } from "../../../oracle/domain/assess.ts";
import { checkWork } from "../../../oracle/domain/audit/bundle.ts";
import { CheckList } from "../../../oracle/domain/audit/report.ts";
import { bundleSchema } from "../../../oracle/domain/bundle.ts";
import { readDocument } from "../../../oracle/domain/canonical.ts";
import { fastDigest } from "../../../oracle/domain/digest.ts";
import { evidenceBytes, evidenceRoot } from "../../../oracle/domain/evidence.ts";
import { assessmentData } from "../../../oracle/domain/node-report.ts";
import { signatureProblem } from "../../../oracle/domain/signatures.ts";
import type { RoundFacts } from "../../../oracle/ports.ts";
import { partsOf } from "./evidence.ts";
import { bundleAt, bundlesAt, frozenAt, progressAt } from "./look.ts";
import { endOf, roundAt } from "./play.ts";
import type { Stage } from "./stage.ts";
import type { SeenSignature } from "./witness.ts";

/** How a round ended. */
export type Ending = "settled" | "expired" | "cancelled";

/** What was found of a schedule when all was healed. */
export interface Verdict {
  readonly endings: readonly string[];
  /** Signatures of honest nodes over assessments. */
  readonly signatures: number;
  /** Those of them over anything but the truth, or made where none may be. */
  readonly wrong: number;
  readonly bundles: number;
  /** Every rule that was broken; wrong signatures among them. */
  readonly violations: readonly string[];
}

/** What an honest node must find for a round. */
interface Truth {
  readonly facts: RoundFacts;
  /** `null` where the intake has closed no evidence. */
  readonly assessment: { readonly evidenceRoot: Hex; readonly scores: Hex } | null;
}

export async function checkSchedule(stage: Stage): Promise<Verdict> {
  const { plan } = stage;
  const violations: string[] = [];
  const truths: Truth[] = [];
  for (let round = 0; round < plan.rounds; round++) truths.push(await truthOf(stage, round, violations));
  const { checked, wrong } = await checkSignatures(stage, truths);
  violations.push(...wrong);
  let bundles = 0;
  for (const [round, truth] of truths.entries()) {
    violations.push(...(await chainViolations(stage, round, truth)), ...(await endViolations(stage, round, truth)));
    bundles += await checkBundles(stage, round, truth, violations);
  }
  const endings = truths.map(({ facts }) => endOf(facts));
  return { endings, signatures: checked, wrong: wrong.length, bundles, violations };
}

/** Computed here from what was sent, beside what the nodes make of it. */
async function truthOf(stage: Stage, round: number, violations: string[]): Promise<Truth> {
  const { world, honest, plan } = stage;
  const facts = await roundAt(stage, round);
  const found = await frozenAt(honest[0]!.url, world.pool, round);
  if (found === null) return { facts, assessment: null };
  const sent = partsOf(plan.seed, plan.rounds)[round]!.map(({ bytes }) => keccak256(bytes));
  const closed = found.items.map((item) => keccak256(evidenceBytes(item)));
  if (sent.toSorted().join() !== closed.toSorted().join()) {
    violations.push(`round ${round}: the intake closed other evidence than was sent`);
  }
  const root = evidenceRoot(found.items);
  if (root !== found.frozen.evidenceRoot) violations.push(`round ${round}: the frozen root is not that of the items`);
  return { facts, assessment: { evidenceRoot: root, scores: vectorOf(world.spec, found.items, round) } };
}

async function checkSignatures(stage: Stage, truths: readonly Truth[]): Promise<{ checked: number; wrong: string[] }> {
  const trusted = new Set(stage.honest.map((node) => node.address));
  const wrong: string[] = [];
  const said = new Map<string, string>();
  let checked = 0;
  for (const one of stage.witness.signatures()) {
    if (!trusted.has(one.node)) continue;
    const problem = await ownProblem(one);
    if (problem !== null) {
      // Anybody can claim that a node has signed; only the node itself cannot be wrong about it.
      if (one.where === "store") wrong.push(`${nameOf(one)}: ${problem}`);
      continue;
    }
    checked += 1;
    const fault = faultOf(one, stage, truths);
    if (fault !== null) wrong.push(`${nameOf(one)}: ${fault}`);
    const place = `${one.node} ${one.pool} ${one.round}`;
    const what = `${one.evidenceRoot} ${one.scores}`;
    if ((said.get(place) ?? what) !== what) wrong.push(`${nameOf(one)}: it signed two assessments of the round`);
    said.set(place, what);
  }
  return { checked, wrong };
}

function ownProblem(one: SeenSignature): Promise<string | null> {
  const of = { ...one, specHash: "0x" as Hex };
  return signatureProblem(fastDigest(assessmentData(of, one.scores)), one, fastRecover);
}

const nameOf = ({ node, round, where }: SeenSignature): string => `signature of ${node} for round ${round} (${where})`;

function faultOf(one: SeenSignature, { world }: Stage, truths: readonly Truth[]): string | null {
  if (one.chainId !== world.chain.chainId || one.pool !== world.pool) return "of another chain or pool";
  const truth = truths[one.round];
  if (truth === undefined) return "of a round that was not played";
  const { state } = truth.facts;
  if (state === "cancelled" || state === "upcoming" || state === "running")
    return `the chain says the round is ${state}`;
  if (truth.assessment === null) return "no evidence was closed";
  if (one.evidenceRoot !== truth.assessment.evidenceRoot) return `evidence root ${one.evidenceRoot}`;
  return one.scores === truth.assessment.scores ? null : `vector ${one.scores}, not ${truth.assessment.scores}`;
}

/** What the chain has accepted. */
async function chainViolations({ world }: Stage, round: number, { assessment }: Truth): Promise<string[]> {
  const { chain, pool } = world;
  const events = await chain.client.getContractEvents({
    address: pool,
    abi: outcomePoolAbi,
    eventName: "Assessed",
    args: { round },
    fromBlock: 0n,
    strict: true,
  });
  const found = events.length > 1 ? [`round ${round}: ${events.length} assessments were accepted`] : [];
  for (const { args } of events) {
    const isTrue = args.evidenceRoot === assessment?.evidenceRoot && args.scores === assessment.scores;
    if (!isTrue) found.push(`round ${round}: the chain has assessment ${args.scores} over ${args.evidenceRoot}`);
  }
  return found;
}

/** Whether it ended as it had to, and every node shows that. */
async function endViolations({ plan, honest, world }: Stage, round: number, { facts }: Truth): Promise<string[]> {
  const end = endOf(facts);
  const due = plan.funding[round] === "vanishes" ? ["cancelled"] : plan.hurried ? ["settled", "expired"] : ["settled"];
  const found = due.includes(end) ? [] : [`round ${round}: it ended as ${end}, expected ${due.join(" or ")}`];
  for (const { url, node } of honest) {
    const shown = await progressAt(url, world.pool, round);
    if (shown !== end) found.push(`round ${round}: node ${node} shows ${shown ?? "nothing"}, the chain ${end}`);
  }
  return found;
}

/** Holds every bundle that nodes have of a round against it. @returns how many there are */
async function checkBundles(stage: Stage, round: number, truth: Truth, violations: string[]): Promise<number> {
  const { honest, world, plan } = stage;
  let count = 0;
  for (const { url, node } of honest) {
    const hashes = await bundlesAt(url, world.pool, round);
    count += hashes.length;
    if (hashes.length === 0 && endOf(truth.facts) === "settled" && !plan.hurried) {
      violations.push(`round ${round}: node ${node} holds no bundle`);
    }
    for (const hash of hashes) {
      const problem = await bundleProblem(stage, round, await bundleAt(url, hash), hash, truth);
      if (problem !== null) violations.push(`round ${round}: bundle ${hash} of node ${node}: ${problem}`);
    }
  }
  return count;
}

async function bundleProblem(
  { world }: Stage,
  round: number,
  bytes: Uint8Array,
  hash: Hex,
  { assessment }: Truth,
): Promise<string | null> {
  if (keccak256(bytes) !== hash) return "its bytes have another hash";
  const bundle = readDocument("bundle", bytes, bundleSchema);
  if (bundle.pool !== world.pool || bundle.round !== round) return "it is of another round";
  if (bundle.evidenceRoot !== assessment?.evidenceRoot) return "it is over other evidence";
  const { chain, pool, terms } = world;
  const of = { chainId: chain.chainId, pool, round, specHash: terms.specHash, evidenceRoot: bundle.evidenceRoot };
  const checks = new CheckList();
  await checkWork(bundle, "bundle", { of, terms }, checks);
  const failed = checks.checks.find(({ ok }) => !ok);
  return failed === undefined ? null : `${failed.place}: ${failed.detail ?? failed.title}`;
}
