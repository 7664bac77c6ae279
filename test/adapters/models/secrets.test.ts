import { expect } from "chai";
import { constant } from "../../helpers/model-server/brains.ts";
import type { Fault } from "../../helpers/model-server/faults.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import { ANSWER, callOf, MET, modelAt } from "./play.ts";

/** What the client of the endpoint would take from the environment, if it were let. */
const OTHERS = {
  OPENAI_ADMIN_KEY: "sk-admin-0123456789",
  OPENAI_ORG_ID: "org-0123456789",
  OPENAI_PROJECT_ID: "proj-0123456789",
  OPENAI_CUSTOM_HEADERS: "x-secret: custom-0123456789",
  OPENAI_LOG: "debug",
};

describe("the key of a model", () => {
  let server: ModelServer;
  let said: string[];
  const consoles = ["log", "info", "warn", "error", "debug"] as const;
  const real = Object.fromEntries(consoles.map((name) => [name, console[name]]));
  before(async () => {
    server = await startModelServer({ brain: constant(MET) });
  });
  beforeEach(() => {
    said = [];
    for (const name of consoles) console[name] = (...parts: unknown[]) => void said.push(JSON.stringify(parts));
    Object.assign(process.env, OTHERS);
  });
  afterEach(() => {
    Object.assign(console, real);
    for (const name of Object.keys(OTHERS)) Reflect.deleteProperty(process.env, name);
    server.reset();
    server.think(constant(MET));
  });
  after(() => server.close());

  const faults: Fault[] = [
    { kind: "none" },
    { kind: "malformed" },
    { kind: "hang-up" },
    { kind: "reset" },
    { kind: "hang" },
    { kind: "page" },
    { kind: "status", status: 500, error: { message: "SECRET", code: "SECRET", param: "SECRET" } },
    { kind: "status", status: 400, error: { message: "SECRET", code: "SECRET", param: "SECRET" } },
    { kind: "wrong-model", model: "SECRET" },
  ];
  for (const stream of [false, true]) {
    for (const fault of faults) {
      it(`is in no record and no log: ${JSON.stringify(fault)} ${stream ? "in pieces" : "at once"}`, async () => {
        server.always(JSON.parse(JSON.stringify(fault).replaceAll("SECRET", server.key)) as Fault);
        const { model } = modelAt(server, { stream, retries: 1, timeoutMs: 300 });
        const answer = await model.ask(callOf());
        expect(JSON.stringify(answer)).not.to.contain(server.key);
        expect(said).to.deep.equal([]);
        expect(server.received[0]!.headers.authorization).to.equal(`Bearer ${server.key}`);
      });
    }

    it(`is taken out of what the endpoint says, ${stream ? "in pieces" : "at once"}`, async () => {
      server.think(constant({ met: "met", note: `my key is ${server.key}` }));
      const answer = await modelAt(server, { stream }).model.ask(callOf());
      expect(answer).to.deep.include({ ok: true, value: { met: "met", note: "my key is [hidden]" } });
      expect(answer.record.raw).to.equal('{"met":"met","note":"my key is [hidden]"}');
    });
  }

  it("is not quoted when it is refused", async () => {
    const { model } = modelAt(server, { key: "sk-wrong-0123456789" });
    const answer = await model.ask(callOf());
    expect(answer).to.deep.include({ ok: false, reason: "unauthorised" });
    expect(JSON.stringify(answer)).not.to.contain("0123456789");
    expect(said).to.deep.equal([]);
  });

  it("goes to its endpoint alone: redirects are not followed", async () => {
    const other = await startModelServer({ brain: constant(MET), key: null });
    server.always({ kind: "redirect", to: `${other.url}/chat/completions` });
    const answer = await modelAt(server, { retries: 0 }).model.ask(callOf());
    const reached = other.received.length;
    await other.close();
    expect(answer).to.deep.include({ ok: false, reason: "unavailable" });
    expect(reached).to.equal(0);
  });

  it("goes with nothing else of this machine or its environment", async () => {
    await modelAt(server).model.ask(callOf());
    const { headers } = server.received[0]!;
    const transport = ["accept-encoding", "accept-language", "connection", "content-length", "host", "sec-fetch-mode"];
    const ours = Object.keys(headers).filter((name) => !transport.includes(name));
    expect(ours).to.have.members(["accept", "authorization", "content-type", "user-agent"]);
    expect(headers["user-agent"]).to.equal("guerdon");
    expect(JSON.stringify(headers)).to.contain(server.key);
    expect(JSON.stringify(headers)).not.to.match(/admin|custom|org-|proj-/);
    expect(server.received[0]!.body["response_format"]).to.deep.include({ type: "json_schema" });
    expect(JSON.stringify(server.received[0]!.body)).to.contain(ANSWER.name);
  });
});
