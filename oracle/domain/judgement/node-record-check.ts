import type { Hex } from "viem";
import { evidenceLeaf, type EvidenceItem, type WithheldItem } from "../evidence.ts";
import type { AssessedRound } from "../node-report.ts";
import type { JudgedParams } from "../criteria/terms.ts";
import type { OutcomeSpec } from "../spec.ts";
import { firstDifference } from "../difference.ts";
import { claimsOf, unitsDelivered } from "./round-claims.ts";
import { roundSources, type RoundSource } from "./round-sources.ts";
import { roundUnits, type PlacedUnit } from "./round-units.ts";
import { recordedKey, recordHash, sealedHash, type NodeRecord, type OpenUnit, type SealedUnit } from "./node-record.ts";
import type { UnitRecord } from "./record.ts";
import { replayPlaced, soundness } from "./replay-record.ts";
import type { JudgedReport } from "./report-vector.ts";
import { cellsOf, SAMPLED } from "./score.ts";
import type { Verdict } from "./verdict.ts";
import { joinJudges, type WordsFound } from "./words.ts";

/** What a record is held against. */
export interface RecordContext {
  readonly of: AssessedRound;
  readonly spec: OutcomeSpec;
  readonly params: JudgedParams;
  /** Private items opened as far as the reader may. */
  readonly items: readonly (EvidenceItem | WithheldItem)[];
  /** Leaves of private items, opened or not. */
  readonly withheld: ReadonlySet<Hex>;
  /** Whole records of private units, by their salted hash, as far as the reader has them. */
  readonly privateRecords?: ReadonlyMap<Hex, UnitRecord>;
}

/** What came of it. */
export interface RecordCheck {
  /** In words; `null` where nothing is wrong. */
  readonly problem: string | null;
  /** Cells that rest on private evidence the reader has not, of all. */
  readonly unseen: number;
  readonly cells: number;
}

/** A unit of a judge as far as it can be seen. */
interface Seen {
  readonly verdict: Pick<Verdict, "score" | "rulings" | "abstention">;
  /** Whether its answers are known, not only its score. */
  readonly whole: boolean;
}

/**
 * Checks that a node's claims follow from the evidence and from what its models answered: every quote stands where it is said to, every
 * prompt is the one that follows, scores and claims are the computed ones. No model is asked.
 */
export async function checkRecord(
  record: NodeRecord,
  report: JudgedReport & { readonly node: Hex },
  context: RecordContext,
): Promise<RecordCheck> {
  const { params, spec } = context;
  const cells = cellsOf(params.document).length * spec.roster.length;
  const failed = (problem: string): RecordCheck => ({ problem, unseen: 0, cells });
  const place = placeProblem(record, report, context.of);
  if (place !== null) return failed(place);
  const sources = roundSources(spec, params, context.items);
  const unopened = hiddenNow(record, sources);
  const listed = hiddenProblem(record, sources, context.withheld);
  if (listed !== null) return failed(listed);
  const judged = await judgedUnits(record, sources, unopened, context);
  if (typeof judged === "string") return failed(judged);
  return compareClaims(report, sources, judged, unopened, context);
}

function placeProblem(record: NodeRecord, report: JudgedReport & { readonly node: Hex }, of: AssessedRound) {
  if (recordHash(record) !== report.record) return `its hash is ${recordHash(record)}, not ${report.record}`;
  const { chainId, pool, round, evidenceRoot, node } = record;
  const expected = { chainId: of.chainId, pool: of.pool, round: of.round, evidenceRoot: of.evidenceRoot };
  return firstDifference({ chainId, pool, round, evidenceRoot, node }, { ...expected, node: report.node }, "record");
}

/** Private sources that the reader has not opened. */
function hiddenNow({ hidden }: NodeRecord, sources: readonly RoundSource[]): NodeRecord["hidden"] {
  const opened = new Set(sources.map(({ source }) => source));
  return hidden.filter(({ source }) => !opened.has(source));
}

/** Hidden sources must be private items of the round; those the reader has opened must be what is said of them, and be listed. */
function hiddenProblem(
  { hidden }: NodeRecord,
  sources: readonly RoundSource[],
  withheld: ReadonlySet<Hex>,
): string | null {
  const listed = new Map(hidden.map((one) => [one.source, one]));
  const stranger = hidden.find(({ source }) => !withheld.has(source));
  if (stranger !== undefined) return `${stranger.source} is no private item of the round`;
  for (const { source, provider, group } of sources.filter((one) => withheld.has(one.source))) {
    const problem = firstDifference(listed.get(source) ?? null, { source, provider, group }, `hidden ${source}`);
    if (problem !== null) return problem;
  }
  return null;
}

