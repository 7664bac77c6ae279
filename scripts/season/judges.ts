import { InputError } from "../../oracle/domain/errors.ts";
import type { Fact } from "../judges/reading.ts";
import { exampleJudges } from "./example-judges.ts";
import { NO_MODEL, startJudgeServer } from "./judge-server.ts";

/** Who judges words in a local run. */
export const JUDGE_KINDS = ["scripted", "models", "none"] as const;
export type JudgeKind = (typeof JUDGE_KINDS)[number];

/** Settings of models that a run passes on to its nodes. */
const MODEL_SETTINGS = /^(?:OPENAI_(?:BASE_URL|API_KEY|MODEL)|GUERDON_(?:JUDGES|MODEL_[A-Z_]+))$/;

/** What judges in a run. */
export interface RunJudges {
  readonly kind: JudgeKind;
  /** What a person should know of them. */
  readonly words: string;
  /** Settings of a node, by its place from 0. */
  readonly settings: (place: number) => Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Who judges where nothing was said: models, where a model is set, else scripted judges. */
export function judgeKind(asked: JudgeKind | undefined, environment: NodeJS.ProcessEnv): JudgeKind {
  const hasModel = environment["OPENAI_MODEL"] !== undefined || environment["GUERDON_JUDGES"] !== undefined;
  if (asked === "models" && !hasModel) {
    const limit = "OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL, or GUERDON_JUDGES";
    throw new InputError("no model is set", { field: "--judges", value: asked, limit });
  }
  return asked ?? (hasModel ? "models" : "scripted");
}

/** @param facts what scripted judges know */
export async function openJudges(
  kind: JudgeKind,
  facts: readonly Fact[],
  environment: NodeJS.ProcessEnv,
): Promise<RunJudges> {
  if (kind === "none") {
    return { kind, words: "no model is set: what needs a judge abstains", settings: () => ({}), stop: nothing };
  }
  if (kind === "models") {
    const settings = Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) =>
        MODEL_SETTINGS.test(name) && value !== undefined ? [[name, value]] : [],
      ),
    );
    return { kind, words: "the models of the settings judge", settings: () => settings, stop: nothing };
  }
  const judges = exampleJudges(facts);
  const server = await startJudgeServer(judges);
  return {
    kind,
    words: `scripted judges at ${server.url} (each a ${NO_MODEL})`,
    settings: (place) => ({
      OPENAI_BASE_URL: server.url,
      OPENAI_API_KEY: "scripted-judges",
      OPENAI_MODEL: judges[place]!.model,
      // Nobody pays for these tokens.
      GUERDON_MODEL_TOKENS_PER_ROUND: "1000000000",
      GUERDON_MODEL_CONCURRENCY: "8",
    }),
    stop: () => server.close(),
  };
}

async function nothing(): Promise<void> {
  // Models behind endpoints are nobody's to stop.
}
