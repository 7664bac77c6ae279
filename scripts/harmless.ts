/** What is no visible character or space: controls, marks that turn text around, halves of characters, line separators. */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text of others as a part of one line of output: nothing in it may steer a terminal, turn text around or begin a line that
 * looks like one of ours.
 */
export function harmless(text: string): string {
  return text.replace(HARMFUL, "\uFFFD");
}

/** The same for whole lines, whose breaks are ours. */
export function harmlessLines(text: string): string {
  return text.split("\n").map(harmless).join("\n");
}
