import { expect } from "chai";
import { createPublicClient, http } from "viem";
import { secretsOf } from "../../oracle/config/secrets.ts";
import { createLogger } from "../../oracle/ops/log.ts";
import type { Logger } from "../../oracle/ports.ts";

const CANARIES = {
  GUERDON_RPC_URLS:
    "http://127.0.0.1:1/v2/canaryAlpha0123456,http://canaryuser:canaryBravo@127.0.0.1:1/?key=canaryCharlie",
  GUERDON_NODE_KEY: `0x${"ca".repeat(16)}${"fe".repeat(16)}`,
  GUERDON_SIGNER_URL: "http://127.0.0.1:1/canaryDelta99",
  GUERDON_REDIS_URL: "redis://:canary%2FEcho@127.0.0.1:1/0",
  GUERDON_S3_SECRET_ACCESS_KEY: 'canary"Foxtrot\\',
  GUERDON_OTLP_URL: "https://127.0.0.1:1/canaryGolf000/v1/traces",
  GUERDON_WEBHOOKS: "https://127.0.0.1:1/canaryHotel00",
};
const VALUES = Object.values(CANARIES).flatMap((text) => [text, ...text.split(",")]);

function recorded(level: "debug" | "error" = "debug"): {
  log: Logger;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const to = { write: (line: string) => void written.push(line) };
  return {
    log: createLogger({ level, secrets: secretsOf(CANARIES), fields: { node: "0x01" }, to }),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(""),
  };
}

/** Every value a canary can hide in. */
function hidingPlaces(value: string): [string, object][] {
  const circular: Record<string, unknown> = { value };
  circular["self"] = circular;
  const thrown = Object.assign(new Error(`failed at ${value}`), { reason: value, code: value });
  const withGetter = Object.defineProperty({ value }, "broken", {
    enumerable: true,
    get: () => {
      throw new Error(value);
    },
  });
  return [
    ["a text", { text: `before ${value} after` }],
    ["a name of a field", { [value]: 1 }],
    ["a list", { list: [value, [value]] }],
    ["a map", { map: new Map([[value, value]]) }],
    ["a set", { set: new Set([value]) }],
    ["headers", { headers: new Headers({ "x-what": encodeURIComponent(value) }) }],
    ["bytes", { bytes: new TextEncoder().encode(value), buffer: Buffer.from(value) }],
    ["an error", { error: thrown }],
    ["an error alone", thrown],
    ["a cause of a cause", { error: new Error("outer", { cause: new Error("inner", { cause: thrown }) }) }],
    ["several errors", { error: new AggregateError([thrown, value], value) }],
    ["a circle", circular],
    ["a getter that throws", withGetter],
    ["upper case", { text: value.toUpperCase() }],
    ["JSON in a text", { text: JSON.stringify({ value }) }],
    ["the component of a URL", { text: `http://proxy/?target=${encodeURIComponent(value)}` }],
    ["the end of a long text", { text: `${"x".repeat(8190 - value.length / 2)}${value}` }],
    ["what pino takes for an error", { err: { message: value, stack: value, type: value } }],
  ];
}

const CANARY = /canary|cacaca|fefefe/i;

