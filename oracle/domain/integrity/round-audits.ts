import { concat, keccak256, type Hex } from "viem";
import { evidenceLeaf, type EvidenceItem } from "../evidence.ts";
import { sourcesUnder, type JudgedUnit, type OpenedRound } from "../judgement/opened-round.ts";
import { cellsOf, groupsOf, SAMPLED } from "../judgement/score.ts";
import { sourceDocumentSchema } from "../judgement/source-document.ts";
import { unitId } from "../labelling/sheet.ts";
import { normalise, type Removed } from "../text/normalise.ts";
import { auditTriggers, type AuditTrigger, type Count, type Signals } from "./anomalies.ts";
import { auditSlice } from "./audit-slice.ts";

/** Why people should look at what a provider has under a criterion, and at which units of it. */
export interface AuditOrder {
  readonly provider: string;
  readonly criterion: string;
  readonly triggers: readonly AuditTrigger[];
  /** Ids as sheets to label have them. */
  readonly units: readonly string[];
}

/** How units for people are drawn. */
export interface AuditDraw {
  /** Part of the units of a provider and criterion that has a trigger, basis points. */
  readonly shareBps: number;
  /** By the salts of the nodes' reports where not given: nobody knew them all before the evidence was closed. */
  readonly seed?: Hex;
}

/** What was noted of sources, by their leaves. */
export interface Noted {
  readonly instructions: ReadonlySet<string>;
  readonly removed: ReadonlyMap<string, readonly Removed[]>;
}

/** Providers and criteria that people should look at, with the reasons. @param judged all units of the round */
export function auditsOf(
  round: OpenedRound,
  judged: readonly JudgedUnit[],
  before: readonly OpenedRound[],
  noted: Noted,
  { shareBps, seed = saltsOf(round) }: AuditDraw,
): AuditOrder[] {
  const { bundle, params } = round;
  return bundle.spec.roster.flatMap(({ id: provider }, index) =>
    params.document.criteria.flatMap(({ id: criterion }): AuditOrder[] => {
      const own = judged.filter((one) => one.criterion === criterion);
      const triggers = auditTriggers(signalsOf(round, own, before, noted, index, criterion));
      if (triggers.length === 0) return [];
      const ids = own.filter((one) => one.provider === index).map(({ key }) => unitId(bundle.evidenceRoot, key));
      return [{ provider, criterion, triggers, units: auditSlice(ids, seed, shareBps / 10_000) }];
    }),
  );
}

function saltsOf({ bundle }: OpenedRound): Hex {
  return keccak256(concat([bundle.evidenceRoot, ...bundle.reports.map(({ salt }) => salt)]));
}

/** @param units of the criterion, of all providers */
function signalsOf(
  round: OpenedRound,
  units: readonly JudgedUnit[],
  before: readonly OpenedRound[],
  { instructions, removed }: Noted,
  provider: number,
  criterion: string,
): Partial<Signals> {
  const past = before.flatMap((one) => payable(one, provider, criterion) ?? []);
  const now = payable(round, provider, criterion);
  const people = units.filter(({ group }) => group === SAMPLED);
  const marks = (own: boolean): number[] =>
    people.flatMap(({ provider: of, joint }) =>
      (of === provider) === own && joint.score !== null ? [joint.score] : [],
    );
  const read = round.params.document.criteria.find(({ id }) => id === criterion)!;
  const sources = groupsOf(read).flatMap((group) => sourcesUnder(round, provider, read, group).opened);
  const found = sources.filter(({ source }) => instructions.has(source)).length;
  return {
    ...(now === null ? {} : { jump: { past, now } }),
    ceiling: { own: best(marks(true)), others: best(marks(false)) },
    noVariance: { own: marks(true), others: marks(false) },
    disagreement: { scores: widest(round, provider, criterion) },
    removals: { removed: sources.flatMap(({ source }) => removed.get(source) ?? []) },
    instructions: { items: sources.length, found },
  };
}

function payable({ joint }: OpenedRound, provider: number, criterion: string): number | null {
  return joint.scores[provider]?.criteria.find(({ id }) => id === criterion)?.payable ?? null;
}

function best(marks: readonly number[]): Count {
  return { count: marks.filter((mark) => mark === 10_000).length, of: marks.length };
}

/** What nodes say of the group on which they are furthest apart. */
function widest({ nodes, params }: OpenedRound, provider: number, criterion: string): number[] {
  const cells = cellsOf(params.document);
  const said = cells.flatMap((cell, i) => {
    if (cell.criterion.id !== criterion || cell.group === null) return [];
    return [nodes.flatMap(({ estimates }) => estimates[provider * cells.length + i]!.score ?? [])];
  });
  const spread = (scores: readonly number[]): number =>
    scores.length === 0 ? 0 : Math.max(...scores) - Math.min(...scores);
  return [...said].sort((one, other) => spread(other) - spread(one))[0] ?? [];
}

/** What people would not have seen of public documents, by leaf. */
export function removedIn({ items, sources, withheld }: OpenedRound): Map<string, readonly Removed[]> {
  const read = new Set(sources.map(({ source }) => source));
  return new Map(
    items.flatMap((item) => {
      if ("leaf" in item) return [];
      const leaf = evidenceLeaf(item);
      if (!read.has(leaf) || withheld.has(leaf)) return [];
      const text =
        item.mediaType === "text/plain" ? item.content : sourceDocumentSchema.safeParse(jsonIn(item)).data?.text;
      return text === undefined ? [] : [[leaf, normalise(text).removed] as const];
    }),
  );
}

/** JSON of an item; `undefined` where it holds none. */
export function jsonIn({ mediaType, content }: EvidenceItem): unknown {
  if (mediaType !== "application/json") return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}
