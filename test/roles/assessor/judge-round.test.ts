import { expect } from "chai";
import type { Hex } from "viem";
import { checkJudgements, type PrivateParts } from "../../../oracle/domain/audit/judgements.ts";
import { CheckList } from "../../../oracle/domain/audit/report.ts";
import type { Bundle } from "../../../oracle/domain/bundle.ts";
import { evidenceLeaf } from "../../../oracle/domain/evidence.ts";
import { checkRecord, type RecordContext } from "../../../oracle/domain/judgement/node-record-check.ts";
import { recordHash, type NodeRecord } from "../../../oracle/domain/judgement/node-record.ts";
import { encodeReport } from "../../../oracle/domain/judgement/report-vector.ts";
import { reportRule } from "../../../oracle/domain/round/reports.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { scriptedJudge } from "../../../scripts/judges/scripted.ts";
import { refusal } from "../refusal.ts";
import { honest } from "../../../scripts/judges/honest.ts";
import { readingOf } from "../../../scripts/judges/reading.ts";
import { exampleSeason } from "../../../scripts/season/example.ts";
import type { JudgeServer } from "../../../scripts/season/judge-server.ts";
import type { Fault } from "../../helpers/model-server/faults.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import {
  judgedGround,
  judgeServer,
  judgingNode,
  saidBy,
  type JudgedGround,
  type JudgingNode,
  type Said,
} from "./judged-world.ts";

