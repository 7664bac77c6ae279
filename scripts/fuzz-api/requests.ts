import { routesIn, type JsonSchema, type OpenApi, type Parameter, type Route } from "./document.ts";
import type { Random } from "./random.ts";
import { JUNK, KNOWN, valueMaker } from "./values.ts";
import type { World } from "./world.ts";

/** A request as it is sent. */
export interface FuzzRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  /** Whether it goes to the service whose rate limits are soon met. */
  readonly tight: boolean;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "QUERY", "PROPFIND"];
const TYPES = [
  "application/json",
  "text/plain",
  "text/csv",
  "text/html",
  "application/xml",
  "multipart/form-data",
  "x",
];
const ACCEPTS = [
  "*/*",
  "application/json",
  "application/vnd.ipld.car",
  "text/html",
  "text/*;q=0",
  ",;=",
  "a".repeat(2_000),
];
const SEND: Readonly<Record<string, readonly string[]>> = {
  "text/csv": ["service,up\nweb,1\n", 'a,"b\n', "\n", "a,b\n1\n"],
  "application/json": ["[]", '[{"a":1}]', "{", "null", '{"a":'.repeat(80)],
  "application/yaml": ["a: 1\n", "a: &a [*a]\n", "- - -\n", "{"],
  "text/plain": ["They did well.", "\u0000", "%PDF-1.7", "#!/bin/sh"],
  "text/html": ["<p>fine</p>", "<script>alert(1)</script>"],
  "application/pdf": ["%PDF-1.7\n%%EOF", "PK\u0003\u0004", "none"],
  "image/png": ["\u0089PNG\r\n\u001a\n", "GIF89a"],
};

