import { expect } from "chai";
import fc from "fast-check";
import {
  criteriaDocumentSchema,
  criteriaDraftSchema,
  type CriteriaDraft,
} from "../../../oracle/domain/criteria/document.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { RULES, type RuleName } from "../../../oracle/domain/lint/finding.ts";
import { acceptedCriteria, hasErrors, lintCriteria, lintJson } from "../../../oracle/domain/lint/lint.ts";
import type { KnownInstrument } from "../../../oracle/domain/lint/rules/instruments.ts";
import { example, judged } from "../criteria/example.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- documents are spoiled in ways their types forbid */

const SCALES: ReadonlyMap<string, KnownInstrument> = new Map([
  [
    "mood",
    {
      id: "mood",
      licence: { name: "Free-1", commercial: true },
      scales: [
        { id: "calm", min: 0, max: 10, better: "higher", smallestChange: 2 },
        { id: "fear", min: 0, max: 10, better: "lower" },
      ],
    },
  ],
  [
    "shut",
    {
      id: "shut",
      licence: { name: "NC-1", commercial: false },
      scales: [{ id: "all", min: 0, max: 4, better: "higher" }],
    },
  ],
]);

/** `rule severity path` of every finding about the example after it was changed. */
function found(change: (document: any) => void): string[] {
  const document = structuredClone(example()) as any;
  change(document);
  return lintJson(document, SCALES).map(({ rule, severity, path }) => `${rule} ${severity} ${path}`);
}

function items(measure: object): (document: any) => void {
  return (document) => {
    const criterion = document.criteria[1];
    delete criterion.proxyFor;
    criterion.sources = [
      { type: "participant-item", group: "participant", what: "answers before and after" },
      { type: "registry", group: "regulator", what: "yearly statement" },
    ];
    criterion.baseline = { kind: "first-round" };
    criterion.smallestChange.amount = 2;
    criterion.measure = {
      kind: "items",
      instrument: "mood",
      item: "calm",
      licence: "Free-1",
      scale: { min: 0, max: 10, unit: "points" },
      ...measure,
    };
  };
}