/** What the node's sound judges made of every unit, by its key; or what is wrong. */
async function judgedUnits(
  record: NodeRecord,
  sources: readonly RoundSource[],
  unopened: NodeRecord["hidden"],
  context: RecordContext,
): Promise<ReadonlyMap<string, { found: WordsFound; whole: boolean }> | string> {
  const peopleHidden = unopened.some(({ group }) => group === SAMPLED);
  // Which of the people repeat each other is not known while some are hidden, so their units may be more than seem needed.
  const known = sources.filter(({ group }) => !(peopleHidden && group === SAMPLED));
  const units = roundUnits(known, context.params.document);
  const salts = new Map(
    context.items.flatMap((item) => ("leaf" in item ? [] : [[evidenceLeaf(item), item.salt] as const])),
  );
  const verdicts = new Map<string, Seen[]>();
  const families = record.judges.map(({ family }) => family);
  if (new Set(families).size !== families.length) return "a family judges twice";
  const kept = new Map(record.units.map((one) => [`${one.family} ${recordedKey(one)}`, one]));
  if (kept.size !== record.units.length) return "a unit is there twice";
  for (const judge of record.judges) {
    const { family } = judge;
    const sound = await soundness(judge, record);
    if (typeof sound === "string") return `${family}: ${sound}`;
    for (const placed of units) {
      const seen = await seenUnit(kept.get(`${family} ${placed.key}`), placed, { family, record, context, salts });
      if (typeof seen === "string") return `${family}, ${placed.key}: ${seen}`;
      if (!sound) continue;
      const own = verdicts.get(placed.key) ?? [];
      verdicts.set(placed.key, own);
      own.push(seen);
    }
  }
  const stranger = strangeUnit(record, units, unopened);
  if (stranger !== null) return stranger;
  return new Map(
    units.map(({ key }) => {
      const own = verdicts.get(key) ?? [];
      return [key, { found: joinJudges(own.map(({ verdict }) => verdict)), whole: own.every(({ whole }) => whole) }];
    }),
  );
}

interface UnitContext {
  readonly family: string;
  readonly record: NodeRecord;
  readonly context: RecordContext;
  readonly salts: ReadonlyMap<Hex, Hex>;
}

/** Units of public sources must be shown whole, those of private ones never. */
async function seenUnit(
  kept: OpenUnit | SealedUnit | undefined,
  placed: PlacedUnit,
  given: UnitContext,
): Promise<Seen | string> {
  const { source } = placed.unit;
  if (kept === undefined) return "it was not judged";
  if (!given.context.withheld.has(source)) {
    return "record" in kept ? replayed(kept.record, placed, given) : "a public source is not shown";
  }
  if ("record" in kept) return "a private source is shown";
  const whole = given.context.privateRecords?.get(kept.sealed);
  if (whole === undefined)
    return { verdict: { score: kept.score, abstention: kept.abstention, rulings: [] }, whole: false };
  if (sealedHash(given.salts.get(source)!, whole) !== kept.sealed) return "its record is another than the one sealed";
  if (whole.score !== kept.score || whole.abstention !== kept.abstention) return "its record says something else";
  return replayed(whole, placed, given);
}

async function replayed(
  whole: UnitRecord,
  placed: PlacedUnit,
  { family, record, context }: UnitContext,
): Promise<Seen | string> {
  const { repeats } = context.params;
  const verdict = await replayPlaced(placed, whole, { ...record, family, repeats });
  return typeof verdict === "string" ? verdict : { verdict, whole: true };
}

/** Units that nobody asked for: of no source there is. */
function strangeUnit(
  { units }: NodeRecord,
  placed: readonly PlacedUnit[],
  hidden: NodeRecord["hidden"],
): string | null {
  const keys = new Set(placed.map(({ key }) => key));
  const unseen = new Set(hidden.map(({ source }) => source));
  const peopleHidden = hidden.some(({ group }) => group === SAMPLED);
  const strange = units.find((one) => {
    const { source } = "record" in one ? one.record : one;
    return !keys.has(recordedKey(one)) && !unseen.has(source) && !peopleHidden;
  });
  return strange === undefined ? null : `${recordedKey(strange)}: nothing of that kind was to be judged`;
}

/** Claims and units must be the computed ones wherever everything they rest on is seen. */
function compareClaims(
  report: JudgedReport,
  sources: readonly RoundSource[],
  judged: ReadonlyMap<string, { readonly found: WordsFound; readonly whole: boolean }>,
  unopened: NodeRecord["hidden"],
  { spec, params }: RecordContext,
): RecordCheck {
  const providers = spec.roster.length;
  const cells = cellsOf(params.document);
  const found = new Map([...judged].map(([key, one]) => [key, one.found]));
  const own = claimsOf(params.document, providers, sources, found);
  const partial = [...judged.values()].some(({ whole }) => !whole);
  const result = { cells: own.length, unseen: 0 };
  for (const [i, estimate] of own.entries()) {
    const [provider, { group, criterion }] = [Math.floor(i / cells.length), cells[i % cells.length]!];
    const rests = unopened.some((one) => {
      // What people say of one provider is set beside what they say of the others.
      if (group === SAMPLED) return one.group === SAMPLED;
      return one.provider === provider && (group === null || one.group === group);
    });
    // Of sealed units the score is known, and not what was answered, on which vetoes rest.
    if (rests || (group === null && partial)) {
      result.unseen += 1;
      continue;
    }
    const place = `provider ${provider}, ${criterion.id}, ${group ?? "veto"}`;
    const problem = firstDifference(report.estimates[i], estimate, place);
    if (problem !== null) return { ...result, problem };
  }
  const units = spec.payment.metered && unopened.length === 0 ? unitsDelivered(providers, sources) : null;
  const problem = units === null ? null : firstDifference(report.units, units, "units");
  return { ...result, problem };
}
