import { expect } from "chai";
import {
  chainCheck,
  clockCheck,
  createHealth,
  keyCheck,
  lagCheck,
  storeCheck,
  Unhealthy,
  type HealthCheck,
} from "../../oracle/ops/health.ts";
import type { Block, ChainReader } from "../../oracle/ports.ts";
import { openTestStore } from "./store.ts";

const HASH = `0x${"00".repeat(32)}` as const;

/** A chain of which only the two blocks are asked. */
function chainAt(final: number, latest = final): ChainReader {
  const block = (time: number): Block => ({ number: 1n, hash: HASH, parentHash: HASH, time });
  return {
    finalized: () => Promise.resolve(block(final)),
    latest: () => Promise.resolve(block(latest)),
  } as ChainReader;
}

async function detailOf(check: HealthCheck): Promise<string> {
  const { checks } = await createHealth([check], { timeoutMs: 50 }).readiness();
  return checks[0]!.detail;
}

describe("health", () => {
  it("is ready while all that is required is well, warnings or not", async () => {
    const check = (name: string, required: boolean, ok: boolean): HealthCheck => ({
      name,
      required,
      run: () => (ok ? Promise.resolve() : Promise.reject(new Unhealthy("bad"))),
    });
    const ready = async (...checks: HealthCheck[]) => (await createHealth(checks).readiness()).ready;
    expect(await ready(check("a", true, true), check("b", false, false))).to.equal(true);
    expect(await ready(check("a", true, true), check("b", true, false))).to.equal(false);
  });

  it("asks once a second, and once at a time", async () => {
    let asked = 0;
    let told = 0;
    const slow: HealthCheck = {
      name: "slow",
      required: true,
      run: async () => {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
    };
    const health = createHealth([slow], { holdMs: 100, told: () => (told += 1) });
    await Promise.all([health.readiness(), health.readiness(), health.readiness()]);
    await health.readiness();
    expect([asked, told]).to.deep.equal([1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 120));
    await health.readiness();
    expect([asked, told]).to.deep.equal([2, 2]);
  });

  it("shows of errors that are not its own the name alone, and does not wait for ever", async () => {
    const run = () => Promise.reject(new TypeError("quotes http://user:secret@host"));
    expect(await detailOf({ name: "x", required: true, run })).to.equal("TypeError");
    expect(await detailOf({ name: "x", required: true, run: () => new Promise(() => undefined) })).to.equal(
      "no answer within 50 ms",
    );
  });

  it("sees a store that cannot be written", async () => {
    const { store, remove } = await openTestStore();
    expect(await detailOf(storeCheck(store))).to.equal("");
    await remove();
    expect(await detailOf(storeCheck(store))).not.to.equal("");
  });

  it("sees endpoints that do not agree", async () => {
    class EndpointsError extends Error {
      override readonly name = "EndpointsError";
    }
    const chain = { ...chainAt(0), finalized: () => Promise.reject(new EndpointsError("http://endpoint/key says 5")) };
    expect(await detailOf(chainCheck(chain))).to.equal("EndpointsError");
    expect(await detailOf(chainCheck(chainAt(5)))).to.equal("");
  });

  it("sees a watcher that lags, in block time, at the limit and beyond", async () => {
    const lag = (seen: number | null) => detailOf(lagCheck(chainAt(1000), () => Promise.resolve(seen), 60));
    expect(await lag(940)).to.equal("");
    expect(await lag(939)).to.equal("the watcher is 61 s behind; at most 60 s are well");
    expect(await lag(null)).to.contain("not worked through");
  });

  it("sees a clock that is off, as a warning", async () => {
    const check = (now: number) => clockCheck(chainAt(0, 1000), () => now * 1000, 30);
    expect(check(0).required).to.equal(false);
    expect(await detailOf(check(1030))).to.equal("");
    expect(await detailOf(check(970))).to.equal("");
    expect(await detailOf(check(1031))).to.contain("31 s behind the node's clock");
    expect(await detailOf(check(969))).to.contain("31 s ahead of the node's clock");
  });

  it("uses the key seldom", async () => {
    let used = 0;
    const key = keyCheck(() => Promise.resolve((used += 1)), 60_000);
    const health = createHealth([key], { holdMs: 0 });
    await health.readiness();
    await health.readiness();
    expect(used).to.equal(1);
    expect(await detailOf(keyCheck(() => Promise.reject(new Error("the key"))))).to.equal("Error");
  });
});
