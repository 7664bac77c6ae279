import type { Hex } from "viem";
import type { PrivateParts } from "../audit/judgements.ts";
import type { Bundle } from "../bundle.ts";
import type { Criterion } from "../criteria/criterion.ts";
import type { JudgedParams } from "../criteria/terms.ts";
import { InputError } from "../errors.ts";
import { evidenceLeaf, type EvidenceItem, type WithheldItem } from "../evidence.ts";
import { judgedParams } from "../spec.ts";
import type { Estimate } from "./group.ts";
import { joinReports, shapeOf, type JointJudgement } from "./joint.ts";
import { recordedKey, recordHash, sealedHash, type NodeRecord, type OpenUnit, type SealedUnit } from "./node-record.ts";
import type { UnitRecord } from "./record.ts";
import { replayPlaced, soundness } from "./replay-record.ts";
import { decodeReport } from "./report-vector.ts";
import { roundSources, type RoundSource } from "./round-sources.ts";
import { isNamedBy } from "./round-claims.ts";
import { roundUnits, type PlacedUnit } from "./round-units.ts";
import type { Verdict } from "./verdict.ts";
import { joinJudges, type WordsFound } from "./words.ts";

/** A node that shows how it judged. */
export interface ShownNode {
  readonly node: Hex;
  readonly estimates: readonly Estimate[];
  readonly record: NodeRecord;
}

/** A private source that whoever reads has not: more than half of the nodes that show how they judged say this of it. */
export interface HiddenSource {
  readonly source: Hex;
  readonly provider: number;
  readonly group: string;
}

/** A judged round as far as whoever reads it may see it. */
export interface OpenedRound {
  readonly bundle: Bundle;
  readonly params: JudgedParams;
  /** In the order of the evidence. */
  readonly items: readonly (EvidenceItem | WithheldItem)[];
  /** Leaves of private items, opened or not. */
  readonly withheld: ReadonlySet<Hex>;
  readonly sources: readonly RoundSource[];
  readonly hidden: readonly HiddenSource[];
  readonly nodes: readonly ShownNode[];
  readonly joint: JointJudgement;
  readonly records: ReadonlyMap<Hex, UnitRecord>;
}

/** What is known to whoever reads bundles alone. */
export const NOTHING_PRIVATE: PrivateParts = { items: new Map(), records: new Map() };

/**
 * Opens a round. Records that are not the ones the reports name are passed over; whether the others hold is for the audit to say.
 * @throws InputError where nothing of the round is judged; RangeError where a report is of another form
 */
export function openRound(bundle: Bundle, given: PrivateParts = NOTHING_PRIVATE): OpenedRound {
  const { spec } = bundle;
  const params = judgedParams(spec);
  if (params === null) {
    throw new InputError("nothing of the round is judged", { field: "template", value: spec.template });
  }
  const round = { params, providers: spec.roster.length, metered: spec.payment.metered };
  const items = bundle.evidence.map((item) => ("leaf" in item ? (given.items.get(item.leaf) ?? item) : item));
  const sources = roundSources(spec, params, items);
  const nodes = bundle.reports.flatMap(({ node, vector }): ShownNode[] => {
    const { estimates, record: hash } = decodeReport(vector, shapeOf(round));
    const record = bundle.judgements?.find((one) => one.node === node);
    return record === undefined || recordHash(record) !== hash ? [] : [{ node, estimates, record }];
  });
  const opened = new Set(sources.map(({ source }) => source));
  const withheld = new Set(bundle.evidence.flatMap((item) => ("leaf" in item ? [item.leaf] : [])));
  return {
    ...{ bundle, params, items, withheld, sources, nodes, records: given.records },
    hidden: hiddenIn(nodes).filter(({ source }) => withheld.has(source) && !opened.has(source)),
    joint: joinReports(
      round,
      bundle.reports.map(({ vector }) => vector),
    ),
  };
}

