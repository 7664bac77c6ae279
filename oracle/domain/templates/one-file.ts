import { InputError } from "../errors.ts";
import type { EvidenceFile } from "./template.ts";

/** The file of a template that reads a single one, of any name; none, or more than one, is an `InputError`. */
export function onlyFile(files: readonly EvidenceFile[], expected: string): EvidenceFile {
  const [file] = files;
  if (file !== undefined && files.length === 1) return file;
  throw new InputError("this template reads one file", { value: `${files.length} files`, limit: expected });
}
