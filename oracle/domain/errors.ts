/** Where in a person's input a fault lies, and what was expected there. */
export interface InputFault {
  /** File the fault is in, as the person named it. */
  readonly file?: string;
  /** Line in that file, counted from 1 with the header as line 1. */
  readonly line?: number;
  /** Column, property or option. */
  readonly field?: string;
  /** The offending value, as found. */
  readonly value?: string;
  /** The rule it breaks, in words. */
  readonly limit?: string;
}

/** Input that cannot be used. Its message names file, line, field, value and limit, as far as they are known. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly fault: InputFault;

  constructor(problem: string, fault: InputFault = {}) {
    super(describe(problem, fault));
    this.fault = fault;
  }
}

function describe(problem: string, fault: InputFault): string {
  const place = [
    fault.file,
    fault.line === undefined ? undefined : `line ${fault.line}`,
    fault.field === undefined ? undefined : `field "${fault.field}"`,
  ].filter((part) => part !== undefined);
  const found = fault.value === undefined ? "" : ` (found ${shorten(JSON.stringify(fault.value))})`;
  const limit = fault.limit === undefined ? "" : `; expected ${fault.limit}`;
  return `${place.length > 0 ? `${place.join(", ")}: ` : ""}${problem}${found}${limit}`;
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}..."`;
}
