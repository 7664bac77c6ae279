import { Verbatim, type Asked, type Brain } from "./brains.ts";
import type { Fault } from "./faults.ts";

/** What a model says, as far as it is of the answer's text. */
export interface Said {
  readonly content: string | null;
  readonly refusal: string | null;
  readonly finishReason: string;
}

/** What the brain says, spoilt as the fault wants it. */
export async function said(brain: Brain, asked: Asked, fault: Fault): Promise<Said> {
  if (fault.kind === "refuse") return { content: null, refusal: "I cannot help with that.", finishReason: "stop" };
  if (fault.kind === "filter") return { content: null, refusal: null, finishReason: "content_filter" };
  const value = await brain(asked);
  const text = value instanceof Verbatim ? value.text : JSON.stringify(value);
  const content = {
    malformed: text.slice(0, -1),
    prose: `Here is my answer:\n\`\`\`json\n${text}\n\`\`\``,
    schema: '{"nobody":"asked for this"}',
    truncate: text.slice(0, Math.ceil(text.length / 2)),
  } as Record<string, string>;
  return {
    content: content[fault.kind] ?? text,
    refusal: null,
    finishReason: fault.kind === "truncate" ? "length" : "stop",
  };
}
