/** The parts of an OpenAPI 3.1 document that the fuzzer reads. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}

interface Media {
  readonly schema?: JsonSchema;
}

/** As far as bodies are made from it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** An operation with its place in the document. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function routesIn({ paths }: OpenApi): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** The route a request is for; `null` where the document has none. Fixed parts of a path go before parameters. */
export function routeFor(routes: readonly Route[], method: string, url: string): Route | null {
  const wanted = method === "HEAD" ? "GET" : method;
  const parts = new URL(url, "http://localhost").pathname.split("/");
  const fits = routes.filter((route) => route.method === wanted && covers(route.path.split("/"), parts));
  return fits.sort((one, other) => parameters(one.path) - parameters(other.path))[0] ?? null;
}

function covers(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((segment, i) => (segment.startsWith("{") ? parts[i] !== "" : segment === parts[i]));
}

function parameters(path: string): number {
  return path.split("{").length - 1;
}
