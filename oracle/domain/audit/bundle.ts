import type { Hex } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import { decodeScores } from "../../../contracts/protocol/vector.ts";
import { deviationJson, type Deviation } from "../aggregate.ts";
import { vectorOf } from "../assess.ts";
import { bundleFile, type Bundle } from "../bundle.ts";
import type { ChainExport } from "../chain-export.ts";
import { evidenceRoot } from "../evidence.ts";
import { firstDifference } from "../difference.ts";
import { assessmentProblem, reportProblem, type AssessedRound } from "../node-report.ts";
import { jointVector } from "../round/assemble.ts";
import { reportRule } from "../round/reports.ts";
import { nodesProblem } from "../signatures.ts";
import { checkAgreement, type WorkContext } from "./agreement.ts";
import { checkJudgements, type JudgementsFound, type PrivateParts } from "./judgements.ts";
import { reason, type CheckList, type DeviatingNode } from "./report.ts";

/** What a bundle is held against. */
export interface BundleContext {
  /** Hash of the bundle's spec. */
  readonly specHash: Hex;
  readonly chain: ChainExport;
  readonly terms: Terms;
  readonly given?: PrivateParts | undefined;
}

/** What is found in a bundle besides faults. */
export interface BundleFound extends JudgementsFound {
  /** Nodes that said something else. */
  readonly deviating: readonly DeviatingNode[];
}

/** Assesses a round again from its evidence and compares with what every node signed and the pool accepted. */
export async function checkBundle(
  bundle: Bundle,
  file: string,
  { specHash, chain, terms, given }: BundleContext,
  checks: CheckList,
): Promise<BundleFound> {
  checks.add("bundle.pool", file, placeProblem(bundle, file, chain));
  const { chainId, pool, round } = bundle;
  const of = { chainId, pool, round, specHash, evidenceRoot: bundle.evidenceRoot };
  const judged = await checkWork(bundle, file, { of, terms, given }, checks);
  checks.add("bundle.chain", file, chainProblem(bundle, chain));
  return { ...judged, deviating: checkDeviations(bundle, file, checks) };
}

/** All that can be told of a bundle without what the chain made of it. */
export async function checkWork(
  bundle: Bundle,
  file: string,
  work: WorkContext & { readonly given?: PrivateParts | undefined },
  checks: CheckList,
): Promise<JudgementsFound> {
  await checks.look("bundle.root", `${file} evidence`, () => {
    const root = evidenceRoot(bundle.evidence);
    return root === bundle.evidenceRoot ? null : `its root is ${root}, not ${bundle.evidenceRoot}`;
  });
  await checkReports(bundle, file, work.of, checks);
  await checkAgreement(bundle, file, work, checks);
  await checks.look("bundle.aggregate", `${file} aggregate`, () => {
    return vectorDifference(bundle, jointVector(bundle.reports, bundle.spec));
  });
  if (reportRule(bundle.spec).alike) {
    await checks.look("bundle.truth", `${file} aggregate`, () => {
      return vectorDifference(bundle, vectorOf(bundle.spec, bundle.evidence, bundle.round));
    });
  }
  const judged = await checkJudgements(bundle, file, work.of, checks, work.given);
  await checkCosignatures(bundle, file, work.of, checks);
  return judged;
}

function placeProblem(bundle: Bundle, file: string, chain: ChainExport): string | null {
  const { chainId, pool, round } = bundle;
  const found = { chainId, pool, file: bundleFile(round) };
  return firstDifference(found, { chainId: chain.chainId, pool: chain.pool, file });
}

async function checkReports(
  { reports, spec }: Bundle,
  file: string,
  of: AssessedRound,
  checks: CheckList,
): Promise<void> {
  checks.add("bundle.nodes", `${file} reports`, nodesProblem(reports, spec.oracle));
  for (const [i, report] of reports.entries()) {
    await checks.look("bundle.report", `${file} reports[${i}]`, () => reportProblem(report, of));
  }
}

async function checkCosignatures(bundle: Bundle, file: string, of: AssessedRound, checks: CheckList): Promise<void> {
  for (const [i, signed] of bundle.signatures.entries()) {
    const place = `${file} signatures[${i}]`;
    await checks.look("bundle.cosignature", place, () => assessmentProblem(signed, of, bundle.aggregate));
  }
  checks.add("bundle.quorum", `${file} signatures`, nodesProblem(bundle.signatures, bundle.spec.oracle));
}

/** The deviations listed must be those there are. */
function checkDeviations(bundle: Bundle, file: string, checks: CheckList): DeviatingNode[] {
  const place = `${file} deviations`;
  try {
    const found = deviationsOf(bundle);
    checks.add("bundle.deviations", place, firstDifference(bundle.deviations, found.map(deviationJson)));
    const nodes = [...new Set(found.map(({ node }) => node))];
    return nodes.map((node) => {
      return { node, round: bundle.round, providers: found.filter((one) => one.node === node).length };
    });
  } catch (error) {
    checks.add("bundle.deviations", place, reason(error));
    return [];
  }
}

/** Where nodes differ from the aggregate, in the order of a bundle. */
function deviationsOf({ reports, aggregate: joined, spec }: Bundle): Deviation[] {
  const rule = reportRule(spec);
  return reports.flatMap(({ node, vector }) => rule.apart(node, vector, joined));
}

function vectorDifference({ aggregate: joined, spec }: Bundle, recomputed: Hex): string | null {
  if (joined === recomputed) return null;
  const json = (vector: Hex) => decodeScores(vector, spec.payment.metered, spec.roster.length).map(recordJson);
  return firstDifference(json(joined), json(recomputed), "provider");
}

function recordJson({ score, units }: { readonly score: number; readonly units: bigint }): unknown {
  return { score, units: Number(units) };
}

function chainProblem(bundle: Bundle, { ledger }: ChainExport): string | null {
  const found = ledger.flatMap(({ event }) =>
    event.name === "Assessed" && event.round === bundle.round ? [event] : [],
  );
  if (found.length !== 1) return `round ${bundle.round} was assessed ${found.length} times`;
  const { evidenceRoot: root, scores } = found[0]!;
  return firstDifference(
    { evidenceRoot: bundle.evidenceRoot, scores: bundle.aggregate },
    { evidenceRoot: root, scores },
  );
}
