import { isText, type EvidenceKind, type MediaType } from "../../domain/evidence.ts";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { checkPdf, isHiddenPdf, isPdf } from "./pdf.ts";
import { checkPng, isPng } from "./png.ts";
import type { Sandbox } from "./sandbox.ts";
import { checkBeginning, checkNoArchive, checkSignature } from "./signatures.ts";
import { checkTextForm, isPlainText } from "./text-content.ts";

/** What recognisers call text of these types. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  "text/html": ["application/xml"],
  "text/plain": ["application/xml", "text/calendar", "text/vcard", "text/vtt"],
};

interface Content {
  readonly kind: EvidenceKind;
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
}

/**
 * Checks that content is what it is said to be: by its bytes, never by its name. Telemetry is text and checked at once; what
 * has to be recognised or taken apart takes a while.
 * @throws IntakeRefusal
 */
export function contentCheck(sandbox: Sandbox): (content: Content) => void | Promise<void> {
  return ({ kind, mediaType, bytes: view }) => {
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.length);
    if (mediaType === "application/pdf") return checkPdfContent(sandbox, bytes);
    if (mediaType === "image/png") return checkPngContent(bytes);
    if (!isText(mediaType) || !isPlainText(bytes)) return refuseNoText(bytes, mediaType);
    checkBeginning(bytes, mediaType);
    checkTextForm(mediaType, bytes);
    if (kind !== "telemetry") return checkSignature(bytes, mediaType, SAME[mediaType] ?? []);
  };
}

async function refuseNoText(bytes: Buffer, mediaType: string): Promise<void> {
  await checkSignature(bytes, mediaType, []);
  const limit = "UTF-8 without control characters";
  throw new IntakeRefusal("not-text", { field: "body", limit });
}

async function checkPdfContent(sandbox: Sandbox, bytes: Buffer): Promise<void> {
  if (!isPdf(bytes)) {
    if (isHiddenPdf(bytes)) {
      throw new IntakeRefusal("polyglot", {
        field: "body",
        value: "bytes before %PDF-",
        limit: "%PDF- as the first bytes",
      });
    }
    await checkSignature(bytes, "application/pdf", []);
    throw mismatch("application/pdf");
  }
  checkNoArchive(bytes, "application/pdf");
  await checkPdf(sandbox, bytes);
}

async function checkPngContent(bytes: Buffer): Promise<void> {
  if (!isPng(bytes)) {
    await checkSignature(bytes, "image/png", []);
    throw mismatch("image/png");
  }
  checkNoArchive(bytes, "image/png");
  checkPng(bytes);
}

function mismatch(declared: string): IntakeRefusal {
  return new IntakeRefusal("type-mismatch", { field: "body", limit: `content of type ${declared}` });
}
