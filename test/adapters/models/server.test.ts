import { expect } from "chai";
import OpenAI from "openai";
import { constant, echo } from "../../helpers/model-server/brains.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";

/** The server of the other tests, seen by the client as its makers meant it. */
describe("the model server of tests", () => {
  let server: ModelServer;
  let client: OpenAI;
  before(async () => {
    server = await startModelServer({ brain: echo(), models: ["a", "b"] });
    client = new OpenAI({ baseURL: server.url, apiKey: server.key, maxRetries: 0 });
  });
  afterEach(() => {
    server.reset();
    server.think(echo());
  });
  after(() => server.close());

  const messages = [
    { role: "system" as const, content: "S" },
    { role: "user" as const, content: "Ü🚗" },
  ];

  it("answers at once and in pieces alike", async () => {
    const whole = await client.chat.completions.create({ model: "a", messages });
    expect(whole.choices[0]!.message.content).to.equal('{"system":"S","user":"Ü🚗"}');
    const stream = await client.chat.completions.create({
      model: "a",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let [text, pieces] = ["", 0];
    let usage: unknown = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      pieces++;
      usage = chunk.usage ?? usage;
    }
    expect(text).to.equal(whole.choices[0]!.message.content);
    expect(pieces).to.be.greaterThan(4);
    expect(usage).to.deep.equal(whole.usage);
  });

  it("lists its models, has no others, and wants its key", async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).to.deep.equal(["a", "b"]);
    const other = await client.chat.completions.create({ model: "c", messages }).catch((error: unknown) => error);
    expect(other).to.be.instanceOf(OpenAI.NotFoundError);
    const stranger = new OpenAI({ baseURL: server.url, apiKey: "another", maxRetries: 0 });
    const refused = await stranger.models.list().catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(OpenAI.AuthenticationError);
  });

  it("embeds as numbers and in base64 alike", async () => {
    const numbers = await client.embeddings.create({ model: "e", input: ["a text"], encoding_format: "float" });
    // The client asks for base64 where nothing is said.
    const coded = await client.embeddings.create({ model: "e", input: "a text" });
    const round = (vector: number[]): number[] => vector.map((one) => Math.round(one * 1e6));
    expect(round(coded.data[0]!.embedding)).to.deep.equal(round(numbers.data[0]!.embedding));
    expect(coded.data[0]!.embedding).to.have.length(64);
  });

  it("thinks otherwise when it is told, and shows the brain what it was asked", async () => {
    const seen: unknown[] = [];
    server.think((asked) => {
      seen.push(asked);
      return constant(1)(asked);
    });
    const answer = await client.chat.completions.create({ model: "b", messages, temperature: 0.5, seed: 3 });
    expect(answer.choices[0]!.message.content).to.equal("1");
    expect(seen).to.deep.equal([
      {
        model: "b",
        system: "S",
        user: "Ü🚗",
        schemaName: null,
        jsonSchema: null,
        temperature: 0.5,
        seed: 3,
        count: 0,
      },
    ]);
  });

  it("refuses what the protocol does not have", async () => {
    const bodies = [
      {},
      { model: "a", messages: [] },
      { model: "a", messages, response_format: { type: "json_schema", json_schema: {} } },
      // As the real one: JSON must be asked for in words, too.
      { model: "a", messages, response_format: { type: "json_object" } },
    ];
    for (const body of bodies) {
      const answer = await fetch(`${server.url}/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      expect(answer.status).to.equal(400);
    }
  });
});
