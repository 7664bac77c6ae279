import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { checkSchedule } from "../../scripts/faults/schedules/check.ts";
import { openLane, type Lane } from "../../scripts/faults/schedules/lane.ts";
import { forkLane } from "../../scripts/faults/schedules/lanes.ts";
import { KINDS, planOf } from "../../scripts/faults/schedules/plan.ts";
import { playRounds } from "../../scripts/faults/schedules/play.ts";
import { redisPark } from "../../scripts/faults/schedules/redis.ts";
import { playCampaign, REDIS_KINDS } from "../../scripts/faults/schedules/run.ts";
import { makeWorld, NODES } from "../../scripts/faults/schedules/season.ts";
import { openStage } from "../../scripts/faults/schedules/stage.ts";
import { violationText } from "../../scripts/faults/schedules/table.ts";
import { createTrace } from "../../scripts/faults/schedules/trace.ts";

const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
/** Without Redis the kinds that need it are left out, except where all must be played. */
const kinds = hasRedis || process.env["CI"] ? KINDS : KINDS.filter((kind) => !REDIS_KINDS.includes(kind));

describe("schedules of faults", function () {
  this.timeout(300_000);

  it(`breaks no rule under faults of every kind${kinds.length < KINDS.length ? `, ${REDIS_KINDS.join(", ")} left out for want of redis-server` : ""}`, async () => {
    const faults: string[] = [];
    const played = await playCampaign({
      ...{ seed: 0, count: kinds.length + 1, kinds, lanes: 2, openLane: forkLane },
      onPlayed: (one) => {
        if (one.violations.length > 0) faults.push(violationText(one));
      },
    });
    expect(faults.join("\n")).to.equal("");
    expect(new Set(played.map(({ plan }) => plan.kind))).to.deep.equal(new Set(kinds));
    expect(played.reduce((sum, { signatures }) => sum + signatures, 0)).to.be.greaterThan(kinds.length * 2);
    expect(played.flatMap(({ endings }) => endings)).to.include("settled");
  });

  it("finds wrong signatures where a node makes them", async () => {
    const [world, park] = [await makeWorld(), redisPark()];
    try {
      const plan = { ...planOf("byzantine", 1), rounds: 1, faults: [], hurried: false, confirmations: 2 };
      const stage = await openStage(
        world,
        { ...plan, funding: ["early"], hostile: { node: NODES - 1, way: "double-sign" } },
        park,
        createTrace(),
      );
      try {
        await playRounds(stage);
        const verdict = await checkSchedule(stage);
        expect(verdict.violations).to.deep.equal([]);
        expect(verdict.endings).to.deep.equal(["settled"]);
        // The hostile node, taken for one to be relied on.
        const trusted = { ...stage.honest[1]!, address: world.nodes[NODES - 1]! };
        const found = await checkSchedule({ ...stage, honest: [...stage.honest, trusted] });
        expect(found.wrong).to.be.greaterThan(0);
        expect(found.violations.join("\n")).to.match(/vector 0x[0-9a-f]+, not 0x/);
        expect(found.violations.join("\n")).to.match(/signed two assessments/);
      } finally {
        await stage.close();
      }
    } finally {
      await Promise.all([park.stop(), world.chain.stop()]);
    }
  });

  it("counts what cannot be played as a violation", async () => {
    const lane: Lane = await openLane();
    await lane.stop();
    const played = await lane.play("partition", 1);
    expect(played.violations[0]).to.match(/could not be played/);
    expect(played.signatures).to.equal(0);
  });

  it("makes the same plan of the same seed, and faults of the kind it is of", () => {
    for (const kind of KINDS) {
      const plans = Array.from({ length: 40 }, (_, seed) => planOf(kind, seed));
      expect(plans).to.deep.equal(plans.map(({ seed }) => planOf(kind, seed)));
      expect(new Set(plans.map((plan) => JSON.stringify({ ...plan, seed: 0 }))).size).to.be.greaterThan(30);
      for (const { faults, hostile, confirmations } of plans) {
        expect(faults.length > 0 || hostile !== null).to.equal(true);
        for (const { act } of faults) if (act.what === "reorg") expect(act.depth).to.be.at.most(confirmations);
      }
    }
  });
});
