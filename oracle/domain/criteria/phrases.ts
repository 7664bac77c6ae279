/**
 * A text as words in lower case with a space on either side, punctuation gone, so that phrases can be looked for as wholes. Letters
 * and digits of any script count, and apostrophes inside words.
 */
export function spaced(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .split(/[^\p{L}\p{N}'%]+/u)
    .filter((word) => word !== "");
  return ` ${words.join(" ")} `;
}

/** The first of some phrases that a text holds as whole words, or `null`. */
export function findPhrase(text: string, phrases: readonly string[]): string | null {
  const words = spaced(text);
  return phrases.find((phrase) => words.includes(` ${phrase} `)) ?? null;
}

/** The distinct words of a text. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(spaced(text).trim().split(" "));
}

/** Number of words. */
export function wordCount(text: string): number {
  const words = spaced(text).trim();
  return words === "" ? 0 : words.split(" ").length;
}
