import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import hardhat from "hardhat";
import { keccak256 } from "viem";
import type { AuditReport } from "../../oracle/domain/audit/audit.ts";
import type { SealedUnit } from "../../oracle/domain/judgement/node-record.ts";
import { auditFolder } from "../../scripts/guerdon/audit.ts";
import { commitHeldOut, type Reveal } from "../../oracle/domain/held-out.ts";
import { accountIn } from "../../scripts/guerdon/key-file.ts";
import { collectedText, fetchPrivate } from "../../scripts/guerdon/private.ts";
import { rejudgeFolder, type Rejudged } from "../../scripts/guerdon/rejudge.ts";
import { localAccount, localKey } from "../../scripts/season/accounts.ts";
import { exampleJudges } from "../../scripts/season/example-judges.ts";
import { exampleSeason } from "../../scripts/season/example.ts";
import { startJudgeServer, type JudgeServer } from "../../scripts/season/judge-server.ts";
import { planExample } from "../../scripts/season/plan.ts";
import { preparePrivateOut, writePrivateOut } from "../../scripts/season/private-out.ts";
import { readRequest } from "../../scripts/season/request.ts";
import { runSeason, type Season, type Stops } from "../../scripts/season/run.ts";
import { serviceAt } from "../../scripts/season/service.ts";
import { watchedCriterion } from "../scripts/held-out-criterion.ts";
import { cleanUp, startScript, temporaryFolder, type Ended } from "./support/run-season.ts";

const guerdon = (...args: string[]): Promise<Ended> => startScript("scripts/guerdon.ts", args).ended;

