import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect } from "chai";
import { numberToHex } from "viem";
import { openKeyFile } from "../../oracle/adapters/signers/key-file.ts";
import { readConfig } from "../../oracle/config.ts";
import { readMasterKey } from "../../oracle/ops/master-key.ts";
import { checkChain, type ChainQuestion } from "../../scripts/operator/chain-checks.ts";
import { checkOperator } from "../../scripts/operator/check.ts";
import type { Finding } from "../../scripts/operator/finding.ts";
import { makePool, NODES, startPlay, type ChainPlay, type PoolPlay } from "../support/chain-play.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const all = { ...process.env, ...env };
    execFile(process.execPath, ["scripts/guerdon.js", "operator", ...args], { env: all }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe("guerdon operator", function () {
  this.timeout(120_000);

  let chain: ChainPlay;
  let pool: PoolPlay;
  let factory: `0x${string}`;
  let folder: string;

  before(async () => {
    chain = await startPlay(3);
    pool = await makePool(chain, { providers: 1 });
    factory = chain.factory;
    folder = mkdtempSync(join(tmpdir(), "guerdon-operator-"));
  });
  after(async () => {
    await chain.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => chain.proxies.forEach((proxy) => proxy.heal()));

  const fund = (address: string) => chain.rpc("hardhat_setBalance", address, numberToHex(10n ** 18n));
  const rpc = () => chain.urls.join(",");
  const verdicts = (findings: readonly Finding[]) =>
    Object.fromEntries(findings.map(({ what, verdict }) => [what, verdict]));

  it("prepares a node whose files and settings fit together, and checks it", async () => {
    const dir = join(folder, "node");
    const args = ["init", "--dir", dir, "--rpc", rpc(), "--factory", factory, "--pool", pool.pool];
    const first = await run(args);
    // No money yet, and no signer of the pool's oracle.
    expect(first.code, first.err).to.equal(1);
    expect(first.out)
      .to.match(/factory +│ ok/)
      .and.match(/pool +│ ok/);
    expect(first.out)
      .to.match(/signer +│ failed/)
      .and.match(/balance +│ failed/);
    expect(first.out).not.to.contain(chain.urls[0]);

    expect(readdirSync(dir)).to.have.members(["key.json", "key-password", "master.key", "node.env"]);
    for (const file of readdirSync(dir)) expect(statSync(join(dir, file)).mode & 0o777, file).to.equal(0o600);
    expect(statSync(dir).mode & 0o077).to.equal(0);
    const environment = parseEnv(readFileSync(join(dir, "node.env"), "utf8"));
    const config = readConfig(environment);
    expect(config.chain).to.deep.include({ urls: chain.urls, agreement: 2, factory: factory.toLowerCase() });
    const account = await openKeyFile(join(dir, "key.json"), join(dir, "key-password"));
    expect(account.address.toLowerCase()).to.equal(config.address);
    expect(first.out).to.contain(account.address);
    expect(await readMasterKey(config.intake.masterKeyFile!)).to.have.length(32);

    const before = readFileSync(join(dir, "key.json"), "utf8");
    const again = await run(args);
    expect(again.code).to.equal(1);
    expect(again.err).to.contain("is there already, and nothing is overwritten").and.contain("key.json");
    expect(readFileSync(join(dir, "key.json"), "utf8")).to.equal(before);

    await fund(account.address);
    const checked = await run(["check", "--env", join(dir, "node.env")]);
    expect(checked.code, checked.out + checked.err).to.equal(0);
    for (const what of ["settings", "key", "key file", "password file", "master key", "data folder", "balance"]) {
      expect(checked.out).to.match(new RegExp(`${what} +│ ok`));
    }
    const fromEnvironment = await run(["check"], environment as Record<string, string>);
    expect(fromEnvironment.code, fromEnvironment.out).to.equal(0);
  });

  it("takes a password that is there, and makes no master key without intake", async () => {
    const [dir, passwordFile] = [join(folder, "assessor"), join(folder, "password")];
    writeFileSync(passwordFile, "a password\n");
    const flags = ["--roles", "assessor", "--password-file", passwordFile];
    const { code, out } = await run(["init", "--dir", dir, "--rpc", rpc(), "--factory", factory, ...flags]);
    expect(code, out).to.equal(0);
    expect(readdirSync(dir)).to.have.members(["key.json", "node.env"]);
    expect(readFileSync(passwordFile, "utf8")).to.equal("a password\n");
    await openKeyFile(join(dir, "key.json"), passwordFile);
    expect(out).not.to.contain("balance");
  });

  it("leaves nothing where something is there already or cannot be written", async () => {
    const dir = join(folder, "taken");
    const args = [
      "init",
      "--dir",
      dir,
      "--rpc",
      rpc(),
      "--factory",
      factory,
      "--password-file",
      join(folder, "new-password"),
    ];
    expect((await run(["init", "--dir", join(folder, "password", "x"), ...args.slice(3)])).code).to.equal(1);
    expect(existsSync(join(folder, "new-password"))).to.equal(false);
    writeFileSync(join(folder, "empty"), "\n");
    const empty = await run([...args.slice(0, -1), join(folder, "empty")]);
    expect(empty.err).to.contain("holds no password");
    expect(existsSync(dir)).to.equal(false);
  });

  const misused: [string, string[]][] = [
    ["no folder", ["init", "--rpc", "http://a", "--factory", `0x${"1".repeat(40)}`]],
    ["no URL", ["init", "--dir", "d", "--rpc", "a", "--factory", `0x${"1".repeat(40)}`]],
    ["no address", ["init", "--dir", "d", "--rpc", "http://a", "--factory", "0x1"]],
    ["no role", ["init", "--dir", "d", "--rpc", "http://a", "--factory", `0x${"1".repeat(40)}`, "--roles", "judge"]],
    ["an unknown command", ["start"]],
  ];
  for (const [what, args] of misused) {
    it(`is told of wrong usage: ${what}`, async () => {
      const { code, err } = await run(args);
      expect([code, err.length > 0]).to.deep.equal([2, true]);
      expect(existsSync("d")).to.equal(false);
    });
  }

  describe("checks of the chain", () => {
    const question = (changes: Partial<ChainQuestion> = {}): ChainQuestion => ({
      urls: chain.urls,
      agreement: 2,
      factory,
      address: NODES[0]!.address,
      roles: ["intake", "assessor", "submitter"],
      pool: pool.pool,
      now: Date.now(),
      ...changes,
    });

    it("pass for a signer of the pool with money", async () => {
      await fund(NODES[0]!.address);
      const now = Number(await chain.now()) * 1000;
      expect(verdicts(await checkChain(question({ now })))).to.deep.equal({
        "endpoints agree": "ok",
        factory: "ok",
        pool: "ok",
        signer: "ok",
        balance: "ok",
        clock: "ok",
      });
      expect(verdicts(await checkChain(question({ now: now + 90_000 })))).to.include({ clock: "warning" });
      expect(verdicts(await checkChain(question({ now: now - 90_000 })))).to.include({ clock: "warning" });
    });

    it("fail for what is no factory and no pool of it", async () => {
      const found = await checkChain(question({ factory: NODES[1]!.address, pool: chain.token }));
      expect(verdicts(found)).to.include({ factory: "failed", pool: "failed", signer: "failed", balance: "ok" });
    });

    it("name endpoints that are silent or differ, and fail where too few agree", async () => {
      chain.proxies[1]!.faults.down = true;
      expect(verdicts(await checkChain(question()))).to.include({ "endpoint 2": "warning", "endpoints agree": "ok" });
      chain.proxies[2]!.faults.chainId = 5;
      const found = await checkChain(question());
      expect(verdicts(found)).to.include({ "endpoints agree": "failed" });
      expect(found.map(({ what }) => what)).not.to.include("factory");
      expect(JSON.stringify(found)).not.to.contain("127.0.0.1");
    });

    it("warn of a single endpoint", async () => {
      const one = { urls: chain.urls.slice(0, 1), agreement: 1 };
      expect(verdicts(await checkChain(question(one)))).to.include({ endpoints: "warning", factory: "ok" });
    });
  });

  describe("checks of settings and files", () => {
    it("name all faults of the settings", async () => {
      const found = await checkOperator({ GUERDON_PORT: "x", GUERDON_NODE_KEY: "canary" }, undefined);
      expect(found.every(({ verdict }) => verdict === "failed")).to.equal(true);
      expect(found.length).to.be.greaterThan(3);
      expect(JSON.stringify(found)).not.to.contain("canary");
    });

    it("name files that are missing, wrong or open to others", async () => {
      const dir = join(folder, "node");
      const environment = parseEnv(readFileSync(join(dir, "node.env"), "utf8")) as Record<string, string>;
      chmodSync(join(dir, "key.json"), 0o644);
      const broken = {
        ...environment,
        GUERDON_MASTER_KEY_FILE: join(dir, "node.env"),
        GUERDON_DATA_DIR: join(dir, "key.json"),
      };
      const found = await checkOperator(broken, undefined);
      expect(verdicts(found)).to.include({ "key file": "warning", "master key": "failed", "data folder": "failed" });
      const lost = { ...environment, GUERDON_KEY_PASSWORD_FILE: join(dir, "none") };
      expect(verdicts(await checkOperator(lost, undefined))).to.include({ key: "failed", "password file": "failed" });
    });
  });
});
