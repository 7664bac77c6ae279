import { MAX_NAME } from "../../domain/evidence.ts";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";

/** Anything invisible: controls, marks that turn text around, halves of characters, line and paragraph separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** What separates paths, steers shells or begins markup; no file system of people's has all of them in a name. */
const RESERVED = /[/\\<>:"|?*]/;

const RULE = `1 to ${MAX_NAME} characters, visible, in NFC, none of / \\ < > : " | ? *, no space at either end, not . or ..`;

/**
 * Checks the name of a document or of telemetry. A name has one spelling, and it can be that of a file anywhere.
 * @throws IntakeRefusal `bad-name`
 */
export function checkName(name: string): void {
  const fits = name.length >= 1 && name.length <= MAX_NAME && name.normalize("NFC") === name;
  if (!fits || INVISIBLE.test(name) || RESERVED.test(name) || name.trim() !== name || /^\.{1,2}$/.test(name)) {
    throw new IntakeRefusal("bad-name", { field: "name", value: name, limit: RULE });
  }
}

/**
 * Checks the name of a snapshot: the link it was taken from, in its one spelling.
 * @throws IntakeRefusal `bad-name`
 */
export function checkLinkName(name: string): void {
  const fits = name.length <= MAX_NAME && URL.canParse(name) && new URL(name).href === name;
  if (!fits) {
    throw new IntakeRefusal("bad-name", {
      field: "url",
      value: name,
      limit: `a link of at most ${MAX_NAME} characters`,
    });
  }
}
