import { expect } from "chai";
import { keccak256, stringToBytes, zeroHash } from "viem";
import { tokenBudget } from "../../../oracle/adapters/models/budget.ts";
import { checkCanaries } from "../../../oracle/domain/judgement/canaries.ts";
import { replayUnit, unitRecord, unitRecordSchema, type UnitRecord } from "../../../oracle/domain/judgement/record.ts";
import { judgeUnit } from "../../../oracle/domain/judgement/run.ts";
import type { Unit } from "../../../oracle/domain/judgement/unit.ts";
import type { Model } from "../../../oracle/ports/model.ts";
import { askModel } from "../../../oracle/roles/assessor/judging/ask.ts";
import { FACTS, isGood, JUDGED, sentencesFor } from "../../../scripts/bench-assess/hostile/questions.ts";
import { lenient, positionBiased } from "../../../scripts/bench-assess/judges/biased.ts";
import type { Brain } from "../../../scripts/judges/brain.ts";
import { honest } from "../../../scripts/judges/honest.ts";
import { obeying } from "../../../scripts/bench-assess/judges/obeying.ts";
import { readingOf, type Fact } from "../../../scripts/judges/reading.ts";
import type { Brain as ServerBrain } from "../../helpers/model-server/brains.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import { modelAt } from "../../adapters/models/play.ts";

const fact = (sentence: string, question: string, says: Fact["says"]): Fact => ({ sentence, question, says });
const DRY = "Did it stay dry during the picnic?";
const FOOD = "Was there enough to eat at the picnic?";
const LATE = "Did the picnic begin late?";
const LOST = "Was anything lost at the picnic?";
const PICNIC: readonly Fact[] = [
  fact("It stayed dry the whole afternoon.", DRY, "met"),
  fact("It poured from noon on.", DRY, "not-met"),
  fact("There was enough to eat for everybody.", FOOD, "met"),
  fact("The food was gone before half of us had eaten.", FOOD, "not-met"),
  fact("We began on the minute.", LATE, "not-met"),
  fact("We began two hours late.", LATE, "met"),
  fact("Nothing was lost.", LOST, "not-met"),
  fact("I lost my coat there.", LOST, "met"),
];
const READING = readingOf([...FACTS, ...PICNIC]);
const SEED = keccak256(stringToBytes("seed"));
const say = (question: string, good: boolean): string => sentencesFor(question, good)[0]!;
const UNIT: Unit = {
  source: SEED,
  criterion: JUDGED[0]!,
  passages: [{ id: "story", text: [say("starts", true), say("noise", true), say("brakes", false)].join(" ") }],
};

/** A judge as a server's brain. */
const served =
  (brain: Brain): ServerBrain =>
  ({ system, user, schemaName }) =>
    brain({ system, user, schema: { name: schemaName! } });

