import { expect } from "chai";
import { tokenBudget } from "../../../oracle/adapters/models/budget.ts";
import type { ModelReason } from "../../../oracle/ports/model.ts";
import { constant } from "../../helpers/model-server/brains.ts";
import type { Fault } from "../../helpers/model-server/faults.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import { callOf, MET, modelAt } from "./play.ts";

const times = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);
const status = (code: number, more: object = {}): Fault => ({ kind: "status", status: code, ...more });

describe("attempts at an endpoint", () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer({ brain: constant(MET) });
  });
  afterEach(() => server.reset());
  after(() => server.close());

  const passing: [fault: Fault, status: number | null, error: string, mayCost: boolean][] = [
    [status(429), 429, "status", false],
    [status(500), 500, "status", false],
    [status(503), 503, "status", false],
    [status(408), 408, "status", false],
    [{ kind: "hang-up" }, null, "connection", true],
    [{ kind: "reset" }, null, "body", true],
    [{ kind: "empty" }, null, "body", true],
    [{ kind: "page" }, null, "body", true],
  ];
  for (const stream of [false, true]) {
    for (const [fault, code, error, mayCost] of passing) {
      const name = fault.kind === "status" ? fault.status : fault.kind;
      it(`are made again after ${name}, all are recorded, ${stream ? "in pieces" : "at once"}`, async () => {
        server.next(...times(2, fault));
        const { model, waits } = modelAt(server, { stream });
        const { ok, record } = await model.ask(callOf());
        expect(ok).to.equal(true);
        expect(record.attempts.map((one) => [one.status, one.error])).to.deep.equal([
          [code, error],
          [code, error],
          [200, null],
        ]);
        expect(waits).to.deep.equal([375, 750]);
        const spent = record.usage!.promptTokens + record.usage!.completionTokens;
        expect(record.chargedTokens > 2 * spent, "tokens of failed attempts").to.equal(mayCost);
      });
    }
  }

  it("end after as many as allowed, with what came last", async () => {
    const reasons: [fault: Fault, reason: ModelReason][] = [
      [status(429), "rate-limited"],
      [status(502), "unavailable"],
      [{ kind: "hang-up" }, "unavailable"],
      [{ kind: "page" }, "unavailable"],
      [{ kind: "hang" }, "timeout"],
    ];
    for (const [fault, reason] of reasons) {
      server.reset();
      server.always(fault);
      const { model, waits } = modelAt(server, { retries: 2, timeoutMs: 300 });
      const answer = await model.ask(callOf());
      expect(answer).to.deep.include({ ok: false, reason });
      expect([answer.record.attempts.length, server.received.length, waits.length]).to.deep.equal([3, 3, 2]);
      expect([answer.record.raw, answer.record.returnedModel, answer.record.usage]).to.deep.equal([null, null, null]);
    }
  });

  const final: [fault: Fault, reason: ModelReason][] = [
    [status(400), "unavailable"],
    [status(401), "unauthorised"],
    [status(403), "unauthorised"],
    [status(404, { error: { code: "model_not_found" } }), "unavailable"],
    [status(413), "too-long"],
    [status(400, { error: { code: "context_length_exceeded", param: "messages" } }), "too-long"],
    [
      status(400, { error: { message: "This model's maximum context length is 8192 tokens, max_tokens 200" } }),
      "too-long",
    ],
    [status(400, { error: { code: "content_filter" } }), "refused"],
    [status(429, { error: { code: "insufficient_quota" } }), "rate-limited"],
    [{ kind: "redirect", to: "http://127.0.0.1:9/v1/chat/completions" }, "unavailable"],
  ];
  for (const [fault, reason] of final) {
    const tries = fault.kind === "redirect" ? 4 : 1;
    it(`are ${tries} where the endpoint answers ${JSON.stringify(fault)}: ${reason}`, async () => {
      server.always(fault);
      const answer = await modelAt(server).model.ask(callOf());
      expect(answer).to.deep.include({ ok: false, reason });
      expect(answer.record.attempts).to.have.length(tries);
    });
  }

  it("wait as long as the endpoint asks", async () => {
    server.next(status(429, { retryAfter: "7" }), status(503, { retryAfter: "2" }), status(429, { retryAfter: "0" }));
    const { model, waits } = modelAt(server);
    expect((await model.ask(callOf())).ok).to.equal(true);
    expect(waits).to.deep.equal([7000, 2000, 1500]);
  });

  it("end where the endpoint asks for more than a minute", async () => {
    server.next(status(429, { retryAfter: "61" }));
    const { model, waits } = modelAt(server);
    expect(await model.ask(callOf())).to.deep.include({ ok: false, reason: "rate-limited" });
    expect([server.received.length, waits.length]).to.deep.equal([1, 0]);
  });

  it("time out, body and all, and may fare better the next time", async () => {
    server.next({ kind: "slow", ms: 5000 }, { kind: "hang" });
    const { model } = modelAt(server, { timeoutMs: 80 });
    const { ok, record } = await model.ask(callOf());
    expect(ok).to.equal(true);
    expect(record.attempts.map(({ error }) => error)).to.deep.equal(["timeout", "timeout", null]);
    for (const { durationMs } of record.attempts.slice(0, 2)) expect(durationMs).to.be.within(70, 1500);
    expect(record.attempts[2]!.startedMs).to.be.at.least(140);
  });

  it("leave slow answers in peace that come in time", async () => {
    server.next({ kind: "slow", ms: 60 });
    const { ok, record } = await modelAt(server).model.ask(callOf());
    expect([ok, record.attempts.length]).to.deep.equal([true, 1]);
    expect(record.latencyMs).to.be.at.least(50);
  });

  it("take errors within a stream for failures", async () => {
    server.next({ kind: "stream-error" });
    const { ok, record } = await modelAt(server, { stream: true }).model.ask(callOf());
    expect(ok).to.equal(true);
    expect(record.attempts.map(({ error }) => error)).to.deep.equal(["body", null]);
  });

  it("read no answer that is too large, though it be good", async () => {
    const sampling = { temperature: 0, maxTokens: 10_000_000 };
    const ask = async (length: number) => {
      server.think(constant({ met: "met", note: "x".repeat(length) }));
      return await modelAt(server, { retries: 0 }, tokenBudget(20_000_000)).model.ask(callOf({ sampling }));
    };
    const [fits, large] = [await ask(7 * 1024 * 1024), await ask(9 * 1024 * 1024)];
    server.think(constant(MET));
    expect(fits.ok).to.equal(true);
    expect(large).to.deep.include({ ok: false, reason: "unavailable" });
    expect(large.record.attempts[0]).to.deep.include({ status: null, error: "body" });
  });

  it("cost nothing where nobody listens", async () => {
    const gone = await startModelServer({ brain: constant(MET) });
    await gone.close();
    const answer = await modelAt(gone).model.ask(callOf());
    expect(answer).to.deep.include({ ok: false, reason: "unavailable" });
    expect(answer.record).to.deep.include({ chargedTokens: 0 });
    expect(answer.record.attempts.map(({ error }) => error)).to.deep.equal(Array(4).fill("connection"));
  });

  it("end at once when the caller goes, in an attempt and between two", async () => {
    server.always({ kind: "hang" });
    const going = new AbortController();
    const asked = modelAt(server, { timeoutMs: 60_000 }).model.ask(callOf(), going.signal);
    setTimeout(() => going.abort(), 50);
    const answer = await asked;
    expect(answer).to.deep.include({ ok: false, reason: "unavailable" });
    expect(answer.record.attempts.map(({ error }) => error)).to.deep.equal(["aborted"]);
    const gone = await modelAt(server).model.ask(callOf(), AbortSignal.abort());
    expect(gone).to.deep.include({ ok: false, reason: "unavailable" });
    expect(gone.record.attempts).to.deep.equal([]);
  });

  for (const style of ["openai", "pydantic"] as const) {
    it(`do without parameters that the endpoint does not take, and remember it (${style})`, async () => {
      const call = callOf({ cacheKey: "judge-v1" });
      const { model, waits } = modelAt(server);
      const names = ["max_tokens", "temperature", "seed", "prompt_cache_key"];
      server.next(...names.map((name): Fault => ({ kind: "no-parameter", name, style })));
      const { ok, record } = await model.ask(call);
      expect([ok, waits.length]).to.deep.equal([true, 0]);
      expect(record.attempts.map(({ error }) => error)).to.deep.equal([
        ...names.map((name) => `parameter ${name}`),
        null,
      ]);
      expect(record.sampling).to.deep.equal({ temperature: null, maxTokens: 200, seed: null });
      expect(server.received.at(-1)!.body).to.include({ max_completion_tokens: 200 });
      server.reset();
      expect((await model.ask(call)).ok).to.equal(true);
      expect(server.received[0]!.body).not.to.have.any.keys(names);
    });
  }

  it("do not go on without a parameter that was not sent", async () => {
    server.always(status(400, { error: { param: "temperature" } }));
    const answer = await modelAt(server).model.ask(callOf());
    expect(answer).to.deep.include({ ok: false, reason: "unavailable" });
    expect(server.received).to.have.length(2);
  });

  it("are never more at once than allowed", async () => {
    server.always({ kind: "slow", ms: 15 });
    const { model } = modelAt(server, { concurrency: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => model.ask(callOf())));
    expect(answers.every(({ ok }) => ok)).to.equal(true);
    expect(server.mostAtOnce).to.equal(3);
  });

  it("stop at the round's tokens, however many are asked for at once", async () => {
    const one = await modelAt(server).model.ask(callOf());
    server.reset();
    const cost = one.record.chargedTokens;
    server.next({ kind: "no-usage" });
    const most = (await modelAt(server).model.ask(callOf())).record.chargedTokens;
    for (const concurrency of [1, 4, 20]) {
      server.reset();
      server.always({ kind: "slow", ms: 5 });
      // Room for the most that one may cost after five have been answered, and one token too few after six.
      const budget = tokenBudget(most + 6 * cost - 1);
      const { model } = modelAt(server, { concurrency }, budget);
      const answers = await Promise.all(Array.from({ length: 20 }, () => model.ask(callOf())));
      expect(answers.filter(({ ok }) => ok)).to.have.length(6);
      expect(server.received).to.have.length(6);
      expect(budget.spent()).to.equal(6 * cost);
      const refused = answers.filter((answer) => !answer.ok && answer.reason === "budget");
      expect(refused).to.have.length(14);
      for (const { record } of refused) expect([record.attempts.length, record.chargedTokens]).to.deep.equal([0, 0]);
    }
  });

  it("set each attempt aside anew: what may have cost is not asked again for nothing", async () => {
    server.always({ kind: "hang-up" });
    const most = (await modelAt(server, { retries: 0 }).model.ask(callOf())).record.chargedTokens;
    server.reset();
    server.always({ kind: "hang-up" });
    const answer = await modelAt(server, { retries: 5 }, tokenBudget(2 * most + 1)).model.ask(callOf());
    expect(answer).to.deep.include({ ok: false, reason: "budget" });
    expect(answer.record.attempts).to.have.length(2);
    expect(answer.record.chargedTokens).to.equal(2 * most);
  });
});