function hiddenIn(nodes: readonly ShownNode[]): HiddenSource[] {
  const votes = new Map<string, { one: HiddenSource; count: number }>();
  for (const { source, provider, group } of nodes.flatMap(({ record }) => record.hidden)) {
    const key = JSON.stringify([source, provider, group]);
    votes.set(key, { one: { source, provider, group }, count: (votes.get(key)?.count ?? 0) + 1 });
  }
  return [...votes.values()].filter(({ count }) => count * 2 > nodes.length).map(({ one }) => one);
}

/** Sources that speak of a provider under a criterion for one group: those that are opened and count, and those that are hidden. */
export function sourcesUnder(
  { sources, hidden }: Pick<OpenedRound, "sources" | "hidden">,
  provider: number,
  criterion: Pick<Criterion, "sources">,
  group: string,
): { readonly opened: readonly RoundSource[]; readonly closed: readonly HiddenSource[] } {
  const own = sources.filter((one) => one.provider === provider && one.group === group && one.weight > 0);
  const closed = hidden.filter((one) => one.provider === provider && one.group === group);
  return { opened: own.filter((one) => isNamedBy(criterion, one)), closed };
}

/** A verdict as far as it can be seen: of sealed records only what came of it. */
export type SeenVerdict = Pick<Verdict, "score" | "abstention"> & { readonly rulings: Verdict["rulings"] | null };

/** What a node's sound judges made of a unit. */
export interface NodeVerdicts {
  readonly node: Hex;
  readonly judges: readonly { readonly family: string; readonly verdict: SeenVerdict }[];
  readonly found: WordsFound;
  /** Whether all their answers can be seen, not only what came of them. */
  readonly whole: boolean;
}

/** A unit of a round, and what all nodes that show it made of it. */
export interface JudgedUnit {
  readonly key: string;
  readonly source: Hex;
  readonly criterion: string;
  readonly part: number;
  readonly provider: number;
  readonly group: string;
  /** Whether its source is private. */
  readonly hidden: boolean;
  /** `null` where whoever reads has not opened the source. */
  readonly placed: PlacedUnit | null;
  readonly nodes: readonly NodeVerdicts[];
  /** Of the nodes, as of the judges of a node: more than half have to say something; answers are of those whose answers can be seen. */
  readonly joint: WordsFound;
}

type UnitPlace = Omit<JudgedUnit, "nodes" | "joint">;

/**
 * What the judges of all nodes made of a round's units, by playing their records again: quotes are verbatim or not there. A judge that got
 * known cases wrong, or whose record of a unit does not hold, has no say.
 * @param wanted which units are looked at; all where not given
 */
export async function judgedUnits(
  round: OpenedRound,
  wanted: (unit: UnitPlace) => boolean = () => true,
): Promise<JudgedUnit[]> {
  const places = unitPlaces(round).filter(wanted);
  const salts = new Map(
    round.items.flatMap((item) => ("leaf" in item ? [] : [[evidenceLeaf(item), item.salt] as const])),
  );
  const panels = await Promise.all(round.nodes.map((one) => panelOf(one)));
  const units: JudgedUnit[] = [];
  for (const place of places) {
    const nodes: NodeVerdicts[] = [];
    for (const panel of panels) nodes.push(await verdictsOf(place, panel, { round, salts }));
    units.push({ ...place, nodes, joint: joinNodes(nodes) });
  }
  return units;
}

