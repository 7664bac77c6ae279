import { stringToBytes } from "viem";
import { InputError } from "./errors.ts";
import { evidenceBytes, type EvidenceItem, type WithheldItem } from "./evidence.ts";
import type { EvidenceFile } from "./templates/template.ts";

/**
 * The files a template assesses: the telemetry of a round, what was sent in parts under one name joined again. Parts follow each
 * other by source, then by sequence, so that the order in which they came in changes nothing.
 * CSV parts have the same first line, which stands once; JSON parts are arrays, which become one.
 * @throws InputError where parts of one name cannot be joined
 */
export function evidenceFiles(items: readonly (EvidenceItem | WithheldItem)[]): EvidenceFile[] {
  const byName = new Map<string, EvidenceItem[]>();
  for (const item of items) {
    if ("leaf" in item || item.kind !== "telemetry") continue;
    byName.set(item.name, [...(byName.get(item.name) ?? []), item]);
  }
  return [...byName].map(([name, parts]) => joined(name, parts.sort(inOrder)));
}

function inOrder(one: EvidenceItem, other: EvidenceItem): number {
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  return one.sequence - other.sequence;
}

function joined(name: string, parts: readonly EvidenceItem[]): EvidenceFile {
  const { mediaType } = parts[0]!;
  if (!isFileType(mediaType)) {
    throw new InputError("telemetry of a type no template reads", { file: name, value: mediaType });
  }
  if (parts.length === 1) return { name, mediaType, bytes: evidenceBytes(parts[0]!) };
  const other = parts.find((part) => part.mediaType !== mediaType);
  if (other !== undefined) {
    throw new InputError("parts of one file differ in type", { file: name, value: other.mediaType, limit: mediaType });
  }
  const contents = parts.map(({ content }) => content);
  return { name, mediaType, bytes: stringToBytes(JOIN[mediaType](name, contents)) };
}

type FileType = EvidenceFile["mediaType"];

function isFileType(mediaType: EvidenceItem["mediaType"]): mediaType is FileType {
  return mediaType in JOIN;
}

const JOIN: Readonly<Record<FileType, (name: string, contents: readonly string[]) => string>> = {
  "text/csv": joinCsv,
  "application/json": joinJson,
  "application/yaml": (name) => {
    throw new InputError("a YAML file cannot be sent in parts", { file: name });
  },
};

function joinCsv(name: string, contents: readonly string[]): string {
  const [header] = firstLine(contents[0]!);
  const bodies = contents.map((content) => {
    const [first, rest] = firstLine(content);
    if (first === header) return rest === "" || rest.endsWith("\n") ? rest : `${rest}\n`;
    throw new InputError("parts of one file differ in their first line", { file: name, value: first, limit: header });
  });
  return `${header}\n${bodies.join("")}`;
}

function firstLine(content: string): [string, string] {
  const end = content.indexOf("\n");
  const line = end === -1 ? content : content.slice(0, end);
  return [line.replace(/\r$/, ""), end === -1 ? "" : content.slice(end + 1)];
}

function joinJson(name: string, contents: readonly string[]): string {
  const arrays = contents.map((content) => {
    const value: unknown = parse(name, content);
    if (Array.isArray(value)) return value as unknown[];
    throw new InputError("JSON that is sent in parts must be arrays", { file: name });
  });
  return JSON.stringify(arrays.flat());
}

function parse(name: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new InputError("not JSON", { file: name });
  }
}
