import { expect } from "chai";
import { readConfig, SETTINGS, SettingsError } from "../oracle/config.ts";

const KEY = `0x${"ab".repeat(32)}` as const;
const GOOD = { GUERDON_RPC_URL: "http://127.0.0.1:8545", GUERDON_NODE_KEY: KEY };
const POINT = "12".repeat(64);

function faultsOf(environment: Record<string, string>): readonly string[] {
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
      rpcUrl: "http://127.0.0.1:8545",
      host: "127.0.0.1",
      port: 0,
      key: { kind: "key", key: KEY },
      address: undefined,
      faulty: false,
    });
  });

  it("takes an empty variable as none", () => {
    expect(readConfig({ ...GOOD, GUERDON_PORT: "", GUERDON_KEY_FILE: "" }).port).to.equal(0);
    expect(faultsOf({ ...GOOD, GUERDON_RPC_URL: "" })).to.deep.equal(["GUERDON_RPC_URL: must be set"]);
  });

  it("names all faults at once, with value and limit", () => {
    const faults = faultsOf({
      GUERDON_RPC_URL: "ftp://user:password@x",
      GUERDON_PORT: "65536",
      GUERDON_FAULTY: "yes",
      GUERDON_NODE_ADDRESS: "0x12",
      GUERDON_HOTS: "::1",
    });
    expect(faults).to.have.length(6);
    const text = faults.join("\n");
    expect(text).not.to.contain("password");
    for (const part of [
      "http or https",
      "65536",
      "65535",
      '"yes"',
      "20 bytes",
      "GUERDON_HOTS: there is no such setting",
    ]) {
      expect(text).to.contain(part);
    }
    expect(text).to.contain(
      "exactly one of GUERDON_NODE_KEY, GUERDON_KEY_FILE, GUERDON_SIGNER_URL must be set; none is",
    );
  });

  for (const port of ["-1", "1.5", "0x10", " 80", "1e3", "NaN"]) {
    it(`refuses the port ${JSON.stringify(port)}`, () => {
      expect(faultsOf({ ...GOOD, GUERDON_PORT: port }).join()).to.contain(JSON.stringify(port));
    });
  }

  it("never shows a secret, not even one that is wrong", () => {
    const secret = `0x${"5e".repeat(31)}`;
    const faults = faultsOf({ ...GOOD, GUERDON_NODE_KEY: secret });
    expect(faults).to.deep.equal(["GUERDON_NODE_KEY: must be 32 bytes"]);
  });

  it("knows three places of a key, and takes exactly one", () => {
    const rpc = { GUERDON_RPC_URL: GOOD.GUERDON_RPC_URL };
    const file = { ...rpc, GUERDON_KEY_FILE: "k.json", GUERDON_KEY_PASSWORD_FILE: "p" };
    expect(readConfig(file).key).to.deep.equal({ kind: "file", path: "k.json", passwordPath: "p" });
    const remote = { ...rpc, GUERDON_SIGNER_URL: "http://127.0.0.1:9000", GUERDON_SIGNER_PUBLIC_KEY: `0x04${POINT}` };
    expect(readConfig(remote).key).to.deep.equal({
      kind: "remote",
      url: "http://127.0.0.1:9000",
      publicKey: `0x04${POINT}`,
    });
    expect(faultsOf({ ...file, GUERDON_NODE_KEY: KEY }).join()).to.contain("GUERDON_NODE_KEY and GUERDON_KEY_FILE are");
  });

  it("wants what belongs together", () => {
    const rpc = { GUERDON_RPC_URL: GOOD.GUERDON_RPC_URL };
    expect(faultsOf({ ...rpc, GUERDON_KEY_FILE: "k.json" })).to.deep.equal([
      "GUERDON_KEY_PASSWORD_FILE: must be set with GUERDON_KEY_FILE",
    ]);
    expect(faultsOf({ ...rpc, GUERDON_SIGNER_URL: "http://127.0.0.1:9000" })).to.deep.equal([
      "GUERDON_SIGNER_PUBLIC_KEY: must be set with GUERDON_SIGNER_URL",
    ]);
    const short = { ...rpc, GUERDON_SIGNER_URL: "http://127.0.0.1:9000", GUERDON_SIGNER_PUBLIC_KEY: "0x02" };
    expect(faultsOf(short).join()).to.contain("must be an uncompressed public key");
  });

  it("leaves alone what other programs read", () => {
    expect(faultsOf({ ...GOOD, GUERDON_DEPLOYER_KEY: KEY, PATH: "/bin" })).to.deep.equal([]);
  });

  it("marks everything that holds a key as secret", () => {
    const secret = Object.entries(SETTINGS).filter(([, setting]) => "secret" in setting);
    expect(secret.map(([name]) => name)).to.have.members(["GUERDON_NODE_KEY", "GUERDON_RPC_URL", "GUERDON_SIGNER_URL"]);
  });
});
