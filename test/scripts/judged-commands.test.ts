import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import type { LabelReport } from "../../oracle/domain/labelling/report.ts";
import { openRound } from "../../oracle/domain/judgement/opened-round.ts";
import { roundFeedback, type RoundFeedback } from "../../oracle/domain/judgement/round-feedback.ts";
import type { SeasonIntegrity } from "../../scripts/guerdon/integrity.ts";
import { writePrivateFolder } from "../../scripts/guerdon/private-folder.ts";
import { judgedBundle, type JudgedBundle } from "../domain/judgement/judged-bundle.ts";

const GUERDON = fileURLToPath(new URL("../../scripts/guerdon.js", import.meta.url));
const SEED = `0x${"ab".repeat(32)}`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function guerdon(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [GUERDON, ...args], { maxBuffer: 64 * 1024 * 1024 }, (failed, out, error) => {
      resolve({ code: failed === null ? 0 : Number(failed.code), out, error });
    });
  });
}

describe("guerdon feedback, label and integrity", function () {
  this.timeout(60_000);
  let judged: JudgedBundle;
  let folder: string;
  let season: string;
  let given: string;

  before(async () => {
    judged = await judgedBundle();
    folder = await mkdtemp(join(tmpdir(), "guerdon-judged-"));
    [season, given] = [join(folder, "season"), join(folder, "private")];
    await mkdir(season);
    await writeFile(join(season, "bundle-0.json"), documentBytes(judged.bundle));
    await writePrivateFolder(given, judged.given);
  });

  after(() => rm(folder, { recursive: true }));

  it("tells a provider what the bundles say, in JSON and in words", async () => {
    const { id } = judged.ground.spec.roster[1]!;
    const { code, out } = await guerdon("feedback", season, "--provider", id, "--json");
    expect(code).to.equal(0);
    const expected = await roundFeedback(openRound(judged.bundle), 1);
    expect(JSON.parse(out) as RoundFeedback[]).to.deep.equal(JSON.parse(JSON.stringify([expected])));
    const words = (await guerdon("feedback", season, "--provider", id)).out;
    expect(words).to.contain(`Round 1, ${id}: score `).and.contain("one smallest change more would add");
    const quote = expected.criteria.flatMap(({ questions }) => questions.flatMap((one) => one.quotes))[0]!;
    expect(words).to.contain(`${quote.answer}: “${quote.text}”`);
  });

  it("says which providers there are where there is none of the name", async () => {
    const { code, error } = await guerdon("feedback", season, "--provider", "nobody");
    expect(code).to.equal(1);
    expect(error).to.contain('field "--provider": no such provider (found "nobody"); expected workshop-');
    expect((await guerdon("feedback", season)).code).to.equal(2);
  });

  it("writes a sheet of the slice, for its owner alone and never over another file", async () => {
    const out = join(folder, "sheet.csv");
    const draw = ["--share", "3000", "--seed", SEED];
    const { code, out: said } = await guerdon("label", "export", season, "--private", given, ...draw, "--out", out);
    expect(code).to.equal(0);
    expect(said).to.match(/^\d+ of \d+ units written to /);
    expect((await stat(out)).mode & 0o077).to.equal(0);
    const text = await readFile(out, "utf8");
    for (const { id, name } of judged.ground.spec.roster) expect(text).not.to.contain(id).and.not.to.contain(name);
    const again = await guerdon("label", "export", season, ...draw, "--out", out);
    expect([again.code, again.error.includes("the file is there already")]).to.deep.equal([1, true]);
    const within = await guerdon("label", "export", season, ...draw, "--out", join(season, "sheet.csv"));
    expect(within.error).to.contain("a sheet has no place among the season's files");
    expect((await guerdon("label", "export", season, "--share", "0", "--seed", SEED, "--out", "x.csv")).code).to.equal(
      2,
    );
    expect(
      (await guerdon("label", "export", season, "--share", "1", "--seed", "0x12", "--out", "x.csv")).code,
    ).to.equal(2);
  });

  it("reports on sheets of several people, and needs what is private for labels of it", async () => {
    const out = join(folder, "sheet-2.csv");
    const draw = ["--share", "10000", "--seed", SEED];
    await guerdon("label", "export", season, "--private", given, ...draw, "--out", out);
    const empty = await readFile(out, "utf8");
    const files = ["anna.csv", "ben.csv"].map((name) => join(folder, name));
    await writeFile(files[0]!, empty.replaceAll(',""\r\n', ',"met"\r\n'));
    await writeFile(files[1]!, empty.replaceAll(',""\r\n', ',"met"\r\n').replace(',"met"\r\n', ',"not-met"\r\n'));
    const { code, out: json } = await guerdon(
      "label",
      "report",
      season,
      ...files,
      "--private",
      given,
      ...draw,
      "--json",
    );
    expect(code).to.equal(0);
    const report = JSON.parse(json) as LabelReport;
    expect(report.labellers.map(({ name }) => name)).to.deep.equal(["anna.csv", "ben.csv"]);
    expect(report.questions.split).to.equal(1);
    expect(report.slice).to.include({ missing: 0, beyond: 0 });
    // Who answers yes to everything agrees with a judge as often as the judge says yes, and by chance alone.
    expect(report.judges[0]!.agreement.raw!).to.be.within(0.3, 0.9);
    expect(report.judges[0]!.calibration!.overconfidence).to.be.greaterThan(0.1);
    expect(report.means.some(({ provider }) => provider !== null)).to.equal(true);
    const words = (await guerdon("label", "report", season, files[0]!, "--private", given)).out;
    expect(words).to.contain("anna.csv: ").and.contain("over-confident by ").and.contain("give --seed and --share");
    const blind = await guerdon("label", "report", season, files[0]!);
    expect([blind.code, blind.error.includes("those of private evidence need what is private")]).to.deep.equal([
      1,
      true,
    ]);
  });

  it("writes a page to label on, in one file", async () => {
    const out = join(folder, "page.html");
    expect((await guerdon("label", "page", out)).code).to.equal(0);
    const html = await readFile(out, "utf8");
    expect(html).to.contain("default-src 'none'; script-src 'sha256-").and.contain('"met","not-met","insufficient"');
    expect(html.match(/(?:src|href)\s*=\s*["']?(?:https?:)?\/\//g)).to.equal(null);
  });

  it("looks through the season, and says where people should look", async () => {
    const { code, out } = await guerdon("integrity", season, "--private", given, "--json");
    expect(code).to.equal(0);
    const { rounds, drift } = JSON.parse(out) as SeasonIntegrity;
    expect(rounds[0]!.seen).to.include({ hidden: 0, nodes: 3, reports: 3 });
    expect([rounds[0]!.copies, rounds[0]!.missing, drift]).to.deep.equal([[], [], []]);
    const later = join(folder, "later.json");
    const provider = judged.ground.spec.roster[0]!.id;
    await writeFile(
      later,
      JSON.stringify([{ round: 0, provider, criterion: "fair", score: 5_000, by: "a late look" }]),
    );
    const words = (await guerdon("integrity", season, "--later", later)).out;
    expect(words).to.contain("fair (a late look): too little is known: 0 rounds of at least 8 providers");
    expect(words).to.contain("16 private ones not").and.contain("independent votes");
    await writeFile(later, JSON.stringify([{ round: 0, provider: "nobody", criterion: "fair", score: 1, by: "x" }]));
    expect((await guerdon("integrity", season, "--later", later)).error).to.contain(
      "a later score of what is not there",
    );
  });
});
