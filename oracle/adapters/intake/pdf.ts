import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Sandbox } from "./sandbox.ts";

const HEADER = "%PDF-";
const END = "%%EOF";
/** How far readers look for a header; a file that begins otherwise is something else as well. */
const HEADER_WITHIN = 1024;
export const MOST_PAGES = 200;

export function isPdf(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, HEADER.length) === HEADER;
}

/** Whether readers would take it for a PDF although it begins as something else. */
export function isHiddenPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, HEADER_WITHIN + HEADER.length).includes(HEADER);
}

/**
 * Checks what a PDF is from outside, then, in a sandbox, that it can be read, is not encrypted, and has few enough pages.
 * @throws IntakeRefusal `polyglot`, `pdf-broken`, `pdf-encrypted`, `pdf-pages`, `busy`
 */
export async function checkPdf(sandbox: Sandbox, bytes: Buffer): Promise<void> {
  checkEnd(bytes);
  const answer = await sandbox.run({ task: "pdf-facts", bytes });
  if ("failed" in answer) return broken(`reading it failed: ${answer.failed}`);
  if (!("pages" in answer)) return broken("reading it failed");
  if (answer.encrypted) throw new IntakeRefusal("pdf-encrypted", { field: "body", limit: "a PDF anybody can open" });
  if (answer.pages > MOST_PAGES) {
    throw new IntakeRefusal("pdf-pages", {
      field: "body",
      value: `${answer.pages} pages`,
      limit: `at most ${MOST_PAGES}`,
    });
  }
}

function checkEnd(bytes: Buffer): void {
  const at = bytes.lastIndexOf(END);
  if (at === -1) broken("it has no end");
  const rest = bytes.subarray(at + END.length);
  if (rest.every((byte) => byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09)) return;
  const value = `${rest.length} bytes after its end`;
  throw new IntakeRefusal("polyglot", { field: "body", value, limit: "nothing after %%EOF" });
}

function broken(value: string): never {
  throw new IntakeRefusal("pdf-broken", { field: "body", value, limit: "a PDF that can be read" });
}
