import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import hre from "hardhat";
import { createPublicClient, http, type Address, type PublicClient } from "viem";
import { outcomePoolFactoryAbi } from "../../contracts/protocol/generated/abi.ts";
import { readDeployOptions, UsageError } from "../../scripts/deploy/options.ts";

/** First account of Hardhat's nodes: a key everybody knows. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const SIGNERS = ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"];
const QUORUM = ["--signers", SIGNERS.join(","), "--threshold", "2"];

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("deploy", function () {
  this.timeout(300_000);

  const id = `test-${process.pid}`;
  let server: Awaited<ReturnType<typeof hre.network.createServer>>;
  let client: PublicClient;
  let url: string;

  before(async () => {
    server = await hre.network.createServer({ network: "default" }, "127.0.0.1", 0);
    url = `http://127.0.0.1:${(await server.listen()).port}`;
    client = createPublicClient({ transport: http(url), cacheTime: 0 });
  });

  after(async () => {
    await server.close();
    await rm(join(hre.config.paths.ignition, "deployments", id), { recursive: true, force: true });
  });

  /** Runs the command on network `custom`. */
  function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    const settings = { GUERDON_RPC_URL: url, GUERDON_DEPLOYER_KEY: KEY, ...env };
    const command = [
      "--import",
      "tsx",
      "scripts/deploy.ts",
      "--network",
      "custom",
      "--no-compile",
      "--id",
      id,
      ...args,
    ];
    return new Promise((resolve) => {
      execFile(process.execPath, command, { env: { ...process.env, ...settings } }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      });
    });
  }

  function addressOf(name: string, { out }: Ended): Address {
    return new RegExp(`^${name} +(0x[0-9a-fA-F]{40})`, "m").exec(out)?.[1] as Address;
  }

  it("deploys the factory, then a quorum beside it, and nothing twice", async () => {
    const first = await run([]);
    expect(first, first.err).to.include({ code: 0 });
    const factory = addressOf("factory", first);
    const implementation = await client.readContract({
      address: factory,
      abi: outcomePoolFactoryAbi,
      functionName: "implementation",
    });
    expect(await client.getCode({ address: implementation })).to.be.a("string");

    const second = await run(QUORUM);
    expect(second, second.err).to.include({ code: 0 });
    expect(addressOf("factory", second)).to.equal(factory);
    expect(await client.getCode({ address: addressOf("quorum", second) })).to.be.a("string");

    const blocks = await client.getBlockNumber();
    const third = await run(QUORUM);
    expect(third, third.err).to.include({ code: 0 });
    expect(third.out).to.equal(second.out);
    expect(await client.getBlockNumber()).to.equal(blocks);

    const other = await run(["--signers", SIGNERS.join(","), "--threshold", "1"]);
    expect(other.code).to.equal(1);
    expect(other.err).to.contain("--id");
  });

  it("tells failures from faults of the caller", async () => {
    const dead = await run([], { GUERDON_RPC_URL: "http://127.0.0.1:1" });
    expect(dead).to.include({ code: 1 });
    expect(dead.err).to.contain("no node answers on network custom");
    const keyless = await run([], { GUERDON_DEPLOYER_KEY: "" });
    expect(keyless).to.include({ code: 2 });
    expect(keyless.err).to.contain("key");
    const secret = `0x${"5".repeat(63)}`;
    const short = await run([], { GUERDON_DEPLOYER_KEY: secret });
    expect(short).to.include({ code: 2 });
    expect(short.err + short.out).to.not.contain(secret);
    const poor = await run([], { GUERDON_DEPLOYER_KEY: `0x${"5".repeat(64)}` });
    expect(poor).to.include({ code: 1 });
    expect(poor.err).to.contain("holds 0");
    const nowhere = await run(["--network", "nowhere"]);
    expect(nowhere).to.include({ code: 2 });
    expect(nowhere.err).to.contain("localhost");
  });

  const faults: [args: string[], words: string][] = [
    [[], "--network is missing"],
    [["--network", "a", "--signers", SIGNERS.join(",")], "go together"],
    [["--network", "a", "--threshold", "1"], "go together"],
    [["--network", "a", "--signers", "0x12", "--threshold", "1"], "0x12"],
    [["--network", "a", "--signers", `${SIGNERS[0]!},${SIGNERS[0]!}`, "--threshold", "1"], "listed twice"],
    [["--network", "a", "--signers", `0x${"0".repeat(40)}`, "--threshold", "1"], "zero address"],
    [["--network", "a", "--signers", SIGNERS.join(","), "--threshold", "3"], "number of signers, 2"],
    [["--network", "a", "--signers", SIGNERS.join(","), "--threshold", "0"], "--threshold 0"],
    [["--network", "a", "--signers", SIGNERS.join(","), "--threshold", "1.5"], "--threshold 1.5"],
    [["--network", "a", "--id", "../a"], "--id"],
    [["--network", "a", "--fast"], "fast"],
  ];
  for (const [args, words] of faults) {
    it(`refuses: ${args.join(" ") || "nothing"}`, () => {
      expect(() => readDeployOptions(args)).to.throw(UsageError, words);
    });
  }
});