describe("a judged round", function () {
  this.timeout(120_000);
  let ground: JudgedGround;
  let server: JudgeServer;
  let nodes: JudgingNode[];
  let said: Said[];
  let everything: PrivateParts;
  before(async () => {
    ground = await judgedGround();
    server = await judgeServer();
    nodes = await Promise.all(ground.nodes.map((_, i) => judgingNode(ground, i, { url: server.url })));
    said = await Promise.all(nodes.map((node) => saidBy(ground, node)));
    everything = {
      items: new Map(ground.items.map((item) => [evidenceLeaf(item), item])),
      records: new Map(said.flatMap(({ whole }) => [...whole])),
    };
  });
  after(async () => {
    await Promise.all(nodes.map(({ temporary }) => temporary.remove()));
    await server.close();
  });

  /** What everybody may read, and what those entitled may. */
  function context(given?: PrivateParts): RecordContext {
    const { of, spec, params, frozen, items } = ground;
    const withheld = new Set(frozen.withheld);
    const shown = items.map((item) => {
      const leaf = evidenceLeaf(item);
      return withheld.has(leaf) && given === undefined ? { leaf } : item;
    });
    return { of, spec, params, withheld, items: shown, ...(given && { privateRecords: given.records }) };
  }
  const checked = ({ node, report, record }: Said, given?: PrivateParts) =>
    checkRecord(record, { ...report, node }, context(given));
  /** A node that says something else: the hash in its report is that of what it shows. */
  function saying(one: Said, change: (record: NodeRecord) => NodeRecord): Said {
    const record = change(structuredClone(one.record));
    return { ...one, record, report: { ...one.report, record: recordHash(record) } };
  }

  describe("of which everybody sees a node's record", () => {
    it("is found to hold as far as it can be seen", async () => {
      for (const one of said) {
        const { problem, unseen, cells } = await checked(one);
        expect(problem).to.equal(null);
        expect(unseen).to.be.greaterThan(0).and.lessThan(cells);
      }
    });

    it("shows nothing of what people said in private", () => {
      const texts = ground.items
        .filter((item) => ground.frozen.withheld.includes(evidenceLeaf(item)))
        .flatMap(({ content }) => (JSON.parse(content) as { turns: { reply: { text?: string } | null }[] }).turns)
        .flatMap(({ reply }) => (reply?.text === undefined ? [] : [reply.text]));
      expect(texts.length).to.be.greaterThan(50);
      for (const { record } of said) {
        const shown = JSON.stringify(record);
        for (const text of texts) expect(shown).not.to.contain(JSON.stringify(text.slice(0, 40)).slice(1, -1));
      }
    });

    it("keeps private answers of models hidden in the node's store", async () => {
      const dump = await nodes[0]!.temporary.dump();
      const [{ whole }] = said as [Said];
      const quote = [...whole.values()]
        .flatMap(({ calls }) => calls.flatMap(({ raw }) => raw ?? []))
        .find((raw) => raw.length > 60)!;
      expect(dump).not.to.contain(quote.slice(12, 60));
    });
  });

  it("holds whole for whoever has the private parts: nothing is unseen", async () => {
    for (const one of said) expect(await checked(one, everything)).to.include({ problem: null, unseen: 0 });
  });

  it("is judged differently by different judges, and alike wherever code computes", () => {
    expect(new Set(said.map(({ vector }) => vector)).size).to.equal(4);
    expect(new Set(said.map(({ report }) => JSON.stringify(report.units))).size).to.equal(1);
  });

  it("asks nothing again that was answered before, and comes to the same", async () => {
    const before = server.answered;
    expect(await nodes[0]!.judge()).to.equal(said[0]!.vector);
    expect(server.answered).to.equal(before);
  });

  it("abstains from all that needs a judge on a node without a model, and says so in a record that holds", async () => {
    const node = await judgingNode(ground, 0, null);
    const one = await saidBy(ground, node);
    await node.temporary.remove();
    expect(one.record.judges).to.deep.equal([]);
    expect(await checked(one, everything)).to.include({ problem: null, unseen: 0 });
    const words = one.report.estimates.filter(({ score }) => score === null).length;
    expect(words).to.be.greaterThan(0);
  });

  it("gives no say to a judge that gets known cases wrong, whatever it makes of the others", async () => {
    const { facts } = await exampleSeason("car-repair");
    const brain = honest(readingOf(facts));
    const unknowing = await startModelServer({
      brain: ({ system, user, schemaName }) => brain({ system, user, schema: { name: schemaName! } }),
      key: null,
    });
    const node = await judgingNode(ground, 0, { url: unknowing.url, model: "judge-1" });
    const one = await saidBy(ground, node);
    await Promise.all([node.temporary.remove(), unknowing.close()]);
    const scored = one.record.units.filter((unit) => ("record" in unit ? unit.record : unit).score !== null);
    expect(scored.length).to.be.greaterThan(50);
    const silent = await judgingNode(ground, 0, null);
    const nothing = await saidBy(ground, silent);
    await silent.temporary.remove();
    expect(one.report.estimates).to.deep.equal(nothing.report.estimates);
    expect(await checked(one, { ...everything, records: one.whole })).to.include({ problem: null, unseen: 0 });
  });

  describe("whose model does not answer", () => {
    let faulty: ModelServer;
    let node: JudgingNode;
    const knowing = async () => {
      const { facts } = await exampleSeason("car-repair");
      const brain = scriptedJudge({ facts, overlook: 0, seed: "faulty" });
      return startModelServer({
        brain: ({ system, user, schemaName }) => brain({ system, user, schema: { name: schemaName! } }),
        key: null,
      });
    };
    beforeEach(async () => (faulty = await knowing()));
    afterEach(async () => {
      await node.temporary.remove();
      await faulty.close();
    });
    const models = () => ({ url: faulty.url, model: "judge-1" });

    it("is asked again later, for what it has not answered and nothing else, while there is time", async () => {
      node = await judgingNode(ground, 0, models());
      // Known cases and some units are answered, then the endpoint is gone.
      faulty.next(...Array.from({ length: 200 }, (): Fault => ({ kind: "none" })));
      faulty.always({ kind: "status", status: 503 });
      expect(await refusal(node.judge())).to.equal("judges-unavailable");
      faulty.reset();
      faulty.always({ kind: "none" });
      const vector = await node.judge();
      const asked = faulty.received.length;
      const whole = await judgingNode(ground, 0, models());
      faulty.reset();
      // Records tell how long calls took, so their hashes differ.
      expect((await whole.judge()).slice(0, -64)).to.equal(vector.slice(0, -64));
      await whole.temporary.remove();
      expect(faulty.received.length - asked).to.be.greaterThan(100);
    });

    it("abstains for good where there is no time left", async () => {
      const { commitBy } = roundSchedule(clockTerms(ground.terms), 0);
      node = await judgingNode(ground, 0, models(), { time: commitBy - 1 });
      faulty.always({ kind: "status", status: 503 });
      const one = await saidBy(ground, node);
      const scores = one.record.units.map((unit) => ("record" in unit ? unit.record : unit).abstention);
      expect(new Set(scores)).to.deep.equal(new Set(["no-answer"]));
    });

    it("is not taken for silent because the node stops", async () => {
      const stopping = new AbortController();
      node = await judgingNode(ground, 0, models(), { stopping: stopping.signal });
      faulty.always({ kind: "slow", ms: 300 });
      const judging = node.judge().then(
        () => "judged",
        (error: unknown) => (error as Error).name,
      );
      setTimeout(() => stopping.abort(), 100);
      expect(await judging).to.equal("AbortError");
      expect(await node.temporary.dump()).not.to.contain("no-answer");
    });
  });

  describe("of which a record is false", () => {
    const openUnit = (record: NodeRecord, at = 0) => {
      const unit = record.units.filter((one) => "record" in one)[at]!;
      if (!("record" in unit)) throw new Error("not open");
      return unit;
    };
    const cases: readonly { what: string; change: (record: NodeRecord) => NodeRecord; finds: RegExp }[] = [
      {
        what: "names another round",
        change: (record) => ({ ...record, round: 1 }),
        finds: /record\.round is 1, not 0/,
      },
      {
        what: "leaves a unit out",
        change: (record) => ({ ...record, units: record.units.filter((one) => one !== openUnit(record)) }),
        finds: /it was not judged/,
      },
      {
        what: "has a unit twice",
        change: (record) => ({ ...record, units: [...record.units, record.units[0]!] }),
        finds: /a unit is there twice/,
      },
      {
        what: "has an answer of a model changed",
        change: (record) => {
          const call = openUnit(record).record.calls.at(-1)!;
          call.raw = call.raw!.replace(/"answer":"A"/, '"answer":"B"').replace(/^/, " ");
          return record;
        },
        finds: /the answer is not the one that was hashed/,
      },
      {
        what: "claims a better score for a unit",
        change: (record) => {
          const { record: unit } = openUnit(record);
          unit.score = unit.score === 10_000 ? 0 : 10_000;
          return record;
        },
        finds: /it comes to/,
      },
      {
        what: "was judged by another seed",
        change: (record) => {
          openUnit(record).record.seed = `0x${"11".repeat(32)}`;
          return record;
        },
        finds: /another seed/,
      },
      {
        what: "was judged by another prompt",
        change: (record) => {
          openUnit(record).record.prompts.judge = `0x${"22".repeat(32)}`;
          return record;
        },
        finds: /another prompt/,
      },
      {
        what: "shows a private source as hidden that is none",
        change: (record) => ({
          ...record,
          hidden: [...record.hidden, { ...record.hidden[0]!, source: `0x${"33".repeat(32)}` }],
        }),
        finds: /no private item of the round/,
      },
      {
        what: "has no known cases",
        change: (record) => {
          record.judges[0]!.canaries = [];
          return record;
        },
        finds: /known cases/,
      },
    ];
    for (const { what, change, finds } of cases) {
      it(`is found out where it ${what}`, async () => {
        const { problem } = await checked(saying(said[0]!, change));
        expect(problem).to.match(finds);
      });
    }

    it("is found out where the report names another", async () => {
      const { record } = saying(said[0]!, (one) => ({ ...one, hidden: [] }));
      const { problem } = await checkRecord(record, { ...said[0]!.report, node: said[0]!.node }, context());
      expect(problem).to.match(/its hash is/);
    });

    it("is found out where a claim is better than what was judged, if it rests on public sources", async () => {
      const [one] = said as [Said];
      const estimates = one.report.estimates.map((estimate, i) =>
        i === firstOpenCell(one) ? { ...estimate, score: 9_999 } : estimate,
      );
      const { problem } = await checkRecord(one.record, { ...one.report, estimates, node: one.node }, context());
      expect(problem).to.match(/score is 9999/);
    });

    it("is found out by those entitled where a claim rests on private sources", async () => {
      const [one] = said as [Said];
      const estimates = one.report.estimates.map((estimate, i) => (i === 0 ? { ...estimate, score: 9_998 } : estimate));
      const lie = { ...one, report: { ...one.report, estimates } };
      expect((await checked(lie)).problem).to.equal(null);
      expect((await checked(lie, everything)).problem).to.match(/score is 9998/);
    });

    it("is found out by those entitled where a private unit's record is another than the one sealed", async () => {
      const [one, other] = said as [Said, Said];
      const mixed = new Map([...one.whole].map(([hash], i) => [hash, [...other.whole.values()][i]!]));
      const { problem } = await checked(one, { ...everything, records: mixed });
      expect(problem).to.match(/another than the one sealed/);
    });

    /** A cell no private source has a part in. */
    function firstOpenCell({ report }: Said): number {
      const withJudgement = report.estimates.findIndex(({ score, count }, i) => i > 0 && score !== null && count < 5);
      return withJudgement;
    }
  });

  describe("in a bundle", () => {
    async function judgements(records: readonly NodeRecord[], given?: PrivateParts) {
      const evidence = context().items;
      const reports = said.map(({ node, report }) => ({ node, vector: encodeReport(report) }));
      const bundle = { spec: ground.spec, evidence, reports, judgements: records } as unknown as Bundle;
      const checks = new CheckList();
      const found = await checkJudgements(bundle, "bundle-0.json", ground.of, checks, given);
      return { ...found, failed: checks.checks.filter(({ ok }) => !ok).map(({ id }) => id) };
    }
    const all = (): NodeRecord[] => said.map(({ record }) => record);

    it("is shown by all nodes", async () => {
      const { unshown, failed, unseen, claims } = await judgements(all());
      expect({ unshown, failed }).to.deep.equal({ unshown: [], failed: [] });
      expect(unseen).to.be.greaterThan(0).and.lessThan(claims);
      expect(await judgements(all(), everything)).to.deep.include({ unseen: 0, failed: [] });
    });

    it("names a node that shows nothing, and holds as long as a quorum shows", async () => {
      const { unshown, failed } = await judgements(all().slice(1));
      expect(unshown).to.deep.equal([{ node: said[0]!.node, reason: "it shows no record" }]);
      expect(failed).to.deep.equal([]);
    });

    it("fails where fewer than a quorum show how they judged", async () => {
      expect((await judgements(all().slice(2))).failed).to.deep.equal(["bundle.shown"]);
    });

    it("fails where records are out of order, or of nobody who reported", async () => {
      expect((await judgements(all().reverse())).failed).to.deep.equal(["bundle.judgements"]);
      const stranger: Hex = `0x${"ff".repeat(20)}`;
      expect((await judgements([...all(), { ...all()[0]!, node: stranger }])).failed).to.deep.equal([
        "bundle.judgements",
      ]);
    });
  });

  it("is joined within what honest nodes claim, whatever one of four says", () => {
    const rule = reportRule(ground.spec);
    const liar = said[3]!;
    const bent = liar.report.estimates.map((estimate) =>
      estimate.score === null ? estimate : { ...estimate, score: 10_000 },
    );
    const honest = said.slice(0, 3).map(({ vector }) => vector);
    const lie = encodeReport({ ...liar.report, estimates: bent });
    const [joined, alone] = [rule.join([...honest, lie]), rule.join(honest)];
    expect(rule.apart(liar.node, lie, joined).length).to.be.greaterThan(0);
    for (const [i, vector] of honest.entries()) expect(rule.apart(said[i]!.node, vector, joined)).to.deep.equal([]);
    expect(rule.apart(said[0]!.node, honest[0]!, alone)).to.deep.equal([]);
  });
});
