/**
 * Characters that show nothing and that instructions can be hidden in: zero width, marks that turn text around, tags, selectors
 * of variants, fillers.
 */
const HIDDEN =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\u{E0000}-\u{E0FFF}]/gu;

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
  return text.replace(HIDDEN, "").replace(CONTROLS, "");
}
