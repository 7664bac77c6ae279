import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgesOf, readJudgeKeys } from "../../../oracle/adapters/models/judges.ts";
import { fileSecrets } from "../../../oracle/compose/file-secrets.ts";
import { readConfig } from "../../../oracle/config.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { constant } from "../../helpers/model-server/brains.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import { callOf, MET } from "./play.ts";

const NODE = {
  GUERDON_RPC_URLS: "http://127.0.0.1:8545",
  GUERDON_FACTORY: `0x${"fa".repeat(20)}`,
  GUERDON_NODE_KEY: `0x${"ab".repeat(32)}`,
  GUERDON_MASTER_KEY_FILE: "master",
};
const FIRST_KEY = "sk-first-0123456789";
const SECOND_KEY = "sk-second-0123456789";

describe("judges of a node", () => {
  let [folder, keyFile] = ["", ""];
  let first: ModelServer;
  let second: ModelServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-judges-"));
    keyFile = join(folder, "key");
    await writeFile(keyFile, `${SECOND_KEY}\n`);
    first = await startModelServer({ brain: constant(MET), models: ["gpt-x"], key: FIRST_KEY });
    second = await startModelServer({ brain: constant(MET), models: ["llama-x"], key: SECOND_KEY });
  });
  afterEach(() => {
    first.reset();
    second.reset();
  });
  after(async () => {
    await Promise.all([first.close(), second.close(), rm(folder, { recursive: true })]);
  });

  const settings = (more: Record<string, string> = {}) => ({
    ...NODE,
    OPENAI_BASE_URL: first.url,
    OPENAI_API_KEY: FIRST_KEY,
    OPENAI_MODEL: "gpt-x",
    GUERDON_JUDGES: JSON.stringify([{ family: "llama", model: "llama-x", url: second.url, keyFile, stream: true }]),
    ...more,
  });

  it("need three settings for one, and answer each at its own endpoint with its own key", async () => {
    const three = readConfig(settings({ GUERDON_JUDGES: "" })).models;
    expect(judgesOf(three, await readJudgeKeys(three)).families).to.deep.equal(["gpt"]);

    const { models } = readConfig(settings());
    const judges = judgesOf(models, await readJudgeKeys(models)).forRound();
    expect(judges.map(({ id, family }) => [id, family])).to.deep.equal([
      ["gpt/gpt-x", "gpt"],
      ["llama/llama-x", "llama"],
    ]);
    const answers = await Promise.all(judges.map((judge) => judge.ask(callOf())));
    expect(answers.map(({ ok, record }) => [ok, record.endpoint, record.streamed])).to.deep.equal([
      [true, first.url, false],
      [true, second.url, true],
    ]);
    expect(first.received.map(({ headers }) => headers.authorization)).to.deep.equal([`Bearer ${FIRST_KEY}`]);
    expect(second.received.map(({ headers }) => headers.authorization)).to.deep.equal([`Bearer ${SECOND_KEY}`]);
  });

  it("are none where nothing is set", () => {
    expect(judgesOf(readConfig(NODE).models, new Map()).forRound()).to.deep.equal([]);
  });

  it("share a round's tokens, anew in each round, less what was spent before a restart", async () => {
    const { models } = readConfig(settings({ GUERDON_MODEL_TOKENS_PER_ROUND: "2000" }));
    const judges = judgesOf(models, await readJudgeKeys(models));
    const round = judges.forRound();
    const most = callOf({ sampling: { temperature: 0, maxTokens: 600 } });
    const over = callOf({ sampling: { temperature: 0, maxTokens: 1000 } });
    for (const judge of round) {
      expect((await judge.ask(most)).ok).to.equal(true);
      expect(await judge.ask(over)).to.deep.include({ ok: false, reason: "budget" });
    }
    const [restarted, other] = judges.forRound(new Map([["gpt", 900]]));
    expect(await restarted!.ask(most)).to.deep.include({ ok: false, reason: "budget" });
    expect((await other!.ask(most)).ok).to.equal(true);
    expect((await judges.forRound()[0]!.ask(most)).ok).to.equal(true);
  });

  it("send no key where none is set", async () => {
    const { models } = readConfig(settings({ OPENAI_API_KEY: "", GUERDON_JUDGES: "" }));
    const [judge] = judgesOf(models, await readJudgeKeys(models)).forRound();
    expect(await judge!.ask(callOf())).to.deep.include({ ok: false, reason: "unauthorised" });
    expect(first.received[0]!.headers).not.to.have.property("authorization");
  });

  for (const [what, content] of [
    ["nothing", ""],
    ["two words", "sk-two words-0123456789"],
    ["another alphabet", "ключ-0123456789"],
  ]) {
    it(`do not start with ${what} in place of a key, and do not quote it`, async () => {
      const path = join(folder, "bad");
      await writeFile(path, content!);
      const list = JSON.stringify([{ family: "llama", model: "llama-x", url: second.url, keyFile: path }]);
      const { models } = readConfig(settings({ GUERDON_JUDGES: list }));
      const error: unknown = await readJudgeKeys(models).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InputError);
      expect((error as InputError).message).to.contain(path);
      expect((error as InputError).message).not.to.contain("0123456789");
    });
  }

  it("name a file that is not there", async () => {
    const path = join(folder, "none");
    const list = JSON.stringify([{ family: "llama", model: "llama-x", url: second.url, keyFile: path }]);
    const { models } = readConfig(settings({ GUERDON_JUDGES: list }));
    const error: unknown = await readJudgeKeys(models).catch((reason: unknown) => reason);
    expect((error as Error).message).to.equal(`${path}: cannot be read (ENOENT)`);
  });

  it("have their keys censored in logs, wherever they are from", async () => {
    const config = readConfig(settings());
    expect(await fileSecrets(config)).to.deep.include({ name: "GUERDON_JUDGES", value: SECOND_KEY });
  });
});
