import type { Usage } from "./usage.ts";

/** What is answered, before it is written at once or in pieces. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly fingerprint: string | null;
  readonly content: string | null;
  readonly refusal: string | null;
  readonly finishReason: string;
  readonly usage: Usage | null;
  /** Whether there is a choice at all. */
  readonly empty: boolean;
}

/** Seconds; the same always, as nothing depends on it. */
const CREATED = 1_767_225_600;
const PIECE = 7;

/** A `chat.completion`. */
export function completionBody(answer: Answer) {
  const { id, model, fingerprint, content, refusal, finishReason, usage, empty } = answer;
  const message = { role: "assistant", content, refusal };
  return {
    id,
    object: "chat.completion",
    created: CREATED,
    model,
    ...(fingerprint === null ? {} : { system_fingerprint: fingerprint }),
    choices: empty ? [] : [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    ...(usage === null ? {} : { usage }),
  };
}

/** The same answer as `chat.completion.chunk`s: the role, the text in pieces, the reason it ends, and usage where it was asked for. */
export function completionChunks(answer: Answer, withUsage: boolean): object[] {
  const { id, model, fingerprint, content, refusal, finishReason, usage, empty } = answer;
  const chunk = (choices: object[], counted?: Usage | null): object => ({
    id,
    object: "chat.completion.chunk",
    created: CREATED,
    model,
    ...(fingerprint === null ? {} : { system_fingerprint: fingerprint }),
    choices,
    ...(withUsage ? { usage: counted ?? null } : {}),
  });
  const choice = (delta: object, reason: string | null = null): object[] => [
    { index: 0, delta, logprobs: null, finish_reason: reason },
  ];
  const last = withUsage && usage !== null ? [chunk([], usage)] : [];
  if (empty) return last.length === 0 ? [chunk([])] : last;
  return [
    chunk(choice({ role: "assistant", content: content === null ? null : "" })),
    ...pieces(content).map((piece) => chunk(choice({ content: piece }))),
    ...pieces(refusal).map((piece) => chunk(choice({ refusal: piece }))),
    chunk(choice({}, finishReason)),
    ...last,
  ];
}

/** As server-sent events. */
export function eventsOf(chunks: readonly object[]): string[] {
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"];
}

/** An error as OpenAI words it. */
export function errorBody(message: string, fields: Readonly<Record<string, unknown>> = {}) {
  return { error: { message, type: "invalid_request_error", param: null, code: null, ...fields } };
}

function pieces(text: string | null): string[] {
  if (text === null) return [];
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / PIECE) }, (_, i) =>
    points.slice(i * PIECE, (i + 1) * PIECE).join(""),
  );
}
