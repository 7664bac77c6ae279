import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { cleanUp, runStart, startScript, temporaryFolder } from "./support/run-season.ts";

const DATA = fileURLToPath(new URL("../../oracle/data/", import.meta.url));

/** A copy of the project's sla evidence, changed. */
async function changedSummary(change: (text: string) => string): Promise<string> {
  const path = join(await temporaryFolder(), "summary.json");
  await writeFile(path, change(await readFile(join(DATA, "sla/manticore-2026-08.json"), "utf8")));
  return path;
}

async function expectFailure(args: string[], code: number, ...parts: string[]): Promise<void> {
  const out = join(await temporaryFolder(), "out");
  const ended = await runStart("--once", "--out", out, ...args);
  expect(ended.code, ended.stdout + ended.stderr).to.equal(code);
  for (const part of parts) expect(ended.stderr).to.contain(part);
  expect(ended.stderr).not.to.match(/\n\s+at /, "no stack trace");
  const made = await readdir(out).catch(() => null);
  expect(made ?? []).to.deep.equal([], "nothing is left behind");
}

describe("npm start, input that cannot be used", function () {
  this.timeout(120_000);
  after(cleanUp);

  const usage: [string, string[], string[]][] = [
    ["an unknown option", ["--nope"], ["--nope"]],
    ["an unknown template", ["--template", "cars"], ["cars", "sla, hospital, engine, impact"]],
    ["rounds beyond the limit", ["--template", "engine", "--rounds", "521"], ["521", "1 to 520"]],
    ["a fee beyond the limit", ["--fee-bps", "1001"], ["1001", "0 to 1000"]],
    ["a node that does not exist", ["--faulty-node", "4"], ["4", "1 to 3"]],
    ["one port for two", ["--port", "4321", "--rpc-port", "4321"], ["--port", "--rpc-port", "4321"]],
  ];
  for (const [what, args, parts] of usage) {
    it(`wrong usage: ${what}`, () => expectFailure(args, 2, ...parts));
  }

  const input: [string, string[], string[]][] = [
    ["a budget of zero", ["--budget", "0"], ["--budget", '"0"', "above zero"]],
    ["too many decimals", ["--budget", "1.0000001"], ["--budget", "1.0000001", "at most 6"]],
    ["no number", ["--budget", "-5"], ["--budget", '"-5"']],
    ["less than a base unit a round", ["--template", "engine", "--budget", "0.000005"], ["--budget", "12 rounds"]],
    ["a missing file", ["--data", "/nonexistent/summary.json"], ["/nonexistent/summary.json", "no such file"]],
    ["a folder instead of a file", ["--data", DATA], ["not a file"]],
    [
      "a file missing in the folder",
      ["--template", "hospital", "--data", join(DATA, "sla")],
      ["clinical_outcomes.csv"],
    ],
    ["dates reversed", ["--from", "2026-08-20", "--to", "2026-08-13"], ["--to", "2026-08-13", "2026-08-20"]],
    ["a day that does not exist", ["--from", "2026-02-30"], ["--from", "2026-02-30"]],
    ["rounds of a template that has one", ["--rounds", "2"], ["--rounds", '"2"']],
  ];
  for (const [what, args, parts] of input) {
    it(`bad input: ${what}`, () => expectFailure(args, 1, ...parts));
  }

  it("bad input: negative minutes name service, day and limit", async () => {
    const path = await changedSummary((text) => text.replace('"2026-08-18": 36', '"2026-08-18": -36'));
    await expectFailure(["--data", path], 1, "summary.json", "2026-08-18", '"manual"', "-36", "0 to 1440");
  });

  it("bad input: a duplicate id", async () => {
    const path = await changedSummary((text) => text.replace('"slug": "manual-dev"', '"slug": "manual"'));
    await expectFailure(["--data", path], 1, "summary.json", "manual");
  });

  it("bad input: a folder that holds somebody's files is left alone", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "thesis.txt"), "mine");
    const ended = await runStart("--once", "--out", folder);
    expect(ended.code).to.equal(1);
    expect(ended.stderr).to.contain("thesis.txt");
    expect(await readdir(folder)).to.deep.equal(["thesis.txt"]);
  });

  it("a port in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await expectFailure(["--rpc-port", String(port)], 1, "--rpc-port", String(port), "in use");
    await expectFailure(["--port", String(port)], 1, "--port", String(port), "in use");
    server.close();
  });

  it("refuses the default of one port as the other", async () => {
    const ended = await runStart("--port", "8545");
    expect(ended.code).to.equal(2);
    expect(ended.stderr).to.contain("--port").and.to.contain("--rpc-port").and.to.contain("8545");
  });

  // Both were free at the start; each is taken before the run comes to listen on it.
  const taken = [
    ["--rpc-port", "--port", "compiling the contracts"],
    ["--port", "--rpc-port", "oracle nodes in their own processes"],
  ] as const;
  for (const [option, other, step] of taken) {
    it(`a port that is taken meanwhile: ${option}`, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      await promisify(server.close.bind(server))();
      const running = startScript("scripts/start.ts", [option, String(port), other, "0"]);
      await running.printed(step);
      server.listen(port, "127.0.0.1");
      const ended = await running.ended;
      server.close();
      expect(ended.code).to.equal(1);
      expect(ended.stderr).to.equal(
        `error: field "${option}": the port is in use (found "${port}"); expected a free port; 0 takes any\n`,
      );
    });
  }

  it("a disk that takes no more: an error that says so, and an earlier season's files stand", async () => {
    const folder = join(await temporaryFolder(), "out");
    await mkdir(folder);
    await writeFile(join(folder, "result.json"), "earlier");
    // A limit on the size of files stands in for a full disk, which only root could make.
    const script = `
      import { openOutFolder } from "./scripts/season/out-folder.ts";
      const out = await openOutFolder(${JSON.stringify(folder)});
      await out.write(new Map([["chain.json", new Uint8Array(10)], ["result.json", new Uint8Array(100_000)]]))
        .catch((error) => { console.log(error.message); process.exit(1); });`;
    const command = `ulimit -f 8; exec "$0" --import tsx --input-type=module --eval "$1"`;
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    const failed = await promisify(execFile)("bash", ["-c", command, process.execPath, script], { cwd }).catch(
      (error: unknown) => error as { code: number; stdout: string },
    );
    expect(failed).to.include({ code: 1 });
    expect(failed.stdout).to.contain("--out").and.to.contain("EFBIG");
    expect(await readdir(folder)).to.deep.equal(["result.json"]);
    expect(await readFile(join(folder, "result.json"), "utf8")).to.equal("earlier");
  });
});
