import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction, type Socket } from "node:net";
import ipaddr from "ipaddr.js";
import { Agent, buildConnector, request, type Dispatcher } from "undici";
import type { MediaType } from "../../domain/evidence.ts";
import { IntakeRefusal, type IntakeReason } from "../../domain/evidence-refusal.ts";
import { isPublicAddress, isPublicName } from "./addresses.ts";
import { boundedBody } from "./link-body.ts";
import { typeOf } from "./link-type.ts";

/** What a link led to. */
export interface LinkSnapshot {
  readonly bytes: Uint8Array;
  readonly mediaType: MediaType;
}

export interface LinkFetcherOptions {
  /** Whether links without encryption are followed. */
  readonly http?: boolean;
  /** Ports that are asked, those of http and https where not given. */
  readonly ports?: readonly number[];
  /** Most bytes of what a link leads to, as sent and unpacked. */
  readonly mostBytes?: number;
  readonly mostRedirects?: number;
  /** Milliseconds for a link as a whole. */
  readonly timeMs?: number;
  /** Addresses of a name; the system's resolver where not given. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Whether links may lead into private networks, or at which of their addresses. Only for tests. */
  readonly allowPrivate?: boolean | readonly string[];
}

type Rules = Required<LinkFetcherOptions>;

const MIB = 1024 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const AGENT = "guerdon-intake (evidence links)";

/**
 * Follows a link to what it leads to, and never into the operator's own network: every name is resolved once, every address it
 * has must be public, the connection goes to that very address, and what it was connected to is looked at again. Redirects are
 * new links.
 * @throws IntakeRefusal
 */
export function linkFetcher(options: LinkFetcherOptions = {}): (url: URL) => Promise<LinkSnapshot> {
  const rules: Rules = {
    http: false,
    ports: [80, 443],
    mostBytes: 20 * MIB,
    mostRedirects: 3,
    timeMs: 20_000,
    resolve: systemResolve,
    allowPrivate: false,
    ...options,
  };
  return async (url) => {
    const late = AbortSignal.timeout(rules.timeMs);
    let at = url;
    for (let redirects = 0; redirects <= rules.mostRedirects; redirects++) {
      const answer = await visit(rules, at, late);
      if (!(answer instanceof URL)) return answer;
      at = answer;
    }
    throw refusal("link-redirects", at, `at most ${rules.mostRedirects} redirects`);
  };
}

/** What is there, or where it leads on. */
async function visit(rules: Rules, url: URL, late: AbortSignal): Promise<LinkSnapshot | URL> {
  checkUrl(rules, url);
  const addresses = await addressesOf(rules, url, late);
  const agent = agentFor(rules, addresses[0]!);
  try {
    const response = await request(url, {
      dispatcher: agent,
      method: "GET",
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": AGENT },
      signal: late,
    });
    return await answerOf(rules, url, response);
  } catch (error) {
    throw asRefusal(error, url, rules, late);
  } finally {
    await agent.destroy();
  }
}

function checkUrl({ http, ports }: Rules, url: URL): void {
  const schemes = http ? ["https:", "http:"] : ["https:"];
  if (!schemes.includes(url.protocol)) throw refusal("link-scheme", url, `only ${schemes.join(" or ")}`);
  if (url.username !== "" || url.password !== "") throw refusal("link-credentials", url, "no name or password");
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  if (!ports.includes(port)) throw refusal("link-port", url, `one of ${ports.join(", ")}`);
}

/** All addresses of the link's host: one that is not public is one too many. */
async function addressesOf(rules: Rules, url: URL, late: AbortSignal): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 0 && !isPublicName(host)) throw refusal("link-host", url, "a public name of at least two labels");
  const addresses = isIP(host) === 0 ? await inTime(rules, url, late, () => rules.resolve(host)) : [host];
  if (addresses.length === 0) throw refusal("link-unresolved", url, "a name that has an address");
  if (!addresses.every((address) => isAllowed(rules, address))) {
    throw refusal("link-address", url, "a host all of whose addresses are public");
  }
  return addresses;
}

async function inTime<Result>(
  { timeMs }: Rules,
  url: URL,
  late: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const timeout = new Promise<never>((_, reject) => {
    const stop = (): void => reject(refusal("link-timeout", url, `within ${timeMs} ms`));
    if (late.aborted) stop();
    else late.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(), timeout]);
  } catch (error) {
    if (error instanceof IntakeRefusal) throw error;
    throw refusal("link-unresolved", url, "a name that has an address");
  }
}

function isAllowed({ allowPrivate }: Rules, address: string): boolean {
  if (isPublicAddress(address) || allowPrivate === true) return true;
  return allowPrivate !== false && allowPrivate.includes(address);
}

/** Connects to one address, whatever the name has by then, and looks at where the connection ended. */
function agentFor(rules: Rules, address: string): Agent {
  const connect = buildConnector({ timeout: rules.timeMs, lookup: pinned(address) });
  return new Agent({
    pipelining: 0,
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: rules.timeMs,
    bodyTimeout: rules.timeMs,
    connect: (options, done) => {
      connect(options, (...[error, socket]) => {
        if (error !== null) return done(error, null);
        if (isSame(socket, address)) return done(null, socket);
        socket.destroy();
        done(new Elsewhere(), null);
      });
    },
  });
}

/** The connection is to another address than the one that was checked. */
class Elsewhere extends Error {}

function pinned(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, { all }, done) => {
    if (all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

function isSame(socket: Socket, address: string): boolean {
  const { remoteAddress } = socket;
  if (remoteAddress === undefined) return false;
  return ipaddr.process(remoteAddress).toString() === ipaddr.process(address).toString();
}

async function answerOf(rules: Rules, url: URL, response: Dispatcher.ResponseData): Promise<LinkSnapshot | URL> {
  const { statusCode, headers, body } = response;
  if (REDIRECTS.has(statusCode)) {
    body.on("error", () => undefined).destroy();
    return redirectOf(url, headers["location"]);
  }
  if (statusCode !== 200) {
    body.on("error", () => undefined).destroy();
    throw refusal("link-status", url, "an answer of status 200", `status ${statusCode}`);
  }
  const bytes = await boundedBody(body, headers, rules.mostBytes);
  return { bytes, mediaType: typeOf(bytes, headers["content-type"]) };
}

function redirectOf(from: URL, location: string | string[] | undefined): URL {
  const text = Array.isArray(location) ? undefined : location;
  if (text === undefined || !URL.canParse(text, from)) {
    throw refusal("link-redirects", from, "redirects that say where to");
  }
  return new URL(text, from);
}

function asRefusal(error: unknown, url: URL, { timeMs }: Rules, late: AbortSignal): IntakeRefusal {
  if (error instanceof IntakeRefusal) return error;
  const name = error instanceof Error ? error.name : "";
  if (late.aborted || name.includes("Timeout")) return refusal("link-timeout", url, `within ${timeMs} ms`);
  if (error instanceof Elsewhere) return refusal("link-address", url, "a connection to the address that was checked");
  if (name === "HeadersOverflowError") return refusal("link-too-large", url, `headers of ${MOST_HEADER_BYTES} bytes`);
  return refusal("link-failed", url, "a server that answers by the rules of HTTP");
}

function refusal(reason: IntakeReason, url: URL, limit: string, value?: string): IntakeRefusal {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return new IntakeRefusal(reason, { field: "url", value: value ?? shown.href, limit });
}

async function systemResolve(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
}
