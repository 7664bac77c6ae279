import { keccak256, stringToBytes, type Hex } from "viem";
import { canonicalHash, canonicalJson } from "../canonical.ts";

/** What a model is asked, as far as its prompt follows from it. */
export interface Prompted {
  readonly system: string;
  readonly user: string;
  readonly schema: { readonly jsonSchema: Readonly<Record<string, unknown>> };
}

/** How an endpoint is told of a schema. */
export type AnswerFormat = "json_schema" | "json_object";

/** A message of the prompt, as OpenAI's chat completions have it. */
export interface Message {
  readonly role: "system" | "user";
  readonly content: string;
}

/**
 * The messages that are sent. Where the endpoint knows of no schemas, the schema ends the system message, so that what is the same
 * for all calls of a purpose still stands first.
 */
export function messagesOf({ system, user, schema }: Prompted, format: AnswerFormat): readonly Message[] {
  const told = `${system}\n\nAnswer with one JSON value alone, which meets this JSON Schema:\n`;
  const content = format === "json_schema" ? system : told + canonicalJson(schema.jsonSchema);
  return [
    { role: "system", content },
    { role: "user", content: user },
  ];
}

/** keccak256 of the messages' canonical JSON: names the rendered prompt in records. */
export function messagesHash(messages: readonly Message[]): Hex {
  return canonicalHash(messages);
}

/** keccak256 of a text in UTF-8. */
export function textHash(text: string): Hex {
  return keccak256(stringToBytes(text));
}
