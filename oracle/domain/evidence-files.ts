import { stringToBytes } from "viem";
import { evidenceBytes, type EvidenceItem, type WithheldItem } from "./evidence.ts";
import type { EvidenceFile } from "./templates/template.ts";

/**
 * The files a template assesses: the telemetry of a round, what was sent in parts under one name joined again. Parts follow each
 * other by source, then by sequence, so that the order in which they came in changes nothing.
 * The first part of a type that templates read says what the file is. CSV parts have the same first line, which stands once; JSON
 * parts are arrays, which become one. Nobody's part voids the others': what does not fit is left out, by the same rule on every
 * node. That is parts of another type; CSV parts with another first line than the first; JSON parts that are no arrays, where
 * any part is one; all parts but the first of other JSON and of YAML. A part that is left alone stands as it is, byte for byte; a
 * name without any part of a type that templates read is no file.
 */
export function evidenceFiles(items: readonly (EvidenceItem | WithheldItem)[]): EvidenceFile[] {
  const byName = new Map<string, Part[]>();
  for (const item of items) {
    if ("leaf" in item || !isPart(item)) continue;
    const parts = byName.get(item.name);
    if (parts === undefined) byName.set(item.name, [item]);
    else parts.push(item);
  }
  return [...byName].map(([name, parts]) => joined(name, parts.sort(inOrder)));
}

type FileType = EvidenceFile["mediaType"];
type Part = EvidenceItem & { readonly mediaType: FileType };

function isPart(item: EvidenceItem): item is Part {
  return item.kind === "telemetry" && item.mediaType in JOIN;
}

function inOrder(one: Part, other: Part): number {
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  return one.sequence - other.sequence;
}

/** @param parts at least one, in order */
function joined(name: string, parts: readonly Part[]): EvidenceFile {
  const { mediaType } = parts[0]!;
  const alike = parts.filter((part) => part.mediaType === mediaType);
  const bytes = alike.length === 1 ? evidenceBytes(alike[0]!) : stringToBytes(JOIN[mediaType](contentsOf(alike)));
  return { name, mediaType, bytes };
}

function contentsOf(parts: readonly Part[]): [string, ...string[]] {
  return parts.map(({ content }) => content) as [string, ...string[]];
}

const JOIN: Readonly<Record<FileType, (contents: [string, ...string[]]) => string>> = {
  "text/csv": joinCsv,
  "application/json": joinJson,
  "application/yaml": ([first]) => first,
};

function joinCsv(contents: [string, ...string[]]): string {
  const [header] = firstLine(contents[0]);
  const fitting = contents.filter((content) => firstLine(content)[0] === header);
  if (fitting.length === 1) return contents[0];
  const bodies = fitting.map((content) => {
    const [, rest] = firstLine(content);
    return rest === "" || rest.endsWith("\n") ? rest : `${rest}\n`;
  });
  return `${header}\n${bodies.join("")}`;
}

function firstLine(content: string): [string, string] {
  const end = content.indexOf("\n");
  const line = end === -1 ? content : content.slice(0, end);
  return [line.replace(/\r$/, ""), end === -1 ? "" : content.slice(end + 1)];
}

function joinJson(contents: [string, ...string[]]): string {
  const fitting = contents.flatMap((content) => {
    const values = arrayIn(content);
    return values === null ? [] : [{ content, values }];
  });
  if (fitting.length === 0) return contents[0];
  return fitting.length === 1 ? fitting[0]!.content : JSON.stringify(fitting.flatMap(({ values }) => values));
}

/** `null` where it is no array, or no JSON. */
function arrayIn(content: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(content);
    return Array.isArray(value) ? (value as unknown[]) : null;
  } catch {
    return null;
  }
}
