import { expect } from "chai";
import { createCensor } from "../../oracle/ops/censor.ts";
import { createTraces, NO_TRACES } from "../../oracle/ops/traces.ts";
import { receive } from "./http-server.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[];
  readonly status: { code?: number; message?: string };
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const censor = createCensor([{ name: "GUERDON_NODE_KEY", value: "canary" }]);

describe("traces", () => {
  it("send spans with their parents, attributes and faults, and no secret", async () => {
    const collector = await receive();
    const traces = createTraces({
      url: `${collector.url}/v1/traces`,
      attributes: { "service.instance.id": "0x01" },
      censor,
    });
    const other = createTraces({ url: `${collector.url}/other`, attributes: {}, censor });
    const failure = Object.assign(new Error("message with canary"), { reason: "late" });
    const result = await traces.span("round", { round: 3, note: "a canary" }, async () => {
      const both = [1, 2].map((part) => traces.span(`part ${part}`, { part }, () => Promise.resolve(part)));
      await other.span("elsewhere", {}, () => Promise.resolve());
      const caught = await traces.span("failing", {}, () => Promise.reject(failure)).catch((error: unknown) => error);
      return [...(await Promise.all(both)), caught];
    });
    expect(result).to.deep.equal([1, 2, failure]);
    await Promise.all([traces.stop(), other.stop()]);
    await collector.close();

    const own = collector.received.filter(({ path }) => path === "/v1/traces");
    const sent = JSON.parse(own[0]!.body.toString()) as Sent;
    const spans = sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const named = (name: string): Span => spans.find((span) => span.name === name)!;
    expect(spans.map(({ name }) => name)).to.have.members(["round", "part 1", "part 2", "failing"]);
    expect(named("round").parentSpanId ?? "").to.equal("");
    for (const name of ["part 1", "part 2", "failing"]) {
      expect(named(name)).to.deep.include({ parentSpanId: named("round").spanId, traceId: named("round").traceId });
    }
    expect(named("failing").status).to.deep.equal({ code: 2, message: "Error: late" });
    expect(named("round").attributes).to.deep.include({
      key: "note",
      value: { stringValue: "a [setting GUERDON_NODE_KEY]" },
    });
    expect(JSON.stringify(sent.resourceSpans[0]!.resource)).to.contain("0x01");
    expect(collector.received.map(({ body }) => body.toString()).join()).not.to.contain("canary");
    const elsewhere = collector.received.find(({ path }) => path === "/other")!;
    expect(elsewhere.body.toString()).to.contain("elsewhere").and.not.contain(named("round").traceId);
  });

  it("leave the work alone where the collector does not answer", async () => {
    const collector = await receive(() => 500);
    const dead = createTraces({
      url: `${collector.url}/v1/traces`,
      attributes: {},
      censor,
      delayMs: 5,
      timeoutMs: 200,
    });
    await collector.close();
    expect(await dead.span("work", {}, () => Promise.resolve(7))).to.equal(7);
    await dead.stop();
  });

  it("are the work alone where there is no collector", async () => {
    expect(await NO_TRACES.span("work", {}, () => Promise.resolve(7))).to.equal(7);
    await NO_TRACES.stop();
  });
});
