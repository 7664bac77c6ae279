import { z } from "zod";
import type { Asked } from "./brains.ts";
import type { Body } from "./http.ts";

const schema = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
  response_format: z
    .discriminatedUnion("type", [
      z.object({ type: z.enum(["text", "json_object"]) }),
      z.object({
        type: z.literal("json_schema"),
        json_schema: z.object({
          name: z.string().regex(/^[\w-]{1,64}$/),
          strict: z.boolean().optional(),
          schema: z.record(z.string(), z.unknown()),
        }),
      }),
    ])
    .optional(),
  temperature: z.number().min(0).max(2).optional(),
  seed: z.int().optional(),
});

/** What a request asks, as a model sees it; `null` where it is none of the protocol's. */
export function askedOf(body: Body, count: number): Asked | null {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return null;
  const { model, messages, response_format: format, temperature, seed } = parsed.data;
  const strict = format?.type === "json_schema" ? format.json_schema : null;
  const words = JSON.stringify(messages).toLowerCase();
  // As OpenAI has it: whoever asks for any object must say so in words, too.
  if (format?.type === "json_object" && !words.includes("json")) return null;
  const textOf = (role: string): string =>
    messages
      .filter((message) => message.role === role)
      .map(({ content }) => content)
      .join("\n");
  return {
    model,
    system: textOf("system"),
    user: textOf("user"),
    schemaName: strict?.name ?? null,
    jsonSchema: strict?.schema ?? null,
    temperature: temperature ?? null,
    seed: seed ?? null,
    count,
  };
}
