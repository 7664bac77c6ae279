import { expect } from "chai";
import { readConfig, SettingsError } from "../oracle/config.ts";
import { secretsOf } from "../oracle/config/secrets.ts";
import { SETTINGS, type SettingName } from "../oracle/config/settings.ts";

const SECRET: readonly SettingName[] = [
  "GUERDON_RPC_URLS",
  "GUERDON_NODE_KEY",
  "GUERDON_SIGNER_URL",
  "GUERDON_REDIS_URL",
  "GUERDON_S3_SECRET_ACCESS_KEY",
  "GUERDON_OTLP_URL",
  "GUERDON_WEBHOOKS",
  "OPENAI_API_KEY",
  "GUERDON_JUDGES",
];

describe("secret settings", () => {
  it("are all that hold a key", () => {
    const marked = Object.entries(SETTINGS).filter(([, setting]) => "secret" in setting);
    expect(marked.map(([name]) => name)).to.have.members(SECRET);
  });

  for (const name of SECRET) {
    it(`${name} is not shown, not even where it is wrong`, () => {
      const value = "canary\u0000value";
      try {
        readConfig({ [name]: value });
        expect.fail("it was taken");
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        expect(JSON.stringify([error.message, error.faults, error.stack])).not.to.contain("canary");
      }
      expect(secretsOf({ [name]: value })).to.deep.include({ name, value });
    });
  }

  it("are known whole and in the parts that may be shown without the rest", () => {
    const values = (name: string, value: string): string[] => secretsOf({ [name]: value }).map((one) => one.value);
    expect(
      values("GUERDON_RPC_URLS", "https://a.example/v3/0123456789abcdef, http://b.example?apikey=abcdefgh"),
    ).to.include.members([
      "https://a.example/v3/0123456789abcdef",
      "0123456789abcdef",
      "http://b.example?apikey=abcdefgh",
      "http://b.example/?apikey=abcdefgh",
      "abcdefgh",
    ]);
    expect(values("GUERDON_RPC_URLS", "https://a.example/v3/0123456789abcdef")).not.to.include("v3");
    expect(values("GUERDON_REDIS_URL", "redis://user:p%40ss@redis/0")).to.include.members(["p%40ss", "p@ss"]);
    expect(values("GUERDON_NODE_KEY", `0x${"ab".repeat(32)}`)).to.include("ab".repeat(32));
    expect(values("GUERDON_PORT", "8080")).to.be.empty;
    expect(values("GUERDON_NODE_KEY", "")).to.be.empty;
  });
});
