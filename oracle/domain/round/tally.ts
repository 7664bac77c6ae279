import type { Hex } from "viem";
import { digestOf } from "../../../contracts/protocol/typed-data.ts";
import { reportData, reportProblem, type AssessedRound } from "../node-report.ts";
import type { OutcomeSpec } from "../spec.ts";
import { reportRule } from "./reports.ts";
import {
  commitBodySchema,
  commitmentOf,
  revealBodySchema,
  type CommitBody,
  type Envelope,
  type RevealBody,
} from "./envelope.ts";

/** Why a node's report does not count. */
export const EXCLUSION_REASONS = [
  /** No commit came in time. */
  "no-commit",
  /** It committed, and no reveal came in time. */
  "no-reveal",
  /** It signed two different messages of one kind. */
  "equivocation",
  /** Its commit is over another spec or other evidence. */
  "other-evidence",
  /** Its reveal does not open its commitment. */
  "mismatch",
  /** What it signed is not of the form it must have, or the report in it is not signed. */
  "malformed",
  /** It reported, and its report is not among those that the nodes agreed on. Only where words are judged. */
  "not-agreed",
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** A node that is left out, with the messages that show why; none where it was silent. */
export interface Exclusion {
  readonly node: Hex;
  readonly reason: ExclusionReason;
  readonly messages: readonly Envelope[];
}

/** A report that counts: committed to before it was revealed. */
export interface TalliedReport {
  readonly node: Hex;
  readonly vector: Hex;
  readonly signature: Hex;
  readonly salt: Hex;
  readonly commit: { readonly deadline: number; readonly signature: Hex };
}

/** Where a round's commits and reveals stand. */
export interface Tally {
  /** Nodes whose commit counts. */
  readonly committed: readonly Hex[];
  /** Ascending by node. */
  readonly reports: readonly TalliedReport[];
  /** Ascending by node; of those that may still come, only the faults seen so far. */
  readonly excluded: readonly Exclusion[];
  /** Nodes that may still commit, and nodes that may still reveal. */
  readonly awaited: { readonly commit: readonly Hex[]; readonly reveal: readonly Hex[] };
}

/** The tally with the reports of some nodes only; the others' do not count, as it was agreed. */
export function amongReporters(
  tally: Tally,
  spec: OutcomeSpec,
  envelopes: readonly Envelope[],
  nodes: readonly Hex[],
): Tally {
  const known = new Map(tally.excluded.map((one) => [one.node, one]));
  const left = spec.oracle.signers.filter((node) => !nodes.includes(node)).sort();
  return {
    ...tally,
    reports: tally.reports.filter(({ node }) => nodes.includes(node)),
    excluded: left.map((node) => known.get(node) ?? notAgreed(node, envelopes)),
  };
}

/** What it said of its report, in the order of the kinds. */
function notAgreed(node: Hex, envelopes: readonly Envelope[]): Exclusion {
  const said = (["commit", "reveal"] as const).flatMap((kind) => {
    return distinct(envelopes.filter((one) => one.node === node && one.kind === kind)).slice(0, 1);
  });
  return { node, reason: "not-agreed", messages: said };
}

/** What is tallied. */
export interface TallyOf {
  readonly of: AssessedRound;
  readonly spec: OutcomeSpec;
  /** Commits and reveals, each with its signature checked. */
  readonly envelopes: readonly Envelope[];
  /** Whether the deadline has passed: who is missing then is left out. */
  readonly commitsClosed: boolean;
  readonly revealsClosed: boolean;
}

/** Counts commits and reveals node by node. Pure: the same messages give the same tally in any order. */
export async function tally(given: TallyOf): Promise<Tally> {
  const nodes = [...given.spec.oracle.signers].sort();
  const standings = await Promise.all(nodes.map((node) => standing(node, given)));
  const pick = <Kind extends Standing["kind"]>(kind: Kind) =>
    standings.filter((one): one is Extract<Standing, { kind: Kind }> => one.kind === kind);
  return {
    committed: [...pick("committed"), ...pick("reported")].map(({ node }) => node).sort(),
    reports: pick("reported").map(({ report }) => report),
    excluded: pick("excluded").map(({ node, reason, messages }) => ({ node, reason, messages })),
    awaited: { commit: pick("silent").map(({ node }) => node), reveal: pick("committed").map(({ node }) => node) },
  };
}

type Standing =
  | { readonly kind: "silent"; readonly node: Hex }
  | { readonly kind: "committed"; readonly node: Hex }
  | { readonly kind: "reported"; readonly node: Hex; readonly report: TalliedReport }
  | ({ readonly kind: "excluded" } & Exclusion);

async function standing(node: Hex, given: TallyOf): Promise<Standing> {
  const theirs = given.envelopes.filter((envelope) => envelope.node === node);
  const of = (kind: Envelope["kind"]) => distinct(theirs.filter((envelope) => envelope.kind === kind));
  const [commits, reveals] = [of("commit"), of("reveal")];
  const out = (reason: ExclusionReason, messages: readonly Envelope[]): Standing => {
    return { kind: "excluded", node, reason, messages };
  };
  if (commits.length > 1) return out("equivocation", commits.slice(0, 2));
  if (reveals.length > 1) return out("equivocation", reveals.slice(0, 2));
  const [commit] = commits;
  const [reveal] = reveals;
  if (commit === undefined) return given.commitsClosed ? out("no-commit", []) : { kind: "silent", node };
  const fault = commitFault(commit, given.of);
  if (fault !== null) return out(fault, [commit]);
  if (reveal === undefined) return given.revealsClosed ? out("no-reveal", [commit]) : { kind: "committed", node };
  const opened = await open(commit, reveal, given);
  return typeof opened === "string" ? out(opened, [commit, reveal]) : { kind: "reported", node, report: opened };
}

/** Messages that say the same are one, however often they were signed. In the order of their bodies, whatever came first. */
function distinct(envelopes: readonly Envelope[]): Envelope[] {
  const byBody = new Map(envelopes.map((envelope) => [JSON.stringify([envelope.body, envelope.deadline]), envelope]));
  return [...byBody].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, envelope]) => envelope);
}

function commitFault(commit: Envelope, of: AssessedRound): ExclusionReason | null {
  const body = commitBodySchema.safeParse(commit.body).data;
  if (body === undefined) return "malformed";
  return body.specHash === of.specHash && body.evidenceRoot === of.evidenceRoot ? null : "other-evidence";
}

async function open(
  commit: Envelope,
  reveal: Envelope,
  { of, spec }: TallyOf,
): Promise<TalliedReport | ExclusionReason> {
  const { node } = commit;
  const { commitment } = commit.body as CommitBody;
  const body: RevealBody | undefined = revealBodySchema.safeParse(reveal.body).data;
  if (body === undefined) return "malformed";
  const { vector, signature, salt } = body;
  if (commitmentOf(node, digestOf(reportData(of, vector)), salt) !== commitment) return "mismatch";
  const wrong = reportRule(spec).problem(vector) ?? (await reportProblem({ node, vector, signature }, of));
  if (wrong !== null) return "malformed";
  return { node, vector, signature, salt, commit: { deadline: commit.deadline, signature: commit.signature } };
}
