import type { Hex } from "viem";
import type { Bundle } from "../bundle.ts";
import type { EvidenceItem } from "../evidence.ts";
import { checkRecord } from "../judgement/node-record-check.ts";
import { shapeOf } from "../judgement/joint.ts";
import type { UnitRecord } from "../judgement/record.ts";
import { decodeReport } from "../judgement/report-vector.ts";
import type { AssessedRound } from "../node-report.ts";
import { judgedParams } from "../spec.ts";
import { reason, type CheckList } from "./report.ts";

/** Private evidence and records, as far as whoever audits may have them. */
export interface PrivateParts {
  /** By leaf; each has been checked against it. */
  readonly items: ReadonlyMap<Hex, EvidenceItem>;
  /** By salted hash. */
  readonly records: ReadonlyMap<Hex, UnitRecord>;
}

/** What an audit of judgements finds besides faults. */
export interface JudgementsFound {
  /** Nodes whose claims are not shown, and why. They were joined like the others, within which the middle counts. */
  readonly unshown: readonly { readonly node: Hex; readonly reason: string }[];
  /** Claims that rest on private evidence which was not at hand, of all claims of all nodes. */
  readonly unseen: number;
  readonly claims: number;
}

const NOTHING: JudgementsFound = { unshown: [], unseen: 0, claims: 0 };

/**
 * Judges a round again from what the nodes' models answered, without a model. The claims of at least a quorum must be shown by records
 * that hold: a node that shows none, or a false one, is named, and cannot void the round for the others.
 */
export async function checkJudgements(
  bundle: Bundle,
  file: string,
  of: AssessedRound,
  checks: CheckList,
  given: PrivateParts = { items: new Map(), records: new Map() },
): Promise<JudgementsFound> {
  const params = judgedParams(bundle.spec);
  const place = `${file} judgements`;
  if (params === null) {
    if (bundle.judgements !== undefined) checks.add("bundle.judgements", place, "nothing of this round is judged");
    return NOTHING;
  }
  const records = bundle.judgements ?? [];
  checks.add("bundle.judgements", place, orderProblem(bundle));
  const items = bundle.evidence.map((item) => ("leaf" in item ? (given.items.get(item.leaf) ?? item) : item));
  const withheld = new Set(bundle.evidence.flatMap((item) => ("leaf" in item ? [item.leaf] : [])));
  const shape = shapeOf({ params, providers: bundle.spec.roster.length, metered: bundle.spec.payment.metered });
  const unshown: { node: Hex; reason: string }[] = [];
  let [unseen, claims] = [0, 0];
  for (const { node, vector } of bundle.reports) {
    const record = records.find((one) => one.node === node);
    const context = { of, spec: bundle.spec, params, items, withheld, privateRecords: given.records };
    const found =
      record === undefined
        ? "it shows no record"
        : await checkRecord(record, { ...decodeReport(vector, shape), node }, context).catch(reason);
    const problem = typeof found === "string" ? found : found.problem;
    if (problem !== null) unshown.push({ node, reason: problem });
    if (typeof found !== "string") [unseen, claims] = [unseen + found.unseen, claims + found.cells];
  }
  const shown = bundle.reports.length - unshown.length;
  const { threshold } = bundle.spec.oracle;
  const missing = unshown.map((one) => `${one.node}: ${one.reason}`).join("; ");
  const problem = shown >= threshold ? null : `${shown} nodes show how they judged, of ${threshold} needed; ${missing}`;
  checks.add("bundle.shown", place, problem);
  return { unshown, unseen, claims };
}

/** One record for each report at most, ascending by node. */
function orderProblem({ judgements = [], reports }: Bundle): string | null {
  const nodes = judgements.map(({ node }) => node);
  if (nodes.some((node, i) => i > 0 && nodes[i - 1]! >= node)) return "records are not in ascending order of nodes";
  const stranger = nodes.find((node) => !reports.some((report) => report.node === node));
  return stranger === undefined ? null : `${stranger} has no report that counts`;
}
