import { canonicalJson } from "../../domain/canonical.ts";
import type { ModelReason } from "../../ports/model.ts";
import type { Completion } from "./completion.ts";
import { isSameModel } from "../../domain/text/model-name.ts";
import type { Check } from "./schema-check.ts";

/** What an answer is worth. */
export type AnswerVerdict =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: ModelReason };

/** Takes the value out of an answer, or says why there is none. Text around JSON is not taken away: what is left would be a guess. */
export function verdictOn(answer: Completion, asked: string, returns: readonly string[], check: Check): AnswerVerdict {
  const { model, finishReason, content, refusal } = answer;
  if (model === null || !isSameModel(asked, model, returns)) return { ok: false, reason: "wrong-model" };
  if (finishReason === "content_filter" || (refusal !== null && refusal !== ""))
    return { ok: false, reason: "refused" };
  if (finishReason === "length") return { ok: false, reason: "truncated" };
  const parsed = content === null ? null : parse(content);
  return parsed !== null && check(parsed.value) ? { ok: true, ...parsed } : { ok: false, reason: "malformed" };
}

/** A value that has a canonical form, so not 1e999, and no half of a surrogate pair. */
function parse(content: string): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(content);
    canonicalJson(value);
    return { value };
  } catch {
    return null;
  }
}