const CASES: [RuleName, string, (document: any) => void, string[]][] = [
  ["form", "a property that is not of the format", (d) => (d.colour = "red"), ["form error "]],
  [
    "form",
    "a type of source nobody knows",
    (d) => (d.criteria[0].sources[0].type = "rumour"),
    ["form error criteria[0].sources[0].type"],
  ],
  ["missing", "a round without a length", (d) => delete d.roundDays, ["missing error roundDays"]],
  ["missing", "no guard", (d) => delete d.criteria[0].guard, ["missing error criteria[0].guard"]],
  ["missing", "no window", (d) => delete d.criteria[1].window, ["missing error criteria[1].window"]],
  ["blank", "a placeholder", (d) => (d.criteria[0].statement = " TODO "), ["blank error criteria[0].statement"]],
  ["blank", "a hidden character", (d) => (d.title = "An ex\u200bample"), ["blank error title"]],
  [
    "thin-reason",
    "a reason of two words",
    (d) => (d.criteria[0].guard.because = "it is"),
    ["thin-reason error criteria[0].guard.because"],
  ],
  ["id", "an id with spaces", (d) => (d.criteria[1].id = "Is It Up"), ["id error criteria[1].id"]],
  [
    "id",
    "two questions of one id",
    (d) =>
      d.criteria[0].measure.questions.push({
        id: "lived",
        text: "Did it last for an hour?",
        met: "good",
        about: "experience",
      }),
    ["id error criteria[0].measure.questions[2].id"],
  ],
  [
    "id",
    "two criteria that say the same",
    (d) => (d.criteria[1].statement = "people find Welcome here!"),
    ["id error criteria[1].statement"],
  ],
  [
    "policy-unmapped",
    "a policy nobody serves",
    (d) => d.criteria[0].policies.pop(),
    ["policy-unmapped error cards[0].policies[2]"],
  ],
  [
    "policy-unknown",
    "a policy nobody named",
    (d) => d.criteria[0].policies.push("welcome/ten"),
    ["policy-unknown error criteria[0].policies[3]"],
  ],
  [
    "policy-unasked",
    "a criterion nobody asked for",
    (d) => (d.criteria[1].policies = []),
    ["policy-unasked warning criteria[1].policies"],
  ],
  [
    "proxy-unnamed",
    "a figure that is not called a proxy",
    (d) => delete d.criteria[1].proxyFor,
    ["proxy-unnamed error criteria[1].proxyFor"],
  ],
  [
    "proxy-unnamed",
    "a proxy for itself",
    (d) => (d.criteria[1].proxyFor = d.criteria[1].statement),
    ["proxy-unnamed error criteria[1].proxyFor"],
  ],
  [
    "proxy-unnamed",
    "words of activity",
    (d) => (d.criteria[0].statement = "The number of visits rises"),
    ["proxy-unnamed warning criteria[0].proxyFor"],
  ],
  [
    "proxy-alone",
    "a policy that only a proxy serves",
    (d) => {
      d.criteria[0].policies = ["welcome/two", "welcome/three"];
    },
    ["proxy-alone warning cards[0].policies[0]"],
  ],
  [
    "independent-sources",
    "two sources of the same hands",
    (d) => (d.criteria[1].sources[1].group = "meter-operator"),
    ["independent-sources error criteria[1].sources"],
  ],
  [
    "independent-sources",
    "two sources of one type",
    (d) => (d.criteria[1].sources[1].type = "telemetry"),
    ["independent-sources error criteria[1].sources"],
  ],
  [
    "independent-sources",
    "no source",
    (d) => (d.criteria[1].sources = []),
    ["independent-sources error criteria[1].sources"],
  ],
  [
    "independent-sources",
    "a reason nobody needs",
    (d) => (d.criteria[1].singleSourceReason = "only the meter can know it"),
    ["independent-sources warning criteria[1].singleSourceReason"],
  ],
  [
    "source-group",
    "interviews said to be the provider's",
    (d) => (d.criteria[0].sources[0].group = "provider"),
    ["source-group error criteria[0].sources[0].group"],
  ],
  [
    "source-group",
    "an inspection by the provider itself",
    (d) => (d.criteria[0].sources[1].group = "provider"),
    ["source-group error criteria[0].sources[1].group"],
  ],
  [
    "source-fit",
    "experience without interviews",
    (d) => (d.criteria[0].sources[0] = { type: "registry", group: "regulator", what: "the register" }),
    ["source-fit error criteria[0].sources"],
  ],
  [
    "text-only",
    "documents alone",
    (d) => {
      d.criteria[0].measure.questions.forEach((question: any) => (question.about = "fact"));
      d.criteria[0].sources = [
        { type: "provider-document", group: "provider", what: "a report" },
        { type: "third-party-document", group: "press", what: "an article" },
      ];
    },
    ["text-only error criteria[0].sources"],
  ],
  [
    "text-only",
    "the provider's meter and report",
    (d) => {
      d.criteria[1].singleSourceReason = "nobody else has a meter";
      d.criteria[1].sources = [
        { type: "provider-document", group: "provider", what: "a report" },
        { type: "telemetry", group: "provider", what: "its own meter" },
      ];
    },
    ["text-only error criteria[1].sources"],
  ],
  ["weights", "weights of less than the whole", (d) => (d.criteria[1].weight = 3999), ["weights error criteria"]],
  [
    "weights",
    "a weight of nothing",
    (d) => {
      d.criteria[1].weight = 0;
      d.criteria[0].weight = 10_000;
    },
    ["weights warning criteria[0].weight", "weights error criteria[1].weight"],
  ],
  [
    "guard",
    "a veto by a question that is not there",
    (d) => (d.criteria[0].guard.questions = ["pain"]),
    ["guard error criteria[0].guard.questions[0]"],
  ],
  [
    "guard",
    "a veto by something good",
    (d) => (d.criteria[0].guard.questions = ["lived"]),
    ["guard error criteria[0].guard.questions[0]"],
  ],
  [
    "guard",
    "a veto by nothing",
    (d) => (d.criteria[0].guard.questions = []),
    ["guard error criteria[0].guard.questions"],
  ],
  [
    "guard",
    "a veto on a figure",
    (d) => (d.criteria[1].guard = { kind: "veto", questions: ["x"], because: "it must not happen" }),
    ["guard error criteria[1].guard.kind"],
  ],
  [
    "guard",
    "a floor under which nothing is",
    (d) => (d.criteria[1].guard.bps = 0),
    ["guard error criteria[1].guard.bps"],
  ],
  [
    "guard",
    "nothing that must not happen",
    (d) => d.criteria.forEach((one: any) => (one.guard = { kind: "none", reason: "nobody could think of any" })),
    ["guard warning criteria"],
  ],
  [
    "direction",
    "fewer good answers",
    (d) => (d.criteria[0].direction = "lower"),
    ["direction error criteria[0].direction"],
  ],
  ["direction", "fear that should rise", items({ item: "fear" }), ["direction error criteria[1].direction"]],
  [
    "achievement",
    "points that are full before they begin",
    (d) => (d.criteria[1].direction = "lower"),
    ["achievement error criteria[1].measure.achievement.benchmark"],
  ],
  [
    "achievement",
    "points beyond the scale",
    items({ achievement: { threshold: 5, benchmark: 11, because: "a wish of the buyers" } }),
    ["achievement error criteria[1].measure.achievement"],
  ],
  [
    "baseline",
    "a start at the goal",
    (d) => (d.criteria[1].baseline.value = 99),
    ["baseline warning criteria[1].baseline.value"],
  ],
  [
    "baseline",
    "a start that is no score",
    (d) => (d.criteria[0].baseline = { kind: "value", value: 10_001, source: "a guess" }),
    ["baseline error criteria[0].baseline.value"],
  ],
  [
    "smallest-change",
    "noise that counts",
    (d) => (d.criteria[1].smallestChange.amount = 0),
    ["smallest-change error criteria[1].smallestChange.amount"],
  ],
  [
    "smallest-change",
    "a change nobody can make",
    (d) => (d.criteria[1].smallestChange.amount = 10),
    ["smallest-change error criteria[1].smallestChange.amount"],
  ],
  [
    "smallest-change",
    "less than the instrument can tell",
    (d) => {
      items({})(d);
      d.criteria[1].smallestChange.amount = 1;
    },
    ["smallest-change warning criteria[1].smallestChange.amount"],
  ],
  [
    "window",
    "a window beyond the round",
    (d) => (d.criteria[1].window.endDay = 31),
    ["window error criteria[1].window.endDay"],
  ],
  [
    "window",
    "an empty window",
    (d) => (d.criteria[1].window.startDay = 30),
    ["window error criteria[1].window.endDay"],
  ],
  [
    "window",
    "a late window that is early",
    (d) => (d.criteria[1].window.late.startDay = 29),
    ["window error criteria[1].window.late.startDay"],
  ],
  [
    "window",
    "late evidence after the assessment",
    (d) => (d.criteria[1].window.late = { startDay: 31, endDay: 45, settles: "this-round" }),
    ["window error criteria[1].window.late.endDay"],
  ],
  ["stratum", "one stratum", (d) => d.criteria[0].stratum.names.pop(), ["stratum error criteria[0].stratum.names"]],
  [
    "stratum",
    "a stratum twice",
    (d) => (d.criteria[0].stratum.names = ["Old", "old"]),
    ["stratum error criteria[0].stratum.names"],
  ],
  [
    "question",
    "two things asked at once",
    (d) => (d.criteria[0].measure.questions[0].text = "Was the room clean and warm?"),
    ["question error criteria[0].measure.questions[0].text"],
  ],
  [
    "question",
    "a question asked twice",
    (d) => (d.criteria[0].measure.questions[1].text = d.criteria[0].measure.questions[0].text),
    ["question error criteria[0].measure.questions[1].text"],
  ],
  [
    "question-count",
    "one question",
    (d) => d.criteria[0].measure.questions.shift(),
    ["question-count error criteria[0].measure.questions"],
  ],
  [
    "question-count",
    "eight questions",
    (d) => {
      for (const n of "abcdef") {
        d.criteria[0].measure.questions.push({
          id: n,
          text: `Was there some ${n} in it?`,
          met: "good",
          about: "experience",
        });
      }
    },
    ["question-count error criteria[0].measure.questions"],
  ],
  [
    "question-balance",
    "good things only",
    (d) => {
      d.criteria[0].measure.questions[1].met = "good";
      d.criteria[0].guard = { kind: "none", reason: "nothing bad was thought of" };
    },
    ["question-balance warning criteria[0].measure.questions"],
  ],
  [
    "guidance",
    "an example of no question",
    (d) => (d.criteria[0].measure.guidance[0].question = "joy"),
    ["guidance error criteria[0].measure.guidance[0].question"],
  ],
  [
    "instrument",
    "none that is known",
    items({ instrument: "aura" }),
    ["instrument error criteria[1].measure.instrument"],
  ],
  [
    "instrument",
    "a promoter score",
    items({ instrument: "net-promoter-score" }),
    ["instrument error criteria[1].measure.instrument"],
  ],
  ["instrument", "another licence", items({ licence: "MIT" }), ["instrument error criteria[1].measure.licence"]],
  ["instrument", "a scale it lacks", items({ item: "joy" }), ["instrument error criteria[1].measure.item"]],
  [
    "instrument",
    "another length",
    items({ scale: { min: 0, max: 5, unit: "points" } }),
    ["instrument error criteria[1].measure.scale"],
  ],
  [
    "instrument",
    "one that is not for commerce",
    items({ instrument: "shut", item: "all", licence: "NC-1", scale: { min: 0, max: 4, unit: "points" } }),
    ["instrument warning criteria[1].measure.licence"],
  ],
  [
    "held-out",
    "too much in the dark",
    (d) => {
      d.criteria[1].weight = 999;
      d.heldOut = [{ id: "dark", weight: 3001, commitment: `0x${"11".repeat(32)}` }];
    },
    ["held-out error heldOut"],
  ],
  [
    "held-out",
    "a commitment twice",
    (d) => (d.heldOut = ["one", "two"].map((id) => ({ id, weight: 0, commitment: `0x${"11".repeat(32)}` }))),
    ["held-out error heldOut[1].commitment"],
  ],
  [
    "unseen-drift",
    "nothing late and nothing held out",
    (d) => d.criteria.forEach((one: any) => delete one.window.late),
    ["unseen-drift warning heldOut"],
  ],
  [
    "abstention",
    "half of the weight unknown",
    (d) => (d.abstention.maxAbstainedBps = 5000),
    ["abstention warning abstention.maxAbstainedBps"],
  ],
  [
    "abstention",
    "nobody asked",
    (d) => (d.abstention.minInterviews = 0),
    ["abstention error abstention.minInterviews"],
  ],
  [
    "abstention",
    "hardly anybody asked",
    (d) => (d.abstention.minInterviews = 4),
    ["abstention warning abstention.minInterviews"],
  ],
  ["confidence", "a bound that is certain", (d) => (d.confidenceBps = 10_000), ["confidence error confidenceBps"]],
  ["confidence", "a bold bound", (d) => (d.confidenceBps = 7999), ["confidence warning confidenceBps"]],
  ["version", "a second version of nothing", (d) => (d.version = 2), ["version error replaces"]],
  ["version", "a first version of something", (d) => (d.replaces = `0x${"11".repeat(32)}`), ["version error replaces"]],
  ["language", "another language", (d) => (d.language = "de"), ["language warning language"]],
  ["unconfirmed", "a draft", (d) => (d.criteria[0].state = { kind: "draft" }), ["unconfirmed error criteria[0].state"]],
  [
    "unconfirmed",
    "a template",
    (d) => (d.criteria[1].state = { kind: "template" }),
    ["unconfirmed warning criteria[1].state"],
  ],
];

