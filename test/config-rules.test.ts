import { expect } from "chai";
import { readConfig, SettingsError } from "../oracle/config.ts";
import type { Environment } from "../oracle/config/read.ts";

const KEY = `0x${"ab".repeat(32)}`;
const OTHER = `0x${"0e".repeat(20)}`;
const KEYLESS = {
  GUERDON_RPC_URLS: "http://127.0.0.1:8545",
  GUERDON_FACTORY: `0x${"fa".repeat(20)}`,
  GUERDON_MASTER_KEY_FILE: "master",
};
const GOOD = { ...KEYLESS, GUERDON_NODE_KEY: KEY };
const POINT = "12".repeat(64);

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe("settings that belong together", () => {
  it("know three places of a key, and take exactly one", () => {
    const file = { ...KEYLESS, GUERDON_KEY_FILE: "k.json", GUERDON_KEY_PASSWORD_FILE: "p" };
    expect(readConfig(file).key).to.deep.equal({ kind: "file", path: "k.json", passwordPath: "p" });
    const url = "http://127.0.0.1:9000";
    const remote = { ...KEYLESS, GUERDON_SIGNER_URL: url, GUERDON_SIGNER_PUBLIC_KEY: `0x04${POINT}` };
    expect(readConfig(remote).key).to.deep.equal({ kind: "remote", url, publicKey: `0x04${POINT}` });
    expect(faultsOf({ ...file, GUERDON_NODE_KEY: KEY })).to.deep.equal([
      "exactly one of GUERDON_NODE_KEY, GUERDON_KEY_FILE, GUERDON_SIGNER_URL must be set; GUERDON_NODE_KEY and GUERDON_KEY_FILE are",
    ]);
    expect(faultsOf(KEYLESS).join()).to.contain("none is");
  });

  const missing: [given: Environment, faults: string[]][] = [
    [{ ...KEYLESS, GUERDON_KEY_FILE: "k" }, ["GUERDON_KEY_PASSWORD_FILE: must be set with GUERDON_KEY_FILE"]],
    [{ ...GOOD, GUERDON_KEY_PASSWORD_FILE: "p" }, ["GUERDON_KEY_FILE: must be set with GUERDON_KEY_PASSWORD_FILE"]],
    [
      { ...KEYLESS, GUERDON_SIGNER_URL: "http://127.0.0.1:9000" },
      ["GUERDON_SIGNER_PUBLIC_KEY: must be set with GUERDON_SIGNER_URL"],
    ],
    [
      { ...GOOD, GUERDON_SIGNER_PUBLIC_KEY: `0x${POINT}` },
      ["GUERDON_SIGNER_URL: must be set with GUERDON_SIGNER_PUBLIC_KEY"],
    ],
    [
      { ...GOOD, GUERDON_REDIS_WAIT_REPLICAS: "1" },
      ["GUERDON_REDIS_URL: must be set with GUERDON_REDIS_WAIT_REPLICAS"],
    ],
    [{ ...GOOD, GUERDON_WEBHOOKS: "http://a" }, ["GUERDON_WEBHOOK_SECRET_FILE: must be set with GUERDON_WEBHOOKS"]],
    [{ ...GOOD, GUERDON_WEBHOOK_SECRET_FILE: "a" }, ["GUERDON_WEBHOOKS: must be set with GUERDON_WEBHOOK_SECRET_FILE"]],
    [
      { ...GOOD, GUERDON_S3_BUCKET: "evidence", GUERDON_S3_REGION: "eu" },
      [
        "GUERDON_S3_ENDPOINT: must be set with GUERDON_S3_BUCKET",
        "GUERDON_S3_ACCESS_KEY_ID: must be set with GUERDON_S3_BUCKET",
        "GUERDON_S3_SECRET_ACCESS_KEY: must be set with GUERDON_S3_BUCKET",
      ],
    ],
    [{ ...GOOD, GUERDON_S3_PREFIX: "a/" }, ["GUERDON_S3_BUCKET: must be set with GUERDON_S3_PREFIX"]],
    [{ ...GOOD, GUERDON_MASTER_KEY_FILE: "" }, ["GUERDON_MASTER_KEY_FILE: must be set for the role intake"]],
    [
      { ...GOOD, GUERDON_ROLES: "assessor", GUERDON_MASTER_KEY_FILE: "" },
      ["GUERDON_PEERS: must name the intake, where GUERDON_ROLES does not"],
    ],
    [
      { ...GOOD, GUERDON_NODE_ADDRESS: OTHER, GUERDON_PEERS: `${OTHER}=http://a` },
      [`GUERDON_PEERS: must not name the node itself (found "${OTHER}", which is GUERDON_NODE_ADDRESS)`],
    ],
    [
      { ...GOOD, GUERDON_PEER_PUBLIC_URLS: `${OTHER}=http://a.example` },
      [`GUERDON_PEER_PUBLIC_URLS: must name nodes of GUERDON_PEERS alone (found "${OTHER}")`],
    ],
    [
      { ...GOOD, GUERDON_PEERS: OTHER, GUERDON_PEER_PUBLIC_URLS: `${OTHER}=http://a.example` },
      [`GUERDON_PEERS: must be address=url; the url must be a URL of http or https (found "${OTHER}")`],
    ],
  ];
  for (const [environment, faults] of missing) {
    it(`name what is wrong: ${faults[0]}`, () => {
      expect(faultsOf(environment)).to.deep.equal(faults);
    });
  }

  const urls = (count: number): string => Array.from({ length: count }, (_, i) => `http://rpc-${i}.example`).join();
  for (const [count, agreement] of [
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ] as const) {
    it(`take ${agreement} of ${count} endpoints where nothing is said, and no fewer`, () => {
      const many = { ...GOOD, GUERDON_RPC_URLS: urls(count) };
      expect(readConfig(many).chain.agreement).to.equal(agreement);
      expect(faultsOf({ ...many, GUERDON_RPC_AGREEMENT: String(agreement) })).to.be.empty;
      expect(faultsOf({ ...many, GUERDON_RPC_AGREEMENT: String(count) })).to.be.empty;
      const beyond = faultsOf({ ...many, GUERDON_RPC_AGREEMENT: String(count + 1) });
      expect(beyond).to.deep.equal([
        `GUERDON_RPC_AGREEMENT: must be from ${agreement} to ${count}, with ${count} endpoints in GUERDON_RPC_URLS (found "${count + 1}")`,
      ]);
      if (agreement > 1) {
        expect(faultsOf({ ...many, GUERDON_RPC_AGREEMENT: String(agreement - 1) })).to.have.length(1);
      }
    });
  }
});
