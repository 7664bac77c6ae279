import { estimateOf, NOTHING, type Estimate, type Voice } from "../../../oracle/domain/judgement/group.ts";
import { judgeUnit, type Ask } from "../../../oracle/domain/judgement/run.ts";
import { supportedScore, type Channel } from "../../../oracle/domain/judgement/support.ts";
import type { JudgedCriterion, Unit } from "../../../oracle/domain/judgement/unit.ts";
import { combine } from "../../../oracle/domain/statistics/combine.ts";
import { normalise } from "../../../oracle/domain/text/normalise.ts";
import { JUDGED } from "./questions.ts";
import type { RawSource, World } from "./world.ts";

/** What one kind of source may reach by itself: the score of the usual work of the trade. */
const BASELINE = 5_000;
const REPEATS = 1;
/** A car that does not run is worth nothing, however clean it is. */
const FLOOR = { below: 0.35, cap: 0 };
const RULES = JUDGED.map(({ id }) => ({ name: id, weight: 1, ...(id === "runs" && { floor: FLOOR }) }));

/** What came of a provider's evidence. */
export interface Evaluated {
  /** Percent of full payout, 0 where a floor is missed; `null` where too little could be scored. */
  readonly points: number | null;
  /** Units looked at, and those that were judged, not abstained. */
  readonly units: number;
  readonly judged: number;
  readonly questions: number;
}

/** Judges a provider's evidence from end to end, but for shrinkage and bounds, which hang on other providers. */
export async function evaluate(world: World, ask: Ask<unknown>): Promise<Evaluated> {
  const counts = { units: 0, judged: 0, questions: 0 };
  const scores: (number | null)[] = [];
  for (const criterion of JUDGED) {
    const channels: Channel[] = [];
    for (const kind of ["interview", "provider-document", "third-party-document"] as const) {
      const sources = world.sources.filter((one) => one.kind === kind && one.criteria.includes(criterion.id));
      const voices = await Promise.all(sources.map((source) => voiceOf(source, criterion, ask, counts)));
      channels.push({ type: kind, estimate: sources.length === 0 ? NOTHING : estimateOf(voices) });
    }
    const telemetry: Estimate = criterion.id === "runs" ? { score: world.telemetry, count: 1, spread: 0 } : NOTHING;
    const score = supportedScore([...channels, { type: "telemetry", estimate: telemetry }], BASELINE);
    scores.push(score === null ? null : score / 10_000);
  }
  const { score } = combine(RULES, scores);
  return { ...counts, points: score === null ? null : score / 100 };
}

async function voiceOf(
  source: RawSource,
  criterion: JudgedCriterion,
  ask: Ask<unknown>,
  counts: { units: number; judged: number; questions: number },
): Promise<Voice> {
  const passages = source.passages.map(({ id, text }) => ({ id, text: normalise(text).text }));
  const unit: Unit = { source: source.id, criterion, passages };
  const { verdict } = await judgeUnit(unit, ask, source.id, REPEATS);
  counts.units += 1;
  counts.questions += criterion.questions.length;
  if (verdict.score !== null) counts.judged += 1;
  return { items: source.items.get(criterion.id) ?? null, words: verdict.score, weight: 1 };
}
