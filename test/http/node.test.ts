import { expect } from "chai";
import { nodeApp } from "../../oracle/http/node.ts";
import { Refusal, type Assessor } from "../../oracle/roles/assessor.ts";
import { assessedRound, nodeOver } from "../roles/node-fixture.ts";

const unused = () => Promise.reject(new Error("a secret inside"));
const broken: Assessor = { report: unused, cosign: unused, seal: unused };

function post(app: ReturnType<typeof nodeApp>, path: string, body: string, headers: Record<string, string> = {}) {
  return Promise.resolve(app.request(path, { method: "POST", body, headers }));
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get("content-type")).to.equal("application/problem+json");
  const body = (await response.json()) as Record<string, unknown>;
  expect(body["status"]).to.equal(response.status);
  return body;
}

describe("HTTP face of an oracle node", () => {
  it("is well", async () => {
    expect((await nodeApp(broken).request("/healthz")).status).to.equal(200);
  });

  it("answers with the report a node makes", async () => {
    const { request, facts, bundle } = await assessedRound();
    const response = await post(nodeApp(nodeOver(facts)), "/v1/reports", JSON.stringify(request));
    expect(response.status).to.equal(200);
    expect(bundle.reports).to.deep.include(await response.json());
  });

  for (const path of ["/v1/reports", "/v1/cosignatures", "/v1/seals"]) {
    it(`names what is malformed in a request to ${path}`, async () => {
      for (const body of ["", "{", "[]", "null", '{"pool":"0x12"}']) {
        const response = await post(nodeApp(broken), path, body);
        expect(response.status).to.equal(400);
        expect(await problemOf(response)).to.include({ type: "urn:guerdon:problem:malformed" });
      }
      const detail = (await problemOf(await post(nodeApp(broken), path, '{"pool":"0x12"}')))["detail"];
      expect(detail).to.contain("pool");
    });
  }

  it("says why it refuses", async () => {
    const { request } = await assessedRound();
    const refuses = { ...broken, report: () => Promise.reject(new Refusal("other-spec", "not this one")) };
    const response = await post(nodeApp(refuses), "/v1/reports", JSON.stringify(request));
    expect(response.status).to.equal(422);
    expect(await problemOf(response)).to.include({ type: "urn:guerdon:problem:other-spec", title: "not this one" });
  });

  it("says nothing of its inside where it fails, but logs it", async () => {
    const { request } = await assessedRound();
    const logged: string[] = [];
    const app = nodeApp(broken, ({ message }) => logged.push(message));
    const response = await post(app, "/v1/reports", JSON.stringify(request));
    expect(response.status).to.equal(500);
    expect(JSON.stringify(await problemOf(response))).not.to.contain("secret");
    expect(logged).to.deep.equal(["a secret inside"]);
  });

  it("refuses what is too large before it reads it, and what is not there", async () => {
    const large = await post(nodeApp(broken), "/v1/reports", "{}", { "content-length": String(64 * 1024 * 1024 + 1) });
    expect(large.status).to.equal(413);
    expect(await problemOf(large)).to.include({ type: "urn:guerdon:problem:too-large" });
    const missing = await nodeApp(broken).request("/v1/nothing");
    expect(missing.status).to.equal(404);
    expect(await problemOf(missing)).to.include({ detail: "/v1/nothing" });
  });
});
