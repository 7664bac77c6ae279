import { BaseError } from "viem";
import type { Secret } from "../config/secrets.ts";

/** Makes of anything what may be logged: JSON that holds no secret, whatever it was made of. */
export type Censor = (value: unknown) => Plain;

/** JSON. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** Fields that are never shown, whoever they are from. */
const HIDDEN_FIELDS =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-?key|password|private-?key|secret)$/i;
const HIDDEN = "[hidden]";

const DEEPEST = 8;
const LONGEST_LIST = 100;
const LONGEST_TEXT = 8192;

/**
 * @param secrets what must not be shown; in its place stands `[setting NAME]`. Shorter ones are looked for after longer ones, so
 * that no rest of a secret is left
 */
export function createCensor(secrets: readonly Secret[]): Censor {
  const cleaned = textCensor(secrets);
  return (value) => plain(value, cleaned, []);
}

/** Replaces secrets in a text, and what looks like a credential of anybody. */
export function textCensor(secrets: readonly Secret[]): (text: string) => string {
  const names = new Map<string, string>();
  for (const { name, value } of secrets) {
    for (const form of formsOf(value)) names.set(form.toLowerCase(), name);
  }
  const longestFirst = [...names.keys()].filter((form) => form !== "").sort((a, b) => b.length - a.length);
  const known =
    longestFirst.length === 0 ? null : new RegExp(longestFirst.map((form) => escaped(form)).join("|"), "gi");
  return (text) => {
    const without =
      known === null ? text : text.replace(known, (found) => `[setting ${names.get(found.toLowerCase()) ?? ""}]`);
    return without.replace(URL_USER, "$1[hidden]@").replace(CREDENTIAL, "$1 [hidden]");
  };
}

const URL_USER = /([a-z][a-z0-9+.-]{0,15}:\/\/)[^\s/@"']+@/gi;
const CREDENTIAL = /\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/g;

function formsOf(value: string): string[] {
  return [value, encoded(value), JSON.stringify(value).slice(1, -1)];
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

function plain(value: unknown, clean: (text: string) => string, above: readonly object[]): Plain {
  switch (typeof value) {
    case "string":
      // Only what has been cleaned is cut: half a secret would not be found.
      return cut(clean(value));
    case "bigint":
      return value.toString();
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "object":
      return value === null ? null : plainObject(value, clean, above);
    default:
      return null;
  }
}

function plainObject(value: object, clean: (text: string) => string, above: readonly object[]): Plain {
  if (above.includes(value)) return "[circular]";
  if (above.length >= DEEPEST) return "[deep]";
  const inner = (part: unknown): Plain => plain(part, clean, [...above, value]);
  if (value instanceof Error) return plainError(value, inner, clean);
  if (value instanceof URL) return inner(value.href);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Headers) return plainFields([...value.entries()], inner, clean);
  if (Array.isArray(value) || value instanceof Set) return plainList([...(value as Iterable<unknown>)], inner);
  return plainFields(entriesOf(value), inner, clean);
}

function plainList(items: readonly unknown[], inner: (part: unknown) => Plain): Plain {
  const [name, ...rest] = items;
  // A header as a pair.
  if (rest.length === 1 && typeof name === "string" && HIDDEN_FIELDS.test(name)) return [name, HIDDEN];
  const shown = items.slice(0, LONGEST_LIST).map(inner);
  return items.length > LONGEST_LIST ? [...shown, `[${items.length - LONGEST_LIST} more]`] : shown;
}

function plainFields(
  entries: readonly (readonly [unknown, unknown])[],
  inner: (part: unknown) => Plain,
  clean: (text: string) => string,
): Plain {
  const shown = entries.slice(0, LONGEST_LIST).map(([key, part]): [string, Plain] => {
    const name = typeof key === "string" ? key : JSON.stringify(inner(key));
    return [cut(clean(name)), HIDDEN_FIELDS.test(name) ? HIDDEN : inner(part)];
  });
  return Object.fromEntries(shown);
}

/** Own fields. One whose getter throws is left out. */
function entriesOf(value: object): [string, unknown][] {
  return Object.keys(value).flatMap((key) => {
    try {
      const part: unknown = (value as Record<string, unknown>)[key];
      return part === undefined || typeof part === "function" || typeof part === "symbol" ? [] : [[key, part]];
    } catch {
      return [];
    }
  });
}

/** Name, reason, message, where it was thrown, and what caused it. Of viem's messages the short form: the long one quotes endpoints. */
function plainError(error: Error, inner: (part: unknown) => Plain, clean: (text: string) => string): Plain {
  const { reason, code } = error as { reason?: unknown; code?: unknown };
  const message = error instanceof BaseError ? error.shortMessage : error.message;
  return {
    name: cut(clean(error.name)),
    ...(typeof reason === "string" ? { reason: cut(clean(reason)) } : {}),
    ...(typeof code === "string" ? { code: cut(clean(code)) } : {}),
    message: cut(clean(message)),
    at: framesOf(error).map(clean),
    ...(error.cause === undefined ? {} : { cause: inner(error.cause) }),
    ...(error instanceof AggregateError ? { errors: inner(error.errors) } : {}),
  };
}

/** The stack without the message that V8 puts in front of it. */
function framesOf(error: Error): string[] {
  const lines = typeof error.stack === "string" ? error.stack.split("\n") : [];
  return lines
    .filter((line) => /^ {4}at \S.*:\d+\)?$/.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
