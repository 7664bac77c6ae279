import type { InputError } from "../../domain/errors.ts";
import { EndpointsError } from "./endpoints-error.ts";

/** What an endpoint made of a question: the chain's answer, the chain's refusal (there is no such pool), or no answer of the chain's. */
export type Answer<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "refused"; readonly error: InputError }
  | { readonly kind: "failed"; readonly how: "fails" | "other-chain" };

/** An endpoint that did not say what enough others did, or nothing. */
export interface Deviation {
  /** Its place among the endpoints, from 1. */
  readonly endpoint: number;
  /** What was asked, a few words of ours. */
  readonly what: string;
  readonly how: "differs" | "fails" | "other-chain";
}

/** How answers are counted. */
export interface Count {
  readonly what: string;
  /** How many must say the same. */
  readonly agreement: number;
  readonly onDeviation: (deviation: Deviation) => void;
}

/**
 * The answer that enough endpoints give, as soon as they have; a slow endpoint is not waited for. Every endpoint that turns out to say
 * something else, be it later, is reported.
 * @throws InputError where enough endpoints refuse in the same words
 * @throws EndpointsError `disagree` or `unavailable` as soon as no answer can be given by enough of them
 */
export function vote<T>(answers: readonly Promise<Answer<T>>[], count: Count): Promise<T> {
  const { what, agreement, onDeviation } = count;
  return new Promise((resolve, reject) => {
    const given: { endpoint: number; answer: Answer<T>; key: string | null }[] = [];
    let decided: { key: string | null } | null = null;

    const report = (one: (typeof given)[number], winner: string | null): void => {
      if (one.key !== null && one.key === winner) return;
      const how = one.answer.kind === "failed" ? one.answer.how : "differs";
      // Where nothing won, those that answered may all be honest.
      if (winner !== null || how !== "differs") onDeviation({ endpoint: one.endpoint, what, how });
    };

    const decide = (key: string | null, act: () => void): void => {
      decided = { key };
      act();
      for (const one of given) report(one, key);
    };

    const take = (endpoint: number, answer: Answer<T>): void => {
      const one = { endpoint, answer, key: keyOf(answer) };
      given.push(one);
      if (decided !== null) return report(one, decided.key);
      const same = given.filter(({ key }) => key !== null && key === one.key).length;
      if (same >= agreement) {
        return decide(one.key, () => {
          if (answer.kind === "value") resolve(answer.value);
          else if (answer.kind === "refused") reject(answer.error);
        });
      }
      const left = answers.length - given.length;
      if (largestGroup(given) + left < agreement) decide(null, () => reject(noAnswer(count, given, answers.length)));
    };

    answers.forEach((answer, i) => void answer.then((one) => take(i + 1, one)));
  });
}

function keyOf(answer: Answer<unknown>): string | null {
  if (answer.kind === "failed") return null;
  return answer.kind === "value" ? `value ${canonical(answer.value)}` : `refused ${answer.error.message}`;
}

function largestGroup(given: readonly { readonly key: string | null }[]): number {
  const sizes = new Map<string, number>();
  for (const { key } of given) if (key !== null) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  return Math.max(0, ...sizes.values());
}

function noAnswer(
  { what, agreement }: Count,
  given: readonly { readonly answer: Answer<unknown> }[],
  total: number,
): EndpointsError {
  const failed = given.filter(({ answer }) => answer.kind === "failed");
  const answered = given.length - failed.length;
  const need = `${agreement} of ${total} endpoints must say the same of ${what}`;
  if (answered > 1 && total - failed.length >= agreement) {
    return new EndpointsError("disagree", `${need}; ${answered} answered and differ`);
  }
  const elsewhere = failed.filter(({ answer }) => answer.kind === "failed" && answer.how === "other-chain").length;
  if (elsewhere > 0) return new EndpointsError("other-chain", `${need}; ${elsewhere} are of another chain`);
  return new EndpointsError("unavailable", `${need}; ${failed.length} do not answer it`);
}

/** One text for what means the same: properties in one order, big numbers as such. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