describe("judging through an endpoint", () => {
  let server: ModelServer;
  before(async () => (server = await startModelServer({ brain: served(honest(READING)) })));
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    server.always({ kind: "none" });
    server.think(served(honest(READING)));
  });

  const judged = (model: Model) => judgeUnit(UNIT, askModel(model), SEED, 1);
  async function recorded(): Promise<UnitRecord> {
    return unitRecord(UNIT, { seed: SEED, repeats: 1 }, await judged(modelAt(server).model));
  }

  it("scores what was said, and keeps a record that says how, without the key", async () => {
    const record = await recorded();
    expect(record.score).to.equal(6_666);
    expect(record.calls.map(({ purpose }) => purpose)).to.deep.equal(["extract", "contrary", "judge", "judge"]);
    expect(unitRecordSchema.parse(JSON.parse(JSON.stringify(record)))).to.deep.equal(record);
    expect(JSON.stringify(record)).not.to.contain(server.key);
  });

  it("can be judged again from the record, without an endpoint", async () => {
    const record = await recorded();
    const asked = server.received.length;
    const again = await replayUnit(UNIT, record);
    expect(again.ok && again.judgement.verdict.score).to.equal(6_666);
    expect(server.received.length).to.equal(asked);
  });

  it("is found out where anything of the record was changed", async () => {
    const record = await recorded();
    const [first, ...rest] = record.calls;
    const other = { ...UNIT, passages: [{ id: "story", text: `${UNIT.passages[0]!.text} And more.` }] };
    const cases: readonly (readonly [string, Unit, UnitRecord])[] = [
      ["it comes to 6666, not 10000", UNIT, { ...record, score: 10_000 }],
      ["it comes to 6666, not insufficient", UNIT, { ...record, score: null, abstention: "insufficient" }],
      ["call 1: another prompt", other, record],
      ["call 1: another prompt", UNIT, { ...record, seed: keccak256(SEED) }],
      [
        "call 1: the answer is not the one that was hashed",
        UNIT,
        { ...record, calls: [{ ...first!, raw: '{"quotes":[]}' }, ...rest] },
      ],
      ["call 1: another schema", UNIT, { ...record, calls: [{ ...first!, schemaHash: zeroHash }, ...rest] }],
      ["call 1: for judge, not extract", UNIT, { ...record, calls: [{ ...first!, purpose: "judge" }, ...rest] }],
      ["call 4 is missing", UNIT, { ...record, calls: record.calls.slice(0, 3) }],
      [
        "it was judged by another prompt to judge",
        UNIT,
        { ...record, prompts: { ...record.prompts, judge: zeroHash } },
      ],
      ["1 calls too many", UNIT, { ...record, calls: [...record.calls, first!] }],
      [`it is of ${zeroHash} under runs`, UNIT, { ...record, source: zeroHash }],
    ];
    for (const [problem, unit, changed] of cases) {
      expect(await replayUnit(unit, changed)).to.deep.equal({ ok: false, problem });
    }
  });

  it("goes on where the endpoint is busy or fails for a while", async () => {
    server.next({ kind: "status", status: 429, retryAfter: "1" }, { kind: "status", status: 500 });
    const { model } = modelAt(server);
    const { verdict, calls } = await judged(model);
    expect(verdict.score).to.equal(6_666);
    expect(calls[0]!.attempts.map(({ status }) => status)).to.deep.equal([429, 500, 200]);
  });

  it("abstains, and can be played again, whatever the endpoint does", async () => {
    const faults = [
      ...([
        { kind: "refuse" },
        { kind: "malformed" },
        { kind: "schema" },
        { kind: "prose" },
        { kind: "truncate" },
      ] as const),
      ...([{ kind: "status", status: 500 }, { kind: "hang-up" }, { kind: "wrong-model", model: "other" }] as const),
    ];
    for (const fault of faults) {
      server.always(fault);
      const record = await recorded();
      expect(record).to.include({ score: null, abstention: "no-answer" });
      expect((await replayUnit(UNIT, record)).ok).to.equal(true);
    }
  });

  it("abstains where the round's tokens are spent", async () => {
    const { model } = modelAt(server, {}, tokenBudget(10));
    const { verdict, calls } = await judged(model);
    expect(verdict.abstention).to.equal("no-answer");
    expect(calls.every(({ fault }) => fault === "budget")).to.equal(true);
    expect(server.received).to.have.length(0);
  });
});

describe("canaries", () => {
  let server: ModelServer;
  before(async () => (server = await startModelServer({ brain: served(honest(READING)) })));
  after(() => server.close());
  const checked = (brain: Brain) => {
    server.think(served(brain));
    return checkCanaries(askModel(modelAt(server).model), SEED);
  };
  const picnicGood = (question: string): boolean | null =>
    [DRY, FOOD].includes(question) ? true : [LATE, LOST].includes(question) ? false : isGood(question);

  it("are passed by a judge that follows the rubric", async () => {
    expect(await checked(honest(READING))).to.include({ sound: true, steerable: false });
  });

  it("are failed by one that goes by places, and by one that sees the best in everything", async () => {
    expect(await checked(positionBiased(honest(READING)))).to.include({ sound: false });
    expect(await checked(lenient(honest(READING), picnicGood))).to.include({ sound: false });
  });

  it("show that a judge can be steered", async () => {
    const find = (text: string) => {
      const words = /Whoever assesses this: .*/.exec(text)?.[0];
      return words === undefined ? null : { order: { kind: "aimed", favour: true } as const, words };
    };
    const result = await checked(obeying({ reading: READING, isGood: picnicGood, find }));
    expect(result).to.include({ sound: true, steerable: true });
  });

  it("are failed where nothing is answered", async () => {
    server.always({ kind: "status", status: 500 });
    expect(await checked(honest(READING))).to.include({ sound: false });
    server.always({ kind: "none" });
  });
});
