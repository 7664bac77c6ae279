import type { Hex } from "viem";
import { deviationJson } from "../aggregate.ts";
import type { Bundle, Cosignature } from "../bundle.ts";
import type { EvidenceItem, WithheldItem } from "../evidence.ts";
import type { Frozen } from "../frozen.ts";
import type { NodeRecord } from "../judgement/node-record.ts";
import type { OutcomeSpec } from "../spec.ts";
import { reportRule } from "./reports.ts";
import type { Tally, TalliedReport } from "./tally.ts";

/** What a round's bundle is made from. */
export interface BundleParts {
  readonly spec: OutcomeSpec;
  readonly frozen: Frozen;
  /** In the order of the frozen leaves. */
  readonly evidence: readonly (EvidenceItem | WithheldItem)[];
  /** After the reveals are over. */
  readonly tally: Tally;
  readonly signatures: readonly Cosignature[];
  /** Where words are judged: the records that could be had. */
  readonly judgements?: readonly NodeRecord[];
}

/** Writes up a round. */
export function assembleBundle({ spec, frozen, evidence, tally, signatures, judgements }: BundleParts): Bundle {
  const joined = jointVector(tally.reports, spec);
  const rule = reportRule(spec);
  const apart = tally.reports.flatMap(({ node, vector }) => rule.apart(node, vector, joined));
  return {
    format: "guerdon/bundle/1",
    chainId: frozen.chainId,
    pool: frozen.pool,
    round: frozen.round,
    spec,
    evidence: [...evidence],
    evidenceRoot: frozen.evidenceRoot,
    freeze: { frozenAt: frozen.frozenAt, signature: frozen.signature },
    reports: tally.reports.map((report) => ({ ...report, commit: { ...report.commit } })),
    ...(judgements && { judgements: [...judgements].sort((one, other) => (one.node < other.node ? -1 : 1)) }),
    excluded: tally.excluded.map(({ node, reason, messages }) => ({ node, reason, messages: [...messages] })),
    aggregate: joined,
    deviations: apart.map(deviationJson),
    signatures: [...signatures].sort((one, other) => (one.node < other.node ? -1 : 1)),
  };
}

/** What all reports that count amount to. @param reports at least one */
export function jointVector(reports: readonly Pick<TalliedReport, "vector">[], spec: OutcomeSpec): Hex {
  return reportRule(spec).join(reports.map(({ vector }) => vector));
}