/** Units of opened sources, as they follow from these; then those of hidden ones that more than half of the nodes judged. */
function unitPlaces({ sources, hidden, nodes, params, withheld }: OpenedRound): UnitPlace[] {
  const sourceOf = new Map(sources.map((source) => [source.source, source]));
  const seen = roundUnits(sources, params.document).map((placed): UnitPlace => {
    const { key, part, unit } = placed;
    const { provider, group } = sourceOf.get(unit.source)!;
    const { source, criterion } = unit;
    return { key, source, criterion: criterion.id, part, provider, group, hidden: withheld.has(source), placed };
  });
  const hiddenOf = new Map(hidden.map((one) => [one.source, one]));
  const counts = new Map<string, { place: UnitPlace; nodes: Set<Hex> }>();
  for (const { node, record } of nodes) {
    for (const unit of record.units) {
      const from = "record" in unit ? undefined : hiddenOf.get(unit.source);
      if ("record" in unit || from === undefined) continue;
      const { source, criterion, part } = unit;
      const key = recordedKey(unit);
      const { provider, group } = from;
      const place = { key, source, criterion, part, provider, group, hidden: true, placed: null };
      const known = counts.get(key) ?? { place, nodes: new Set() };
      counts.set(key, known);
      known.nodes.add(node);
    }
  }
  const agreed = [...counts.values()].filter((one) => one.nodes.size * 2 > nodes.length);
  return [...seen, ...agreed.map(({ place }) => place)];
}

/** A node's sound judges, and what they judged. */
interface Panel {
  readonly record: NodeRecord;
  readonly families: readonly string[];
  readonly kept: ReadonlyMap<string, OpenUnit | SealedUnit>;
}

async function panelOf({ record }: ShownNode): Promise<Panel> {
  const families: string[] = [];
  for (const judge of record.judges) if ((await soundness(judge, record)) === true) families.push(judge.family);
  return { record, families, kept: new Map(record.units.map((unit) => [`${unit.family} ${recordedKey(unit)}`, unit])) };
}

interface Given {
  readonly round: OpenedRound;
  /** Of opened items, by leaf. */
  readonly salts: ReadonlyMap<Hex, Hex>;
}

async function verdictsOf(place: UnitPlace, { record, families, kept }: Panel, given: Given): Promise<NodeVerdicts> {
  const judges: { family: string; verdict: SeenVerdict }[] = [];
  for (const family of families) {
    const unit = kept.get(`${family} ${place.key}`);
    const verdict = unit === undefined ? null : await seen(unit, place, record, given);
    if (verdict !== null) judges.push({ family, verdict });
  }
  const found = joinJudges(judges.map(({ verdict }) => ({ ...verdict, rulings: verdict.rulings ?? [] })));
  return { node: record.node, judges, found, whole: judges.every(({ verdict }) => verdict.rulings !== null) };
}

/** `null` where the record does not hold. */
async function seen(
  unit: OpenUnit | SealedUnit,
  { placed, source }: UnitPlace,
  { node, evidenceRoot }: NodeRecord,
  { round, salts }: Given,
): Promise<SeenVerdict | null> {
  const whole = "record" in unit ? unit.record : round.records.get(unit.sealed);
  const salt = salts.get(source);
  if (!("record" in unit) && (whole === undefined || placed === null || salt === undefined)) {
    return { score: unit.score, abstention: unit.abstention, rulings: null };
  }
  if (whole === undefined || placed === null) return null;
  if (!("record" in unit) && sealedHash(salt!, whole) !== unit.sealed) return null;
  const { repeats } = round.params;
  const verdict = await replayPlaced(placed, whole, { node, evidenceRoot, family: unit.family, repeats });
  return typeof verdict === "string" ? null : verdict;
}

function joinNodes(nodes: readonly NodeVerdicts[]): WordsFound {
  const [all, seen] = [nodes, nodes.filter(({ whole }) => whole)].map((some) =>
    joinJudges(some.map(({ found }) => asVerdict(found))),
  ) as [WordsFound, WordsFound];
  return { ...all, answers: seen.answers };
}

function asVerdict({ score, answers, unanswered }: WordsFound): Pick<Verdict, "score" | "rulings" | "abstention"> {
  const rulings = [...answers].map(([question, answer]) => ({ question, answer, quotes: [] }));
  return { score, rulings, abstention: unanswered ? "no-answer" : null };
}
