import { join } from "node:path";
import { expect } from "chai";
import { readConfig, type NodeConfig } from "../../oracle/config.ts";
import type { Brain as Judge } from "../../scripts/judges/brain.ts";
import { honest } from "../../scripts/judges/honest.ts";
import { readingOf } from "../../scripts/judges/reading.ts";
import { scriptedJudge } from "../../scripts/judges/scripted.ts";
import type { Finding } from "../../scripts/operator/finding.ts";
import { checkJudgeKeys, checkJudges } from "../../scripts/operator/judge-checks.ts";
import type { Brain } from "../helpers/model-server/brains.ts";
import { startModelServer, type ModelServer } from "../helpers/model-server/server.ts";

/** A judge as a server's brain. */
const served =
  (judge: Judge): Brain =>
  ({ system, user, schemaName }) =>
    judge({ system, user, schema: { name: schemaName! } });

describe("guerdon operator check, a node's judges", () => {
  let server: ModelServer;
  const sound = served(scriptedJudge({ facts: [], overlook: 0, seed: "" }));
  before(async () => (server = await startModelServer({ brain: sound })));
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    server.think(sound);
  });

  function config(more: Record<string, string> = {}): NodeConfig {
    return readConfig({
      ...{
        GUERDON_NODE_KEY: `0x${"11".repeat(32)}`,
        GUERDON_ROLES: "assessor",
        GUERDON_PEERS: `0x${"33".repeat(20)}=http://127.0.0.1:2`,
      },
      ...{ GUERDON_RPC_URLS: "http://127.0.0.1:1", GUERDON_FACTORY: `0x${"22".repeat(20)}` },
      ...{ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: server.key, OPENAI_MODEL: "judge-1" },
      ...{ GUERDON_MODEL_RETRIES: "0", ...more },
    });
  }
  const verdicts = (findings: readonly Finding[]) => findings.map(({ what, verdict }) => `${what}: ${verdict}`);

  it("are well where they get known cases right, and cost what they say", async () => {
    const [finding] = await checkJudges(config());
    expect(finding).to.include({ what: "judge judge judges", verdict: "ok" });
    expect(finding!.found).to.match(/^known cases come out right \([1-9]\d* tokens\)$/);
  });

  it("are looked at without a question to anybody, where that is not asked for", async () => {
    expect(verdicts(await checkJudgeKeys(config()))).to.deep.equal(["judge judge: ok"]);
    expect(server.received).to.deep.equal([]);
  });

  it("fail where known cases come out wrong", async () => {
    server.think(served(honest(readingOf([]))));
    expect(verdicts(await checkJudges(config()))).to.deep.equal(["judge judge judges: failed"]);
  });

  it("fail with the endpoint's reason, and do not show the key", async () => {
    const found = await checkJudges(config({ OPENAI_API_KEY: "another-key-of-nobody" }));
    expect(found[0]).to.include({ verdict: "failed", found: "it did not answer: unauthorised" });
    expect(JSON.stringify(found)).not.to.contain("another-key-of-nobody");
  });

  it("fail where a key file is not there, and the others are asked all the same", async () => {
    const keyFile = join("/nowhere", "key");
    const list = JSON.stringify([{ family: "llama", model: "x", url: server.url, keyFile }]);
    const both = config({ GUERDON_JUDGES: list });
    expect(verdicts(await checkJudgeKeys(both))).to.deep.equal(["judge judge: ok", "judge llama: failed"]);
    expect(verdicts(await checkJudges(both))).to.deep.equal(["judge judge judges: ok"]);
  });

  it("say what follows where there are none, and nothing of nodes that do not judge", async () => {
    const none = { models: { ...config().models, judges: [] } };
    expect((await checkJudgeKeys({ ...config(), ...none }))[0]!.found).to.contain("abstains");
    expect(await checkJudgeKeys({ ...config(), ...none, roles: ["intake"] })).to.deep.equal([]);
  });
});
