import type { Address } from "viem";
import { judgesOf, readJudgeKeys } from "../../oracle/adapters/models/judges.ts";
import { readModels, type ModelsConfig } from "../../oracle/config.ts";
import type { Environment } from "../../oracle/config/read.ts";
import type { PrivateParts } from "../../oracle/domain/audit/judgements.ts";
import type { Bundle } from "../../oracle/domain/bundle.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { checkCanaries } from "../../oracle/domain/judgement/canaries.ts";
import { recordHash, type NodeRecord } from "../../oracle/domain/judgement/node-record.ts";
import { replayUnit, type CallRecord, type UnitRecord } from "../../oracle/domain/judgement/record.ts";
import { compareJudges, type JudgedAgain, type RejudgeReport } from "../../oracle/domain/judgement/rejudge.ts";
import { roundSources } from "../../oracle/domain/judgement/round-sources.ts";
import { roundUnits, unitKey, type PlacedUnit } from "../../oracle/domain/judgement/round-units.ts";
import { judgeUnit } from "../../oracle/domain/judgement/run.ts";
import { judgedParams } from "../../oracle/domain/spec.ts";
import type { Model, ModelBench } from "../../oracle/ports/model.ts";
import { askModel } from "../../oracle/roles/assessor/judging/ask.ts";
import { readPrivateFolder } from "./private-folder.ts";
import { bundlesIn } from "./private.ts";

/** What a person may say about judging again. */
export interface RejudgeOptions {
  /** Folder of what is private of the season. */
  readonly given?: string | undefined;
  /** Only what this node judged. */
  readonly node?: Address | undefined;
}

/** A model that judged again. */
export interface AgainJudge {
  readonly family: string;
  readonly model: string;
  /** Whether it got the cases right whose score is known: of one that did not, nothing would count. */
  readonly sound: boolean;
}

/** What judging a season again found. */
export interface Rejudged extends RejudgeReport {
  readonly again: readonly AgainJudge[];
  /** Units on record that are not at hand, as their evidence is private. */
  readonly unseen: number;
  /** Units whose record does not hold, with which nothing can be compared. */
  readonly unsound: number;
  /** Tokens that judging again took. */
  readonly tokens: number;
}

/** A unit on record that can be judged again. */
interface OnRecord {
  readonly record: NodeRecord;
  readonly family: string;
  readonly placed: PlacedUnit;
  readonly unit: UnitRecord;
}

/**
 * Judges what is on record in a season's folder again, with the models of the settings, under the same seeds, so that the first prompts
 * are the same. Writes nothing.
 * @throws InputError or SettingsError where no model is set, there is nothing to judge again, or no model answers
 */
export async function rejudgeFolder(
  folder: string,
  environment: Environment,
  { given, node }: RejudgeOptions = {},
): Promise<Rejudged> {
  const config = readModels(environment);
  if (config.judges.length === 0) {
    const limit = "OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL, or GUERDON_JUDGES";
    throw new InputError("no model is set to judge with", { field: "settings", limit });
  }
  const bundles = await bundlesIn(folder);
  const parts = given === undefined ? NONE : await readPrivateFolder(given, folder);
  return rejudge(
    bundles,
    await benchOf(config),
    config.judges.map(({ model }) => model),
    { parts, node },
  );
}

const NONE: PrivateParts = { items: new Map(), records: new Map() };

async function benchOf(config: ModelsConfig): Promise<ModelBench> {
  return judgesOf(config, await readJudgeKeys(config));
}

