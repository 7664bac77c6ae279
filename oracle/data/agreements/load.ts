import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  AGREEMENT_NAMES,
  isAgreementName,
  readAgreement,
  type Agreement,
} from "../../domain/criteria/agreement.ts";
import { InputError } from "../../domain/errors.ts";

/**
 * An agreement that comes with the project.
 * @throws InputError for a name there is none of
 */
export async function agreementNamed(name: string): Promise<Agreement> {
  if (!isAgreementName(name)) {
    throw new InputError("no such agreement", { field: "name", value: name, limit: AGREEMENT_NAMES.join(", ") });
  }
  return readAgreement(`${name}.json`, await readFile(agreementFile(name), "utf8"));
}

/** Where an agreement's file lies. */
export function agreementFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.json`, import.meta.url));
}
