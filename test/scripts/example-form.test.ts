import { readFileSync } from "node:fs";
import { expect } from "chai";
import { agreementNamed } from "../../oracle/data/agreements/load.ts";
import type { Agreement } from "../../oracle/domain/criteria/agreement.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { exampleFile, exampleParams, exampleSeason, readExample } from "../../scripts/season/example.ts";
import { replyTo, type Example, type JudgeScript } from "../../scripts/season/example-form.ts";

const text = (file: string): string => readFileSync(exampleFile("car-repair", file), "utf8");
const season = (): Example => JSON.parse(text("season.json")) as Example;
const script = (): JudgeScript => JSON.parse(text("judge-script.json")) as JudgeScript;

describe("data of an example", () => {
  let agreement: Agreement;
  before(async () => (agreement = await agreementNamed("car-repair")));

  const refusal = (example: unknown, judged: unknown): string => {
    try {
      readExample(agreement, JSON.stringify(example), JSON.stringify(judged));
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return "none";
  };

  it("are there for the names there are, and for no other", async () => {
    for (const name of ["hospital", "", "../car-repair", "__proto__"]) {
      const refused = await exampleSeason(name).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(InputError);
    }
    expect(refusal(season(), script())).to.equal("none");
  });

  it("are refused with file and property where the season does not fit together", () => {
    const round = "rounds.0";
    const cases: readonly (readonly [string, (example: Example) => void])[] = [
      ['field "example"', (one) => Object.assign(one, { example: false })],
      ['field "agreement"', (one) => (one.agreement = "flourishing")],
      [`${round}.participants.3.provider`, (one) => (one.rounds[0]!.participants[3]!.provider = "workshop-9")],
      [`${round}.participants.0.wave`, (one) => (one.rounds[0]!.participants[0]!.wave = "day-1000")],
      [`${round}.participants`, (one) => one.rounds[0]!.participants.push(one.rounds[0]!.participants[0]!)],
      [`${round}.documents.1.sender`, (one) => (one.rounds[0]!.documents[1]!.sender = "nobody")],
      [`${round}.documents.0.provider`, (one) => (one.rounds[0]!.documents[0]!.provider = "nobody")],
      [`${round}.documents.0.figures`, (one) => (one.rounds[0]!.documents[0]!.figures = { shine: 1 })],
      [
        `${round}.documents.0`,
        (one) => (one.rounds[0]!.documents[0] = { sender: "inspector", provider: "workshop-1" }),
      ],
      [`${round}.providerDocuments.0.provider`, (one) => (one.rounds[0]!.providerDocuments[0]!.provider = "x")],
      ['field "providers"', (one) => (one.providers[0]!.units = 121)],
      ['field "providers"', (one) => (one.providers[1]!.id = one.providers[0]!.id)],
      ['field "senders"', (one) => one.senders.push(one.senders[0]!)],
    ];
    for (const [place, spoil] of cases) {
      const example = season();
      spoil(example);
      // Whoever is renamed is missed elsewhere; that is another property.
      if (place.includes("providers")) example.rounds[0] = { participants: [], documents: [], providerDocuments: [] };
      expect(refusal(example, script()), place).to.contain("season.json").and.to.contain(place);
    }
  });

  it("are refused where the judges' script does not fit the agreement", () => {
    const cases: readonly (readonly [string, (judged: JudgeScript) => void])[] = [
      ['field "agreement"', (one) => (one.agreement = "flourishing")],
      ["a question is missing", (one) => one.questions.pop()],
      ["no judged question", (one) => one.questions.push({ text: "Is it red?", met: [], "not-met": [] })],
      ['field "questions"', (one) => one.questions.push(one.questions[0]!)],
      ['field "questions.0"', (one) => one.questions[0]!["not-met"].push(one.questions[0]!.met[0]!)],
      ["questions.2.met.0", (one) => (one.questions[2]!.met[0] = "short")],
    ];
    for (const [place, spoil] of cases) {
      const judged = script();
      spoil(judged);
      expect(refusal(season(), judged), place).to.contain("judge-script.json").and.to.contain(place);
    }
    expect(() => readExample(agreement, "{", text("judge-script.json"))).to.throw(InputError, "season.json: not JSON");
  });

  it("name senders to whom accounts can be given", async () => {
    const accounts = new Map(
      [..."abcd"].map((letter, i) => [season().senders[i]!.name, `0x${letter.repeat(40)}` as const]),
    );
    const params = exampleParams(await exampleSeason("car-repair"), (name) => accounts.get(name)!, 2);
    expect(params.repeats).to.equal(2);
    expect(params.senders[2]).to.deep.equal({
      account: `0x${"c".repeat(40)}`,
      type: "third-party-document",
      group: "parts-supplier",
    });
    expect(params.interviews!.subject).to.deep.equal({ en: "the repair of your car" });
  });
});

describe("replies of an example", () => {
  const person = {
    participant: "p",
    replies: { story: "It rained.", now: 7, pressure: "no", detail: null, probe: "In May." },
  };
  const asked = (id: string, kind: "item" | "open" | "probe") => replyTo({ id, kind }, person);

  it("are texts, values, or nothing", () => {
    expect(asked("story", "open")).to.deep.equal({ text: "It rained." });
    expect(asked("now", "item")).to.deep.equal({ value: 7 });
    expect(asked("pressure", "item")).to.deep.equal({ value: "no" });
    expect(asked("detail", "open")).to.equal(null);
    expect(asked("probe/1/when", "probe")).to.deep.equal({ text: "In May." });
    expect(asked("probe/2/where", "probe")).to.equal(null);
  });

  it("are missed where the example has none, or one of another kind", () => {
    expect(() => asked("negative", "open")).to.throw(InputError, "no reply");
    expect(() => asked("now", "open")).to.throw(InputError, "words are asked for");
    expect(() => replyTo({ id: "probe/1/who", kind: "probe" }, { participant: "p", replies: {} })).to.throw(InputError);
  });
});
