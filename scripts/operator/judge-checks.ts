import { judgesOf, readModelKey, type JudgeKeys } from "../../oracle/adapters/models/judges.ts";
import type { JudgeConfig, ModelsConfig, NodeConfig } from "../../oracle/config.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { canaryResult, checkCanaries } from "../../oracle/domain/judgement/canaries.ts";
import type { CallRecord } from "../../oracle/domain/judgement/record.ts";
import type { Model } from "../../oracle/ports/model.ts";
import { askModel } from "../../oracle/roles/assessor/judging/ask.ts";
import { failed, ok, warning, type Finding } from "./finding.ts";

/** Any seed does: what is asked is not about a round. */
const SEED = `0x${"00".repeat(32)}` as const;

/** What can be told of a node's judges without asking them: whether there are any, and whether their keys can be read. */
export async function checkJudgeKeys({ models, roles }: NodeConfig): Promise<Finding[]> {
  if (!roles.includes("assessor")) return [];
  if (models.judges.length === 0) {
    return [ok("judges", "none: what needs a judge abstains; OPENAI_MODEL or GUERDON_JUDGES names some")];
  }
  return Promise.all(models.judges.map(async (judge) => (await keyOf(judge)).finding));
}

/** Has every judge judge the cases whose score is known. It takes a few thousand tokens each. */
export async function checkJudges({ models, roles }: NodeConfig): Promise<Finding[]> {
  if (!roles.includes("assessor")) return [];
  const read = await Promise.all(models.judges.map(async (judge) => ({ judge, ...(await keyOf(judge)) })));
  const usable = read.filter(({ finding }) => finding.verdict === "ok");
  const keys = new Map(usable.flatMap(({ judge: { family }, key }) => (key === null ? [] : [[family, key] as const])));
  const config = { ...models, judges: usable.map(({ judge }) => judge) };
  return Promise.all(modelsOf(config, keys).map(checkJudge));
}

function modelsOf(config: ModelsConfig, keys: JudgeKeys): readonly Model[] {
  return judgesOf(config, keys).forRound();
}

async function keyOf({ family, key, model }: JudgeConfig): Promise<{ key: string | null; finding: Finding }> {
  const what = `judge ${family}`;
  try {
    const text = key.kind === "file" ? await readModelKey(key.path) : key.kind === "key" ? key.key : null;
    return { key: text, finding: ok(what, `${model}, ${text === null ? "without a key" : "its key can be read"}`) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { key: null, finding: failed(what, error.message, "put the key there, readable by the node alone") };
  }
}

async function checkJudge(model: Model): Promise<Finding> {
  const what = `judge ${model.family} judges`;
  const { judgements } = await checkCanaries(askModel(model), SEED);
  const calls: CallRecord[] = judgements.flatMap((one) => one.calls);
  const fault = calls.find((call) => call.fault !== null)?.fault;
  const { sound, steerable } = canaryResult(judgements.map(({ verdict }) => verdict.score));
  const tokens = `${calls.reduce((sum, { chargedTokens }) => sum + chargedTokens, 0)} tokens`;
  if (fault !== undefined && fault !== null && !sound) {
    return failed(what, `it did not answer: ${fault}`, "check address, key and name of the model");
  }
  if (!sound)
    return failed(what, `known cases come out wrong (${tokens})`, "it would have no say in rounds: name another");
  if (!steerable) return ok(what, `known cases come out right (${tokens})`);
  return warning(
    what,
    `an instruction in a case changes its score (${tokens})`,
    "what it may do is bounded; name a better one",
  );
}
