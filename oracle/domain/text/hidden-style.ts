/** Attributes of a tag by lower-case name, the first of each, decoded. */
export type Attributes = ReadonlyMap<string, string>;

/** Declarations that show nothing, in CSS without white space and in lower case. */
const SHOWS_NOTHING: readonly RegExp[] = [
  /(?:^|;)display:none/,
  /(?:^|;)visibility:(?:hidden|collapse)/,
  /(?:^|;)opacity:(?:0+(?:\.0\d*)?|\.0\d*)(?:%|!|;|$)/,
  /(?:^|;)font(?:-size)?:(?:[^;]*[^\d.;])?(?:0+(?:\.0+)?(?:px|pt|em|rem|%|vw|vh)?|(?:0*\.\d+|[12](?:\.\d+)?)(?:px|pt))(?:!|\/|;|$)/,
  /(?:^|;)text-indent:-\d{3}/,
  /(?:^|;)(?:left|right|top|bottom|margin-left|margin-top):-\d{3}/,
  /(?:^|;)clip:rect\((?:0|1px)/,
  /(?:^|;)clip-path:(?:inset\((?:50|100)%|circle\(0)/,
  /(?:^|;)transform:[^;]*scale\(0/,
  /(?:^|;)mso-hide:all/,
  /(?:^|;)content-visibility:hidden/,
];
const ZERO_SIZE = /(?:^|;)(?:max-)?(?:height|width):0(?:px|em|%)?(?:!|;|$)/;
const COLOUR = /(?:^|;)color:([^;!]+)/;
const BACKGROUND = /(?:^|;)background(?:-color)?:([^;!]+)/;
const HIDING_CLASS = /(?:^|\s)(?:sr-only|visually-hidden|screen-reader-text|d-none|hidden|invisible)(?:\s|$)/i;

/**
 * Whether people who look at the page do not see what the tag holds, as far as the tag itself says: `hidden`, `aria-hidden`, the
 * usual names of hiding classes, or a style that shows nothing. White letters count as hidden where the tag sets no background of its
 * own. Style sheets are not evaluated.
 */
export function hidesContent(attributes: Attributes): boolean {
  if (attributes.has("hidden") || attributes.get("aria-hidden")?.trim().toLowerCase() === "true") return true;
  if (HIDING_CLASS.test(attributes.get("class") ?? "")) return true;
  const style = styleOf(attributes);
  if (SHOWS_NOTHING.some((pattern) => pattern.test(style))) return true;
  if (ZERO_SIZE.test(style) && style.includes("overflow:hidden")) return true;
  return isUnseenColour(COLOUR.exec(style)?.[1], BACKGROUND.exec(style)?.[1]);
}

/** The tag's own style with its presentational attributes before it, without comments, escapes and white space. */
function styleOf(attributes: Attributes): string {
  const old = [
    attributes.has("color") ? `color:${attributes.get("color")!}` : "",
    attributes.has("bgcolor") ? `background:${attributes.get("bgcolor")!}` : "",
  ];
  return [...old, attributes.get("style") ?? ""]
    .filter((part) => part !== "")
    .join(";")
    .replace(/\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\//g, "")
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, digits: string) => characterOf(parseInt(digits, 16)))
    .replace(/\s+/g, "")
    .toLowerCase();
}

function isUnseenColour(colour: string | undefined, background: string | undefined): boolean {
  if (colour === undefined) return false;
  if (colour === "transparent" || /^(?:rgba|hsla)\(.*,0*(?:\.0+)?\)$/.test(colour)) return true;
  if (background === undefined || isWhite(background)) return isWhite(colour);
  return colour === background;
}

/** White or next to it: no part below 0xf0. */
function isWhite(colour: string): boolean {
  if (/^(?:white|snow|ivory|ghostwhite|whitesmoke|floralwhite)/.test(colour)) return true;
  if (/^#(?:f{3,4}|(?:f[0-9a-f]){3,4})$/.test(colour)) return true;
  const parts = /^rgba?\((\d+),(\d+),(\d+)/.exec(colour);
  return parts?.slice(1).every((part) => Number(part) >= 0xf0) ?? false;
}

/** The character of a code point, or the one that stands for none. */
export function characterOf(point: number): string {
  return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
    ? String.fromCodePoint(point)
    : "\ufffd";
}
