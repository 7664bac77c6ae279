import { execFile } from "node:child_process";
import { cp, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { cleanUp, startScript, temporaryFolder, type Running } from "./support/run-season.ts";

const DATA = fileURLToPath(new URL("../../oracle/data/", import.meta.url));
const STOPPED = "error: stopped before the season was over; nothing was written\n";

/** Code that lets Ctrl-C come in the middle of a certain call on a file in the folder of half-written files. */
function interruptedIn(call: "mkdtemp" | "rename", count: number): string {
  return `
    import files from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    const real = files.${call};
    let count = 0;
    files.${call} = async (path, ...rest) => {
      if (!path.includes(".partial-") || ++count !== ${count}) return real(path, ...rest);
      process.kill(process.pid, "SIGINT");
      // Signals come by way of the event loop.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return real(path, ...rest);
    };
    syncBuiltinESMExports();`;
}

describe("npm start, Ctrl-C", function () {
  this.timeout(120_000);
  let out: string;
  let running: Running;

  beforeEach(async () => (out = join(await temporaryFolder(), "out")));
  afterEach(() => running.child.kill("SIGKILL"));
  after(cleanUp);

  function start(args: readonly string[], before?: string): void {
    running = startScript("scripts/start.ts", ["--port", "0", "--rpc-port", "0", "--out", out, ...args], before);
  }

  async function expectStopped(): Promise<void> {
    // Its end is the end of its oracle nodes too: they hold its output.
    const ended = await running.ended;
    expect(ended.code, ended.stdout + ended.stderr).to.equal(1);
    expect(ended.stderr).to.equal(STOPPED);
    expect(await readdir(out).catch(() => null)).to.equal(null);
  }

  it("while evidence is read", async () => {
    const folder = join(await temporaryFolder(), "hospital");
    await cp(join(DATA, "hospital"), folder, { recursive: true });
    const pipe = join(folder, "safety.csv");
    await rm(pipe);
    await promisify(execFile)("mkfifo", [pipe]);
    start(["--template", "hospital", "--data", folder]);
    // A pipe opens for writing when somebody reads it, and is at its end when it is closed.
    const writing = await open(pipe, "w");
    running.child.kill("SIGINT");
    await Promise.race([running.ended, setTimeout(1_000)]);
    await writing.close();
    await expectStopped();
  });

  it("while the folder for the files is made", async () => {
    start([], interruptedIn("mkdtemp", 1));
    await expectStopped();
  });

  for (const [what, step] of [
    ["while contracts are compiled", "compiling the contracts"],
    ["while the chain starts", "1 round(s)"],
    ["while the oracle nodes start", "local chain at"],
    ["while the pool is made", "oracle nodes in their own processes"],
  ] as const) {
    it(what, async () => {
      start([]);
      await running.printed(step);
      running.child.kill("SIGINT");
      await expectStopped();
    });
  }

  it("by a request to end", async () => {
    start([]);
    await running.printed("funded by three buyers");
    running.child.kill("SIGTERM");
    await expectStopped();
  });

  it("while the files are written", async () => {
    start([], interruptedIn("mkdtemp", 2));
    await expectStopped();
  });

  it("while the files are written over an earlier season's", async () => {
    await mkdir(out);
    await writeFile(join(out, "result.json"), "earlier");
    start([], interruptedIn("mkdtemp", 2));
    const ended = await running.ended;
    expect(ended.code, ended.stdout + ended.stderr).to.equal(1);
    expect(ended.stderr).to.equal(STOPPED);
    expect(await readdir(out)).to.deep.equal(["result.json"]);
    expect(await readFile(join(out, "result.json"), "utf8")).to.equal("earlier");
  });

  it("when the first file is in place: all of them are, and nothing is served", async () => {
    start([], interruptedIn("rename", 2));
    const ended = await running.ended;
    expect(ended.code, ended.stdout + ended.stderr).to.equal(0);
    expect(ended.stderr).to.equal("");
    expect(ended.stdout).to.contain("audit passed").and.not.to.contain("look next");
    expect((await readdir(out)).sort()).to.deep.equal(["bundle-0.json", "chain.json", "result.json", "seal.json"]);
  });
});
