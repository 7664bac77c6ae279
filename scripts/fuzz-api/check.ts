import { Ajv2020 } from "ajv/dist/2020.js";
import { routeFor, routesIn, type OpenApi } from "./document.ts";
import type { FuzzRequest } from "./requests.ts";

const PROBLEM = "application/problem+json";
const DOCUMENT = "openapi";

/** What an answer to a request was, as far as it is checked. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** `null` for streams without end. */
  readonly body: string | null;
}

/** The route of the description that a request was for, and what is wrong with the answer to it, if anything. */
export interface Verdict {
  readonly route: string;
  readonly fault: string | null;
}

/** Compares answers with a service's own description. */
export function answerChecker(document: OpenApi): (request: FuzzRequest, answer: Answer) => Verdict {
  const routes = routesIn(document);
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema(document, DOCUMENT);
  const valid = (pointer: string, value: unknown): string | null => {
    const check = ajv.getSchema(`${DOCUMENT}#${pointer}`) ?? ajv.compile({ $ref: `${DOCUMENT}#${pointer}` });
    return check(value) === true ? null : ajv.errorsText(check.errors);
  };

  return (request, answer) => {
    const route = routeFor(routes, request.method, request.url);
    const name = route === null ? "no route" : `${route.method} ${route.path}`;
    const fault = frameFault(answer) ?? problemFault(answer) ?? declarationFault(request, answer);
    return { route: name, fault };
  };

  function problemFault(answer: Answer): string | null {
    if (answer.status < 400 || answer.body === null || answer.body === "") return null;
    const type = typeOf(answer);
    if (type !== PROBLEM) return `status ${answer.status} with type ${type}`;
    const body = parsed(answer.body);
    const fault = valid("/components/schemas/Problem", body);
    if (fault !== null) return `no problem of RFC 9457: ${fault}`;
    const { status } = body as { status: number };
    return status === answer.status ? null : `the problem says status ${status}`;
  }

  function declarationFault({ method, url }: FuzzRequest, answer: Answer): string | null {
    const route = routeFor(routes, method, url);
    if (route === null) return answer.status < 400 ? `status ${answer.status} where nothing is described` : null;
    const response = route.operation.responses[String(answer.status)];
    if (response === undefined) return `status ${answer.status} is not described`;
    const type = typeOf(answer);
    if (type === null) return response.content === undefined || method === "HEAD" ? null : "no type of content";
    if (response.content?.[type] === undefined) return `type ${type} is not described for ${answer.status}`;
    // Bytes as somebody sent them, whatever their type.
    if (response.content[type].schema?.format === "binary") return null;
    if (!type.endsWith("json") || answer.body === null || method === "HEAD") return null;
    const place = [
      route.path,
      route.method.toLowerCase(),
      "responses",
      String(answer.status),
      "content",
      type,
      "schema",
    ];
    const fault = valid(`/paths/${place.map(escaped).join("/")}`, parsed(answer.body));
    return fault === null ? null : `the body is not as described: ${fault}`;
  }
}

function frameFault({ status, headers, body }: Answer): string | null {
  if (status >= 500) return `status ${status}: ${body ?? ""}`;
  for (const name of ["x-request-id", "content-security-policy", "x-content-type-options"]) {
    if (headers.get(name) === null) return `no header ${name}`;
  }
  if (status === 429 && headers.get("retry-after") === null) return "no header retry-after";
  return (status === 204 || status === 304) && body !== "" ? `a body with ${status}` : null;
}

function typeOf({ headers }: Answer): string | null {
  return headers.get("content-type")?.split(";")[0]?.trim() ?? null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
