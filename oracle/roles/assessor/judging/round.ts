import type { Hex } from "viem";
import type { JudgedParams } from "../../../domain/criteria/terms.ts";
import type { EvidenceItem, WithheldItem } from "../../../domain/evidence.ts";
import { evidenceLeaf } from "../../../domain/evidence.ts";
import { CANARY_UNITS, canaryResult, canarySeed } from "../../../domain/judgement/canaries.ts";
import { sealedUnit, type NodeRecord } from "../../../domain/judgement/node-record.ts";
import { unitRecord, replayUnit, type UnitRecord } from "../../../domain/judgement/record.ts";
import { encodeReport } from "../../../domain/judgement/report-vector.ts";
import { claimsOf, unitsDelivered } from "../../../domain/judgement/round-claims.ts";
import { roundSources, type RoundSource } from "../../../domain/judgement/round-sources.ts";
import { roundUnits, unitSeed, type PlacedUnit } from "../../../domain/judgement/round-units.ts";
import { judgeUnit } from "../../../domain/judgement/run.ts";
import type { Unit } from "../../../domain/judgement/unit.ts";
import type { Verdict } from "../../../domain/judgement/verdict.ts";
import { joinJudges } from "../../../domain/judgement/words.ts";
import { roundSchedule } from "../../../domain/round/schedule.ts";
import { clockTerms } from "../../../../contracts/protocol/terms.ts";
import type { Model } from "../../../ports/model.ts";
import { Refusal } from "../../refusal.ts";
import { keepRecord, keepUnit, keptUnits, unitName } from "../../../store/judgements.ts";
import { mapAtOnce } from "../at-once.ts";
import { openedEvidence } from "../evidence.ts";
import type { AssessorParts } from "../parts.ts";
import type { RoundAtWork } from "../report.ts";
import { askModel } from "./ask.ts";

/** What a judge of this node made of a round. */
interface Judged {
  readonly model: Model;
  readonly canaries: readonly UnitRecord[];
  readonly sound: boolean;
  /** In the order of the units. */
  readonly units: readonly { readonly placed: PlacedUnit; readonly record: UnitRecord; readonly verdict: Verdict }[];
}

/** Units one model is at work on: enough to keep it busy, few enough that a node that is killed loses little. */
const UNITS_AT_ONCE = 16;

/** What passes: the endpoint does not answer now. */
const PASSING: ReadonlySet<string | null> = new Set(["timeout", "rate-limited", "unavailable"]);

/**
 * Judges a round with this node's models and keeps the record that shows it. What was answered before, as to a process that was
 * killed, is not asked again.
 * @returns the report's vector: claims, and the hash of the record
 * @throws Refusal `judges-unavailable` where a model does not answer now and there is time to ask again
 */
export async function judgeRound(parts: AssessorParts, work: RoundAtWork, params: JudgedParams): Promise<Hex> {
  const { id, pool } = work;
  const { evidence, frozen } = await openedEvidence(parts, id, pool.spec);
  const sources = roundSources(pool.spec, params, evidence);
  const withheld = new Set(frozen.withheld);
  const units = roundUnits(sources, params.document);
  const kept = await keptUnits(parts, id);
  const models = parts.models.forRound(spentBy(kept, parts.models.families, units));
  const at = { parts, work, params, units, withheld, kept };
  const judged = await Promise.all(models.map((model) => judgeAll(model, at)));
  const silent = judged.find(({ canaries, units: all }) =>
    [...canaries, ...all.map(({ record }) => record)].some(isUnanswered),
  );
  if (silent !== undefined && parts.time() < lastCallAt(work)) {
    throw new Refusal("judges-unavailable", `${silent.model.family} does not answer all it is asked`);
  }
  const sound = judged.filter((one) => one.sound);
  for (const { model } of judged.filter((one) => !one.sound)) {
    parts.log.error({ ...id, family: model.family }, "a judge got known cases wrong and has no say in this round");
  }
  const found = units.map(({ key }, i) => [key, joinJudges(sound.map((one) => one.units[i]!.verdict))] as const);
  const providers = pool.spec.roster.length;
  const record = recordOf(judged, { work, node: parts.signer.address, sources, evidence, withheld });
  const report = {
    estimates: claimsOf(params.document, providers, sources, new Map(found)),
    units: pool.spec.payment.metered ? unitsDelivered(providers, sources) : null,
    record: await keepRecord(parts.blobs, record),
  };
  return encodeReport(parts.claim(report));
}

/** Until when it is worth asking again: a quarter of the time for judging is left then. */
function lastCallAt({ id, pool }: RoundAtWork): number {
  const { freezeAt, commitBy } = roundSchedule(clockTerms(pool.terms), id.round);
  return commitBy - (commitBy - freezeAt) / 4;
}

