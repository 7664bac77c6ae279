import { isUtf8 } from "node:buffer";
import { parseDocument } from "yaml";
import { IntakeRefusal, type IntakeReason } from "../../domain/evidence-refusal.ts";
import { csvFault } from "./csv-form.ts";

/** Largest YAML, whose reader is slow, and deepest JSON or YAML. */
const MOST_YAML_BYTES = 512 * 1024;
const DEEPEST = 64;
const MOST_ALIASES = 100;

/** Controls other than tab, line feed, form feed and carriage return. */
const CONTROL = /(?![\t\n\f\r])\p{Cc}/u;

/** Whether bytes are text: UTF-8 without controls that could steer a terminal. */
export function isPlainText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !CONTROL.test(bytes.toString("utf8"));
}

/** Checks the form of a text by its type. @throws IntakeRefusal `bad-csv`, `bad-json`, `bad-yaml`, `too-large` */
export function checkTextForm(mediaType: string, bytes: Buffer): void {
  if (mediaType === "text/csv") checkCsv(bytes);
  else if (mediaType === "application/json") checkJson(bytes);
  else if (mediaType === "application/yaml") checkYaml(bytes);
}

function checkCsv(bytes: Buffer): void {
  const fault = csvFault(bytes);
  if (fault !== null) throw new IntakeRefusal("bad-csv", { field: "body", ...fault });
}

function checkJson(bytes: Buffer): void {
  const limit = `JSON of at most ${DEEPEST} levels`;
  if (depthOf(bytes) > DEEPEST) refuse("bad-json", "more levels", limit);
  try {
    JSON.parse(bytes.toString("utf8"));
  } catch {
    refuse("bad-json", undefined, limit);
  }
}

/** Levels of arrays and objects, read without recursion. */
function depthOf(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return deepest;
}

function checkYaml(bytes: Buffer): void {
  const limit = `one YAML 1.2 document without tags of its own, at most ${MOST_YAML_BYTES} bytes`;
  if (bytes.length > MOST_YAML_BYTES) {
    throw new IntakeRefusal("too-large", { field: "body", value: `${bytes.length} bytes`, limit });
  }
  const text = bytes.toString("utf8");
  // Nesting in flow style is bounded before the reader recurses into it; in block style each level takes its indentation.
  if (flowDepth(text) > DEEPEST) refuse("bad-yaml", "more levels", limit);
  try {
    const document = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: true, logLevel: "error" });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) refuse("bad-yaml", fault.code, limit);
    document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    if (error instanceof IntakeRefusal) throw error;
    refuse("bad-yaml", undefined, limit);
  }
}

function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
  }
  return deepest;
}

function refuse(reason: IntakeReason, value: string | undefined, limit: string): never {
  throw new IntakeRefusal(reason, { field: "body", limit, ...(value === undefined ? {} : { value }) });
}
