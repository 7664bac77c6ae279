import type { Hex } from "viem";
import { fastDigest } from "../../domain/digest.ts";
import { assessmentData, type AssessedRound } from "../../domain/node-report.ts";
import { assessmentBodySchema, type Envelope } from "../../domain/round/envelope.ts";
import { signatureProblem, type Oracle, type Recover } from "../../domain/signatures.ts";
import type { RoundId, Store } from "../../ports.ts";
import { roundKey } from "../../store/rounds.ts";
import { reportersIn } from "./agree.ts";

/** An assessment that enough nodes have signed. */
export interface ReadyAssessment {
  readonly evidenceRoot: Hex;
  readonly scores: Hex;
  /** Ascending by signer; at least as many as the oracle's threshold. */
  readonly signatures: readonly { readonly signer: Hex; readonly signature: Hex }[];
  /**
   * Whose reports were joined, as the signers say, where reports differ from node to node; none elsewhere. What is signed for the chain
   * does not cover it, so a signer may say anything here.
   */
  readonly reporters: readonly (readonly Hex[])[];
}

/**
 * The assessment that a quorum has signed, `null` while there is none. Two of them need a quorum of which some signed twice; then
 * the one of the most signatures counts, and of equals the first by scores, on every node alike.
 * @param messages of the round; other kinds are passed over
 */
export async function readyAssessment(
  messages: readonly Envelope[],
  of: Omit<AssessedRound, "evidenceRoot">,
  oracle: Oracle,
  recover: Recover,
): Promise<ReadyAssessment | null> {
  const groups = new Map<string, ReadyAssessment>();
  for (const message of messages) {
    const { kind, node, body } = message;
    const said = kind === "assessment" ? assessmentBodySchema.safeParse(body).data : undefined;
    if (said === undefined) continue;
    const { evidenceRoot, scores, signature } = said;
    const digest = fastDigest(assessmentData({ ...of, evidenceRoot }, scores));
    if ((await signatureProblem(digest, { node, signature }, recover)) !== null) continue;
    const key = `${scores}/${evidenceRoot}`;
    const known = groups.get(key);
    const others = (known?.signatures ?? []).filter(({ signer }) => signer !== node);
    const claimed = reportersIn(message);
    const reporters = [...(known?.reporters ?? []), ...(claimed === null ? [] : [claimed])];
    const signatures = [...others, { signer: node, signature }].sort((a, b) => (a.signer < b.signer ? -1 : 1));
    groups.set(key, { evidenceRoot, scores, signatures, reporters });
  }
  const enough = [...groups].filter(([, { signatures }]) => signatures.length >= oracle.threshold);
  enough.sort(([a, one], [b, other]) => other.signatures.length - one.signatures.length || (a < b ? -1 : 1));
  return enough[0]?.[1] ?? null;
}

/** When this node first had a quorum's signatures: block time, seconds. Turns are counted from it, also after a restart. */
export async function readySince(store: Store, id: RoundId, time: number): Promise<number> {
  const key = `${roundKey(id)}/ready`;
  await store.commit({ expect: { [key]: null }, put: { [key]: String(time) } });
  return Number(await store.get(key));
}
