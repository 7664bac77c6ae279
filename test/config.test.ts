import { expect } from "chai";
import { readConfig, SettingsError } from "../oracle/config.ts";
import type { Environment } from "../oracle/config/read.ts";
import { SETTINGS } from "../oracle/config/settings.ts";
import type { Setting } from "../oracle/config/setting.ts";

const KEY = `0x${"ab".repeat(32)}`;
const FACTORY = `0x${"fa".repeat(20)}`;
const OTHER = `0x${"0e".repeat(20)}`;
const GOOD = {
  GUERDON_RPC_URLS: "http://127.0.0.1:8545",
  GUERDON_FACTORY: FACTORY,
  GUERDON_NODE_KEY: KEY,
  GUERDON_MASTER_KEY_FILE: "master",
};

const S3 = {
  GUERDON_S3_ENDPOINT: "https://s3.example",
  GUERDON_S3_BUCKET: "evidence",
  GUERDON_S3_REGION: "eu",
  GUERDON_S3_ACCESS_KEY_ID: "id",
  GUERDON_S3_SECRET_ACCESS_KEY: "secret",
};

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe("settings of a node", () => {
  it("takes defaults for all that is not given", () => {
    expect(readConfig(GOOD)).to.deep.equal({
      roles: ["intake", "assessor", "submitter"],
      chain: {
        urls: ["http://127.0.0.1:8545"],
        agreement: 1,
        confirmations: "finalized",
        factory: FACTORY,
        factoryBlock: 0n,
        managers: undefined,
        pollMs: 4000,
      },
      key: { kind: "key", key: KEY },
      address: undefined,
      peers: [],
      listen: { host: "127.0.0.1", port: 0, publicUrl: undefined, corsOrigins: [], trustProxy: 0 },
      ops: { host: "127.0.0.1", port: 0 },
      dataDir: ".guerdon/node",
      store: { kind: "sqlite", path: ".guerdon/node/node.db" },
      blobs: { kind: "files", path: ".guerdon/node/blobs" },
      intake: {
        masterKeyFile: "master",
        maxUploadBytes: 20_971_520,
        maxTelemetryBytes: 8_388_608,
        linkAllowPrivate: false,
        interviewers: [],
        rateLimitPerMinute: 600,
      },
      models: { judges: [], tokensPerRound: 1_000_000, concurrency: 4, timeoutMs: 60_000, retries: 3 },
      submitter: {
        handoverSeconds: 600,
        spendLimitWei: 100_000_000_000_000_000n,
        distribute: true,
        distributeBatch: 200,
        replaceAfterSeconds: 120,
        maxFeeWei: undefined,
      },
      logLevel: "info",
      otlpUrl: undefined,
      webhooks: null,
      stopMs: 20_000,
      faulty: false,
    });
  });

  it("takes all that is given", () => {
    const config = readConfig({
      ...GOOD,
      GUERDON_ROLES: "assessor, submitter",
      GUERDON_RPC_URLS: "https://a.example/key, https://b.example,https://c.example",
      GUERDON_CONFIRMATIONS: "64",
      GUERDON_FACTORY: FACTORY.toUpperCase().replace("0X", "0x"),
      GUERDON_FACTORY_BLOCK: "19000000",
      GUERDON_MANAGERS: `${OTHER}, 0x${"0D".repeat(20)}`,
      GUERDON_NODE_ADDRESS: OTHER,
      GUERDON_PEERS: `${FACTORY}=https://intake.example/,0x${"0D".repeat(20)}=http://10.0.0.2:80/node`,
      GUERDON_PEER_PUBLIC_URLS: `${FACTORY.toUpperCase().replace("0X", "0x")}=https://Intake.example:8443/`,
      GUERDON_PUBLIC_URL: "https://Guerdon.example/",
      GUERDON_CORS_ORIGINS: "https://app.example,http://127.0.0.1:5173",
      GUERDON_DATA_DIR: "/data",
      GUERDON_REDIS_URL: "rediss://u:p@redis:6379/1",
      GUERDON_REDIS_FSYNC: "everysec",
      GUERDON_REDIS_WAIT_REPLICAS: "1",
      ...S3,
      GUERDON_S3_PREFIX: "node-1/",
      GUERDON_MAX_FEE_GWEI: "1.5",
      GUERDON_DISTRIBUTE: "false",
      GUERDON_INTERVIEWERS: `${OTHER.toUpperCase().replace("0X", "0x")}, 0x${"0D".repeat(20)}`,
      GUERDON_WEBHOOKS: "https://hooks.example/1,https://hooks.example/2",
      GUERDON_WEBHOOK_SECRET_FILE: "hook",
    });
    expect(config.roles).to.deep.equal(["assessor", "submitter"]);
    expect(config.intake.interviewers).to.deep.equal([OTHER, `0x${"0d".repeat(20)}`]);
    expect(config.chain).to.deep.include({
      agreement: 2,
      confirmations: 64,
      factory: FACTORY,
      factoryBlock: 19_000_000n,
      managers: [OTHER, `0x${"0d".repeat(20)}`],
    });
    expect(config.chain.urls).to.deep.equal(["https://a.example/key", "https://b.example", "https://c.example"]);
    expect(config.peers).to.deep.equal([
      { address: FACTORY, url: "https://intake.example", publicUrl: "https://intake.example:8443" },
      { address: `0x${"0d".repeat(20)}`, url: "http://10.0.0.2:80/node" },
    ]);
    expect(config.listen).to.deep.include({
      publicUrl: "https://guerdon.example",
      corsOrigins: ["https://app.example", "http://127.0.0.1:5173"],
    });
    expect(config.store).to.deep.equal({
      kind: "redis",
      url: "rediss://u:p@redis:6379/1",
      fsync: "everysec",
      prefix: "guerdon",
      waitReplicas: 1,
      waitMs: 1000,
    });
    expect(config.blobs).to.deep.equal({
      kind: "s3",
      endpoint: "https://s3.example",
      bucket: "evidence",
      region: "eu",
      accessKeyId: "id",
      secretAccessKey: "secret",
      prefix: "node-1/",
    });
    expect(config.submitter).to.deep.include({ maxFeeWei: 1_500_000_000n, distribute: false });
    expect(config.webhooks).to.deep.equal({
      urls: ["https://hooks.example/1", "https://hooks.example/2"],
      secretFile: "hook",
    });
  });

  it("takes an empty variable as none", () => {
    expect(readConfig({ ...GOOD, GUERDON_PORT: "", GUERDON_KEY_FILE: "" }).listen.port).to.equal(0);
    expect(faultsOf({ ...GOOD, GUERDON_RPC_URLS: "" })).to.deep.equal(["GUERDON_RPC_URLS: must be set"]);
  });

  it("names all faults at once, with value and limit", () => {
    const faults = faultsOf({
      GUERDON_RPC_URLS: "ftp://user:password@x",
      GUERDON_PORT: "65536",
      GUERDON_FAULTY: "yes",
      GUERDON_NODE_ADDRESS: "0x12",
      GUERDON_HOTS: "::1",
    });
    expect(faults).to.have.members([
      "GUERDON_HOTS: there is no such setting",
      "GUERDON_RPC_URLS: must be a URL of http or https",
      "GUERDON_FACTORY: must be set",
      'GUERDON_PORT: must be a whole number from 0 to 65535 (found "65536")',
      'GUERDON_FAULTY: must be true or false (found "yes")',
      'GUERDON_NODE_ADDRESS: must be an address of 20 bytes (found "0x12")',
      "exactly one of GUERDON_NODE_KEY, GUERDON_KEY_FILE, GUERDON_SIGNER_URL must be set; none is",
      "GUERDON_MASTER_KEY_FILE: must be set for the role intake",
    ]);
  });

  const refused: [name: string, values: string[]][] = [
    ["GUERDON_PORT", ["-1", "1.5", "0x10", " 80", "1e3", "NaN"]],
    ["GUERDON_ROLES", ["judge", "intake,intake", "intake,", ","]],
    ["GUERDON_CONFIRMATIONS", ["513", "-1", "safe", "latest"]],
    ["GUERDON_FACTORY", ["0x12", "fa".repeat(20), `${FACTORY}00`]],
    ["GUERDON_POLL_MS", ["0", "49", "600001"]],
    [
      "GUERDON_PEERS",
      [OTHER, `${OTHER}=`, `=http://a`, `${OTHER}=ftp://a`, `${OTHER}=http://u:p@a`, `${OTHER}=http://a?b`],
    ],
    ["GUERDON_PEERS", [`${OTHER}=http://a,${OTHER.toUpperCase().replace("0X", "0x")}=http://b`]],
    ["GUERDON_PEER_PUBLIC_URLS", [OTHER, `${OTHER}=https://a.example/path`, `${OTHER}=https://u:p@a.example`]],
    ["GUERDON_PUBLIC_URL", ["https://a.example/path", "a.example", "https://u:p@a.example"]],
    ["GUERDON_CORS_ORIGINS", ["*", "null", "https://a.example/x", "https://a.example,https://a.example"]],
    ["GUERDON_S3_PREFIX", ["a", "/a/", "a/../", "a?/"]],
    ["GUERDON_SPEND_LIMIT_WEI", ["1e18", "0.1", "-1", "01"]],
    ["GUERDON_MAX_FEE_GWEI", ["0", "0.0", "1.0000000001", "1e3"]],
    ["GUERDON_DISTRIBUTE_BATCH", ["0", "701"]],
    ["GUERDON_MAX_UPLOAD_BYTES", ["20 MiB", "1023"]],
    ["GUERDON_LOG_LEVEL", ["trace", "INFO"]],
  ];
  for (const [name, values] of refused) {
    for (const value of values) {
      it(`refuses ${JSON.stringify(value)} for ${name}, and quotes it`, () => {
        const faults = faultsOf({ ...GOOD, ...S3, [name]: value });
        expect(faults).not.to.be.empty;
        for (const fault of faults) {
          expect(fault).to.match(new RegExp(`^${name}: must `));
          expect(fault).to.contain(`(found ${JSON.stringify(value)})`);
        }
      });
    }
  }

  it("leaves alone what other programs read", () => {
    const others = { GUERDON_DEPLOYER_KEY: KEY, GUERDON_RPC_URL: "http://127.0.0.1:1", PATH: "/bin" };
    expect(faultsOf({ ...GOOD, ...others })).to.deep.equal([]);
  });

  it("has defaults and examples that are taken, and no setting with both or required with a default", () => {
    for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting][]) {
      for (const sample of [setting.default, setting.example]) {
        if (sample !== undefined) expect(setting.schema.safeParse(sample).success, `${name}: ${sample}`).to.equal(true);
      }
      expect(setting.default === undefined || setting.required === undefined, name).to.equal(true);
    }
  });
});
