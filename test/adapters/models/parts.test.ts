import { expect } from "chai";
import fc from "fast-check";
import { mostTokens, tokenBudget } from "../../../oracle/adapters/models/budget.ts";
import { readStream } from "../../../oracle/adapters/models/completion.ts";
import { createLimiter } from "../../../oracle/adapters/models/limiter.ts";
import { familyOf, isSameModel } from "../../../oracle/domain/text/model-name.ts";
import { retryAfter, retryDelay } from "../../../oracle/adapters/models/retry.ts";

describe("tokens of a round", () => {
  it("are set aside, and given back against what was spent", async () => {
    const budget = tokenBudget(100);
    const settle = await budget.reserve(60);
    settle!(10);
    settle!(10);
    expect(budget.spent()).to.equal(10);
    expect(await budget.reserve(91)).to.equal(null);
    expect(await budget.reserve(90)).not.to.equal(null);
  });

  it("let a request wait for others that may spend less, and refuse it only when they have not", async () => {
    const outcomes: string[] = [];
    const budget = tokenBudget(100);
    const first = await budget.reserve(60);
    let secondSettle: ((spent: number) => void) | null = null;
    const second = budget.reserve(60).then((settle) => {
      secondSettle = settle;
      outcomes.push(settle === null ? "refused" : "fits");
    });
    await Promise.resolve();
    expect(outcomes).to.deep.equal([]);
    first!(40);
    await second;
    expect(outcomes).to.deep.equal(["fits"]);
    // 40 are spent and 60 set aside: 60 may yet fit, 61 cannot.
    const third = budget.reserve(60).then((settle) => outcomes.push(settle === null ? "refused" : "fits"));
    const fourth = budget.reserve(61).then((settle) => outcomes.push(settle === null ? "refused" : "fits"));
    await Promise.resolve();
    expect(outcomes).to.deep.equal(["fits"]);
    (secondSettle as unknown as (spent: number) => void)(1);
    await Promise.all([third, fourth]);
    expect(outcomes).to.deep.equal(["fits", "refused", "refused"]);
  });

  it("are never exceeded by what is reserved and spent, and what fits does not depend on who ends first", async () => {
    const plan = fc.array(
      fc.record({ most: fc.integer({ min: 1, max: 50 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(plan, fc.scheduler(), fc.integer({ min: 0, max: 300 }), async (work, scheduler, limit) => {
        const run = async (ordered: boolean): Promise<boolean[]> => {
          const budget = tokenBudget(limit);
          let open = 0;
          return await Promise.all(
            work.map(async ({ most, share }) => {
              const settle = await budget.reserve(most);
              if (settle === null) return false;
              open += most;
              expect(budget.spent() + open).to.be.at.most(limit);
              if (!ordered) await scheduler.schedule(Promise.resolve());
              open -= most;
              settle(Math.floor(most * share));
              return true;
            }),
          );
        };
        const mixed = run(false);
        await scheduler.waitFor(mixed);
        expect(await mixed).to.deep.equal(await run(true));
      }),
      { numRuns: 100 },
    );
  });

  it("are guessed high: one for each byte", () => {
    expect(mostTokens(["abc", "é", "修", "🚗"])).to.equal(64 + 3 + 2 + 3 + 4);
  });
});

describe("requests at once", () => {
  it("are never more than allowed, and come in order", async () => {
    const limit = createLimiter(3);
    let [running, most] = [0, 0];
    const begun: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        limit(async () => {
          begun.push(i);
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, i % 3));
          running--;
        }),
      ),
    );
    expect(most).to.equal(3);
    expect(begun).to.deep.equal(Array.from({ length: 20 }, (_, i) => i));
  });

  it("free their place when they fail", async () => {
    const limit = createLimiter(1);
    const failed = limit(() => Promise.reject(new Error("no"))).catch(() => "failed");
    expect(await Promise.all([failed, limit(async () => "next")])).to.deep.equal(["failed", "next"]);
  });
});

describe("waiting before another attempt", () => {
  it("doubles up to half a minute, at least half of it whatever chance says", () => {
    expect([1, 2, 3, 4].map((failed) => retryDelay(failed, 0, null))).to.deep.equal([250, 500, 1000, 2000]);
    expect([1, 2, 3, 4].map((failed) => retryDelay(failed, 0.5, null))).to.deep.equal([375, 750, 1500, 3000]);
    expect(retryDelay(7, 0, null)).to.equal(15_000);
    expect(retryDelay(60, 0.999_999, null)).to.equal(30_000);
  });

  it("is never less than the endpoint asks for", () => {
    expect(retryDelay(1, 0, 20_000)).to.equal(20_000);
    expect(retryDelay(7, 0, 20)).to.equal(15_000);
  });

  const now = Date.UTC(2026, 0, 1);
  const asked: [headers: Record<string, string>, ms: number | null][] = [
    [{}, null],
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:20 GMT" }, 20_000],
    [{ "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, null],
    [{ "retry-after": "1e9" }, null],
    [{ "retry-after": "60", "retry-after-ms": "1500" }, 1500],
  ];
  for (const [headers, ms] of asked) {
    it(`reads ${JSON.stringify(headers)} as ${ms}`, () => {
      expect(retryAfter(new Headers(headers), now)).to.equal(ms);
    });
  }
});

describe("an answer in pieces", () => {
  async function* pieces(...models: (string | null)[]) {
    for (const model of models) yield { model, choices: [{ delta: { content: "1" }, finish_reason: null }] };
    yield { choices: [{ delta: {}, finish_reason: "stop" }] };
  }

  it("is of one model, or of none that was asked", async () => {
    const modelsOf = async (...models: (string | null)[]) => (await readStream(pieces(...models))).model;
    expect(await modelsOf("a", "a", null)).to.equal("a");
    expect(await modelsOf("b", "a")).to.equal("b a");
    expect(await modelsOf("a", "b", "a")).to.equal("a b");
    expect(await modelsOf(null)).to.equal(null);
  });
});

describe("names of models", () => {
  const same: [asked: string, returned: string, is: boolean][] = [
    ["gpt-x", "gpt-x", true],
    ["gpt-x", "gpt-x-2026-01-01", true],
    ["gpt-x", "gpt-x-0613", true],
    ["claude-x", "claude-x-20260101", true],
    ["gemini-x", "gemini-x-001", true],
    ["claude-x", "claude-x@20260101", true],
    ["gpt-x", "gpt-x-mini", false],
    ["gpt-x", "gpt-x-mini-2026-01-01", false],
    ["gpt-3", "gpt-3.5", false],
    ["gpt-3", "gpt-35", false],
    ["claude-3", "claude-3-5", false],
    ["gpt-x-2026-01-01", "gpt-x", false],
    ["gpt-x", "GPT-X", false],
    ["gpt-x", "", false],
  ];
  for (const [asked, returned, is] of same) {
    it(`${asked} is ${is ? "" : "not "}answered by ${JSON.stringify(returned)}`, () => {
      expect(isSameModel(asked, returned)).to.equal(is);
    });
  }

  it("give a family", () => {
    expect(["gpt-x-mini", "maker/Llama3:8b", "o9", "7b", "mistral"].map(familyOf)).to.deep.equal([
      "gpt",
      "llama",
      "o",
      "7b",
      "mistral",
    ]);
  });
});