describe("logs", () => {
  it("are lines of JSON with time, level, message, fields of the node, and of the child", () => {
    const { log, lines } = recorded();
    log.child({ requestId: "r1" }).info({ round: 3, wei: 5n, nothing: undefined }, "round assessed");
    const [line] = lines();
    expect(line).to.deep.include({ level: "info", message: "round assessed", node: "0x01", requestId: "r1", round: 3 });
    expect(line).to.deep.include({ wei: "5" });
    expect(Date.parse(String(line?.["time"]))).to.be.closeTo(Date.now(), 10_000);
  });

  it("leave out what is below their level", () => {
    const { log, lines } = recorded("error");
    log.debug({}, "a");
    log.warn({}, "b");
    log.child({ c: 1 }).info({}, "c");
    log.error({}, "d");
    expect(lines().map(({ message }) => message)).to.deep.equal(["d"]);
  });

  it("show no secret wherever it hides", () => {
    for (const value of VALUES) {
      for (const [place, fields] of hidingPlaces(value)) {
        const { log, text, lines } = recorded();
        log.error(fields, "hidden");
        log.child(fields).debug({}, "in a child");
        expect(text(), place).not.to.match(CANARY);
        expect(lines(), place).to.have.length(2);
      }
      const { log, text } = recorded();
      log.info({}, `a message with ${value}`);
      expect(text()).not.to.match(CANARY);
      expect(text()).to.match(/a message with .*\[setting GUERDON_/);
    }
  });

  it("show no part of a secret that is used by itself", () => {
    const { log, text } = recorded();
    for (const part of ["canaryAlpha0123456", "canaryBravo", "canaryCharlie", "canary/Echo", "canaryHotel00"]) {
      log.info({ part, inText: `?k=${part}&` }, part);
    }
    log.info({ key: CANARIES.GUERDON_NODE_KEY.slice(2) }, "without its prefix");
    expect(text()).not.to.match(CANARY);
  });

  it("show no endpoint of viem's errors, to any depth", async () => {
    const { log, text, lines } = recorded();
    const url = "http://127.0.0.1:1/v2/otherkey";
    const client = createPublicClient({ transport: http(url, { retryCount: 0 }) });
    const error: unknown = await client.getBlockNumber().catch((caught: unknown) => caught);
    expect((error as Error).message).to.contain("otherkey");
    log.error({ error }, "the endpoint failed");
    log.error(new Error("wrapped", { cause: error }), "the endpoint failed");
    expect(text()).not.to.contain("otherkey");
    expect(lines()[0]?.["error"]).to.deep.include({ name: "HttpRequestError", message: "HTTP request failed." });
  });

  it("hide credentials of anybody: headers, users in URLs, tokens", () => {
    const { log, text } = recorded();
    const headers = { Authorization: "Bearer outsider1", cookie: "sid=outsider2", "x-api-key": "outsider3" };
    log.info({ headers, pairs: [["Set-Cookie", "outsider4"]], list: new Headers(headers) }, "headers");
    log.info({ url: new URL("https://name:outsider5@host/"), text: "redis://outsider6:x@host" }, "URLs");
    log.info({ text: "sent Bearer outsider7.abc and Basic b3V0c2lkZXI4", password: "outsider8" }, "tokens");
    expect(text()).not.to.match(/outsider|b3V0c2/);
    expect(text()).to.contain("https://[hidden]@host/");
  });

  it("write errors with name, reason, message and causes, and where they were thrown", () => {
    const { log, lines } = recorded();
    class Refused extends Error {
      override readonly name = "Refused";
      readonly reason = "late";
    }
    log.error({ error: new Refused("after the deadline", { cause: new TypeError("fetch failed") }) }, "not taken");
    const error = lines()[0]?.["error"] as Record<string, unknown>;
    expect(error).to.deep.include({ name: "Refused", reason: "late", message: "after the deadline" });
    expect(error["cause"]).to.deep.include({ name: "TypeError", message: "fetch failed" });
    expect((error["at"] as string[])[0]).to.match(/^at .*log\.test\.ts/);
  });

  it("keep their own names, and bear what cannot be written", () => {
    const { log, lines } = recorded();
    const deep = Array.from({ length: 30 }).reduce<object>((inner) => ({ inner }), {});
    log.info(
      { level: "error", time: 0, message: "x", deep, no: Number.NaN, f: () => 1, list: Array(500).fill(0) },
      "odd",
    );
    expect(lines()[0]).to.deep.include({ level: "info", message: "odd", field_level: "error", no: "NaN" });
    expect((lines()[0]?.["list"] as unknown[]).length).to.equal(101);
  });
});
