/** Why a character shows nothing. */
export type HiddenKind = "zero-width" | "bidirectional" | "variation-selector" | "tag-character" | "control";

/**
 * Characters that show nothing and that instructions can be hidden in, as code points from and to: soft hyphen, joiners, fillers,
 * zero width, marks that turn text around, selectors of variants, tags.
 */
const HIDDEN: readonly (readonly [number, number, HiddenKind])[] = [
  [0x00ad, 0x00ad, "zero-width"],
  [0x034f, 0x034f, "zero-width"],
  [0x061c, 0x061c, "bidirectional"],
  [0x115f, 0x1160, "zero-width"],
  [0x17b4, 0x17b5, "zero-width"],
  [0x180b, 0x180f, "variation-selector"],
  [0x200b, 0x200d, "zero-width"],
  [0x200e, 0x200f, "bidirectional"],
  [0x202a, 0x202e, "bidirectional"],
  [0x2060, 0x2065, "zero-width"],
  [0x2066, 0x2069, "bidirectional"],
  [0x206a, 0x206f, "zero-width"],
  [0x3164, 0x3164, "zero-width"],
  [0xfe00, 0xfe0f, "variation-selector"],
  [0xfeff, 0xfeff, "zero-width"],
  [0xffa0, 0xffa0, "zero-width"],
  [0xfff0, 0xfffb, "zero-width"],
  [0xe0000, 0xe00ff, "tag-character"],
  [0xe0100, 0xe01ef, "variation-selector"],
  [0xe01f0, 0xe0fff, "tag-character"],
];

const hex = (point: number): string => `\\u{${point.toString(16)}}`;
const HIDDEN_ONES = `[${HIDDEN.map(([from, to]) => `${hex(from)}-${hex(to)}`).join("")}]`;

/** Controls but for tab and line break. */
const CONTROLS = String.raw`(?![\t\n])[\p{Cc}\p{Cs}]`;

const LINE_BREAKS = /\r\n?|[\u2028\u2029\u0085]/g;
const UNSEEN = new RegExp(`${HIDDEN_ONES}|${CONTROLS}`, "gu");

/**
 * Text as people would see it: in NFKC, line breaks as `\n`, nothing that shows nothing.
 */
export function plainText(text: string): string {
  const lines = text.replace(LINE_BREAKS, "\n");
  // What NFKC makes may have to be cleaned again, and what is removed may leave what NFKC joins.
  return clean(clean(lines.normalize("NFKC")).normalize("NFKC"));
}

function clean(text: string): string {
  return text.replace(UNSEEN, "");
}

/** What `plainText` takes out or, for a line break, writes otherwise. */
export interface Unseen {
  readonly at: number;
  readonly length: number;
  readonly kind: HiddenKind | "line-break";
}

const UNSEEN_OR_BREAK = new RegExp(`\\r\\n?|[\\u2028\\u2029\\u0085]|${UNSEEN.source}`, "gu");

/** All such places of a text, in order. */
export function unseenIn(text: string): Unseen[] {
  return [...text.matchAll(UNSEEN_OR_BREAK)].map(({ index, 0: found }) => ({
    at: index,
    length: found.length,
    kind: kindOf(found.codePointAt(0)!),
  }));
}

function kindOf(point: number): Unseen["kind"] {
  if (point === 0x0d || point === 0x85 || point === 0x2028 || point === 0x2029) return "line-break";
  return HIDDEN.find(([from, to]) => point >= from && point <= to)?.[2] ?? "control";
}
