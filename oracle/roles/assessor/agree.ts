import type { Hex } from "viem";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { assessmentBodySchema, type Envelope } from "../../domain/round/envelope.ts";
import { roundSchedule } from "../../domain/round/schedule.ts";
import { jointVector } from "../../domain/round/assemble.ts";
import { reportRule } from "../../domain/round/reports.ts";
import { amongReporters, type Tally } from "../../domain/round/tally.ts";
import { turnFrom, turnOrder } from "../../domain/round/turns.ts";
import type { OutcomeSpec } from "../../domain/spec.ts";
import type { Store } from "../../ports.ts";
import { heardAt } from "../../store/agreement.ts";
import { roundKey, type RoundId } from "../../store/rounds.ts";
import type { AssessorParts } from "./parts.ts";
import type { ReadyAssessment } from "./ready.ts";
import type { RoundAtWork } from "./report.ts";

/** Nodes whose reports are joined, ascending, or what is waited for. */
export type Agreed =
  { readonly reporters: readonly Hex[] } | { readonly waitsFor: "awaiting-proposal" | "missing-reports" };

/**
 * Whose reports a node joins where they differ from node to node. The first acceptable proposal of another node is taken over: one that
 * has a quorum of reports that are all here, and leaves out none that this node heard in good time, so that whoever proposes cannot
 * choose. Without one they are those of all nodes, where all are here; else the nodes propose in turn, by signing, from one handover
 * after the reveals on: what somebody who has all of them signed is known to the others by then.
 */
export async function agreedReporters(
  parts: AssessorParts,
  { id, pool }: RoundAtWork,
  { reports }: Tally,
  messages: readonly Envelope[],
): Promise<Agreed> {
  const here = reports.map(({ node }) => node);
  const { signers, threshold } = pool.oracle;
  const order = turnOrder(signers, id.pool, id.round);
  const { revealBy, commitBy } = roundSchedule(clockTerms(pool.terms), id.round);
  const required = await heardBy(parts.store, id, here, parts.signer.address, revealBy - (revealBy - commitBy) / 2);
  const proposals = proposalsOf(messages, order);
  let missing = false;
  for (const reporters of proposals) {
    if (reporters.length < threshold || !required.every((node) => reporters.includes(node))) continue;
    if (reporters.every((node) => here.includes(node))) return { reporters };
    missing = true;
  }
  if (here.length === signers.length) return { reporters: here };
  // A report that nobody else can find must not be waited for for ever.
  const grace = parts.handoverSeconds * (missing ? 2 : 1);
  const since = (await agreeingSince(parts.store, id, parts.time())) + grace;
  const from = turnFrom(order, parts.signer.address, since, parts.handoverSeconds);
  if (from !== null && parts.time() >= from) return { reporters: here };
  return { waitsFor: missing ? "missing-reports" : "awaiting-proposal" };
}

/**
 * The tally with the reports that amount to what a quorum has signed, and no others: the first that a signer names and that do.
 * @returns `null` where none of these is here whole
 */
export function signedTally(
  counted: Tally,
  { scores, reporters }: Pick<ReadyAssessment, "scores" | "reporters">,
  spec: OutcomeSpec,
  messages: readonly Envelope[],
): Tally | null {
  if (reportRule(spec).alike) return counted;
  for (const nodes of reporters) {
    const among = amongReporters(counted, spec, messages, nodes);
    if (among.reports.length === nodes.length && jointVector(among.reports, spec) === scores) return among;
  }
  return null;
}

/** Whether a message of a node that came late is needed all the same: another node has joined its report. */
export function isProposed(messages: readonly Envelope[], node: Hex): boolean {
  return messages.some((message) => message.node !== node && reportersIn(message)?.includes(node) === true);
}

/** Whose reports the node of an assessment message joined; `null` where it does not say. */
export function reportersIn({ kind, body }: Envelope): readonly Hex[] | null {
  const said = kind === "assessment" ? assessmentBodySchema.safeParse(body).data : undefined;
  return said?.reporters === undefined ? null : (said.reporters.split(",") as Hex[]);
}

/** In the order of turns. */
function proposalsOf(messages: readonly Envelope[], order: readonly Hex[]): (readonly Hex[])[] {
  return order.flatMap((node) =>
    messages.flatMap((message) => {
      const reporters = message.node === node ? reportersIn(message) : null;
      return reporters === null ? [] : [reporters];
    }),
  );
}

async function heardBy(store: Store, id: RoundId, nodes: readonly Hex[], self: Hex, time: number): Promise<Hex[]> {
  const heard = await Promise.all(nodes.map((node) => heardAt(store, id, node)));
  return nodes.filter((node, i) => node === self || heard[i]! <= time);
}

/** When this node first could have joined reports, block time in seconds. Turns are counted from it, also after a restart. */
async function agreeingSince(store: Store, id: RoundId, time: number): Promise<number> {
  const key = `${roundKey(id)}/agreeing`;
  await store.commit({ expect: { [key]: null }, put: { [key]: String(time) } });
  return Number(await store.get(key));
}