describe("What is private of a season", function () {
  this.timeout(300_000);
  const stops: Stops = [];
  let season: Season;
  let folder: string;
  let files: string;
  let privately: string;
  let urls: string[];
  let reveal: Reveal;

  before(async () => {
    const { agreement, ...rest } = await exampleSeason("car-repair");
    const { held, reveal: opens } = commitHeldOut("h1", watchedCriterion(agreement), keccak256("0x01"));
    reveal = opens;
    const example = { ...rest, agreement: { ...agreement, criteria: { ...agreement.criteria, heldOut: [held] } } };
    const request = readRequest(["--once", "--template", "car-repair", "--judges", "scripted"]);
    await hardhat.tasks.getTask("build").run({ quiet: true, noTests: true });
    season = await runSeason(request, planExample(request, example), () => undefined, stops);
    urls = season.nodes.map(({ url }) => url);
    folder = await temporaryFolder();
    files = join(await temporaryFolder(), "season");
    privately = join(folder, "private");
    await mkdir(files);
    for (const [name, bytes] of season.files) await writeFile(join(files, name), bytes);
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
    await cleanUp();
  });

  async function keyFile(role: string): Promise<string> {
    const file = join(folder, `key-${role.replaceAll(" ", "-")}`);
    await writeFile(file, `${localKey(role)}\n`, { mode: 0o600 });
    return file;
  }

  async function fetched(role: string, out: string, nodes = urls) {
    return fetchPrivate(files, nodes, await accountIn(await keyFile(role), undefined), out);
  }

  const failure = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "done",
      (error: unknown) => (error as Error).message,
    );
  const withheld = () => season.bundles[0]!.evidence.flatMap((item) => ("leaf" in item ? [item.leaf] : []));
  const sealed = () =>
    season.bundles[0]!.judgements!.flatMap(({ units }) => units.filter((unit): unit is SealedUnit => "sealed" in unit));

  it("is what an audit without it says was not at hand", async () => {
    const { ok, judged, notProven } = await auditFolder(files);
    expect([ok, judged.unseen > 0, judged.claims > judged.unseen]).to.deep.equal([true, true, true]);
    expect(notProven.join(" ")).to.contain(`${judged.unseen} of ${judged.claims} claims rest on it`);
  });

  it("is refused to whoever is no party, and then nothing is written", async () => {
    for (const role of ["manager", "stranger"]) {
      const message = await failure(fetched(role, join(folder, "refused")));
      expect(message).to.contain("refuses it to").and.to.contain(localAccount(role).address);
    }
    expect(await readdir(folder)).not.to.include("refused");
  });

  it("is downloaded by the arbiter, for its owner alone, and by a node of the oracle alike", async () => {
    const ended = await guerdon(
      ...["private", files, "--key-file", await keyFile("arbiter"), "--out", privately],
      ...urls.flatMap((url) => ["--node", `${url}/`]),
    );
    expect(ended.stderr).to.equal("");
    expect(ended.code).to.equal(0);
    const count = `${withheld().length} private items and ${sealed().length} records of judges`;
    expect(ended.stdout).to.contain(count);
    const names = await readdir(privately);
    expect(names).to.have.members([
      ...withheld().map((leaf) => `${leaf}.json`),
      ...sealed().map((unit) => `record-${unit.sealed}.json`),
    ]);
    const modes = await Promise.all(
      [".", ...names].map(async (name) => (await stat(join(privately, name))).mode & 0o777),
    );
    expect([modes[0], ...new Set(modes.slice(1))]).to.deep.equal([0o700, 0o600]);
    const { parts } = await fetched("node 2", join(folder, "of-a-node"));
    expect([parts.items.size, parts.records.size]).to.deep.equal([withheld().length, sealed().length]);
  });

  it("leaves no claim unseen in an audit", async () => {
    const ended = await guerdon("audit", files, "--private", privately, "--json");
    const report = JSON.parse(ended.stdout) as AuditReport;
    expect([ended.code, report.ok, report.judged.unseen, report.unshown]).to.deep.equal([0, true, 0, []]);
    expect(report.judged.claims).to.be.greaterThan(100);
    expect(report.notProven.join(" ")).not.to.contain("--private");
  });

  it("has no place in the season's folder, and is not written over", async () => {
    for (const inside of [files, join(files, "private"), join(files, "a", "b")]) {
      expect(await failure(fetched("arbiter", inside)), inside).to.contain("no place among files for everybody");
    }
    expect(await failure(fetched("arbiter", privately))).to.contain("something in it already");
    expect(await failure(auditFolder(files, { given: files }))).to.contain("no place among files for everybody");
    const stray = await temporaryFolder();
    await writeFile(join(stray, "notes.txt"), "x");
    expect(await failure(auditFolder(files, { given: stray }))).to.contain("notes.txt");
  });

  it("is written by npm start as well, where there is anything private", async () => {
    const out = join(folder, "by-start");
    expect(await writePrivateOut(season, out)).to.contain(`${sealed().length} records of judges`);
    expect((await auditFolder(files, { given: out })).judged.unseen).to.equal(0);
    const asked = (...args: string[]) => failure(preparePrivateOut(readRequest(["--once", ...args])));
    expect(await asked("--private-out", out)).to.contain("nothing of this season is private");
    const judged = ["--template", "car-repair", "--out", files];
    expect(await asked(...judged, "--private-out", out)).to.contain("something in it already");
    expect(await asked(...judged, "--private-out", join(files, "p"))).to.contain("no place among files");
    expect(await asked(...judged, "--private-out", join(folder, "new"))).to.equal("done");
  });

  it("is a criterion that was held out, too: until it is revealed, and only as it was committed to", async () => {
    const unrevealed = "1 held-out criterion asked for: nobody has revealed it (--reveals)";
    expect((await auditFolder(files)).notProven.join(" ")).to.contain(unrevealed);
    const file = join(folder, "reveals.json");
    await writeFile(file, JSON.stringify([reveal]));
    const well = await guerdon("audit", files, "--reveals", file);
    expect([well.code, well.stdout.includes("held-out criterion is the one committed to")]).to.deep.equal([0, true]);
    expect(well.stdout).not.to.contain("--reveals");
    for (const change of [{ salt: keccak256("0x02") }, { criterion: { ...reveal.criterion, statement: "Other." } }]) {
      await writeFile(file, JSON.stringify([{ ...reveal, ...change }]));
      const failed = (await auditFolder(files, { reveals: file })).checks.filter(({ ok }) => !ok);
      expect(failed.map(({ id }) => id)).to.deep.equal(["spec.heldOut"]);
      expect(failed[0]!.detail).to.contain("was committed to");
    }
  });

  it("is named as missing where not all nodes are asked", async () => {
    const { missing, parts } = await fetched("arbiter", join(folder, "of-one"), urls.slice(0, 1));
    expect(parts.items.size).to.equal(withheld().length);
    expect(missing).to.have.length(2);
    for (const problem of missing) expect(problem).to.contain("none of the nodes asked is that one");
    const text = collectedText({ parts, missing, erased: [] }, "x");
    expect(text.split("\n").filter((line) => line.startsWith("missing: "))).to.have.length(2);
    expect(await failure(fetched("arbiter", join(folder, "none"), ["http://127.0.0.1:1"]))).to.contain(
      "does not answer",
    );
  });

  describe("judged again", () => {
    let server: JudgeServer;
    before(async () => {
      const { facts } = await exampleSeason("car-repair");
      server = await startJudgeServer(exampleJudges(facts));
    });
    after(() => server.close());

    const again = (model: string, options: Parameters<typeof rejudgeFolder>[2] = {}): Promise<Rejudged> => {
      const settings = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "scripted-judges", OPENAI_MODEL: model };
      return rejudgeFolder(files, { ...settings, GUERDON_MODEL_TOKENS_PER_ROUND: "1000000000" }, options);
    };
    const nodeOf = (number: number) => season.nodes[number - 1]!.address;

    it("by the same judge agrees in everything, and by another not in everything", async () => {
      const same = await again("scripted-a-1", { given: privately, node: nodeOf(1) });
      const own = season.bundles[0]!.judgements!.find(({ node }) => node === nodeOf(1))!;
      expect(same.all).to.include({ units: own.units.length, exact: 1, meanDifference: 0, alpha: 1 });
      expect([same.unseen, same.unsound]).to.deep.equal([0, 0]);
      expect(same.again).to.deep.equal([{ family: "scripted", model: "scripted-a-1", sound: true }]);
      expect(same.tokens).to.be.greaterThan(10_000);
      const questions = same.criteria.flatMap((one) => one.questions);
      expect(questions.length).to.be.greaterThan(10);
      for (const { exact, kappa, alpha } of questions) {
        expect([exact, kappa ?? 1, alpha ?? 1]).to.deep.equal([1, 1, 1]);
      }
      const other = await again("scripted-c-1", { given: privately, node: nodeOf(1) });
      expect(other.all.units).to.equal(same.all.units);
      expect(other.all.exact).to.be.lessThan(1);
      expect(other.all.exact).to.be.greaterThan(0.5);
    });

    it("without what is private covers what is public, and says how much it is not", async () => {
      const { all, unseen, judges } = await again("scripted-b-1");
      expect(unseen).to.equal(sealed().length);
      expect(all.units + unseen).to.equal(season.bundles[0]!.judgements!.flatMap(({ units }) => units).length);
      expect(judges.map(({ node }) => node)).to.have.members(season.nodes.map(({ address }) => address));
      expect(judges.find(({ node }) => node === nodeOf(2))!.exact).to.equal(1);
    });

    it("changes nothing and ends with code 0; without a model, or of a stranger, with 1", async () => {
      const before = await Promise.all((await readdir(files)).map((name) => stat(join(files, name))));
      const settings = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "scripted-judges", OPENAI_MODEL: "scripted-a-1" };
      const set = Object.entries(settings).map(([name, value]) => `process.env.${name} = ${JSON.stringify(value)};`);
      const args = ["rejudge", files, "--node", nodeOf(1)];
      const well = await startScript("scripts/guerdon.ts", args, set.join("")).ended;
      expect([well.code, well.stderr]).to.deep.equal([0, ""]);
      expect(well.stdout).to.contain("100.0%").and.to.contain("got the known cases right").and.to.contain("--private");
      const after = await Promise.all((await readdir(files)).map((name) => stat(join(files, name))));
      expect(after.map(({ mtimeMs }) => mtimeMs)).to.deep.equal(before.map(({ mtimeMs }) => mtimeMs));
      const unset = await guerdon(...args);
      expect([unset.code, unset.stdout]).to.deep.equal([1, ""]);
      expect(unset.stderr).to.contain("no model is set").and.to.contain("OPENAI_MODEL");
      expect(await failure(again("scripted-a-1", { node: `0x${"9".repeat(40)}` }))).to.contain("shows no judgement");
      expect(await failure(again("scripted-none"))).to.contain("no model answered");
    });
  });

  it("is gone once it was erased: the download says so, and the audit how much it cannot see", async () => {
    const [leaf] = withheld();
    const token = await serviceAt(urls[0]!).signIn(localAccount("node 1"), season.chain.chainId);
    const path = `/v1/pools/${season.pool}/rounds/0/evidence/${leaf}`;
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${urls[0]}${path}`, { method: "DELETE", headers })).status).to.equal(204);
    const out = join(folder, "after");
    const { erased, missing, parts } = await fetched("arbiter", out);
    expect([erased, missing]).to.deep.equal([[leaf], []]);
    expect(parts.records.size).to.equal(sealed().filter(({ source }) => source !== leaf).length);
    const { ok, judged } = await auditFolder(files, { given: out });
    expect([ok, judged.unseen > 0]).to.deep.equal([true, true]);
  });
});
