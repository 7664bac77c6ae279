import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { isPdf } from "./pdf.ts";
import { isPng } from "./png.ts";
import { isPlainText } from "./text-content.ts";

const TEXTS = ["text/html", "text/plain", "application/json", "text/csv"] as const;
type LinkType = (typeof TEXTS)[number] | "application/pdf" | "image/png";

const BEGINS_AS_HTML = /^\uFEFF?\s*<(?:!doctype html|html|head|body)\b/i;

/**
 * The type of what a link led to: by its bytes, and for text by what its server says it is. They may not contradict each other.
 * @throws IntakeRefusal `link-type`
 */
export function typeOf(view: Uint8Array, header: string | string[] | undefined): LinkType {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.length);
  const declared = essenceOf(header);
  const found = isPdf(bytes) ? "application/pdf" : isPng(bytes) ? "image/png" : null;
  if (found !== null) return agreed(found, declared === null || declared === found, declared);
  if (!isPlainText(bytes)) throw refused(declared);
  if (declared === null) return BEGINS_AS_HTML.test(bytes.toString("utf8", 0, 256)) ? "text/html" : "text/plain";
  const text = TEXTS.find((type) => type === declared);
  if (text === undefined) throw refused(declared);
  return text;
}

function agreed(found: LinkType, agrees: boolean, declared: string | null): LinkType {
  if (agrees) return found;
  throw refused(declared);
}

function essenceOf(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header[0] : header;
  const essence = text?.split(";")[0]?.trim().toLowerCase();
  return essence === undefined || essence === "" ? null : essence;
}

function refused(declared: string | null): IntakeRefusal {
  const limit = `${TEXTS.join(", ")}, application/pdf or image/png, and what it is said to be`;
  return new IntakeRefusal("link-type", { field: "url", value: declared ?? "no type", limit });
}
