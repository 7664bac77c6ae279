import { expect } from "chai";
import { readConfig, readModels, SettingsError } from "../oracle/config.ts";
import type { Environment } from "../oracle/config/read.ts";

const GOOD = {
  GUERDON_RPC_URLS: "http://127.0.0.1:8545",
  GUERDON_FACTORY: `0x${"fa".repeat(20)}`,
  GUERDON_NODE_KEY: `0x${"ab".repeat(32)}`,
  GUERDON_MASTER_KEY_FILE: "master",
};
const OPENAI = {
  OPENAI_BASE_URL: "https://models.example/v1/",
  OPENAI_API_KEY: "sk-0123456789",
  OPENAI_MODEL: "gpt-x-mini",
};
const LLAMA = { family: "llama", model: "llama-x", url: "https://llama.example/v1" };

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig({ ...GOOD, ...environment });
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

const judges = (...list: object[]): Environment => ({ GUERDON_JUDGES: JSON.stringify(list) });

describe("settings of models", () => {
  it("are three for a model, and a list for more", () => {
    const more = { ...LLAMA, keyFile: "key", returns: ["l"], format: "json_object", stream: true, embeddings: "e" };
    const { models } = readConfig({ ...GOOD, ...OPENAI, ...judges(more, { ...LLAMA, family: "qwen" }) });
    const plain = { returns: [], format: "json_schema", stream: false, embeddings: null };
    expect(models.judges).to.deep.equal([
      {
        family: "gpt",
        model: "gpt-x-mini",
        url: "https://models.example/v1",
        key: { kind: "key", key: "sk-0123456789" },
        ...plain,
      },
      {
        ...LLAMA,
        key: { kind: "file", path: "key" },
        returns: ["l"],
        format: "json_object",
        stream: true,
        embeddings: "e",
      },
      { ...LLAMA, family: "qwen", key: { kind: "none" }, ...plain },
    ]);
  });

  it("are read alone as well, by whoever is no node; then other settings are nobody's business", () => {
    const alone = { ...OPENAI, ...judges(LLAMA), GUERDON_MODEL_TOKENS_PER_ROUND: "5000", GUERDON_MODEL_RETRIES: "1" };
    expect(readModels(alone)).to.deep.equal(readConfig({ ...GOOD, ...alone }).models);
    expect(readModels({ GUERDON_PORT: "none" }).judges).to.deep.equal([]);
    const wrong = (environment: Environment): readonly string[] => {
      try {
        readModels(environment);
        return [];
      } catch (error) {
        return (error as SettingsError).faults;
      }
    };
    const { OPENAI_MODEL, OPENAI_BASE_URL } = OPENAI;
    const [url] = wrong({ OPENAI_MODEL });
    expect(url).to.contain("OPENAI_BASE_URL: must be set with OPENAI_MODEL");
    expect(wrong({ OPENAI_MODEL, OPENAI_BASE_URL })[0]).to.contain("OPENAI_API_KEY");
    expect(wrong({ GUERDON_MODEL_RETRIES: "11", GUERDON_PORT: "none" })).to.have.length(1);
    expect(wrong({ ...OPENAI, ...judges({ ...LLAMA, family: "gpt" }) })[0]).to.contain("must not name the family");
  });

  it("make no judge of an endpoint or a key alone, which other programs may need", () => {
    const { OPENAI_BASE_URL, OPENAI_API_KEY } = OPENAI;
    expect(readConfig({ ...GOOD, OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_ORG_ID: "x" }).models.judges).to.deep.equal(
      [],
    );
  });

  it("take http and no key on this machine alone", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      const local = { OPENAI_MODEL: "llama3:8b", OPENAI_BASE_URL: `http://${host}:11434/v1` };
      expect(readConfig({ ...GOOD, ...local }).models.judges[0]).to.deep.include({ key: { kind: "none" } });
    }
    for (const url of ["http://models.example/v1", "http://127.0.0.1.example/v1", "http://10.0.0.1/v1"]) {
      expect(faultsOf({ ...OPENAI, OPENAI_BASE_URL: url })).to.deep.equal([
        `OPENAI_BASE_URL: must be a URL of https, or of this machine (found "${url}")`,
      ]);
    }
    expect(faultsOf({ ...OPENAI, OPENAI_API_KEY: "" })).to.deep.equal([
      "OPENAI_API_KEY: must be set with OPENAI_MODEL, but for endpoints of this machine",
    ]);
    expect(faultsOf({ ...OPENAI, OPENAI_BASE_URL: "" })).to.deep.equal([
      "OPENAI_BASE_URL: must be set with OPENAI_MODEL",
    ]);
  });

  const refused: [list: unknown, fault: string][] = [
    ["llama", "it must be a list"],
    [[], "it must not be empty"],
    [[LLAMA, LLAMA], "it must not name a family twice"],
    [[{ ...LLAMA, family: "Llama 3" }], "0.family must be 1 to 40 of a-z, 0-9, . and -"],
    [[{ ...LLAMA, url: "http://llama.example/v1" }], "0.url must be a URL of https, or of this machine"],
    [[{ ...LLAMA, url: "https://u:p@llama.example/v1" }], "0.url must be a URL without user, query and fragment"],
    [[{ ...LLAMA, format: "xml" }], "0.format must be json_schema or json_object"],
  ];
  for (const [list, fault] of refused) {
    it(`refuse ${JSON.stringify(list)} for GUERDON_JUDGES`, () => {
      const value = JSON.stringify(list);
      expect(faultsOf({ GUERDON_JUDGES: value })).to.deep.equal([
        `GUERDON_JUDGES: must be a JSON list of judges; ${fault}`,
      ]);
    });
  }

  it("name all faults of a list at once, and refuse keys in it", () => {
    const faults = faultsOf(judges({ ...LLAMA, model: "" }, { ...LLAMA, family: "qwen", key: "sk-0123456789" }));
    expect(faults).to.have.length(2);
    expect(faults[0]).to.contain("0.model must be 1 to 200 printable characters");
    expect(faults[1]).to.match(/1 .*key/i);
    expect(faults.join()).not.to.contain("0123456789");
    expect(faultsOf({ GUERDON_JUDGES: "[" })[0]).to.contain("it must be a list");
  });

  it("refuse two judges of a family, as they err together", () => {
    expect(faultsOf({ ...OPENAI, ...judges({ ...LLAMA, family: "gpt" }) })).to.deep.equal([
      'GUERDON_JUDGES: must not name the family of OPENAI_MODEL (found "gpt")',
    ]);
  });
});
