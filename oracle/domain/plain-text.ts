/**
 * Characters that show nothing and that instructions can be hidden in, as code points from and to: soft hyphen, joiners, fillers,
 * zero width, marks that turn text around, selectors of variants, tags.
 */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
];

const hex = (point: number): string => `\\u{${point.toString(16)}}`;
const HIDDEN_ONES = new RegExp(`[${HIDDEN.map(([from, to]) => `${hex(from)}-${hex(to)}`).join("")}]`, "gu");

/** Controls but for tab and line break. */
const CONTROLS = /(?![\t\n])[\p{Cc}\p{Cs}]/gu;

/**
 * Text as people would see it: in NFKC, line breaks as `\n`, nothing that shows nothing.
 */
export function plainText(text: string): string {
  const lines = text.replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n");
  // What NFKC makes may have to be cleaned again, and what is removed may leave what NFKC joins.
  return clean(clean(lines.normalize("NFKC")).normalize("NFKC"));
}

function clean(text: string): string {
  return text.replace(HIDDEN_ONES, "").replace(CONTROLS, "");
}
