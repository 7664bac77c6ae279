import { given, type Environment } from "./read.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

/** Something that must not be shown, and what stands in its place. */
export interface Secret {
  /** Name of the setting, or of where it is from. */
  readonly name: string;
  readonly value: string;
}

/** Parts of a URL shorter than this are words such as `v1`, not keys. */
const SHORTEST_PART = 8;

/**
 * Everything in the environment that must not be shown: values of secret settings, even those that are at fault, whole and in
 * their parts: each URL of a list, its password, and what in path and query is long enough to be a key.
 */
export function secretsOf(environment: Environment): Secret[] {
  return Object.entries(SETTINGS).flatMap(([name, setting]: [string, Setting]) => {
    const text = given(environment, name);
    if (text === undefined || setting.secret !== true) return [];
    const parts = text.split(",").map((part) => part.trim());
    return [...new Set([text, ...parts, ...parts.flatMap(keysOfUrl)])]
      .filter((value) => value !== "")
      .map((value) => ({ name, value }));
  });
}

function keysOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return withoutPrefix(text);
  const url = new URL(text);
  const query = [...url.searchParams.values()];
  const words = [...url.pathname.split("/"), ...query].filter((part) => part.length >= SHORTEST_PART);
  return [url.href, decoded(url.password), url.password, ...words, ...words.map(decoded)];
}

/** A key may be shown without the 0x it is set with. */
function withoutPrefix(text: string): string[] {
  return text.startsWith("0x") ? [text.slice(2)] : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
