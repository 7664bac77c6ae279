import { InputError } from "../errors.ts";
import type { EvidenceFile } from "./template.ts";

/** The one file of that base name; none, or more than one, is an `InputError`. Files nobody asks for are let be. */
export function fileNamed(files: readonly EvidenceFile[], name: string): EvidenceFile {
  const [file, second] = files.filter((candidate) => candidate.name === name);
  if (file === undefined) throw new InputError("the file is missing", { file: name, limit: "one file of this name" });
  if (second !== undefined)
    throw new InputError("the file is given twice", { file: name, limit: "one file of this name" });
  return file;
}
