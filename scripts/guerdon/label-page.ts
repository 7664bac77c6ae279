import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ANSWERS } from "../../oracle/domain/judgement/unit.ts";
import { SHEET_COLUMNS } from "../../oracle/domain/labelling/sheet.ts";
import { GUARD, GUARDED } from "../../oracle/domain/labelling/table.ts";
import { writeNew } from "./label.ts";

/** Parts of the page, which are put into one file. */
const PARTS = new URL("label-page/", import.meta.url);

/** Writes the page. @throws InputError where the file is there, or cannot be written */
export async function writeLabelPage(file: string): Promise<void> {
  await writeNew(file, await labelPage());
}

/**
 * A page on which people fill in a sheet: one file that works without a server. Its policy lets nothing run but its own script and lets it ask
 * nobody for anything, so that what stands in a sheet, whatever it is, stays text and stays here.
 */
export async function labelPage(): Promise<string> {
  const [html, style, script] = await Promise.all([part("page.html"), part("page.css"), part("page.js")]);
  // The page reads and writes sheets by the same rules as this program.
  const settings = { columns: SHEET_COLUMNS, answers: ANSWERS, guarded: GUARDED.source, guard: GUARD.source };
  const whole = script.replace("{ SETTINGS }", () => JSON.stringify(settings).replaceAll("<", String.raw`\u003c`));
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(whole)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html
    .replace("{POLICY}", () => policy)
    .replace("<!-- style -->", () => `<style>${style}</style>`)
    .replace("<!-- script -->", () => `<script>${whole}</script>`);
}

function part(name: string): Promise<string> {
  return readFile(new URL(name, PARTS), "utf8");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