function isUnanswered({ calls }: UnitRecord): boolean {
  return calls.some(({ fault }) => PASSING.has(fault));
}

interface JudgingAt {
  readonly parts: AssessorParts;
  readonly work: RoundAtWork;
  readonly params: JudgedParams;
  readonly units: readonly PlacedUnit[];
  readonly withheld: ReadonlySet<Hex>;
  readonly kept: ReadonlyMap<string, UnitRecord>;
}

/** Known cases first: what a judge that gets them wrong makes of the others is of no use, and costs. */
async function judgeAll(model: Model, at: JudgingAt): Promise<Judged> {
  const { work, parts, units, params } = at;
  const seedOf = (key: string): Hex => unitSeed(parts.signer.address, work.of.evidenceRoot, model.family, key);
  const canarySeeds = seedOf("canaries");
  const canaries = await Promise.all(
    CANARY_UNITS.map((unit, i) => {
      const place = { key: `${unit.source}/canary/${i}`, hidden: false };
      return judgeOnce(model, unit, { ...place, seed: canarySeed(canarySeeds, unit), repeats: 1 }, at);
    }),
  );
  const { sound } = canaryResult(canaries.map(({ record }) => record.score));
  const judged = await mapAtOnce(units, UNITS_AT_ONCE, async (placed) => {
    const hidden = at.withheld.has(placed.unit.source);
    const order = { key: placed.key, hidden, seed: seedOf(placed.key), repeats: params.repeats };
    return { placed, ...(await judgeOnce(model, placed.unit, order, at)) };
  });
  return { model, canaries: canaries.map(({ record }) => record), sound, units: judged };
}

interface UnitOrder {
  readonly key: string;
  readonly hidden: boolean;
  readonly seed: Hex;
  readonly repeats: number;
}

async function judgeOnce(
  model: Model,
  unit: Unit,
  { key, hidden, seed, repeats }: UnitOrder,
  { parts, work, kept }: JudgingAt,
): Promise<{ record: UnitRecord; verdict: Verdict }> {
  const { family } = model;
  const before = kept.get(unitName({ family, unit: key }));
  if (before?.seed === seed && before.repeats === repeats) {
    const replayed = await replayUnit(unit, before);
    if (replayed.ok) return { record: before, verdict: replayed.judgement.verdict };
  }
  const judgement = await judgeUnit(unit, askModel(model, parts.stopping), seed, repeats);
  // A node that stops has not heard that its model is silent.
  parts.stopping.throwIfAborted();
  const record = unitRecord(unit, { seed, repeats }, judgement);
  if (!isUnanswered(record)) await keepUnit(parts, work.id, { family, unit: key, hidden }, record);
  return { record, verdict: judgement.verdict };
}

/** Tokens of the round that each family took before, as far as what it answered is kept. */
function spentBy(
  kept: ReadonlyMap<string, UnitRecord>,
  families: readonly string[],
  units: readonly PlacedUnit[],
): Map<string, number> {
  const keys = [...units.map(({ key }) => key), ...CANARY_UNITS.map(({ source }, i) => `${source}/canary/${i}`)];
  return new Map(
    families.map((family) => {
      const records = keys.flatMap((unit) => kept.get(unitName({ family, unit })) ?? []);
      const spent = records.flatMap(({ calls }) => calls).reduce((sum, { chargedTokens }) => sum + chargedTokens, 0);
      return [family, spent];
    }),
  );
}

function recordOf(
  judged: readonly Judged[],
  given: {
    readonly work: RoundAtWork;
    readonly node: Hex;
    readonly sources: readonly RoundSource[];
    readonly evidence: readonly (EvidenceItem | WithheldItem)[];
    readonly withheld: ReadonlySet<Hex>;
  },
): NodeRecord {
  const { work, node, sources, evidence, withheld } = given;
  const salts = new Map(evidence.flatMap((item) => ("leaf" in item ? [] : [[evidenceLeaf(item), item.salt] as const])));
  const { chainId, pool, round, evidenceRoot } = work.of;
  const hidden = sources.filter(({ source }) => withheld.has(source));
  return {
    format: "guerdon/judgement/1",
    ...{ chainId, pool, round, evidenceRoot, node },
    judges: judged.map(({ model, canaries }) => ({ family: model.family, model: model.id, canaries: [...canaries] })),
    hidden: hidden.map(({ source, provider, group }) => ({ source, provider, group })),
    units: judged.flatMap(({ model: { family }, units }) =>
      units.map(({ placed: { unit, part }, record }) => {
        if (!withheld.has(unit.source)) return { family, part, record };
        return sealedUnit(family, part, salts.get(unit.source)!, record);
      }),
    ),
  };
}
