import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { InputError } from "../../../oracle/domain/errors.ts";
import { lintFile, lintReportJson, lintText } from "../../../scripts/guerdon/lint.ts";
import { agreementFile } from "../../../oracle/data/agreements/load.ts";
import { example } from "../criteria/example.ts";

describe("guerdon lint", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lint-"));
  });
  after(() => rm(folder, { recursive: true }));

  const written = async (text: string): Promise<string> => {
    const file = join(folder, "criteria.json");
    await writeFile(file, text);
    return file;
  };

  it("passes a document without errors", async () => {
    const report = await lintFile(await written(JSON.stringify(example())));
    expect(report).to.deep.equal({ ok: true, findings: [] });
    expect(lintText(report)).to.equal("PASSED: 0 errors, 0 warnings\n");
    expect(JSON.parse(lintReportJson(report))).to.deep.equal(report);
  });

  it("takes agreements by name and by file", async () => {
    const byName = await lintFile("flourishing");
    expect(byName.ok).to.equal(true);
    expect(await lintFile(agreementFile("flourishing"))).to.deep.equal(byName);
    expect(lintText(byName)).to.match(
      /^warning criteria\[0\]\.state: .* \[unconfirmed\]\n {4}.*\nPASSED: 0 errors, 1 warnings\n$/,
    );
  });

  it("shows errors first, with place, rule and how to mend it, and nothing that could steer a terminal", async () => {
    const document = { ...example(), confidenceBps: 7000, title: "x" };
    document.criteria[1]!.id = "\u001b[2Jup";
    const report = await lintFile(await written(JSON.stringify(document)));
    const lines = lintText(report).split("\n");
    expect(report.ok).to.equal(false);
    expect(lines[0]).to.match(/^error criteria\[1\]\.id: .* \[(id|blank)\]$/);
    expect(lines.at(-2)).to.match(/^FAILED: [1-9] errors, 1 warnings$/);
    expect(lintText(report)).to.not.include("\u001b");
  });

  it("says what is wrong with the form of anything else", async () => {
    expect(lintText(await lintFile(await written("7")))).to.match(/^error document: .* \[form\]/);
  });

  it("names a file that cannot be read, is no JSON, or is an agreement of another form", async () => {
    const refused = (file: string): Promise<unknown> => lintFile(file).catch((error: unknown) => error);
    for (const [file, message] of [
      ["nowhere.json", /nowhere\.json: the file cannot be read; expected a file, or one of capitation,/],
      [await written("{"), /not JSON/],
    ] as const) {
      const error = await refused(file);
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error).message).to.match(message);
    }
    expect(await refused(await written('{"format":"guerdon/agreement/1"}'))).to.be.instanceOf(InputError);
  });
});
