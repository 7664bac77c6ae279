import { expect } from "chai";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { EvidenceApp } from "../../oracle/http/api.ts";
import type { Env } from "../../oracle/http/env.ts";
import { StoreUnavailable } from "../../oracle/ports.ts";
import { account, json, problemOf, testApi, UNLIMITED, type TestApi } from "./support/api.ts";
import { signedIn, signer } from "./support/sign-in.ts";

describe("The frame around the public API", () => {
  let api: TestApi;

  before(async () => {
    api = await testApi({ managers: [account(1)], corsOrigins: ["https://app.example.org"] });
  });

  after(() => api.close());

  it("takes over a sane request id, and makes one in place of another", async () => {
    const sane = await api.ask("/v1/pools", { headers: { "x-request-id": "abc-123_=" } });
    expect(sane.headers.get("x-request-id")).to.equal("abc-123_=");
    for (const id of ["a b", "a".repeat(65), "<script>", "a\u00e9"]) {
      const made = await api.ask("/v1/pools", { headers: { "x-request-id": id } });
      expect(made.headers.get("x-request-id")).to.match(/^[0-9a-f-]{36}$/);
    }
  });

  it("logs the route and neither what was asked for nor who asked", async () => {
    const pool = api.pools[0]!.pool;
    await api.ask(`/v1/pools/${pool}?secret=1`, { headers: { "x-request-id": "one" } });
    await api.ask("/nowhere/at/all");
    const lines = api.lines.filter(({ message }) => message === "request");
    const [known, unknown] = lines.slice(-2);
    expect(known?.fields).to.include({ method: "GET", route: "/v1/pools/:pool", status: 200, requestId: "one" });
    expect(known?.fields["ms"]).to.be.a("number");
    expect(unknown?.fields).to.include({ route: "none", status: 404 });
    expect(JSON.stringify(lines)).not.to.match(/secret|nowhere/);
  });

  it("tells metrics of each answer", async () => {
    const timings: unknown[] = [];
    const timed = await testApi({ onTiming: ({ method, route, status }) => timings.push([method, route, status]) });
    await timed.ask("/v1/bundles/0x12");
    await timed.close();
    expect(timings).to.deep.equal([["GET", "/v1/bundles/:hash", 400]]);
  });

  it("keeps browsers from running, framing or guessing anything", async () => {
    for (const path of ["/v1/pools", "/nowhere", "/v1/bundles/0x12", "/openapi.json"]) {
      const { headers } = await api.ask(path);
      const policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
      expect(headers.get("content-security-policy"), path).to.equal(policy);
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("referrer-policy")).to.equal("no-referrer");
      expect(headers.get("x-frame-options")).to.equal("DENY");
      expect(headers.get("cross-origin-opener-policy")).to.equal("same-origin");
      expect(headers.get("cross-origin-resource-policy")).to.equal("same-origin");
      expect(headers.get("strict-transport-security")).to.contain("max-age=");
    }
    const plain = await testApi({ publicUrl: "http://localhost:8787" });
    expect((await plain.ask("/v1/pools")).headers.get("strict-transport-security")).to.equal(null);
    await plain.close();
  });

  it("lets only listed origins read answers", async () => {
    const read: RequestInit & { headers: Record<string, string> } = { headers: {} };
    const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "GET" } };
    for (const origin of ["https://app.example.org", "https://evil.example.org", "null", "*"]) {
      for (const init of [read, preflight]) {
        const { headers } = await api.ask("/v1/pools", { ...init, headers: { ...init.headers, origin } });
        const allowed = origin === "https://app.example.org" ? origin : null;
        expect(headers.get("access-control-allow-origin"), origin).to.equal(allowed);
        expect(headers.get("access-control-allow-credentials")).to.equal(null);
        expect(headers.get("vary")).to.contain("Origin");
      }
    }
  });

  it("refuses what is too large, whether its length is told or not", async () => {
    const body = JSON.stringify({ message: "a".repeat(1024 * 1024), signature: "0x" });
    const told = { "content-type": "application/json", "content-length": String(body.length) };
    const untold = { "content-type": "application/json" };
    for (const headers of [told, untold]) {
      const refused = await api.ask("/v1/sign-in", { method: "POST", body, headers });
      expect(await problemOf(refused)).to.deep.include({
        type: "too-large",
        status: 413,
        errors: [{ field: "body", limit: "at most 1048576 bytes" }],
      });
    }
  });

  it("names what is wrong with a request: field, value and limit", async () => {
    const query = await problemOf(await api.ask("/v1/pools?limit=0"));
    expect(query).to.include({ type: "invalid", status: 400 });
    expect(query.errors).to.deep.equal([
      { field: "query.limit", value: '"0"', limit: "Too small: expected number to be >=1" },
    ]);
    const path = await problemOf(await api.ask("/v1/pools/0x00"));
    expect(path.errors).to.deep.equal([
      { field: "path.pool", value: '"0x00"', limit: "must be an address: 0x and 40 hexadecimal digits" },
    ]);
    const body = await problemOf(await api.ask("/v1/sign-in", json({ signature: 7, message: "m", more: 1 })));
    expect(body.errors?.map(({ field }) => field)).to.deep.equal(["body.signature", "body"]);
    const cursor = await problemOf(await api.ask("/v1/pools?cursor=nonsense"));
    expect(cursor.errors?.[0]).to.include({ field: "query.cursor", value: '"nonsense"' });
  });

  it("tells malformed JSON and other types apart", async () => {
    const headers = { "content-type": "application/json" };
    const broken = await api.ask("/v1/sign-in", { method: "POST", body: "{", headers });
    expect(await problemOf(broken)).to.include({ type: "malformed", status: 400 });
    const other = await api.ask("/v1/sign-in", {
      method: "POST",
      body: "a=1",
      headers: { "content-type": "text/plain" },
    });
    expect(await problemOf(other)).to.include({ type: "unsupported-type", status: 415 });
    const none = await api.ask("/v1/sign-in", { method: "POST", headers });
    expect((await problemOf(none)).status).to.equal(400);
  });

  it("answers what it does not have, do or speak", async () => {
    expect(await problemOf(await api.ask("/v1/nothing"))).to.include({ type: "not-found", detail: "/v1/nothing" });
    const method = await api.ask("/v1/pools", { method: "DELETE" });
    expect(method.headers.get("allow")).to.equal("GET, HEAD");
    expect(await problemOf(method)).to.include({ type: "method-not-allowed", status: 405 });
    const type = await problemOf(await api.ask("/v1/pools", { headers: { accept: "text/html;q=1, image/*" } }));
    expect(type).to.include({ type: "not-acceptable", status: 406 });
    expect(type.errors).to.deep.equal([{ field: "header.accept", limit: "application/json" }]);
    for (const accept of ["*/*", "application/*", "text/html, */*;q=0.1", "application/json;charset=utf-8", ""]) {
      expect((await api.ask("/v1/pools", { headers: { accept } })).status, accept).to.equal(200);
    }
  });

  it("limits how often one address asks, and says when to ask again", async () => {
    const limited = await testApi({ perMinute: { ...UNLIMITED, perAddress: 2, signIn: 1 } });
    const first = await limited.ask("/v1/pools");
    expect(first.headers.get("ratelimit-policy")).to.equal("2;w=60");
    expect(first.headers.get("ratelimit")).to.match(/^limit=2, remaining=1, reset=\d+$/);
    await limited.ask("/v1/pools");
    const refused = await limited.ask("/v1/pools");
    expect(Number(refused.headers.get("retry-after"))).to.be.within(59, 60);
    expect(await problemOf(refused)).to.include({ type: "too-many-requests", status: 429 });
    limited.pass(60_000);
    expect((await limited.ask("/v1/sign-in/nonce", { method: "POST" })).status).to.equal(200);
    const signIn = await limited.ask("/v1/sign-in/nonce", { method: "POST" });
    expect(await problemOf(signIn)).to.include({ status: 429, detail: "1 a minute, counted as sign-in" });
    await limited.close();
  });

  it("counts callers by who they are, and guessed tokens by where they come from", async () => {
    const limited = await testApi({ perMinute: { ...UNLIMITED, perAddress: 4, perCaller: 3 } });
    const token = await signedIn(limited, signer(1));
    for (let i = 0; i < 3; i++) expect((await limited.ask("/v1/me", { token })).status).to.equal(200);
    expect((await limited.ask("/v1/me", { token })).status).to.equal(429);
    const guess = `gs_${"a".repeat(43)}`;
    expect((await limited.ask("/v1/me", { token: guess })).status).to.equal(401);
    expect((await limited.ask("/v1/me", { token: guess })).status).to.equal(401);
    expect((await limited.ask("/v1/me", { token: guess })).status).to.equal(429);
    await limited.close();
  });

  it("says to come back where the store cannot be reached, and nothing of its inside where it fails", async () => {
    const unavailable = () => Promise.reject(new StoreUnavailable("disk at /secret/path is full"));
    const full = await testApi({ withStore: (store) => ({ ...store, commit: unavailable }) });
    const later = await full.ask("/v1/sign-in/nonce", { method: "POST" });
    expect(later.headers.get("retry-after")).to.equal("5");
    expect(JSON.stringify(await problemOf(later)))
      .to.contain("store-unavailable")
      .and.not.contain("secret");
    await full.close();
    const broken = await testApi({
      withStore: (store) => ({ ...store, commit: () => Promise.reject(new Error("secret")) }),
    });
    const failed = await problemOf(await broken.ask("/v1/sign-in/nonce", { method: "POST" }));
    expect(failed).to.deep.equal({ type: "internal", title: "the server failed", status: 500 });
    const logged = broken.lines.find(({ message }) => message === "a request failed");
    expect(logged?.fields["error"]).to.include({ name: "Error", message: "secret" });
    expect(logged?.fields).to.have.property("requestId");
    await broken.close();
  });

  it("mounts the apps of roles, which bound their bodies themselves", async () => {
    const evidence = new OpenAPIHono<Env>();
    evidence.post("/v1/large", async (c) => c.json({ bytes: (await c.req.arrayBuffer()).byteLength }));
    const whole = await testApi({ evidence: evidence as EvidenceApp });
    const response = await whole.ask("/v1/large", { method: "POST", body: "a".repeat(2 * 1024 * 1024) });
    expect(await response.json()).to.deep.equal({ bytes: 2 * 1024 * 1024 });
    await whole.close();
    expect((await api.ask("/v1/large", { method: "POST", body: "a" })).status).to.equal(404);
  });

  it("says in its description where tokens go, and describes problems of every route", async () => {
    const document = (await (await api.ask("/openapi.json")).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, object> }>>;
      components: { securitySchemes: object };
    };
    expect(document.openapi).to.equal("3.1.0");
    expect(document.components.securitySchemes).to.have.property("bearer");
    expect(Object.keys(document.paths)).to.include.members(["/v1/pools/{pool}/keys", "/v1/events", "/docs"]);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const statuses = ["400", "401", "406", "429", "500", "503"];
        expect(Object.keys(responses), `${method} ${path}`).to.include.members(statuses);
      }
    }
  });
});
