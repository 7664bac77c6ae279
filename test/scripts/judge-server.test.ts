import { expect } from "chai";
import { openEndpoint } from "../../oracle/adapters/models/endpoint.ts";
import { tokenBudget } from "../../oracle/adapters/models/budget.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { unitRecord } from "../../oracle/domain/judgement/record.ts";
import { judgeUnit } from "../../oracle/domain/judgement/run.ts";
import type { Unit } from "../../oracle/domain/judgement/unit.ts";
import { askModel } from "../../oracle/roles/assessor/judging/ask.ts";
import type { Fact } from "../../scripts/judges/reading.ts";
import { scriptedJudge } from "../../scripts/judges/scripted.ts";
import { NO_MODEL, startJudgeServer, type JudgeServer } from "../../scripts/season/judge-server.ts";

const SEED = `0x${"5e".repeat(32)}` as const;
const QUESTIONS = ["Did the roof hold?", "Did the door stick?"] as const;
const FACTS: readonly Fact[] = [
  { sentence: "No drop has come in since.", question: QUESTIONS[0], says: "met" },
  { sentence: "The door scrapes on the floor.", question: QUESTIONS[1], says: "met" },
];
const UNIT: Unit = {
  source: SEED,
  criterion: {
    id: "hut",
    statement: "The hut can be lived in",
    questions: [
      { id: "roof", text: QUESTIONS[0], met: "good" },
      { id: "door", text: QUESTIONS[1], met: "bad" },
    ],
  },
  passages: [{ id: "story", text: "No drop has come in since. The door scrapes on the floor." }],
};

describe("server of scripted judges", () => {
  let server: JudgeServer;
  before(async () => {
    const judges = [
      { model: "scripted-a-1", facts: FACTS, overlook: 0, seed: "a" },
      { model: "scripted-b-1", facts: [], overlook: 0, seed: "b" },
    ];
    server = await startJudgeServer(judges, "key-of-the-example");
  });
  after(() => server.close());

  const modelAt = (model: string, key: string | null = "key-of-the-example") =>
    openEndpoint({
      ...{ family: "scripted", model, url: server.url, key, returns: [], format: "json_schema", stream: false },
      ...{ embeddings: null, concurrency: 4, timeoutMs: 5_000, retries: 0 },
    }).within(tokenBudget(1_000_000));

  it("judges a unit through the same client as a real endpoint, and says in each record that it is none", async () => {
    const before = server.answered;
    const judgement = await judgeUnit(UNIT, askModel(modelAt("scripted-a-1")), SEED, 1);
    expect(judgement.verdict.score).to.equal(5_000);
    const record = unitRecord(UNIT, { seed: SEED, repeats: 1 }, judgement);
    expect(record.calls.length).to.equal(4);
    expect(server.answered - before).to.equal(4);
    for (const { returnedModel, systemFingerprint, usage } of record.calls) {
      expect(returnedModel).to.equal("scripted-a-1");
      expect(systemFingerprint).to.equal(NO_MODEL);
      expect(usage!.promptTokens).to.be.greaterThan(0);
    }
  });

  it("lets each judge know what is its own", async () => {
    const { verdict } = await judgeUnit(UNIT, askModel(modelAt("scripted-b-1")), SEED, 1);
    expect(verdict.abstention).to.equal("no-quotes");
  });

  it("is not asked with another key, for another model, or for anything but judgements", async () => {
    for (const model of [modelAt("scripted-a-1", null), modelAt("scripted-c-1")]) {
      const { verdict } = await judgeUnit(UNIT, askModel(model), SEED, 1);
      expect(verdict.abstention).to.equal("no-answer");
    }
    const headers = { authorization: "Bearer key-of-the-example", "content-type": "application/json" };
    const post = async (body: string): Promise<number> => {
      const { status } = await fetch(`${server.url}/chat/completions`, { method: "POST", headers, body });
      return status;
    };
    const asked = (change: object): string =>
      JSON.stringify({
        model: "scripted-a-1",
        messages: [{ role: "user", content: "{}" }],
        response_format: { type: "json_schema", json_schema: { name: "answers" } },
        ...change,
      });
    const cases: readonly (readonly [string, number])[] = [
      ["{", 400],
      [asked({ stream: true }), 400],
      [asked({ response_format: { type: "json_object" } }), 400],
      [asked({}), 400],
      [asked({ model: "scripted-z" }), 404],
      [asked({ padding: "x".repeat(1 << 20) }), 413],
    ];
    for (const [body, status] of cases) expect(await post(body), body.slice(0, 80)).to.equal(status);
    expect((await fetch(`${server.url}/embeddings`, { method: "POST", headers })).status).to.equal(404);
    const list = (await (await fetch(`${server.url}/models`, { headers })).json()) as { data: { owned_by: string }[] };
    expect(list.data.map((one) => one.owned_by)).to.deep.equal([NO_MODEL, NO_MODEL]);
  });

  it("takes no name that could be a language model's, and none twice", async () => {
    for (const names of [["gpt-4"], ["scripted-"], ["scripted-a", "scripted-a"]]) {
      const judges = names.map((model) => ({ model, facts: FACTS, overlook: 0, seed: "" }));
      const refused = await startJudgeServer(judges).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(InputError);
    }
  });
});

describe("scripted judge", () => {
  const many = Array.from({ length: 2_000 }, (_, i): Fact => {
    return { sentence: `Sentence number ${i}.`, question: "Is it so?", says: "met" };
  });
  const quoted = (overlook: number, seed: string): number => {
    const user = JSON.stringify({
      questions: [{ id: "q1", text: "Is it so?" }],
      source: [{ id: "p1", text: many.map(({ sentence }) => sentence).join(" ") }],
    });
    const answer = scriptedJudge({ facts: many, overlook, seed })({ system: "", user, schema: { name: "quotes" } });
    return (answer as { quotes: unknown[] }).quotes.length;
  };

  it("overlooks about the share it is told to, another one by another seed", () => {
    expect(quoted(0, "a")).to.equal(2_000);
    expect(quoted(0.1, "a")).to.be.within(1_740, 1_860);
    expect(quoted(0.1, "a")).to.equal(quoted(0.1, "a"));
    expect(quoted(0.1, "b")).not.to.equal(quoted(0.1, "a"));
  });

  it("refuses what is no share", () => {
    for (const overlook of [-0.1, 1, NaN]) {
      expect(() => scriptedJudge({ facts: [], overlook, seed: "" })).to.throw(InputError, "not a share");
    }
  });
});