describe("linter of criteria", () => {
  it("finds nothing in the example", () => {
    expect(lintCriteria(example(), SCALES)).to.deep.equal([]);
    expect(found(items({}))).to.deep.equal([]);
  });

  for (const [rule, what, change, expected] of CASES) {
    it(`finds ${what} (${rule})`, () => expect(found(change)).to.deep.equal(expected));
  }

  it("has a case for every rule", () => {
    expect([...new Set(CASES.map(([rule]) => rule))].sort()).to.deep.equal(Object.keys(RULES).sort());
  });

  it("says how to mend whatever it finds", () => {
    for (const [, , change] of CASES) {
      const document = structuredClone(example());
      change(document);
      for (const { message, fix } of lintJson(document, SCALES)) expect([message, fix]).to.not.include("");
    }
  });

  it("warns of more than 40 questions in all, and refuses more than 80", () => {
    const withCriteria = (count: number): CriteriaDraft => ({
      ...example(),
      criteria: Array.from({ length: count }, (_, i) => judged(`kind${i}`, 1, ["welcome/one"])),
    });
    const severity = (count: number): string[] =>
      lintCriteria(withCriteria(count), SCALES)
        .filter(({ rule }) => rule === "question-count")
        .map((finding) => finding.severity);
    expect([severity(20), severity(21), severity(40), severity(41)]).to.deep.equal([
      [],
      ["warning"],
      ["warning"],
      ["error"],
    ]);
  });
});

