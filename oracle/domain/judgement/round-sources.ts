import type { Hex } from "viem";
import type { Criterion } from "../criteria/criterion.ts";
import type { JudgedParams } from "../criteria/terms.ts";
import { interviewsHash } from "../criteria/terms.ts";
import type { SourceType } from "../criteria/sources.ts";
import { evidenceLeaf, type EvidenceItem, type WithheldItem } from "../evidence.ts";
import { discountReports } from "../integrity/discount.ts";
import type { Names } from "../interview/judge-view.ts";
import { STATEMENTS } from "../interview/statements.ts";
import { transcriptSchema, type Transcript } from "../interview/transcript.ts";
import type { OutcomeSpec } from "../spec.ts";
import { achievementOrImprovement } from "../statistics/achievement.ts";
import { toBasisPoints } from "../statistics/combine.ts";
import { rangeOf, type Measure } from "../criteria/measure.ts";
import { sourceDocumentSchema, type SourceDocument } from "./source-document.ts";
import { documentPassages, transcriptPassages, type WordSource } from "./sources.ts";

/** One item of evidence as a judged round reads it: about one provider, in words, fixed answers or figures. */
export interface RoundSource extends WordSource {
  /** Index in the roster. */
  readonly provider: number;
  /** What it says by itself, without a judge, by criterion: basis points, 10,000 the best. */
  readonly items: ReadonlyMap<string, number>;
  /** Kind of case, where the roster says; by it providers are compared like with like. */
  readonly stratum: string | null;
  /** Units that the provider delivered, where it says so. */
  readonly units: number | null;
  /** 1, or 0 for what repeats an earlier source, or was said under pressure. */
  readonly weight: number;
}

/** Figure by which a sender says how many units a provider delivered; no criterion has this id. */
export const UNITS = "units";

type Draft = Omit<RoundSource, "weight"> & { readonly participant: string | null; readonly pressed: boolean };
type Items = readonly (EvidenceItem | WithheldItem)[];
type Spec = Pick<OutcomeSpec, "roster" | "oracle">;

/**
 * The sources of a judged round, in the order of the evidence. Evidence in another form, by nobody the spec names, or about nobody on
 * the roster is none. Who is asked in several waves speaks once, with the last; what repeats another person's words weighs nothing.
 * @param items opened as far as they may be read; withheld ones are passed over
 */
export function roundSources(spec: Spec, params: JudgedParams, items: Items): RoundSource[] {
  const names = { provider: spec.roster.flatMap(({ id, name }) => [id, name]), people: [] };
  const open = items.filter((item): item is EvidenceItem => !("leaf" in item) && item.kind === "document");
  const interviews = open.flatMap((item) => {
    const transcript = item.source === spec.oracle.intake ? transcriptIn(item, params) : null;
    return transcript === null ? [] : [{ item, transcript }];
  });
  const told = new Map(lastOfEach(interviews, params).map((one) => [one.item, one.transcript]));
  const before = baselines(interviews, params);
  const drafts = open.flatMap((item): Draft[] => {
    const transcript = told.get(item);
    if (transcript !== undefined) return interview(item, transcript, { spec, params, names, before });
    return item.source === spec.oracle.intake ? [] : document(item, { spec, params, names });
  });
  const weights = weightsOf(drafts, spec);
  return drafts.map(({ participant: _, pressed, ...draft }) => {
    return { ...draft, weight: pressed ? 0 : (weights.get(draft.source) ?? 1) };
  });
}

interface Given {
  readonly spec: Spec;
  readonly params: JudgedParams;
  readonly names: Names;
}

interface Interview {
  readonly item: EvidenceItem;
  readonly transcript: Transcript;
}

function transcriptIn(item: EvidenceItem, params: JudgedParams): Transcript | null {
  const transcript = transcriptSchema.safeParse(jsonIn(item)).data;
  return transcript?.planHash === interviewsHash(params) ? transcript : null;
}

/** Of each participant of a provider the interview of the last wave after the service; of two of one wave the first. */
function lastOfEach(interviews: readonly Interview[], params: JudgedParams): Interview[] {
  const order = waveOrder(params);
  const last = new Map<string, Interview>();
  for (const one of interviews) {
    const place = order.get(one.transcript.wave) ?? -1;
    if (place < 0) continue;
    const key = personOf(one.transcript);
    const other = last.get(key);
    if (other === undefined || place > order.get(other.transcript.wave)!) last.set(key, one);
  }
  return [...last.values()];
}

/** Places of the waves after the service, by id. */
function waveOrder({ interviews }: JudgedParams): ReadonlyMap<string, number> {
  const waves = interviews?.kind === "outcome" ? interviews.waves : [];
  return new Map(waves.flatMap(({ id, kind }, i) => (kind === "baseline" ? [] : [[id, i] as const])));
}

/** Transcripts of before the service, by person. */
function baselines(interviews: readonly Interview[], { interviews: plan }: JudgedParams): Map<string, Transcript> {
  const waves = plan?.kind === "outcome" ? plan.waves.filter(({ kind }) => kind === "baseline") : [];
  const found = interviews.filter(({ transcript }) => waves.some(({ id }) => id === transcript.wave));
  return new Map(found.map(({ transcript }) => [personOf(transcript), transcript]));
}

