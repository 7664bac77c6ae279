import { expect } from "chai";
import { StoreUnavailable } from "../../oracle/ports.ts";
import { measureHealth, measureHttp, measureQueue, measureStore } from "../../oracle/ops/measure.ts";
import { METRICS } from "../../oracle/ops/metrics-table.ts";
import { createMetrics } from "../../oracle/ops/metrics.ts";
import { openTestStore } from "./store.ts";

describe("metrics", () => {
  it("count, show and measure with their labels, each node for itself", async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.count("guerdon_peer_messages_refused_total", { reason: "late" });
    one.count("guerdon_peer_messages_refused_total", { reason: "late" }, 2);
    one.set("guerdon_chain_finalized_height", {}, 12);
    measureHttp(one)({ route: "/v1/pools/:pool", method: "GET", status: 200, ms: 20 });
    const text = await one.text();
    expect(text).to.contain('guerdon_peer_messages_refused_total{reason="late"} 3');
    expect(text).to.contain("guerdon_chain_finalized_height 12");
    const labels = 'route="/v1/pools/:pool",method="GET",status="200"';
    expect(text).to.contain(`guerdon_http_request_seconds_bucket{le="0.01",${labels}} 0`);
    expect(text).to.contain(`guerdon_http_request_seconds_bucket{le="0.03",${labels}} 1`);
    expect(text).to.contain(`guerdon_http_request_seconds_sum{${labels}} 0.02`);
    expect(await other.text()).not.to.match(/late|_height \d|v1/);
  });

  it("show nothing of what nobody has set", async () => {
    const text = await createMetrics().text();
    for (const [name, { type, labels }] of Object.entries(METRICS)) {
      expect(text).to.contain(`# TYPE ${name} ${type}`);
      if (type === "gauge" || labels.length > 0) expect(text, name).not.to.match(new RegExp(`^${name}[ {]`, "m"));
    }
  });

  it("read gauges anew, and show nothing where reading fails", async () => {
    const metrics = createMetrics();
    let rounds: Record<string, number> | null = { settled: 2, frozen: 1 };
    metrics.read("guerdon_rounds", () => {
      if (rounds === null) throw new StoreUnavailable("gone");
      return Object.entries(rounds).map(([progress, value]) => ({ labels: { progress }, value }));
    });
    metrics.read("guerdon_round_deadline_seconds", () =>
      Promise.resolve(rounds === null ? [] : [{ labels: {}, value: 9 }]),
    );
    expect(await metrics.text())
      .to.contain('guerdon_rounds{progress="frozen"} 1')
      .and.contain("deadline_seconds 9");
    rounds = { settled: 3 };
    const later = await metrics.text();
    expect(later).to.contain('guerdon_rounds{progress="settled"} 3').and.not.contain("frozen");
    rounds = null;
    expect(await metrics.text())
      .not.to.match(/^guerdon_round\w* /m)
      .and.not.to.contain("progress=");
  });

  it("measure a store's work, and count what it could not do", async () => {
    const { store, remove } = await openTestStore();
    const metrics = createMetrics();
    const measured = measureStore(store, metrics);
    await measured.commit({ put: { a: "1" } });
    expect(await measured.get("a")).to.equal("1");
    expect(await measured.getMany(["a"])).to.deep.equal(["1"]);
    expect(await measured.list("a")).to.have.length(1);
    await measured.probe();
    await remove();
    expect(await measured.get("a").catch((error: unknown) => error)).to.be.instanceOf(Error);
    const text = await metrics.text();
    expect(text).to.contain('guerdon_store_seconds_count{operation="commit"} 1');
    expect(text).to.contain('guerdon_store_seconds_count{operation="get"} 2');
    expect(text).to.contain('guerdon_store_errors_total{operation="get"} 1');
  });

  it("show a queue's jobs and the last look at health", async () => {
    const metrics = createMetrics();
    const counts = () => Promise.resolve([{ kind: "webhook", waiting: 3, active: 1, failed: 0 }]);
    measureQueue({ counts }, metrics);
    measureHealth(metrics)({
      ready: false,
      checks: [
        { name: "store", required: true, ok: false, detail: "" },
        { name: "chain", required: true, ok: true, detail: "" },
      ],
    });
    const text = await metrics.text();
    expect(text).to.contain('guerdon_queue_jobs{kind="webhook",state="waiting"} 3');
    expect(text).to.contain('guerdon_ready{check="store"} 0').and.contain('guerdon_ready{check="chain"} 1');
  });

  it("add those of the process where they are asked for", async () => {
    expect(await createMetrics({ processMetrics: true }).text()).to.contain("guerdon_process_resident_memory_bytes");
    expect(await createMetrics().text()).not.to.contain("process_resident");
  });
});
