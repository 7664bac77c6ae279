import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { keccak256 } from "viem";
import { checkHeldOut } from "../../oracle/domain/audit/held-out.ts";
import { CheckList } from "../../oracle/domain/audit/report.ts";
import type { Criterion } from "../../oracle/domain/criteria/criterion.ts";
import type { CriteriaDocument, HeldOut } from "../../oracle/domain/criteria/document.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { commitHeldOut, type Reveal } from "../../oracle/domain/held-out.ts";
import type { OutcomeSpec } from "../../oracle/domain/spec.ts";
import { checkHeldOutFiles, commitCriterion, heldOutText } from "../../scripts/guerdon/held-out.ts";
import { readReveals } from "../../scripts/guerdon/reveals.ts";
import { exampleParams, exampleSeason, type ExampleSeason } from "../../scripts/season/example.ts";
import { startScript } from "../integration/support/run-season.ts";
import { accountOf } from "./example-round.ts";
import { watchedCriterion } from "./held-out-criterion.ts";

let folder: string;
let season: ExampleSeason;
let criterion: Criterion;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "guerdon-held-out-"));
  season = await exampleSeason("car-repair");
  criterion = watchedCriterion(season.agreement);
});
after(() => rm(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const put = async (name: string, value: unknown): Promise<string> => {
  await writeFile(path(name), typeof value === "string" ? value : JSON.stringify(value));
  return path(name);
};
const document = (heldOut: readonly HeldOut[]): CriteriaDocument => ({
  ...season.agreement.criteria,
  heldOut: [...heldOut],
});

async function faultOf(work: Promise<unknown>): Promise<InputError["fault"]> {
  const error: unknown = await work.then(
    () => null,
    (rejection: unknown) => rejection,
  );
  expect(error).to.be.instanceOf(InputError);
  return (error as InputError).fault;
}

describe("guerdon held-out", () => {
  it("commits to a criterion and opens it again, with a file for its owner alone", async () => {
    const out = path("reveal-1.json");
    const held = await commitCriterion(await put("criterion.json", criterion), "h1", out);
    expect(held).to.include({ id: "h1", weight: 0 });
    expect((await stat(out)).mode & 0o777).to.equal(0o600);
    const published = await put("document.json", document([held]));
    expect(await checkHeldOutFiles(published, out)).to.deep.equal({ ok: true, places: [{ id: "h1", problem: null }] });
    const agreement = { ...season.agreement, criteria: document([held]) };
    expect((await checkHeldOutFiles(await put("agreement.json", agreement), out)).ok).to.equal(true);
  });

  it("takes a fresh salt each time, and never writes over what opens another", async () => {
    const file = await put("criterion.json", criterion);
    const [one, other] = [
      await commitCriterion(file, "h1", path("a.json")),
      await commitCriterion(file, "h1", path("b.json")),
    ];
    expect(one.commitment).not.to.equal(other.commitment);
    const before = await readFile(path("a.json"), "utf8");
    expect(await faultOf(commitCriterion(file, "h1", path("a.json")))).to.include({ field: "--out" });
    expect(await readFile(path("a.json"), "utf8")).to.equal(before);
  });

  it("takes no criterion that is none, and no place that has no name", async () => {
    const { measure: _, ...less } = criterion;
    const faults = [
      await faultOf(commitCriterion(await put("less.json", less), "h1", path("x.json"))),
      await faultOf(commitCriterion(await put("none.json", "{"), "h1", path("x.json"))),
      await faultOf(commitCriterion(path("absent.json"), "h1", path("x.json"))),
      await faultOf(commitCriterion(await put("criterion.json", criterion), "H 1", path("x.json"))),
    ];
    expect(faults.map(({ field }) => field)).to.deep.equal(["measure", undefined, undefined, "id"]);
    expect(await readdir(folder)).not.to.include("x.json");
  });

  it("says of each place what is wrong, and ends with code 1", async () => {
    const [a, b] = [
      commitHeldOut("h1", criterion, keccak256("0x01")),
      commitHeldOut("h2", criterion, keccak256("0x02")),
    ];
    const published = await put("two.json", document([a.held, b.held]));
    const reveals = await put("reveals.json", [{ ...a.reveal, salt: keccak256("0x03") }]);
    const report = await checkHeldOutFiles(published, reveals);
    expect(report.ok).to.equal(false);
    expect(report.places.map(({ id }) => id)).to.deep.equal(["h1", "h2"]);
    expect(heldOutText(report)).to.contain("✗ h1: salt and criterion come to").and.to.contain("FAILED: 2 held-out");
    const script = (...args: string[]) => startScript("scripts/guerdon.ts", ["held-out", "check", ...args]).ended;
    expect((await script(published, reveals)).code).to.equal(1);
    const well = await script(published, await put("both.json", [b.reveal, a.reveal]));
    expect([well.code, well.stderr]).to.deep.equal([0, ""]);
    expect(well.stdout).to.contain("PASSED: 2 held-out criteria");
  }).timeout(20_000);

  it("reads reveals as a list or one by one", async () => {
    const { reveal } = commitHeldOut("h1", criterion, keccak256("0x01"));
    expect(await readReveals(await put("one.json", reveal))).to.deep.equal([reveal]);
    expect(await readReveals(await put("list.json", [reveal]))).to.deep.equal([reveal]);
    await faultOf(readReveals(await put("broken.json", "[")));
    await faultOf(readReveals(path("absent.json")));
  });
});

describe("Held-out criteria in an audit", () => {
  const SALTS = [keccak256("0x01"), keccak256("0x02"), keccak256("0x03")];
  const held = () => SALTS.map((salt, i) => commitHeldOut(`h${i + 1}`, criterion, salt));
  const spec = (heldOut: readonly HeldOut[]): OutcomeSpec => {
    const params = { ...exampleParams(season, accountOf), document: document(heldOut) };
    return { template: "criteria", params } as unknown as OutcomeSpec;
  };
  /** What fails, by place; and how many nobody has opened. */
  function checked(of: OutcomeSpec, reveals: readonly unknown[] | undefined) {
    const checks = new CheckList();
    const unrevealed = checkHeldOut(of, "bundle-0.json", reveals, checks);
    const failed = checks.checks.filter(({ ok }) => !ok).map(({ place, detail }) => `${place}: ${detail}`);
    return { unrevealed, passed: checks.checks.length - failed.length, failed };
  }

  it("are counted where nothing opens them, which is no fault", () => {
    const all = spec(held().map((one) => one.held));
    expect(checked(all, undefined)).to.deep.equal({ unrevealed: 3, passed: 0, failed: [] });
    expect(checked(all, [])).to.deep.equal({ unrevealed: 3, passed: 0, failed: [] });
    expect(checked(spec([]), undefined)).to.deep.equal({ unrevealed: 0, passed: 0, failed: [] });
  });

  it("pass where all are opened, in any order, and in part", () => {
    const all = held();
    const of = spec(all.map((one) => one.held));
    const reveals = all.map(({ reveal }) => reveal);
    expect(checked(of, reveals.toReversed())).to.deep.equal({ unrevealed: 0, passed: 3, failed: [] });
    expect(checked(of, reveals.slice(0, 1))).to.deep.equal({ unrevealed: 2, passed: 1, failed: [] });
  });

  const wrong: Record<string, [change: (reveal: Reveal) => unknown[], words: string]> = {
    "another salt": [(reveal) => [{ ...reveal, salt: keccak256("0x09") }], "was committed to"],
    "another criterion": [
      (reveal) => [{ ...reveal, criterion: { ...reveal.criterion, statement: "Something else was good." } }],
      "was committed to",
    ],
    "another weight": [(reveal) => [{ ...reveal, criterion: { ...reveal.criterion, weight: 5 } }], "was committed to"],
    "no reveal": [(reveal) => [{ id: reveal.id }], "what was given is no reveal"],
    "two reveals": [(reveal) => [reveal, reveal], "more than once"],
  };
  for (const [name, [change, words]] of Object.entries(wrong)) {
    it(`fail for ${name}`, () => {
      const all = held();
      const { failed } = checked(spec(all.map((one) => one.held)), change(all[0]!.reveal));
      expect(failed).to.have.length(1);
      expect(failed[0]).to.contain(`bundle-0.json heldOut h1`).and.to.contain(words);
    });
  }

  it("fail where a reveal opens no place, and where nothing was held out or judged", () => {
    const [one] = held();
    expect(
      checked(spec([one!.held]), [one!.reveal, { ...one!.reveal, id: "h9", salt: keccak256("0x09") }]).failed[0],
    ).to.contain("h9");
    for (const of of [spec([]), { template: "sla", params: {} } as unknown as OutcomeSpec]) {
      expect(checked(of, [one!.reveal]).failed[0]).to.contain("holds no criterion out");
      expect(checked(of, []).failed).to.deep.equal([]);
    }
  });
});
