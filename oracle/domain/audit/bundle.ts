import type { Hex } from "viem";
import { assessmentDigest, poolDomain, reportDigest } from "../../../contracts/protocol/typed-data.ts";
import { decodeScores } from "../../../contracts/protocol/vector.ts";
import { aggregate, deviationJson, deviations, type Deviation } from "../aggregate.ts";
import { vectorOf } from "../assess.ts";
import { bundleFile, type Bundle } from "../bundle.ts";
import type { ChainExport } from "../chain-export.ts";
import { evidenceRoot } from "../evidence.ts";
import { firstDifference } from "../difference.ts";
import { reason, type CheckList, type DeviatingNode } from "./report.ts";
import { nodesProblem, signatureProblem } from "../signatures.ts";

/**
 * Assesses a round again from its evidence and compares with what every node signed and the pool accepted.
 * @param specHash of the bundle's spec
 * @returns the nodes that said something else
 */
export async function checkBundle(
  bundle: Bundle,
  file: string,
  specHash: Hex,
  chain: ChainExport,
  checks: CheckList,
): Promise<DeviatingNode[]> {
  checks.add("bundle.pool", file, placeProblem(bundle, file, chain));
  await checks.look("bundle.root", `${file} evidence`, () => {
    const root = evidenceRoot(bundle.evidence);
    return root === bundle.evidenceRoot ? null : `its root is ${root}, not ${bundle.evidenceRoot}`;
  });
  await checkReports(bundle, file, specHash, checks);
  await checks.look("bundle.aggregate", `${file} aggregate`, () => {
    const { payment, roster } = bundle.spec;
    const vectors = bundle.reports.map(({ vector }) => vector);
    return vectorProblem(bundle, aggregate(vectors, payment.metered, roster.length));
  });
  await checks.look("bundle.truth", `${file} aggregate`, () => {
    return vectorProblem(bundle, vectorOf(bundle.spec, bundle.evidence, bundle.round));
  });
  await checkCosignatures(bundle, file, checks);
  checks.add("bundle.chain", file, chainProblem(bundle, chain));
  return checkDeviations(bundle, file, checks);
}

function placeProblem(bundle: Bundle, file: string, chain: ChainExport): string | null {
  const { chainId, pool, round } = bundle;
  const found = { chainId, pool, file: bundleFile(round) };
  return firstDifference(found, { chainId: chain.chainId, pool: chain.pool, file });
}

async function checkReports(bundle: Bundle, file: string, specHash: Hex, checks: CheckList): Promise<void> {
  const { chainId, pool, round, spec } = bundle;
  checks.add("bundle.nodes", `${file} reports`, nodesProblem(bundle.reports, spec.oracle));
  const domain = poolDomain(chainId, pool);
  for (const [i, report] of bundle.reports.entries()) {
    await checks.look("bundle.report", `${file} reports[${i}]`, () => {
      const { vector } = report;
      const message = { round, specHash, evidenceRoot: bundle.evidenceRoot, vector };
      return signatureProblem(reportDigest(domain, message), report);
    });
  }
}

async function checkCosignatures(bundle: Bundle, file: string, checks: CheckList): Promise<void> {
  const { chainId, pool, round, signatures, spec } = bundle;
  const message = { round, evidenceRoot: bundle.evidenceRoot, scores: bundle.aggregate };
  const digest = assessmentDigest(poolDomain(chainId, pool), message);
  for (const [i, signed] of signatures.entries()) {
    const place = `${file} signatures[${i}]`;
    await checks.look("bundle.cosignature", place, () => signatureProblem(digest, signed));
  }
  checks.add("bundle.quorum", `${file} signatures`, nodesProblem(signatures, spec.oracle));
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
  return reports.flatMap(({ node, vector }) => deviations(node, vector, joined, spec.payment.metered));
}

function vectorProblem({ aggregate: joined, spec }: Bundle, recomputed: Hex): string | null {
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
