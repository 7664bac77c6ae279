import { pino, type DestinationStream, type Logger as Pino } from "pino";
import type { Secret } from "../config/secrets.ts";
import type { LogLevel } from "../config/work.ts";
import type { Logger } from "../ports.ts";
import { createCensor, type Censor, type Plain } from "./censor.ts";

/** How a node logs. */
export interface LogParts {
  readonly level: LogLevel;
  /** What must not be shown: `secretsOf` the environment, and what was read from files of keys. */
  readonly secrets: readonly Secret[];
  /** On every line. */
  readonly fields?: object;
  /** Where lines go; standard output where not given. */
  readonly to?: DestinationStream;
}

/**
 * Lines of JSON: `time`, `level`, `message` and fields. Fields and messages pass the censor before pino sees them, so that nothing of
 * them is written in another way.
 */
export function createLogger({ level, secrets, fields, to }: LogParts): Logger {
  const options = {
    level,
    base: null,
    messageKey: "message",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // What comes here is plain already.
    serializers: { err: (value: unknown) => value },
  };
  const root = to === undefined ? pino(options) : pino(options, to);
  const log = censored(root, createCensor(secrets));
  return fields === undefined ? log : log.child(fields);
}

function censored(log: Pino, censor: Censor): Logger {
  const write =
    (level: LogLevel) =>
    (fields: object, message: string): void => {
      if (log.isLevelEnabled(level)) log[level](fieldsOf(fields, censor), textOf(censor(message)));
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => censored(log.child(fieldsOf(fields, censor)), censor),
  };
}

function textOf(message: Plain): string {
  return typeof message === "string" ? message : JSON.stringify(message);
}

/** An error alone is the field `error`; names that the line itself uses get another. */
function fieldsOf(fields: object, censor: Censor): Record<string, Plain> {
  const given = censor(fields instanceof Error || Array.isArray(fields) ? { error: fields } : fields);
  if (typeof given !== "object" || given === null) return { fields: given };
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, Plain]) => [OWN.has(name) ? `field_${name}` : name, value]),
  );
}

const OWN = new Set(["time", "level", "message"]);
