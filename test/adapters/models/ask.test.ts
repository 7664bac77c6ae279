import { expect } from "chai";
import { canonicalHash, canonicalJson } from "../../../oracle/domain/canonical.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { messagesHash, messagesOf, textHash } from "../../../oracle/domain/text/prompt-messages.ts";
import type { ModelAnswer, ModelCall, ModelReason } from "../../../oracle/ports/model.ts";
import { constant, echo, Verbatim } from "../../helpers/model-server/brains.ts";
import type { Fault } from "../../helpers/model-server/faults.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import { ANSWER, callOf, MET, modelAt } from "./play.ts";

/** Of a record what does not depend on how fast the machine is, or on how the answer was read. */
function steady({ record, ...rest }: ModelAnswer) {
  const { attempts, latencyMs: _, streamed: __, ...kept } = record;
  return { ...rest, record: { ...kept, attempts: attempts.map(({ status, error }) => ({ status, error })) } };
}

describe("asking a model", () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer({ brain: constant(MET), models: ["judge-1", "judge-1-mini"] });
  });
  afterEach(() => {
    server.reset();
    server.think(constant(MET));
  });
  after(() => server.close());

  for (const stream of [false, true]) {
    const how = stream ? "in pieces" : "at once";

    it(`gives a value that meets the schema, and a full record of it, ${how}`, async () => {
      const { model } = modelAt(server, { stream });
      const call = callOf({ cacheKey: "judge-v1" });
      const answer = await model.ask(call);
      const { record } = answer;
      const raw = JSON.stringify(MET);
      expect(answer).to.deep.include({ ok: true, value: MET });
      const { attempts, latencyMs, ...rest } = record;
      expect(rest).to.deep.equal({
        purpose: "judge",
        endpoint: server.url,
        requestedModel: "judge-1",
        returnedModel: "judge-1",
        systemFingerprint: "fp_test",
        format: "json_schema",
        streamed: stream,
        sampling: { temperature: 0, maxTokens: 200, seed: 7 },
        promptHash: messagesHash([
          { role: "system", content: call.system },
          { role: "user", content: call.user },
        ]),
        schemaHash: canonicalHash(ANSWER.jsonSchema),
        raw,
        rawHash: textHash(raw),
        finishReason: "stop",
        // 4 characters a token: 40 and 48 characters and a line break between them; 43 characters.
        usage: { promptTokens: Math.ceil(89 / 4), cachedTokens: 0, completionTokens: Math.ceil(raw.length / 4) },
        chargedTokens: Math.ceil(89 / 4) + Math.ceil(raw.length / 4),
      });
      expect(attempts).to.have.length(1);
      expect(attempts[0]).to.deep.include({ status: 200, error: null });
      for (const ms of [latencyMs, attempts[0]!.startedMs, attempts[0]!.durationMs]) {
        expect(Number.isInteger(ms) && ms >= 0 && ms < 5000).to.equal(true);
      }
      expect(() => canonicalJson(record)).not.to.throw();
    });

    it(`sends prompt, schema and sampling as the protocol has them, ${how}`, async () => {
      await modelAt(server, { stream }).model.ask(callOf({ cacheKey: "judge-v1" }));
      const [received] = server.received;
      expect(received!.path).to.equal("/v1/chat/completions");
      expect(received!.body).to.deep.equal({
        model: "judge-1",
        messages: [
          { role: "system", content: "You answer small questions about quotes." },
          { role: "user", content: "Question: does the brake hold? Quotes: it holds." },
        ],
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", strict: true, schema: ANSWER.jsonSchema },
        },
        max_tokens: 200,
        temperature: 0,
        seed: 7,
        prompt_cache_key: "judge-v1",
        stream,
        ...(stream ? { stream_options: { include_usage: true } } : {}),
      });
    });

    const answered: [fault: Fault, reason: ModelReason, finishReason: string, raw: string | null][] = [
      [{ kind: "malformed" }, "malformed", "stop", JSON.stringify(MET).slice(0, -1)],
      [{ kind: "prose" }, "malformed", "stop", `Here is my answer:\n\`\`\`json\n${JSON.stringify(MET)}\n\`\`\``],
      [{ kind: "schema" }, "malformed", "stop", '{"nobody":"asked for this"}'],
      [{ kind: "refuse" }, "refused", "stop", "I cannot help with that."],
      [{ kind: "filter" }, "refused", "content_filter", null],
      [
        { kind: "truncate" },
        "truncated",
        "length",
        JSON.stringify(MET).slice(0, Math.ceil(JSON.stringify(MET).length / 2)),
      ],
      [{ kind: "wrong-model", model: "judge-1-mini" }, "wrong-model", "stop", JSON.stringify(MET)],
    ];
    for (const [fault, reason, finishReason, raw] of answered) {
      it(`says ${reason} of an answer with the fault ${fault.kind}, and does not ask again, ${how}`, async () => {
        server.next(fault);
        const { model, waits } = modelAt(server, { stream });
        const answer = await model.ask(callOf());
        expect(answer).to.deep.include({ ok: false, reason });
        expect(answer).not.to.have.property("value");
        expect(answer.record).to.deep.include({ finishReason, raw, rawHash: raw === null ? null : textHash(raw) });
        expect([server.received.length, waits.length]).to.deep.equal([1, 0]);
      });
    }

    it(`takes an answer without usage, and counts the most it can have cost, ${how}`, async () => {
      server.next({ kind: "no-usage" });
      const call = callOf();
      const answer = await modelAt(server, { stream }).model.ask(call);
      // One token a byte, and 64 for the form around it.
      const schema = JSON.stringify(ANSWER.jsonSchema).length;
      expect(answer).to.deep.include({ ok: true });
      expect(answer.record.usage).to.equal(null);
      expect(answer.record.chargedTokens).to.equal(64 + 40 + 48 + schema + 200);
    });
  }

  const same: Fault[] = [
    { kind: "none" },
    { kind: "malformed" },
    { kind: "refuse" },
    { kind: "filter" },
    { kind: "truncate" },
    { kind: "wrong-model", model: "other" },
    { kind: "empty" },
    { kind: "reset" },
    { kind: "no-usage" },
    { kind: "status", status: 404 },
  ];
  for (const fault of same) {
    it(`finds the same in pieces as at once: ${fault.kind}`, async () => {
      const found = await Promise.all(
        [false, true].map(async (stream) => {
          server.always(fault);
          return steady(await modelAt(server, { stream, retries: 1 }).model.ask(callOf()));
        }),
      );
      expect(found[0]).to.deep.equal(found[1]);
    });
  }

  it("cuts answers at the tokens asked for, and says so", async () => {
    server.think(constant({ met: "met", note: "x".repeat(400) }));
    const long = callOf({ sampling: { temperature: 0, maxTokens: 20 } });
    const answer = await modelAt(server).model.ask(long);
    expect(answer).to.deep.include({ ok: false, reason: "truncated" });
    expect(answer.record.usage?.completionTokens).to.equal(20);
    expect(answer.record.sampling).to.deep.equal({ temperature: 0, maxTokens: 20, seed: null });
  });

  it("does not take what has no canonical form: infinite numbers, halves of characters", async () => {
    const any = callOf({ schema: { name: "any", jsonSchema: {} } });
    const answers: [text: string, ok: boolean][] = [
      ["1e999", false],
      ['"\\ud800"', false],
      ["1e99", true],
      ['"\\ud83d\\ude97"', true],
      ["", false],
      ["{} {}", false],
      ["'single'", false],
    ];
    for (const [text, ok] of answers) {
      server.think(constant(new Verbatim(text)));
      const answer = await modelAt(server).model.ask(any);
      expect(answer.ok, text.slice(0, 20)).to.equal(ok);
      if (!answer.ok) expect(answer.reason).to.equal("malformed");
      expect(() => canonicalJson(answer.record)).not.to.throw();
    }
  });

  it("takes a version of the model asked for, and names that were allowed", async () => {
    const ask = async (returned: string, returns: readonly string[] = []) => {
      server.next({ kind: "wrong-model", model: returned });
      const answer = await modelAt(server, { returns }).model.ask(callOf());
      expect(answer.record.returnedModel).to.equal(returned);
      return answer.ok;
    };
    expect(await ask("judge-1-2026-01-01")).to.equal(true);
    expect(await ask("judge-10")).to.equal(false);
    expect(await ask("gateway/judge")).to.equal(false);
    expect(await ask("gateway/judge", ["gateway/judge"])).to.equal(true);
  });

  it("tells endpoints without schemas of the schema in words, last in what is the same for all", async () => {
    server.think(echo());
    const call = callOf({ schema: { name: "any", jsonSchema: { type: "object" } } });
    const answer = await modelAt(server, { format: "json_object" }).model.ask(call);
    const messages = messagesOf(call, "json_object");
    expect(server.received[0]!.body).to.deep.include({ response_format: { type: "json_object" }, messages });
    expect(messages[0]!.content).to.match(/^You answer small questions .*JSON Schema:\n\{"type":"object"\}$/s);
    expect(answer).to.deep.include({ ok: true, value: { system: messages[0]!.content, user: call.user } });
    expect(answer.record.promptHash).to.equal(messagesHash(messages));
    // What comes must meet the schema all the same.
    server.think(constant(MET));
    const strict = callOf({ schema: { name: "any", jsonSchema: { type: "object", required: ["other"] } } });
    const other = await modelAt(server, { format: "json_object" }).model.ask(strict);
    expect(other).to.deep.include({ ok: false, reason: "malformed" });
  });

  it("lets endpoints keep what calls have in common, as evidence stands last", async () => {
    const system = "Rule. ".repeat(900);
    const { model } = modelAt(server);
    const first = await model.ask(callOf({ system, user: "Quotes: the brake holds." }));
    const second = await model.ask(callOf({ system, user: "Quotes: the brake fails." }));
    expect(first.record.usage?.cachedTokens).to.equal(0);
    expect(second.record.usage?.cachedTokens).to.equal(1280);
  });

  const bad: [field: string, change: Partial<ModelCall>][] = [
    ["schema.name", { schema: { name: "two words", jsonSchema: {} } }],
    ["schema.jsonSchema", { schema: { name: "a", jsonSchema: { type: "no-such-type" } } }],
    ["schema.jsonSchema", { schema: { name: "a", jsonSchema: { requiredd: ["a"] } } }],
    ["sampling.temperature", { sampling: { temperature: NaN, maxTokens: 1 } }],
    ["sampling.maxTokens", { sampling: { temperature: 0, maxTokens: 0 } }],
    ["sampling.seed", { sampling: { temperature: 0, maxTokens: 1, seed: 0.5 } }],
  ];
  for (const [field, change] of bad) {
    it(`throws for a call that no endpoint could take: ${field} ${JSON.stringify(change)}`, async () => {
      const error: unknown = await modelAt(server)
        .model.ask(callOf(change))
        .catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InputError);
      expect((error as InputError).fault.field).to.equal(field);
      expect(server.received).to.have.length(0);
    });
  }
});
