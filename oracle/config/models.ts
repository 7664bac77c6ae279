import { z } from "zod";
import { baseUrl, text, whole } from "./forms.ts";
import type { SettingTable } from "./setting.ts";

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** Where evidence may be sent: unseen by others on the way. */
const modelUrl = baseUrl.refine(
  (url) => url.startsWith("https:") || isLoopback(url),
  "must be a URL of https, or of this machine",
);

const KEY_FORM = "must be 8 to 512 printable characters without spaces";

/** A key for an endpoint, as it is sent in a header. */
export const modelKey = z.string().regex(/^[\x21-\x7e]{8,512}$/, KEY_FORM);

const modelName = z.string().regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 printable characters without spaces");

const judge = z.strictObject({
  family: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, "must be 1 to 40 of a-z, 0-9, . and -"),
  model: modelName,
  url: modelUrl,
  keyFile: text.nullable().default(null),
  returns: z.array(modelName).max(20).default([]),
  format: z.enum(["json_schema", "json_object"], "must be json_schema or json_object").default("json_schema"),
  stream: z.boolean("must be true or false").default(false),
  embeddings: modelName.nullable().default(null),
});

/** A judge as `GUERDON_JUDGES` names it. */
export type NamedJudge = z.output<typeof judge>;

const judgeList = z
  .array(judge, "must be a list")
  .min(1, "must not be empty")
  .max(10, "must be of at most 10")
  .refine(
    (judges) => new Set(judges.map(({ family }) => family)).size === judges.length,
    "must not name a family twice",
  );

/** A JSON list of judges. */
const judges = z.string().transform((value, context): NamedJudge[] => {
  const parsed = judgeList.safeParse(jsonOf(value));
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    const place = path.length === 0 ? "it" : path.join(".");
    context.addIssue({ code: "custom", message: `must be a JSON list of judges; ${place} ${message}` });
  }
  return z.NEVER;
});

export const MODEL_SETTINGS = {
  OPENAI_BASE_URL: {
    description:
      "Endpoint of a model that judges: any that speaks OpenAI's chat completions. Evidence is sent there; https, but on this machine.",
    schema: modelUrl,
    example: "https://api.openai.com/v1",
  },
  OPENAI_API_KEY: {
    description: "Key for that endpoint.",
    schema: modelKey,
    secret: true,
  },
  OPENAI_MODEL: {
    description:
      "Name of the model there. With neither this nor `GUERDON_JUDGES`, criteria that need a judge abstain. Its family is the first word of its name.",
    schema: modelName,
    example: "gpt-x-2026-01-01",
  },
  GUERDON_JUDGES: {
    description:
      "Further models that judge, of different families, as a JSON list of objects: `family`, `model`, `url`, and where needed `keyFile` (file that holds the key), `returns` (names the endpoint may give the model), `format` (`json_schema`, or `json_object` for endpoints without schemas), `stream`, `embeddings` (a model for embeddings there).",
    schema: judges,
    // A key that was put there by mistake must not be shown with what is wrong about it.
    secret: true,
    example: '[{"family":"llama","model":"llama-x","url":"https://models.example/v1","keyFile":"/run/secrets/llama"}]',
  },
  GUERDON_MODEL_TOKENS_PER_ROUND: {
    description:
      "Tokens that judging one round may take, shared equally among the node's models. None is asked beyond it: what is left then abstains.",
    schema: whole(1000, 1_000_000_000),
    default: "1000000",
  },
  GUERDON_MODEL_CONCURRENCY: {
    description: "Questions that one model is asked at once.",
    schema: whole(1, 100),
    default: "4",
  },
  GUERDON_MODEL_TIMEOUT_SECONDS: {
    description: "How long a model may take to answer a question, seconds.",
    schema: whole(1, 300),
    default: "60",
  },
  GUERDON_MODEL_RETRIES: {
    description: "How often a question is asked again after an error that may pass.",
    schema: whole(0, 10),
    default: "3",
  },
} as const satisfies SettingTable;

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
