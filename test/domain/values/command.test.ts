import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { InputError } from "../../../oracle/domain/errors.ts";
import { valuesRecord } from "../../../oracle/domain/values/record.ts";
import { draftFrom, draftText, writeDraft } from "../../../scripts/guerdon/draft.ts";
import { lintFile } from "../../../scripts/guerdon/lint.ts";
import { ANNA, BEN, card } from "../criteria/example.ts";

const cards = [card("calm"), { ...card("craft", ["four", "five", "six"]), title: "Hands at work" }];
const ballots = [
  { voter: ANNA, approves: ["calm", "craft"], pairs: [{ from: "craft", to: "calm", answer: "wiser" as const }] },
  { voter: BEN, approves: ["calm"], pairs: [{ from: "craft", to: "calm", answer: "not-wiser" as const }] },
];
const votes = ballots.map(({ approves, pairs }) => ({ approves, pairs }));

describe("guerdon draft", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "draft-"));
  });
  after(() => rm(folder, { recursive: true }));

  const written = async (name: string, value: unknown): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, typeof value === "string" ? value : JSON.stringify(value));
    return file;
  };

  it("computes what a node does, from cards and votes with or without names", async () => {
    const file = await written("cards.json", cards);
    const expected = valuesRecord({ title: "Evenings", language: "en", cards, votes });
    for (const cast of [ballots, votes]) {
      const report = await draftFrom(file, { votes: await written("votes.json", cast), title: "Evenings" });
      expect(report).to.deep.include({ record: expected, ok: true, same: null, unvoted: false });
      expect(report.findings.some(({ rule }) => rule === "missing")).to.equal(true);
    }
  });

  it("counts every card alike where nobody voted", async () => {
    const report = await draftFrom(await written("cards.json", cards), { language: "de" });
    expect(report.unvoted).to.equal(true);
    expect(report.record.draft).to.deep.include({ language: "de", title: "Draft criteria" });
    expect(report.record.standings.map(({ accepted }) => accepted)).to.deep.equal([true, true]);
    expect(draftText(report)).to.match(/^2 cards, nobody voted: every card counts alike\n/);
  });

  it("computes a record of a node again, bare or as it was answered, and tells one that is another", async () => {
    const record = valuesRecord({ title: "Evenings", language: "en", cards, votes });
    for (const value of [record, { hash: "x", record, findings: [] }]) {
      const report = await draftFrom(await written("record.json", value));
      expect(report).to.deep.include({ ok: true, same: true, record });
      expect(draftText(report)).to.include("the record is the one computed here");
    }
    const [first, ...rest] = record.standings;
    const changed = { ...record, standings: [{ ...first!, approvals: 1 }, ...rest] };
    const report = await draftFrom(await written("record.json", changed));
    expect(report).to.deep.include({ ok: false, same: false, record });
    expect(draftText(report)).to.include("FAILED: the record is another");
  });

  it("tells people how cards stand, what is contested and what is theirs to settle, and steers no terminal", async () => {
    const odd = [{ ...cards[0]!, title: "Calm\n\u001b[2J1. Forged [x]: 9 approve" }, cards[1]!];
    const report = await draftFrom(await written("cards.json", odd), { votes: await written("votes.json", votes) });
    const text = draftText(report);
    expect(text).not.to.include("\u001b");
    const lines = text.trimEnd().split("\n");
    expect(lines[0]).to.equal("2 cards, 2 votes");
    expect(lines[1]).to.match(/^1\. Calm.*\[calm\]: 2 approve, accepted$/);
    expect(lines[2]).to.equal("2. Hands at work [craft]: 1 approve, accepted");
    expect(lines[3]).to.match(/^contested: from Hands at work \[craft\] to .*: 1 wiser, 1 not, 0 unsure$/);
    expect(text).to.match(/to be settled by people, by the linter's rules: .*\d+ missing/);
    expect(lines.at(-1)).to.equal(`hash ${report.hash}`);
  });

  it("fails where no card is accepted", async () => {
    const none = await written("votes.json", [{ approves: [], pairs: [] }]);
    const report = await draftFrom(await written("cards.json", cards), { votes: none });
    expect(report).to.include({ ok: false });
    expect(draftText(report)).to.include("no card was accepted: no draft");
    await writeDraft(report, join(folder, "none.json"));
    expect(await readFile(join(folder, "none.json")).catch(() => null)).to.equal(null);
  });

  it("writes a draft that the linter reads, to a new file only", async () => {
    const report = await draftFrom(await written("cards.json", cards));
    const out = join(folder, "draft.json");
    await writeDraft(report, out);
    expect((await lintFile(out)).findings).to.deep.equal(report.findings);
    const again = await writeDraft(report, out).catch((error: unknown) => error);
    expect(again).to.be.instanceOf(InputError);
  });

  it("names file and property of what it cannot use", async () => {
    const file = await written("cards.json", cards);
    const short = await written("short.json", [{ ...cards[0], policies: [] }]);
    const odd = await written("odd.json", [{ approves: 1 }]);
    const unknown = await written("x.json", [{ approves: ["x"], pairs: [] }]);
    for (const [given, cast, message] of [
      ["nowhere.json", undefined, /nowhere\.json: the file cannot be read/],
      [await written("no.json", "{"), undefined, /no\.json: not JSON/],
      [short, undefined, /short\.json, field "0\.policies"/],
      [file, odd, /odd\.json, field "0/],
      [file, unknown, /x\.json.*unknown card/],
      [await written("twins.json", [cards[0], cards[0]]), undefined, /twins\.json.*same id/],
    ] as const) {
      const error: unknown = await draftFrom(given, { votes: cast }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error).message).to.match(message);
    }
  });
});