async function rejudge(
  bundles: readonly Bundle[],
  bench: ModelBench,
  models: readonly string[],
  { parts, node }: { readonly parts: PrivateParts; readonly node: Address | undefined },
): Promise<Rejudged> {
  const judged: JudgedAgain[] = [];
  const again = new Map<string, boolean>();
  const count = { unseen: 0, unsound: 0, tokens: 0, units: 0, answered: 0 };
  for (const bundle of bundles) {
    for (const record of (bundle.judgements ?? []).filter(
      (one) => node === undefined || one.node === node.toLowerCase(),
    )) {
      const { units, unseen } = unitsOnRecord(bundle, record, parts);
      count.unseen += unseen;
      count.units += units.length;
      // Each node had a round's tokens of its own.
      for (const model of units.length === 0 ? [] : bench.forRound()) {
        if (!again.has(model.family)) {
          const { sound, judgements } = await checkCanaries(askModel(model), recordHash(record));
          again.set(model.family, sound);
          count.tokens += tokensOf(judgements.flatMap(({ calls }) => calls));
        }
        const found = await Promise.all(units.map((unit) => judgedAgain(model, unit)));
        for (const one of found) {
          if (one === null) count.unsound += 1;
          else judged.push(one.judged);
          count.tokens += one?.tokens ?? 0;
          count.answered += one?.answered ?? 0;
        }
      }
    }
  }
  if (count.units === 0) throw nothingToJudge(bundles, node, count.unseen);
  if (judged.length > 0 && count.answered === 0) throw new InputError("no model answered", { field: "settings" });
  const { unseen, unsound, tokens } = count;
  const judges = bench.families.map((family, i) => ({ family, model: models[i]!, sound: again.get(family) === true }));
  return { ...compareJudges(judged), again: judges, unseen, unsound, tokens };
}

function nothingToJudge(bundles: readonly Bundle[], node: Address | undefined, unseen: number): InputError {
  const records = bundles.flatMap(({ judgements }) => judgements ?? []);
  if (node !== undefined && !records.some((record) => record.node === node.toLowerCase())) {
    const limit = records.map((record) => record.node).join(", ") || "a node that shows how it judged";
    return new InputError("the node shows no judgement", { field: "--node", value: node, limit });
  }
  if (unseen > 0) return new InputError(`all ${unseen} judged units are private; name a folder of them with --private`);
  return new InputError("nothing of this season was judged");
}

/** The units on a node's record that can be seen, with what they are about. */
function unitsOnRecord(
  { spec, evidence }: Bundle,
  record: NodeRecord,
  parts: PrivateParts,
): { readonly units: OnRecord[]; readonly unseen: number } {
  const params = judgedParams(spec);
  if (params === null) return { units: [], unseen: 0 };
  const items = evidence.map((item) => ("leaf" in item ? (parts.items.get(item.leaf) ?? item) : item));
  const placed = new Map(roundUnits(roundSources(spec, params, items), params.document).map((one) => [one.key, one]));
  const units = record.units.flatMap((kept): OnRecord[] => {
    const whole = "record" in kept ? kept.record : parts.records.get(kept.sealed);
    if (whole === undefined) return [];
    const place = placed.get(unitKey(whole.source, whole.criterion, kept.part));
    return place === undefined ? [] : [{ record, family: kept.family, placed: place, unit: whole }];
  });
  return { units, unseen: record.units.length - units.length };
}

/** What a model makes of a unit that was judged before; `null` where the record of that does not hold. */
async function judgedAgain(
  model: Model,
  { record, family, placed, unit }: OnRecord,
): Promise<{ judged: JudgedAgain; tokens: number; answered: number } | null> {
  const before = await replayUnit(placed.unit, unit);
  if (!before.ok) return null;
  const { verdict, calls } = await judgeUnit(placed.unit, askModel(model), unit.seed, unit.repeats);
  const { criterion } = placed.unit;
  const { node, round } = record;
  const judged: JudgedAgain = {
    ...{ node, round, family, again: model.family, criterion: criterion.id },
    questions: criterion.questions.map(({ id }) => id),
    first: before.judgement.verdict,
    second: verdict,
  };
  return { judged, tokens: tokensOf(calls), answered: calls.filter(({ fault }) => fault === null).length };
}

function tokensOf(calls: readonly CallRecord[]): number {
  return calls.reduce((sum, { chargedTokens }) => sum + chargedTokens, 0);
}