/** Documents of every form the schema takes, most of them nonsense. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "",
    " ",
    "harm",
    "welcome",
    "welcome/one",
    "Is it better?",
    "Do A and B?",
    "constructor",
    "__proto__",
    "\ud800",
  ),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
const points = fc.record({ threshold: number, benchmark: number, because: text });
const scale = fc.record({ min: number, max: number, unit: text });
const bps = fc.integer({ min: 0, max: 10_000 });
const days = fc.integer({ min: 0, max: 3660 });

const drafts = fc
  .record({
    format: fc.constant("guerdon/criteria/1"),
    title: text,
    language: fc.constantFrom("en", "en-GB", "de"),
    version: fc.integer({ min: 1, max: 3 }),
    replaces: fc.constantFrom(null, `0x${"ab".repeat(32)}`),
    roundDays: maybe(fc.integer({ min: 1, max: 365 })),
    assessmentDays: maybe(fc.integer({ min: 1, max: 90 })),
    abstention: maybe(fc.record({ maxAbstainedBps: bps, minInterviews: fc.nat(20) })),
    confidenceBps: maybe(bps),
    cards: fc.array(
      fc.record({
        id: text,
        title: text,
        description: text,
        policies: fc.array(fc.record({ id: text, text }), { minLength: 3, maxLength: 4 }),
        stories: fc.constant([{ quote: "q", from: { kind: "example" } }]),
      }),
      { maxLength: 2 },
    ),
    heldOut: fc.array(fc.record({ id: text, weight: bps, commitment: fc.constant(`0x${"cd".repeat(32)}`) }), {
      maxLength: 3,
    }),
    criteria: fc.array(
      fc.record({
        id: text,
        statement: text,
        direction: maybe(fc.constantFrom("higher", "lower")),
        weight: maybe(bps),
        sources: maybe(
          fc.array(
            fc.record({
              type: fc.constantFrom(
                "telemetry",
                "participant-interview",
                "participant-item",
                "provider-document",
                "inspection",
              ),
              group: fc.constantFrom("provider", "participant", "x"),
              what: text,
            }),
            { maxLength: 3 },
          ),
        ),
        singleSourceReason: maybe(text),
        guard: maybe(
          fc.oneof(
            fc.record({ kind: fc.constant("floor"), bps, effect: fc.constantFrom("cap", "zero"), because: text }),
            fc.record({ kind: fc.constant("veto"), questions: fc.array(text, { maxLength: 3 }), because: text }),
            fc.record({ kind: fc.constant("none"), reason: text }),
          ),
        ),
        baseline: maybe(
          fc.oneof(
            fc.record({ kind: fc.constant("value"), value: number, source: text }),
            fc.constant({ kind: "first-round" }),
            fc.record({ kind: fc.constant("none"), reason: text }),
          ),
        ),
        smallestChange: maybe(fc.record({ amount: number, because: text })),
        window: maybe(
          fc.record(
            {
              startDay: days,
              endDay: days,
              late: fc.record({ startDay: days, endDay: days, settles: fc.constantFrom("this-round", "later-round") }),
            },
            { requiredKeys: ["startDay", "endDay"] },
          ),
        ),
        stratum: maybe(
          fc.oneof(
            fc.record({ kind: fc.constant("strata"), by: text, names: fc.array(text, { maxLength: 3 }) }),
            fc.record({ kind: fc.constant("none"), reason: text }),
          ),
        ),
        proxyFor: maybe(text),
        policies: fc.array(text, { maxLength: 3 }),
        measure: maybe(
          fc.oneof(
            fc.record(
              {
                kind: fc.constant("judged"),
                questions: fc.array(
                  fc.record({
                    id: text,
                    text,
                    met: fc.constantFrom("good", "bad"),
                    about: fc.constantFrom("experience", "fact"),
                  }),
                  { maxLength: 9 },
                ),
                guidance: fc.array(
                  fc.record({ question: text, quote: text, answer: fc.constant("met"), because: text }),
                  { maxLength: 2 },
                ),
              },
              { requiredKeys: ["kind", "questions"] },
            ),
            fc.record(
              {
                kind: fc.constant("items"),
                instrument: fc.constantFrom("mood", "shut", "nps", "other"),
                item: fc.constantFrom("calm", "fear", "none"),
                licence: text,
                scale,
                achievement: points,
              },
              { requiredKeys: ["kind", "instrument", "item", "licence", "scale"] },
            ),
            fc.record({ kind: fc.constant("telemetry"), field: text, unit: text, achievement: points }),
          ),
        ),
        state: fc.constantFrom(
          { kind: "draft" },
          { kind: "template" },
          { kind: "confirmed", by: [`0x${"ab".repeat(20)}`] },
        ),
      }),
      { maxLength: 4 },
    ),
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe("linter of whatever comes", () => {
  it("throws for no document of the form, and finds the same again", () => {
    fc.assert(
      fc.property(drafts, (value) => {
        const parsed = criteriaDraftSchema.safeParse(value);
        fc.pre(parsed.success);
        const findings = lintCriteria(parsed.data!, SCALES);
        expect(findings).to.deep.equal(lintJson(value, SCALES));
        expect(findings.every(({ rule }) => Object.hasOwn(RULES, rule))).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses any JSON that is no document with words about its form", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const findings = lintJson(value, SCALES);
        expect(findings).to.not.be.empty;
        expect(findings.every(({ rule }) => rule === "form")).to.equal(true);
      }),
    );
  });

  it("finds something missing exactly where the complete form is not met", () => {
    let complete = 0;
    fc.assert(
      fc.property(drafts, fc.boolean(), (value, whole) => {
        const document = whole ? { ...example(), cards: (value as any).cards } : value;
        const open = lintJson(document, SCALES).some(({ rule, path }) => rule === "missing" && path !== "criteria");
        const { success } = criteriaDocumentSchema.safeParse(document);
        complete += success ? 1 : 0;
        expect(open).to.equal(!success);
      }),
      { numRuns: 100 },
    );
    expect(complete).to.be.greaterThan(10);
  });

  it("accepts what has no errors, warnings or not, and names the first error of the rest", () => {
    const document = { ...example(), confidenceBps: 7000 };
    expect(acceptedCriteria(document, SCALES)).to.deep.equal(document);
    expect(hasErrors(lintCriteria(document, SCALES))).to.equal(false);
    expect(() => acceptedCriteria({ ...document, roundDays: undefined }, SCALES)).to.throw(
      InputError,
      /roundDays.*not decided/,
    );
  });
});
