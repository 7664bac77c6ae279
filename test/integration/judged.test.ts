import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { bundleSchema, type Bundle } from "../../oracle/domain/bundle.ts";
import { readDocument } from "../../oracle/domain/canonical.ts";
import { resultSchema, type SeasonResult } from "../../oracle/domain/result.ts";
import { scriptedJudge } from "../../scripts/judges/scripted.ts";
import { exampleSeason } from "../../scripts/season/example.ts";
import { startModelServer } from "../helpers/model-server/server.ts";
import { cleanUp, runSeasonOnce, startScript, sum, temporaryFolder } from "./support/run-season.ts";

const paid = ({ rounds }: SeasonResult): Map<string, bigint> =>
  new Map(rounds[0]!.payouts.map(({ providerId, amount }) => [providerId, BigInt(amount)]));

async function bundleIn(out: string): Promise<Bundle> {
  return readDocument("bundle-0.json", await readFile(join(out, "bundle-0.json")), bundleSchema);
}

/** Everything people of an example say in their own words. */
async function wordsOf(name: string): Promise<string[]> {
  const { example } = await exampleSeason(name);
  const texts = z.string().min(20);
  return example.rounds[0]!.participants.flatMap(({ replies }) => Object.values(replies)).flatMap(
    (reply) => texts.safeParse(reply).data ?? [],
  );
}

describe("npm start, seasons in which words are judged", function () {
  this.timeout(300_000);
  /** Played beside the first season, as each of them waits now and then. */
  let flourishing: ReturnType<typeof runSeasonOnce>;
  before(() => {
    flourishing = runSeasonOnce("--template", "flourishing", "--silent-node", "3");
    // It is awaited by its own test.
    flourishing.catch(() => undefined);
  });
  after(cleanUp);

  it("car repair by a real endpoint and three settings, with a node that lies: better workshops get more, nothing said in private is shown, and the audit names the node", async () => {
    const { facts } = await exampleSeason("car-repair");
    const brain = scriptedJudge({ facts, overlook: 0, seed: "endpoint" });
    const server = await startModelServer({
      brain: ({ system, user, schemaName }) => brain({ system, user, schema: { name: schemaName! } }),
    });
    const settings = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: server.key, OPENAI_MODEL: "judge-1" };
    const out = join(await temporaryFolder(), "season");
    const args = ["--once", "--template", "car-repair", "--faulty-node", "3", "--out", out];
    const withSettings = `Object.assign(process.env, ${JSON.stringify(settings)})`;
    const ended = await startScript("scripts/start.ts", args, withSettings).ended;
    await server.close();
    expect(ended.code, ended.stdout + ended.stderr).to.equal(0);
    expect(ended.stdout).to.contain("the models of the settings judge");
    const result = resultSchema.parse(JSON.parse(await readFile(join(out, "result.json"), "utf8")));
    const { payouts, refunds, fee, dust, budget } = result.rounds[0]!;
    const spent = sum(payouts.map(({ amount }) => amount)) + sum(refunds.map(({ amount }) => amount)) + BigInt(fee);
    expect(spent + BigInt(dust)).to.equal(BigInt(budget));
    const scores = new Map(payouts.map(({ providerId, scoreBps }) => [providerId, scoreBps!]));
    const order = ["workshop-1", "workshop-2", "workshop-3", "workshop-4"].map((id) => scores.get(id)!);
    expect([...order].sort((a, b) => b - a)).to.deep.equal(order);
    expect(order[0]! - order[3]!).to.be.greaterThan(5_000);

    const bundle = await bundleIn(out);
    const withheld = bundle.evidence.filter((item) => "leaf" in item);
    expect(withheld).to.have.length(32);
    const shown = JSON.stringify(bundle);
    for (const text of await wordsOf("car-repair")) expect(shown).not.to.contain(JSON.stringify(text).slice(1, -1));
    expect(bundle.judgements).to.have.length(3);
    expect(bundle.reports).to.have.length(3);
    const { judgements = [] } = bundle;
    expect(judgements.flatMap(({ judges }) => judges.map(({ family }) => family))).to.deep.equal([
      "judge",
      "judge",
      "judge",
    ]);
    expect(shown).not.to.contain(server.key);
    expect(new Set(server.received.map(({ headers }) => headers.authorization))).to.deep.equal(
      new Set([`Bearer ${server.key}`]),
    );
    expect(ended.stdout).to.contain("audit passed");
    expect(ended.stdout).to.match(/0x[0-9a-f]{40} does not show how it judged round 1/);
  });

  it("flourishing with a node that stays away: two agree without it, and a provider that does harm gets nothing", async () => {
    const { out, result, ended } = await flourishing;
    const { reports, excluded } = await bundleIn(out);
    expect(reports).to.have.length(2);
    expect(excluded.map(({ reason }) => reason)).to.deep.equal(["no-commit"]);
    const amounts = paid(result);
    expect(amounts.get("service-4")).to.equal(0n);
    expect(amounts.get("service-1")! > amounts.get("service-3")!).to.equal(true);
    expect(ended.stdout).to.contain("scripted judge of an example, not a language model");
    expect(ended.stdout).to.contain("vetoed");
    expect(ended.stdout).to.contain("audit passed");
  });
});
