import { digestOf } from "../../../contracts/protocol/typed-data.ts";
import { clockTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import type { Bundle, Report } from "../bundle.ts";
import { firstDifference } from "../difference.ts";
import { leafOf } from "../evidence.ts";
import { freezeData } from "../frozen.ts";
import { reportData, type AssessedRound } from "../node-report.ts";
import { commitmentOf, deadlineOf, envelopeProblem, PEER_VERSION, type Envelope } from "../round/envelope.ts";
import { reportRule } from "../round/reports.ts";
import { roundSchedule, type RoundSchedule } from "../round/schedule.ts";
import { tally, type Exclusion } from "../round/tally.ts";
import { signatureProblem } from "../signatures.ts";
import type { CheckList } from "./report.ts";

/** What a bundle's own parts are held against. */
export interface WorkContext {
  readonly of: AssessedRound;
  readonly terms: Terms;
}

/** Checks that evidence was closed by the intake, and that nodes were bound to their reports or are rightly left out. */
export async function checkAgreement(
  bundle: Bundle,
  file: string,
  { of, terms }: WorkContext,
  checks: CheckList,
): Promise<void> {
  const schedule = roundSchedule(clockTerms(terms), bundle.round);
  await checks.look("bundle.freeze", `${file} freeze`, () => freezeProblem(bundle, schedule));
  for (const [i, report] of bundle.reports.entries()) {
    await checks.look("bundle.commit", `${file} reports[${i}].commit`, () => commitProblem(report, of, schedule));
  }
  checks.add("bundle.complete", `${file} excluded`, completeProblem(bundle));
  for (const [i, exclusion] of bundle.excluded.entries()) {
    const place = `${file} excluded[${i}]`;
    await checks.look("bundle.excluded", place, () => exclusionProblem(exclusion, { of, schedule, bundle }));
  }
}

async function freezeProblem(bundle: Bundle, { freezeAt, silenceAt }: RoundSchedule): Promise<string | null> {
  const { chainId, pool, round, evidenceRoot, freeze, spec } = bundle;
  const leaves = bundle.evidence.map((item) => leafOf(item));
  if (new Set(leaves).size !== leaves.length) return "an item stands twice";
  const { frozenAt, signature } = freeze;
  if (frozenAt < freezeAt || frozenAt >= silenceAt)
    return `closed at ${frozenAt}, not from ${freezeAt} to ${silenceAt}`;
  const withheld = bundle.evidence.flatMap((item) => ("leaf" in item ? [item.leaf] : []));
  const digest = digestOf(freezeData({ chainId, pool, round, evidenceRoot, leaves, withheld, frozenAt }));
  return signatureProblem(digest, { node: spec.oracle.intake, signature });
}

function commitProblem(report: Report, of: AssessedRound, schedule: RoundSchedule): Promise<string | null> {
  const { node, vector, salt, commit } = report;
  const { chainId, pool, round, specHash, evidenceRoot } = of;
  const body = { specHash, evidenceRoot, commitment: commitmentOf(node, digestOf(reportData(of, vector)), salt) };
  const envelope = { version: PEER_VERSION, kind: "commit", chainId, pool, round, node, body, ...commit } as const;
  return messageProblem(envelope, of, schedule);
}

function completeProblem({ reports, excluded, spec }: Bundle): string | null {
  const listed = [...reports, ...excluded].map(({ node }) => node);
  const order = excluded.every(({ node }, i) => i === 0 || excluded[i - 1]!.node < node);
  if (!order) return "those left out are not in ascending order";
  return firstDifference([...listed].sort(), [...spec.oracle.signers].sort(), "nodes");
}

/** The messages alone must show why: counted by themselves, with all deadlines passed, they give the same reason. */
async function exclusionProblem(
  { node, reason, messages }: Exclusion,
  given: { readonly of: AssessedRound; readonly schedule: RoundSchedule; readonly bundle: Bundle },
): Promise<string | null> {
  for (const message of messages) {
    if (message.node !== node) return `a message is by ${message.node}`;
    const problem = await messageProblem(message, given.of, given.schedule);
    if (problem !== null) return problem;
  }
  const { of, bundle } = given;
  // Whose reports count is what the nodes agreed on by signing what these amount to.
  if (reason === "not-agreed") return reportRule(bundle.spec).alike ? "its report would change nothing" : null;
  const closed = { commitsClosed: true, revealsClosed: true };
  const found = await tally({ of, spec: bundle.spec, envelopes: messages, ...closed });
  const shown = found.excluded.find((one) => one.node === node);
  if (shown === undefined) return "its messages are those of a report that counts";
  return firstDifference({ reason, messages }, { reason: shown.reason, messages: [...shown.messages] });
}

/** A message that could have been taken in this round, signed by its node. */
async function messageProblem(message: Envelope, of: AssessedRound, schedule: RoundSchedule): Promise<string | null> {
  const { version, kind, chainId, pool, round, deadline } = message;
  const expected = {
    version: PEER_VERSION,
    chainId: of.chainId,
    pool: of.pool,
    round: of.round,
    deadline: deadlineOf(kind, schedule),
  };
  const difference = firstDifference({ version, chainId, pool, round, deadline }, expected, "message");
  return difference ?? envelopeProblem(message);
}
