import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { cleanUp, startScript, temporaryFolder, type Running } from "./support/run-season.ts";

describe("npm start, until Ctrl-C", function () {
  this.timeout(180_000);
  let running: Running;
  let api: string;
  let rpc: string;
  let out: string;

  before(async () => {
    out = join(await temporaryFolder(), "out");
    running = startScript("scripts/start.ts", ["--port", "0", "--rpc-port", "0", "--out", out]);
    let printed = "";
    running.child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    await running.printed("running until Ctrl-C");
    [, api = "", rpc = ""] = /look next: (\S+)\/v1\/pools,.*local chain at (\S+)/.exec(printed) ?? [];
  });

  after(async () => {
    running.child.kill("SIGKILL");
    await cleanUp();
  });

  it("lists the pool, and serves its files byte for byte", async () => {
    const { pools } = (await (await fetch(`${api}/v1/pools`)).json()) as { pools: { pool: string; files: string[] }[] };
    expect(pools).to.have.length(1);
    const [{ pool, files }] = pools as [{ pool: string; files: string[] }];
    expect(files).to.have.members(["result.json", "chain.json", "bundle-0.json", "seal.json"]);
    for (const file of files) {
      const response = await fetch(`${api}/v1/pools/${pool}/files/${file}`);
      expect(response.status).to.equal(200);
      expect(await response.text()).to.equal(await readFile(join(out, file), "utf8"));
    }
    const checksummed = await fetch(`${api}/v1/pools/0x${pool.slice(2).toUpperCase()}`);
    expect(checksummed.status).to.equal(200);
  });

  it("answers what it does not have with a problem document", async () => {
    for (const path of [`/v1/pools/0x${"0".repeat(40)}/files/seal.json`, `/v1/pools/0x${"0".repeat(40)}`, "/nowhere"]) {
      const response = await fetch(api + path);
      expect(response.status).to.equal(404);
      expect(response.headers.get("content-type")).to.equal("application/problem+json");
      expect(await response.json()).to.include({ type: "urn:guerdon:problem:not-found", status: 404 });
    }
  });

  it("describes itself", async () => {
    const description = (await (await fetch(`${api}/openapi.json`)).json()) as { openapi: string; paths: object };
    expect(description.openapi).to.equal("3.1.0");
    expect(Object.keys(description.paths)).to.include.members(["/v1/pools", "/v1/pools/{pool}"]);
  });

  it("lets the season be audited against the live chain", async () => {
    const audit = await startScript("scripts/guerdon.ts", ["audit", out, "--rpc", rpc]).ended;
    expect(audit.code, audit.stdout + audit.stderr).to.equal(0);
  });

  it("ends with code 0 on Ctrl-C", async () => {
    running.child.kill("SIGINT");
    expect((await running.ended).code).to.equal(0);
  });
});