function personOf({ participant, provider }: Transcript): string {
  return JSON.stringify([provider, participant]);
}

function interview(
  item: EvidenceItem,
  transcript: Transcript,
  { spec, params, names, before }: Given & { readonly before: ReadonlyMap<string, Transcript> },
): Draft[] {
  const provider = spec.roster.findIndex(({ id }) => id === transcript.provider);
  if (provider < 0) return [];
  const earlier = before.get(personOf(transcript)) ?? null;
  const items = params.document.criteria.flatMap((criterion) => {
    const score = fixedAnswer(criterion, transcript, earlier);
    return score === null ? [] : [[criterion.id, score] as const];
  });
  return [
    {
      ...{ source: evidenceLeaf(item), type: "participant-interview", group: "participant", provider },
      stratum: transcript.stratum ?? null,
      ...{ items: new Map(items), units: null, passages: transcriptPassages(transcript, names) },
      ...{ participant: transcript.participant, pressed: transcript.pressure === true },
    },
  ];
}

/** What a person's fixed answers say under a criterion, basis points. */
function fixedAnswer(criterion: Criterion, transcript: Transcript, earlier: Transcript | null): number | null {
  const { measure, baseline, sources } = criterion;
  const asks = (type: SourceType): boolean => sources.some((one) => one.type === type);
  if (measure.kind === "judged") {
    const value = asks("participant-interview") ? scaleOf(transcript, STATEMENTS, criterion.id) : null;
    return value === null ? null : value * 1_000;
  }
  if (measure.kind !== "items" || !asks("participant-item")) return null;
  const value = scaleOf(transcript, measure.instrument, measure.item);
  const start =
    baseline.kind === "first-round" && earlier !== null ? scaleOf(earlier, measure.instrument, measure.item) : null;
  return achieved(measure, criterion.direction, value, start);
}

function scaleOf({ scores }: Transcript, instrument: string, scale: string): number | null {
  const own = scores.find((one) => one.instrument === instrument);
  return own?.scales.find((one) => one.scale === scale)?.value ?? null;
}

/** The larger of achievement and improvement, basis points. Ends of the range stand in where no limits are set. */
function achieved(
  measure: Measure,
  direction: Criterion["direction"],
  value: number | null,
  baseline: number | null,
): number | null {
  if (measure.kind === "judged") return null;
  const [low, high] = rangeOf(measure);
  const set = measure.achievement;
  const [threshold, benchmark] =
    set === undefined ? (direction === "higher" ? [low, high] : [high, low]) : [set.threshold, set.benchmark];
  if (threshold === benchmark) return null;
  const { score } = achievementOrImprovement(value, { threshold, benchmark, baseline });
  return score === null ? null : toBasisPoints(score);
}

/** Documents by senders whom the spec names, and providers' own. */
function document(item: EvidenceItem, { spec, params, names }: Given): Draft[] {
  const source = evidenceLeaf(item);
  const fixed = { source, participant: null, pressed: false, stratum: null };
  const own = spec.roster.findIndex(({ account }) => account === item.source);
  if (own >= 0) {
    if (item.mediaType !== "text/plain") return [];
    const passages = documentPassages(item.content, names);
    return [
      {
        ...fixed,
        type: "provider-document",
        group: "provider",
        provider: own,
        items: new Map(),
        units: null,
        passages,
      },
    ];
  }
  const sender = params.senders.find(({ account }) => account === item.source);
  const said = sender === undefined ? undefined : sourceDocumentSchema.safeParse(jsonIn(item)).data;
  const provider = spec.roster.findIndex(({ id }) => id === said?.provider);
  if (sender === undefined || said === undefined || provider < 0) return [];
  const { type, group } = sender;
  const units = said.figures?.[UNITS];
  return [
    {
      ...{ ...fixed, type, group, provider, items: figuresOf(said, sender, params) },
      units: units !== undefined && Number.isInteger(units) && units >= 0 && units <= 0xffffffff ? units : null,
      passages: said.text === undefined ? [] : documentPassages(said.text, names),
    },
  ];
}

function figuresOf(
  { figures = {} }: SourceDocument,
  { type, group }: Pick<RoundSource, "type" | "group">,
  { document: { criteria } }: JudgedParams,
): Map<string, number> {
  const found = criteria.flatMap(({ id, measure, direction, sources }) => {
    const names = sources.some((one) => one.type === type && one.group === group);
    const value = names ? figures[id] : undefined;
    const score = value === undefined ? null : achieved(measure, direction, value, null);
    return score === null ? [] : [[id, score] as const];
  });
  return new Map(found);
}

function jsonIn({ mediaType, content }: EvidenceItem): unknown {
  if (mediaType !== "application/json") return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}

/** Whoever repeats another person's words weighs nothing. Only people are weighed: what else there is, the spec's senders answer for. */
function weightsOf(drafts: readonly Draft[], { roster }: Spec): ReadonlyMap<Hex, number> {
  const told = drafts.filter(({ participant, passages }) => participant !== null && passages.length > 0);
  const reports = told.map(({ source, provider, passages }, i) => ({
    ...{ id: source, provider: roster[provider]!.id, criterion: "", receivedAt: i, origins: [] },
    text: passages.map(({ text }) => text).join("\n"),
  }));
  return discountReports(reports).weights as ReadonlyMap<Hex, number>;
}