/** Makes requests from a service's own description: right ones, ones at the edge, and wrong ones of every kind. */
export function requestMaker(document: OpenApi, world: World, random: Random): () => Promise<FuzzRequest> {
  const routes = routesIn(document);
  const values = valueMaker(document, random);
  return async () => {
    const route = random.pick(routes);
    const wrong = random.chance(0.5);
    const method = wrong && random.chance(0.1) ? random.pick(METHODS) : route.method;
    const { body, type } = await bodyOf(route, wrong);
    const bodiless = method === "GET" || method === "HEAD";
    const headers = { ...headersOf(route, wrong), ...(type === null || bodiless ? {} : { "content-type": type }) };
    const url = urlOf(route, wrong);
    return { method, url, headers, body: bodiless ? null : body, tight: random.chance(0.02) };
  };

  function urlOf({ path, operation }: Route, wrong: boolean): string {
    const named = namedBy(path);
    const value = (name: string): string =>
      wrong && random.chance(0.25) ? values.text() : (named[name] ?? pathValue(name));
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(value(name)));
    const query = (operation.parameters ?? []).filter((one) => one.in === "query" && random.chance(wrong ? 0.5 : 0.9));
    const pairs = query.map((one) => `${one.name}=${encoded(parameterValue(one, wrong))}`);
    if (wrong && random.chance(0.1)) pairs.push(`${encoded(values.text())}=${encoded(values.text())}`);
    const odd = wrong && random.chance(0.03) ? random.pick(["//", "%", "%ff", ";", "/."]) : "";
    return `${filled}${odd}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
  }

  /** Parts of a path that belong together. */
  function namedBy(path: string): Readonly<Record<string, string>> {
    if (path.startsWith("/v1/specs/")) return { hash: world.spec.hash };
    if (path.startsWith("/v1/values/")) return { id: random.pick(world.values) };
    if (path.startsWith("/v1/interviews/")) return { id: random.pick(world.interviews) };
    if (!path.includes("/evidence/{leaf}") || path.includes("bundles") || random.chance(0.2)) return {};
    const { pool, round, leaf } = random.pick(world.items);
    return { pool, round: String(round), leaf };
  }

  function pathValue(name: string): string {
    if (name === "pool") return random.pick(world.pools);
    if (name === "hash") return random.pick(world.bundles);
    if (name === "leaf") return random.pick(world.leaves);
    if (name === "round" || name === "sequence") return String(random.below(3));
    if (name === "provider") return random.pick(["a", "b"]);
    if (name === "file") return random.pick(["result.json", "start.js", "swagger-ui.css", "swagger-ui-bundle.js"]);
    return `${name}${random.below(50)}.csv`;
  }

  function parameterValue({ name, schema = {} }: Parameter, wrong: boolean): string {
    if (wrong && random.chance(0.5)) return values.text();
    return KNOWN[name] ?? String(values.fitting(schema));
  }

  function headersOf({ operation }: Route, wrong: boolean): Record<string, string> {
    const headers: Record<string, string> = {};
    const declared = (operation.parameters ?? []).filter((one) => one.in === "header" && random.chance(0.5));
    for (const one of declared) headers[one.name] = latin(parameterValue(one, wrong));
    if (random.chance(0.85)) headers["authorization"] = `Bearer ${random.pick(world.tokens)}`;
    if (random.chance(0.2)) headers["if-none-match"] = random.pick(["*", `"${world.bundles[0]}"`, '"x"', "W/"]);
    if (!wrong) return headers;
    if (random.chance(0.2)) headers["authorization"] = latin(random.pick([values.text(), "Bearer gs_", "Basic eA=="]));
    if (random.chance(0.2)) headers["accept"] = random.pick(ACCEPTS);
    if (random.chance(0.1)) headers["origin"] = latin(random.pick(["https://app.example.org", "null", values.text()]));
    if (random.chance(0.1)) headers["x-request-id"] = latin(values.text());
    if (random.chance(0.1)) headers["x-forwarded-for"] = latin(random.pick(["::1", "1.2.3.4, x", values.text()]));
    if (random.chance(0.1)) headers["content-length"] = random.pick(["0", "5", "99999999999", "-1", "x"]);
    if (random.chance(0.1)) headers["content-encoding"] = random.pick(["gzip", "identity", "x"]);
    return headers;
  }

  async function bodyOf({ path, operation }: Route, wrong: boolean) {
    const content = operation.requestBody?.content;
    if (content === undefined) return { body: wrong && random.chance(0.2) ? "{}" : null, type: null };
    const declared = random.pick(Object.keys(content));
    const type = wrong && random.chance(0.2) ? random.pick([...TYPES, null]) : declared;
    if (wrong && random.chance(0.1)) return { body: random.pick(["{", "", null, "[".repeat(20_000)]), type };
    if (path === "/v1/sign-in" && random.chance(wrong ? 0.3 : 1)) return { body: await signIn(wrong), type };
    if (path.startsWith("/v1/specs/") && random.chance(0.5)) return { body: world.spec.text, type };
    const samples = SEND[declared];
    const schema = content[declared]?.schema ?? {};
    if (samples !== undefined && isBinary(schema)) return { body: bytesOf(samples, wrong), type };
    return { body: JSON.stringify(wrong ? values.broken(schema) : values.fitting(schema)), type };
  }

  /** A sign-in that is in order, or all but. */
  async function signIn(wrong: boolean): Promise<string> {
    const { message, signature } = await world.signInBody(1 + random.below(5));
    if (!wrong) return JSON.stringify({ message, signature });
    const at = random.below(message.length);
    const changed = message.slice(0, at) + random.pick(JUNK).slice(0, 10) + message.slice(at + random.below(3));
    const cut = signature.slice(0, 2 + 2 * random.below(66));
    return JSON.stringify(random.pick([{ message: changed, signature }, { message, signature: cut }, { message }]));
  }

  function bytesOf(samples: readonly string[], wrong: boolean): Uint8Array<ArrayBuffer> {
    const text = wrong ? random.pick([...samples, ...JUNK]) : samples[0]!.replaceAll("1", String(random.below(1_000)));
    return Uint8Array.from(Buffer.from(text, random.chance(0.9) ? "utf8" : "latin1"));
  }
}

function isBinary({ format, type }: JsonSchema): boolean {
  return format === "binary" || type === "string";
}

/** Halves of characters cannot stand in an address. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** What a header may hold. */
function latin(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\xff]/g, "").trim();
}
