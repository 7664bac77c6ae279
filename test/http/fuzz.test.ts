import { expect } from "chai";
import { answerChecker } from "../../scripts/fuzz-api/check.ts";
import type { OpenApi } from "../../scripts/fuzz-api/document.ts";
import { fuzzApi } from "../../scripts/fuzz-api/run.ts";
import { account, testApi } from "./support/api.ts";

describe("Fuzzing the API from its own description", function () {
  this.timeout(120_000);

  it("finds no answer of 5xx and none that is not as described in 2,000 requests", async () => {
    const { requests, violations, counts } = await fuzzApi({ requests: 2_000, seed: 7 });
    expect(violations).to.deep.equal([]);
    expect(requests).to.equal(2_000);
    expect(counts.size).to.be.at.least(30);
    const statuses = new Set([...counts.values()].flatMap((one) => [...one.keys()]));
    expect([...statuses]).to.include.members([200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 415, 429]);
  });

  it("sees what is not as described", async () => {
    const api = await testApi({ managers: [account(1)] });
    const document = (await (await api.ask("/openapi.json")).json()) as OpenApi;
    const check = answerChecker(document);
    const real = await api.ask("/v1/pools");
    const body = await real.text();
    const request = { method: "GET", url: "/v1/pools", headers: {}, body: null, tight: false };
    const faultOf = (changes: { status?: number; body?: string; type?: string; drop?: string }) => {
      const headers = new Headers(real.headers);
      if (changes.type !== undefined) headers.set("content-type", changes.type);
      if (changes.drop !== undefined) headers.delete(changes.drop);
      return check(request, { status: changes.status ?? 200, headers, body: changes.body ?? body }).fault;
    };
    expect(faultOf({})).to.equal(null);
    expect(faultOf({ body: '{"pools":[{}],"next":null}' })).to.contain("not as described");
    expect(faultOf({ body: "{" })).to.contain("not as described");
    expect(faultOf({ status: 202 })).to.equal("status 202 is not described");
    expect(faultOf({ type: "text/html" })).to.equal("type text/html is not described for 200");
    expect(faultOf({ status: 404 })).to.equal("status 404 with type application/json");
    const problem = { status: 400, type: "application/problem+json" };
    expect(faultOf({ ...problem, body: '{"title":"x"}' })).to.contain("no problem of RFC 9457");
    const other = '{"type":"urn:guerdon:problem:invalid","title":"x","status":401}';
    expect(faultOf({ ...problem, body: other })).to.equal("the problem says status 401");
    expect(faultOf({ status: 503 })).to.contain("status 503");
    expect(faultOf({ drop: "content-security-policy" })).to.equal("no header content-security-policy");
    await api.close();
  });
});
