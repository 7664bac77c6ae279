import { hidesContent } from "./hidden-style.ts";
import type { Edit } from "./mapped-text.ts";
import { anyTagAt, entityAt, tagAt, type Tag } from "./tags.ts";

/** What markup can hold without showing it as text. `tag` and `link-target` are usual, the others rarely without a purpose. */
export type MarkupKind =
  "tag" | "link-target" | "image" | "attribute-text" | "comment" | "hidden-element" | "code" | "reference";

/** A part that is not shown. */
export interface Unshown {
  readonly kind: MarkupKind;
  readonly from: number;
  readonly to: number;
}

export interface MarkupFound {
  /** In ascending order, none over another. */
  readonly edits: readonly Edit[];
  readonly unshown: readonly Unshown[];
}

/** Elements whose content no page shows. */
const CODE = new Set([
  "script",
  "style",
  "template",
  "head",
  "title",
  "noscript",
  "datalist",
  "object",
  "applet",
  "iframe",
]);
const VOID = new Set("area base br col embed frame hr img input link meta param source track wbr".split(" "));
const BLOCK = new Set(
  (
    "address article aside blockquote br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li " +
    "main nav ol option p pre section table tbody tfoot thead tr ul"
  ).split(" "),
);
const CELL = new Set(["td", "th"]);

const OPENER = /<|&|!?\[|\]\(?|\n[ \t]*\n/g;
const DECLARATION = /<(?:![a-zA-Z[]|\?)[^>]{0,1024}>/y;
const TARGET =
  /\]\([ \t]*\n?[ \t]*(?:<[^<>\n]{0,2048}>|[^\s()<>]{0,2048}(?:\([^\s()]{0,2048}\)[^\s()]{0,2048})?)(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*\)/y;
const REFERENCE =
  /\[[^[\]\n]{1,200}\]:[ \t]*(?:<[^<>\n]*>|#|\/|\.{1,2}\/|(?:https?:|mailto:|www\.)[^\s]*)(?:[ \t]*(?:"[^"\n]*"|'[^'\n]*'|\([^\n]*\)))?[ \t]*(?=\n|$)/y;

/** Attributes that show nothing but may hold sentences. */
const TARGETS = new Set(["href", "src", "srcset", "action", "cite", "data", "poster", "xmlns", "style", "class"]);

/**
 * What of a text in HTML or Markdown, or in anything that may be shown as such, is not seen as text: comments, what hides itself,
 * scripts, the targets of links, descriptions of images, tags with their attributes. The edits take it out, write characters that
 * are given by number or name as themselves and break lines where blocks start and end. One pass: what it makes may hold more.
 */
export function markupIn(text: string): MarkupFound {
  const edits: Edit[] = [];
  const unshown: Unshown[] = [];
  let brackets: { at: number; image: boolean }[] = [];
  const drop = (kind: MarkupKind, from: number, to: number, put = ""): void => {
    edits.push({ from, to, put });
    unshown.push({ kind, from, to });
  };
  const link = (to: number, at: number): void => {
    const open = brackets.pop()!;
    if (open.image) {
      while (edits.length > 0 && edits.at(-1)!.from >= open.at) edits.pop();
      drop("image", open.at, to);
    } else {
      edits.push({ from: open.at, to: open.at + 1, put: "" });
      drop("link-target", at, to);
    }
  };
  OPENER.lastIndex = 0;
  for (let match = OPENER.exec(text); match !== null; match = OPENER.exec(text)) {
    const at = match.index;
    let end: number | null = null;
    if (match[0] === "<") end = angle(text, at, drop);
    else if (match[0] === "&") {
      const entity = entityAt(text, at);
      if (entity !== null) edits.push({ from: at, to: entity.end, put: entity.put });
      end = entity?.end ?? null;
    } else if (match[0].startsWith("\n")) brackets = [];
    else if (match[0].startsWith("]")) {
      end = brackets.length > 0 && match[0] === "](" ? endOf(TARGET, text, at) : null;
      if (end !== null) link(end, at);
      else brackets.pop();
    } else {
      end = startsLine(text, at) ? endOf(REFERENCE, text, at) : null;
      if (end !== null) drop("reference", at, end);
      else brackets.push({ at, image: match[0] === "![" });
    }
    OPENER.lastIndex = end ?? (match[0].startsWith("\n") ? at + match[0].length - 1 : at + match[0].length);
  }
  return { edits: edits.sort((one, other) => one.from - other.from), unshown };
}

type Drop = (kind: MarkupKind, from: number, to: number, put?: string) => void;

/** Takes out what starts at a `<`; returns where it ends, `null` where it is a mere sign. */
function angle(text: string, at: number, drop: Drop): number | null {
  if (text.startsWith("<!--", at)) {
    const close = text.indexOf("-->", at + 2);
    const end = close < 0 ? text.length : close + 3;
    drop("comment", at, end);
    return end;
  }
  const declaration = endOf(DECLARATION, text, at);
  if (declaration !== null) {
    drop("comment", at, declaration);
    return declaration;
  }
  const tag = tagAt(text, at);
  if (tag === null) return null;
  const kind = CODE.has(tag.name) ? "code" : hidesContent(tag.attributes) ? "hidden-element" : null;
  if (kind !== null && !tag.closes) {
    const end = VOID.has(tag.name) ? tag.end : endOfElement(text, tag);
    drop(kind, at, end, BLOCK.has(tag.name) ? "\n" : "");
    return end;
  }
  drop(kindOfTag(tag), at, tag.end, BLOCK.has(tag.name) ? "\n" : CELL.has(tag.name) ? " " : "");
  return tag.end;
}

function kindOfTag({ name, attributes }: Tag): MarkupKind {
  const texts = [...attributes].filter(([key]) => !TARGETS.has(key));
  const words = texts.reduce((sum, [, value]) => sum + value.split(/\s+/).filter((word) => word !== "").length, 0);
  // Many attributes without a value are a sentence in disguise.
  if (words + texts.filter(([, value]) => value === "").length >= 4) return name === "img" ? "image" : "attribute-text";
  return attributes.has("href") ? "link-target" : "tag";
}

/** Behind the end of an element; where it is never closed, the end of the text, as a browser has it. */
function endOfElement(text: string, { name, end }: Tag): number {
  let depth = 1;
  for (let at = text.indexOf("<", end); at >= 0; at = text.indexOf("<", at + 1)) {
    const tag = anyTagAt(text, at);
    if (tag?.name !== name) continue;
    depth += tag.closes ? -1 : 1;
    if (depth === 0) return tag.end;
  }
  return text.length;
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function startsLine(text: string, at: number): boolean {
  return /(?:^|\n) {0,3}$/.test(at <= 4 ? text.slice(0, at) : `x${text.slice(at - 4, at)}`);
}
