import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { PublicClient } from "viem";
import { audit, type AuditReport } from "../../oracle/domain/audit/audit.ts";
import { SEAL_FILE } from "../../oracle/domain/seal.ts";
import { failures, unsealed } from "../domain/season/expect.ts";
import { draftOf, filesOf } from "../domain/season/forge.ts";
import { oracleNodes, seal } from "../domain/season/oracle.ts";
import { seasons, type Seasons } from "../domain/season/seasons.ts";

const LAUNCHER = fileURLToPath(new URL("../../scripts/guerdon.js", import.meta.url));

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as it is installed. */
async function guerdon(args: readonly string[], cwd?: string): Promise<Run> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const code = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
}

/** An endpoint in front of a chain in this process. */
async function serve(client: PublicClient): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
      const answer = await client.request({ method, params } as never).then(
        (result: unknown) => ({ result }),
        (error: unknown) => ({ error: { code: -32_000, message: String(error) } }),
      );
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("guerdon audit", () => {
  let all: Seasons;
  let root: string;
  let endpoint: { server: Server; url: string };

  before(async () => {
    all = await seasons();
    root = await mkdtemp(join(tmpdir(), "guerdon-audit-"));
    endpoint = await serve(all.chain.client);
  });

  after(async () => {
    endpoint.server.close();
    await rm(root, { recursive: true });
  });

  /** Writes a season's files into a folder of their own. */
  async function folder(name: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<string> {
    const path = join(root, name);
    await mkdir(path);
    for (const [file, bytes] of files) await writeFile(join(path, file), bytes);
    return path;
  }

  function refused({ code, out, err }: Run, expected: number, ...words: string[]): void {
    expect(code, err + out).to.equal(expected);
    expect(err + out).to.not.match(/\n\s+at .*:\d+/);
    for (const word of words) expect(err + out).to.contain(word);
  }

  it("passes a season: every check, the verdict, what it does not prove, exit code 0", async () => {
    const dir = await folder("passes", all.engine.files);
    const { code, out, err } = await guerdon(["audit", dir, "--pool", all.engine.chain.pool]);
    expect(err).to.equal("");
    expect(code).to.equal(0);
    expect(out).to.contain(all.engine.chain.pool);
    expect(out).to.contain("✓ the node signed its report (6)");
    expect(out).to.match(/PASSED: \d+ checks/);
    expect(out).to.contain("What this does not prove").and.to.contain("evidence tells the truth about the world");
    expect(out).to.match(/outvoted\n {2}0x[0-9a-f]{40}, round 0: 1 provider\n/);
    expect(out).to.not.contain("✗");
  });

  it("prints the report as JSON", async () => {
    const { code, out } = await guerdon(["audit", await folder("json", all.sla.files), "--json"]);
    expect(code).to.equal(0);
    const report = JSON.parse(out) as AuditReport;
    expect(report).to.deep.equal(JSON.parse(JSON.stringify(await audit(all.sla.files))));
    expect(report.checks[0]).to.have.all.keys("id", "title", "place", "ok");
  });

  it("fails where a payout was changed, names the place, exit code 1", async () => {
    const draft = draftOf(all.engine);
    for (const answer of draft.chain.rounds[0]!.payouts) answer.amount = "5";
    const run = await guerdon(["audit", await folder("payout", filesOf(draft))]);
    refused(run, 1, "✗", 'chain.json rounds[0].payouts[0]: amount is "5", not', "3 of 9 failed", "FAILED:");
  });

  it("reads the chain again with --rpc", async () => {
    const dir = await folder("live", all.contested.files);
    const { code, out } = await guerdon(["audit", dir, "--rpc", endpoint.url]);
    expect(code).to.equal(0);
    expect(out).to.contain("✓ the export is what the chain says now").and.to.contain("endpoint of --rpc");
  });

  it("finds with --rpc what the nodes sealed and the chain does not say", async () => {
    const draft = draftOf(all.sla);
    draft.chain.token.symbol = "USD";
    const { chainId, pool } = draft.chain;
    const dir = await folder("sealed", await seal(unsealed(filesOf(draft)), chainId, pool, oracleNodes()));
    expect((await guerdon(["audit", dir])).code).to.equal(0);
    refused(await guerdon(["audit", dir, "--rpc", endpoint.url]), 1, 'token.symbol is "USD", not "TUSD"');
  });

  it("says where the chain cannot be read, or knows no such pool", async () => {
    const dir = await folder("no-chain", all.sla.files);
    refused(await guerdon(["audit", dir, "--rpc", "http://127.0.0.1:1"]), 1, "--rpc", "cannot be read");
    const draft = draftOf(all.sla);
    draft.chain.pool = `0x${"ab".repeat(20)}`;
    const other = await folder("no-pool", filesOf(draft));
    refused(await guerdon(["audit", other, "--rpc", endpoint.url]), 1, "no pool at this address");
  });

  it("names the missing folder, the missing file, the unknown file and the malformed one", async () => {
    refused(await guerdon(["audit", join(root, "nowhere")]), 1, "nowhere", "no such folder");
    refused(await guerdon(["audit", LAUNCHER]), 1, "guerdon.js", "not a folder");
    refused(await guerdon(["audit", await folder("empty", new Map())]), 1, "chain.json: the file is missing");
    const missing = await folder("missing", unsealed(all.sla.files));
    refused(await guerdon(["audit", missing]), 1, "seal.json: the file is missing");
    const more = await folder(
      "more",
      new Map<string, Uint8Array | string>([...all.sla.files, ["notes.txt", "hello"], ["\u001b[2J", ""]]),
    );
    refused(await guerdon(["audit", more]), 1, "notes.txt: the season has no such file", "\uFFFD[2J: the season");
    const broken = await folder(
      "broken",
      new Map<string, Uint8Array | string>([
        ...all.sla.files,
        ["chain.json", '{"balance":'],
        ["bundle-0.json", "{}\n"],
      ]),
    );
    refused(await guerdon(["audit", broken]), 1, "chain.json: not JSON", 'bundle-0.json, field "format"');
    await mkdir(join(broken, "more"));
    refused(await guerdon(["audit", broken]), 1, "a folder has no place here");
  });

  it("explains wrong usage, exit code 2", async () => {
    refused(await guerdon(["audit"]), 2, "missing required argument", "dir");
    refused(await guerdon(["audit", root, "--rcp", "x"]), 2, "unknown option '--rcp'");
    refused(await guerdon(["audit", root, "--rpc", "ftp://x"]), 2, "http or https");
    refused(await guerdon(["audit", root, "--pool", "0x12"]), 2, "40 hexadecimal digits");
    refused(await guerdon(["audit", root, root]), 2, "too many arguments");
    refused(await guerdon(["inspect", root]), 2, "unknown command 'inspect'");
    refused(await guerdon([]), 2, "Usage");
  });

  it("shows its help, exit code 0", async () => {
    const { code, out } = await guerdon(["audit", "--help"]);
    expect(code).to.equal(0);
    expect(out).to.contain("--rpc <url>").and.to.contain("--pool <address>").and.to.contain("--json");
  });

  it("works from a folder whose own settings are broken", async () => {
    const dir = await folder("elsewhere", all.cancelled.files);
    const cwd = await folder(
      "cwd",
      new Map([
        ["tsconfig.json", "{"],
        ["package.json", '{"type":"commonjs"}'],
      ]),
    );
    expect((await guerdon(["audit", dir], cwd)).code).to.equal(0);
  });
});

describe("audit of files with one byte changed", () => {
  /** How many bytes are changed in each season. */
  const FLIPS = { sla: 720, engine: 120, contested: 60, cancelled: 150 } as const;

  /** A repeatable series of numbers, 0 to 2^32 - 1 (mulberry32). */
  function series(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return (t ^ (t >>> 14)) >>> 0;
    };
  }

  it("changes at least 1,000", () => {
    expect(Object.values(FLIPS).reduce((sum, flips) => sum + flips, 0)).to.be.at.least(1000);
  });

  for (const [name, flips] of Object.entries(FLIPS) as [keyof typeof FLIPS, number][]) {
    it(`fails for each of ${flips} in the ${name} season and names the file`, async () => {
      const { files } = (await seasons())[name];
      const names = [...files.keys()];
      const next = series(20_260_801);
      for (let flip = 0; flip < flips; flip++) {
        const file = names[flip % names.length]!;
        const bytes = files.get(file)!;
        const at = next() % bytes.length;
        const value = (bytes[at]! + 1 + (next() % 255)) & 0xff;
        const report = await audit(new Map([...files, [file, bytes.with(at, value)]]));
        const told = `byte ${at} of ${file}: ${bytes[at]} changed to ${value}`;
        expect(report.ok, told).to.equal(false);
        const places = report.checks.filter(({ ok }) => !ok).map(({ place }) => place);
        expect(
          places.some((place) => place.startsWith(file)),
          `${told}\n${failures(report).join("\n")}`,
        ).to.equal(true);
      }
    });
  }

  it("fails without the seal too, but for what only the chain knows", async () => {
    const { files } = (await seasons()).sla;
    const open = unsealed(files);
    const next = series(7);
    const unseen: string[] = [];
    for (const file of open.keys()) {
      for (let flip = 0; flip < 60; flip++) {
        const bytes = open.get(file)!;
        const at = next() % bytes.length;
        const changed = bytes.with(at, (bytes[at]! + 1 + (next() % 255)) & 0xff);
        if ((await audit(new Map([...open, [file, changed]]), { unsealed: true })).ok) unseen.push(`${file} ${at}`);
      }
    }
    expect(unseen.filter((place) => !place.startsWith("chain.json"))).to.deep.equal([]);
    expect(unseen.length).to.be.lessThan(20);
    expect([...files.keys()]).to.include(SEAL_FILE);
  });
});
