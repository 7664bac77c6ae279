import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { SeasonResult } from "../../oracle/domain/result.ts";
import { cleanUp, runSeasonOnce, runStart, sum, temporaryFolder } from "./support/run-season.ts";

const DATA = fileURLToPath(new URL("../../oracle/data/", import.meta.url));

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}

/** Money in = money out in every round, to the unit, with less dust than there are parties. */
function expectConservation(result: SeasonResult): void {
  for (const { budget, fee, payouts, refunds, dust } of result.rounds) {
    const out = sum(payouts.map(({ amount }) => amount)) + sum(refunds.map(({ amount }) => amount)) + BigInt(fee);
    expect(out + BigInt(dust)).to.equal(BigInt(budget));
    expect(sum(refunds.map(({ contributed }) => contributed))).to.equal(BigInt(budget));
    expect(Number(dust)).to.be.lessThan(payouts.length + refunds.length);
  }
}

describe("npm start, a whole season of each template", function () {
  this.timeout(300_000);
  after(cleanUp);

  it("sla: steps of availability, three buyers, fee, one round", async () => {
    const { out, result, ended } = await runSeasonOnce("--fee-bps", "100", "--budget", "1000.5");
    expectConservation(result);
    const [round] = result.rounds;
    expect(round!.budget).to.equal("1000500000");
    expect(round!.fee).to.equal("10005000");
    expect(round!.refunds.map(({ contributed }) => contributed)).to.have.members([
      "500250000",
      "300150000",
      "200100000",
    ]);
    // By hand from the file: nine days, 12,960 minutes; manual was down 59 of them, so 99.54 %, which pays 90 %.
    const manual = round!.payouts.find(({ providerId }) => providerId === "manual")!;
    expect(manual.scoreBps).to.equal(9954);
    expect(BigInt(manual.amount)).to.equal(((1000500000n - 10005000n) * 9000n) / (18n * 10000n));
    expect((await readdir(out)).sort()).to.deep.equal(["bundle-0.json", "chain.json", "result.json", "seal.json"]);
    expect(ended.stdout).to.match(/money in 1,000\.500000 = money out 1,000\.500000/);
    expect(ended.stdout).to.contain("audit passed");
  });

  it("sla with a node that lies: settles on the honest result and names the node", async () => {
    const honest = await runSeasonOnce();
    const { out, result, ended } = await runSeasonOnce("--faulty-node", "2");
    const amounts = (of: SeasonResult): unknown => of.rounds.map(({ payouts }) => payouts.map(({ amount }) => amount));
    expect(amounts(result)).to.deep.equal(amounts(honest.result));
    const bundle = await json<{ deviations: { node: string }[]; reports: { node: string }[]; signatures: unknown[] }>(
      join(out, "bundle-0.json"),
    );
    expect(new Set(bundle.deviations.map(({ node }) => node)).size).to.equal(1);
    expect(bundle.reports).to.have.length(3);
    expect(bundle.signatures).to.have.length(2);
    expect(ended.stdout).to.contain(`${bundle.deviations[0]!.node} deviated`);
  });

  it("hospital: each of 1,249 is paid the floor of B times score over the sum of scores", async () => {
    const { result } = await runSeasonOnce("--template", "hospital");
    expectConservation(result);
    const lines = (await readFile(join(DATA, "hospital/total_performance_score.csv"), "utf8"))
      .trim()
      .split(/\r?\n/)
      .slice(1);
    // The facility id is the second column and the score the last; hundredths of points, rounded half up.
    const scores = new Map(
      lines.map((line) => {
        const [whole = "", decimals = ""] = line.slice(line.lastIndexOf(",") + 1).split(".");
        const scaled = BigInt(whole + decimals.padEnd(12, "0").slice(0, 12));
        return [line.split(",")[1]!.replaceAll('"', ""), (scaled + 5n * 10n ** 9n) / 10n ** 10n];
      }),
    );
    const total = [...scores.values()].reduce((all, one) => all + one, 0n);
    const [round] = result.rounds;
    expect(round!.payouts).to.have.length(1249);
    for (const { providerId, amount, scoreBps } of round!.payouts) {
      expect(BigInt(scoreBps!)).to.equal(scores.get(providerId), providerId);
      expect(BigInt(amount)).to.equal((BigInt(round!.budget) * scores.get(providerId)!) / total, providerId);
    }
  });

  it("impact: every payout of M2 within a cent and two base units of the published reward", async () => {
    const { result } = await runSeasonOnce("--template", "impact", "--budget", "1333333.33");
    expectConservation(result);
    const published = await json<{ oso_project_id: string; op_reward: number | null }[]>(
      join(DATA, "impact/M2/onchain__results.json"),
    );
    const paid = new Map(result.rounds[0]!.payouts.map(({ providerId, amount }) => [providerId, Number(amount)]));
    for (const { oso_project_id: id, op_reward: reward } of published) {
      expect(Math.abs((paid.get(id) ?? 0) - (reward ?? 0) * 1e6)).to.be.at.most(10_002, id);
    }
    expect(published.filter(({ oso_project_id: id }) => paid.has(id)).length).to.equal(paid.size);
  });

  it("impact: nothing in an id or a name steers the terminal, in table or notes", async () => {
    const folder = join(await temporaryFolder(), "M2");
    await cp(join(DATA, "impact/M2"), folder, { recursive: true });
    const change = async (name: string, from: string, to: string): Promise<void> =>
      writeFile(join(folder, name), (await readFile(join(folder, name), "utf8")).replaceAll(from, to));
    // One of the highest rewards, so in the table; and a project that is not eligible, so in the notes.
    const id = "SCZCX5l1VjxXvT0+wTXXjrDT3akiS4ByhWo7bFnRxkU=";
    for (const file of ["project_metadata", "metrics_by_project"]) {
      await change(`onchain__${file}.csv`, id, "\u2067[2Jfirst\u202e");
    }
    await change("onchain__project_metadata.csv", ",HostIT,", ',"Host\u2028[31m\naudit passed: 1 check\u2066",');
    const { ended } = await runSeasonOnce("--template", "impact", "--data", folder);
    expect(ended.stdout).to.contain("│ \ufffd[2Jfirst\ufffd ");
    expect(ended.stdout).to.contain("(Host\ufffd[31m\ufffdaudit passed: 1 check\ufffd, ");
    expect(ended.stdout.replaceAll("\n", "")).not.to.match(/\p{C}/u);
  });

  it("impact: a control character in the evidence is refused by the node that takes it in, and shown to nobody", async () => {
    const folder = join(await temporaryFolder(), "M2");
    await cp(join(DATA, "impact/M2"), folder, { recursive: true });
    const file = join(folder, "onchain__project_metadata.csv");
    await writeFile(file, (await readFile(file, "utf8")).replace(",HostIT,", ",Host\u001b[31mIT,"));
    const ended = await runStart("--once", "--template", "impact", "--data", folder);
    expect(ended.code).to.equal(1);
    expect(ended.stderr).to.contain("control characters").and.not.to.contain("\u001b");
  });

  it("engine: three rounds, the budget's rest in the last, hours not flown refunded", async () => {
    const { result } = await runSeasonOnce("--template", "engine", "--rounds", "3", "--budget", "100.000001");
    expectConservation(result);
    expect(result.rounds.map(({ budget }) => budget)).to.deep.equal(["33333333", "33333333", "33333335"]);
    // The first engines fail after 128 cycles, so all of the first three rounds are flown in full.
    const [first] = result.rounds;
    expect(first!.payouts.every(({ units, scoreBps }) => units === 150 && scoreBps === 10_000)).to.equal(true);
    expect(sum(first!.refunds.map(({ amount }) => amount))).to.equal(0n);
  });
});
