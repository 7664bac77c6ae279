import { expect } from "chai";
import { agreementNamed } from "../../../oracle/data/agreements/load.ts";
import { AGREEMENT_NAMES, type Agreement } from "../../../oracle/domain/criteria/agreement.ts";
import { judgedParamsOf, judgedSpecParts, type AgreedChoices } from "../../../oracle/domain/criteria/agreed.ts";
import { libraryOf, readJudgedParams } from "../../../oracle/domain/criteria/terms.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { nextStep, openInterview } from "../../../oracle/domain/interview/engine.ts";
import { STATEMENTS } from "../../../oracle/domain/interview/statements.ts";
import { outcomeSpecSchema } from "../../../oracle/domain/spec.ts";

const CHOICES: AgreedChoices = {
  subject: { en: "what the agreement is about" },
  senders: [{ account: `0x${"a1".repeat(20)}`, type: "inspection", group: "inspector" }],
  repeats: 1,
};

const spoilt = (agreement: Agreement, change: (copy: Agreement) => void): Agreement => {
  const copy = structuredClone(agreement);
  change(copy);
  return copy;
};

describe("agreements taken up by a pool", () => {
  for (const name of AGREEMENT_NAMES) {
    it(`${name} becomes parameters whose interviews can be opened in every wave`, async () => {
      const agreement = await agreementNamed(name);
      const params = judgedParamsOf(agreement, CHOICES);
      expect(readJudgedParams(JSON.parse(JSON.stringify(params)))).to.deep.equal(params);
      const { interviews } = params;
      if (interviews?.kind !== "outcome") throw new Error("no interviews");
      expect(interviews.waves).to.deep.equal(agreement.interviews.waves);
      for (const { id: wave } of interviews.waves) {
        const opened = openInterview(interviews, { participant: "a", provider: "b", wave, at: 0 });
        expect(nextStep(interviews, [opened], libraryOf(params)).kind).to.equal("consent");
      }
    });
  }

  it("ask each judged statement that rests on interviews as an item, and no such items where there is none", async () => {
    const repair = judgedParamsOf(await agreementNamed("car-repair"), CHOICES);
    const items = libraryOf(repair).instruments.get(STATEMENTS)!.items!;
    expect(items.map(({ id }) => id)).to.deep.equal(["still-runs", "fair", "looks-right", "taught-something"]);
    const ids = (params: typeof repair) =>
      params.interviews?.kind === "outcome" ? params.interviews.instruments.map(({ id }) => id) : null;
    expect(ids(repair)).to.deep.equal(["goal-attainment", STATEMENTS]);
    expect(repair.interviews!.criteria).to.include("got-what-i-wanted").and.not.include("fault-codes");
    expect(ids(judgedParamsOf(await agreementNamed("cloud-sla"), CHOICES))).to.deep.equal([]);
  });

  it("ask nobody where there are no waves", async () => {
    const agreement = spoilt(await agreementNamed("cloud-sla"), ({ interviews }) => (interviews.waves = []));
    expect(judgedParamsOf(agreement, CHOICES).interviews).to.equal(null);
  });

  it("are refused with a reason where they cannot be carried out", async () => {
    const agreement = await agreementNamed("flourishing");
    const cases: readonly (readonly [Agreement, AgreedChoices, string])[] = [
      [
        spoilt(agreement, ({ interviews }) => interviews.instruments.push("who-5")),
        CHOICES,
        "its licence forbids commercial use",
      ],
      [spoilt(agreement, ({ interviews }) => interviews.instruments.push("iq")), CHOICES, "unknown instrument"],
      [spoilt(agreement, ({ interviews }) => interviews.waves.splice(2)), CHOICES, "params.interviews.waves"],
      [agreement, { ...CHOICES, subject: { de: "Ihr Leben" } }, 'field "subject"'],
      [
        spoilt(agreement, ({ criteria }) => (criteria.language = "fi")),
        { ...CHOICES, subject: { fi: "x" } },
        "in this language",
      ],
      [agreement, { ...CHOICES, repeats: 0 }, "params.repeats"],
      [agreement, { ...CHOICES, senders: [...CHOICES.senders, ...CHOICES.senders] }, "is there twice"],
    ];
    for (const [one, choices, problem] of cases) {
      expect(() => judgedParamsOf(one, choices)).to.throw(InputError, problem);
    }
  });

  it("give the parts of a spec that the agreement decides", async () => {
    const agreement = await agreementNamed("car-repair");
    const parts = judgedSpecParts(agreement, judgedParamsOf(agreement, CHOICES));
    expect(parts.template).to.equal("criteria");
    expect(parts.criteria.map(({ weight }) => weight).reduce((sum, one) => sum + one, 0)).to.equal(10_000);
    expect(parts.payment).to.deep.equal({
      metered: true,
      curve: agreement.payment.curve,
      fullPayBar: 10_000,
      defaultRate: 5_000,
    });
    expect(outcomeSpecSchema.shape.criteria.safeParse(parts.criteria).success).to.equal(true);
    expect(outcomeSpecSchema.shape.payment.safeParse(parts.payment).success).to.equal(true);
  });
});
