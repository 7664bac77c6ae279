import { characterOf, type Attributes } from "./hidden-style.ts";

/** A tag of HTML as it stands in a text. */
export interface Tag {
  /** Lower case. */
  readonly name: string;
  readonly closes: boolean;
  readonly attributes: Attributes;
  /** First unit behind it. */
  readonly end: number;
}

/** Longest tag that is read as one. */
const LONGEST_TAG = 2048;

const NAME = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])/y;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/y;

/** Names of characters that matter to what is seen or to what is read as a tag; the others stay as they stand. */
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  shy: "\u00ad",
  zwj: "\u200d",
  zwnj: "\u200c",
  lrm: "\u200e",
  rlm: "\u200f",
};

const KNOWN = new Set(
  (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br button " +
    "canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset " +
    "figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd " +
    "label legend li link main map mark marquee math menu meta meter nav nobr noframes noscript object ol optgroup option output " +
    "p param picture plaintext pre progress q rp rt ruby s samp script search section select slot small source span strike " +
    "strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp"
  ).split(" "),
);

/**
 * The tag that starts at a `<`, or `null`: of a name that HTML knows, or of any name with attributes, as those could hide something.
 * `<b and c>` is a tag to whoever renders the text, and so it is one here.
 */
export function tagAt(text: string, at: number): Tag | null {
  const tag = anyTagAt(text, at);
  return tag === null || (!KNOWN.has(tag.name) && tag.attributes.size === 0) ? null : tag;
}

/** What has the form of a tag, whatever its name. */
export function anyTagAt(text: string, at: number): Tag | null {
  NAME.lastIndex = at;
  const start = NAME.exec(text);
  if (start === null) return null;
  const end = endOfTag(text, NAME.lastIndex);
  if (end === null) return null;
  const attributes = attributesOf(text.slice(NAME.lastIndex, end - 1));
  return { name: start[2]!.toLowerCase(), closes: start[1] === "/", attributes, end };
}

/** Behind the first `>` outside of quotes; where a quote is left open, behind the first `>`. */
function endOfTag(text: string, from: number): number | null {
  const last = Math.min(text.length, from + LONGEST_TAG);
  let quote = "";
  let first: number | null = null;
  for (let i = from; i < last; i++) {
    const unit = text[i]!;
    if (unit === ">") {
      if (quote === "") return i + 1;
      first ??= i + 1;
    } else if (quote !== "") {
      if (unit === quote) quote = "";
    } else if (unit === '"' || unit === "'") quote = unit;
    else if (unit === "<") return first;
  }
  return first;
}

function attributesOf(text: string): Attributes {
  const attributes = new Map<string, string>();
  for (const [, name, double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const key = name!.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decodeEntities(double ?? single ?? bare ?? ""));
  }
  return attributes;
}

/** A character written by its number or name, and what it stands for; `null` where a `&` starts none. */
export function entityAt(text: string, at: number): { readonly end: number; readonly put: string } | null {
  ENTITY.lastIndex = at;
  const found = ENTITY.exec(text);
  if (found === null) return null;
  const [whole, decimal, hexadecimal, name] = found;
  if (name !== undefined) {
    const put = whole.endsWith(";") ? NAMED[name.toLowerCase()] : undefined;
    return put === undefined ? null : { end: at + whole.length, put };
  }
  const point = decimal === undefined ? parseInt(hexadecimal!, 16) : Number(decimal);
  return { end: at + whole.length, put: characterOf(point) };
}

function decodeEntities(text: string): string {
  return text.replace(/&[#a-zA-Z][^&;]{0,8};?/g, (whole) => {
    const entity = entityAt(whole, 0);
    return entity === null ? whole : entity.put + whole.slice(entity.end);
  });
}
