import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { payFor } from "../../contracts/protocol/curve.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { MAX_WINDOW_DAYS, slaTemplate } from "../../oracle/domain/templates/sla.ts";
import type { EvidenceFile, Finding, SeasonOptions } from "../../oracle/domain/templates/template.ts";

const DATA = new URL("../../oracle/data/sla/manticore-2026-08.json", import.meta.url);

function file(content: string | Uint8Array): EvidenceFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { name: "summary.json", mediaType: "application/json", bytes };
}

function service(slug: string, days: Record<string, unknown> = {}, more: Record<string, unknown> = {}): object {
  return { name: `Service ${slug}`, slug, uptimeYear: "100.00%", dailyMinutesDown: days, ...more };
}

function summary(...services: unknown[]): EvidenceFile {
  return file(JSON.stringify(services));
}

function season(evidence: EvidenceFile, options: SeasonOptions = {}): Finding[] {
  const plan = slaTemplate.plan([evidence], options);
  const ids = plan.providers.map(({ id }) => id);
  return slaTemplate.assess(plan.params, ids, plan.evidence[0]!, 0);
}

function refused(evidence: EvidenceFile | EvidenceFile[], parts: string[], options: SeasonOptions = {}): void {
  try {
    slaTemplate.plan([evidence].flat(), options);
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    for (const part of parts) expect((error as Error).message).to.contain(part);
    return;
  }
  expect.fail(`accepted; expected a refusal with ${parts.join(", ")}`);
}

describe("sla template on the real summary", () => {
  const real = file(readFileSync(DATA));
  const plan = slaTemplate.plan([real], {});

  it("takes the first to the last day with downtime as window", () => {
    expect(plan.params).to.deep.equal({ from: "2026-08-13", to: "2026-08-21" });
  });

  it("enrols 18 services with equal weights for one round, on the untouched file", () => {
    expect(plan.providers).to.have.length(18);
    expect(plan.providers[1]).to.deep.equal({ id: "manual", name: "Manual", weight: 1 });
    expect(new Set(plan.providers.map(({ weight }) => weight))).to.deep.equal(new Set([1]));
    expect(plan.evidence).to.deep.equal([[real]]);
  });

  it("pays absolutely and abstains at half", () => {
    expect(plan.payment).to.deep.include({ metered: false, fullPayBar: 10_000, defaultRate: 5000 });
  });

  it("gives each step its pay from its first basis point on", () => {
    const scores = [0, 9499, 9500, 9899, 9900, 9989, 9990, 10_000];
    const pays = scores.map((score) => payFor(plan.payment.curve, score));
    expect(pays).to.deep.equal([0, 0, 7500, 7500, 9000, 9000, 10_000, 10_000]);
  });

  it("scores as computed by hand: 59 and 192 minutes of 12,960", () => {
    const findings = new Map(season(real).map((finding) => [finding.providerId, finding]));
    expect(findings.get("manual")).to.deep.equal({
      providerId: "manual",
      scoreBps: 9954,
      outcome: "99.54 % available",
    });
    expect(findings.get("git-hub")?.scoreBps).to.equal(9851);
    expect(findings.get("chat")).to.deep.include({ scoreBps: 10_000, outcome: "100.00 % available" });
  });

  it("scores only the window asked for", () => {
    const findings = season(real, { from: "2026-08-15", to: "2026-08-15" });
    expect(findings.find(({ providerId }) => providerId === "git-hub")?.scoreBps).to.equal(8666);
    expect(findings.find(({ providerId }) => providerId === "manual")?.scoreBps).to.equal(10_000);
  });

  it("names the two services whose year contradicts their days", () => {
    expect(plan.notes).to.have.length(2);
    expect(plan.notes[0]).to.contain("catalog-search").and.to.contain("97.87%").and.to.contain("98.9583 %");
    expect(plan.notes[1]).to.contain("catalog-autocomplete").and.to.contain("98.40%").and.to.contain("99.2129 %");
  });
});

describe("sla template", () => {
  it("fills in whichever end of the window is not given", () => {
    const evidence = summary(service("a", { "2026-08-03": 5, "2026-08-09": 1, "2026-08-20": 0 }));
    const params = (options: SeasonOptions): unknown => slaTemplate.plan([evidence], options).params;
    expect(params({})).to.deep.equal({ from: "2026-08-03", to: "2026-08-09" });
    expect(params({ from: "2026-08-01" })).to.deep.equal({ from: "2026-08-01", to: "2026-08-09" });
    expect(params({ to: "2026-08-31", rounds: 1 })).to.deep.equal({ from: "2026-08-03", to: "2026-08-31" });
  });

  it("counts both ends of the window, and leap days", () => {
    const evidence = summary(
      service("a", { "2028-02-27": 144, "2028-02-28": 144, "2028-03-01": 144, "2028-03-02": 144 }),
    );
    expect(season(evidence, { from: "2028-02-28", to: "2028-03-01" })[0]?.scoreBps).to.equal(9333); // 288 of 4,320
  });

  it("abstains on a service down throughout by its only monitor, and only then", () => {
    const days = { "2026-08-01": 1440, "2026-08-02": 1440 };
    const [down, almost] = season(summary(service("a", days), service("b", { ...days, "2026-08-02": 1439 })));
    expect(down).to.deep.include({ providerId: "a", scoreBps: null });
    expect(down?.outcome).to.contain("only monitor");
    expect(almost).to.deep.include({ scoreBps: 3, outcome: "0.03 % available" }); // 1 of 2,880
  });

  it("works out the score exactly as the formula says", () => {
    const minutes = fc.integer({ min: 0, max: 1440 });
    fc.assert(
      fc.property(minutes, minutes, (one, other) => {
        const evidence = summary(service("a", { "2026-08-01": one, "2026-08-03": other }));
        const [finding] = season(evidence, { from: "2026-08-01", to: "2026-08-03" });
        expect(finding?.scoreBps).to.equal(Number((10_000n * BigInt(4320 - one - other)) / 4320n));
      }),
    );
  });

  it("doubts a year more than 0.1 points below the window, not one exactly 0.1 below", () => {
    const options = { from: "2026-08-01", to: "2026-08-10" }; // 14,400 minutes: 144 are exactly 1 point
    const notes = (uptimeYear: string): readonly string[] =>
      slaTemplate.plan([summary(service("a", { "2026-08-01": 144 }, { uptimeYear }))], options).notes;
    expect(notes("98.90%")).to.deep.equal([]);
    expect(notes("98.9%")).to.deep.equal([]);
    expect(notes("98.8999%")).to.have.length(1);
    expect(notes("98.89%")[0]).to.contain("a: uptimeYear 98.89%").and.to.contain("99.0000 %");
    expect(notes("100.00%")).to.deep.equal([]);
    expect(notes("0%")).to.have.length(1);
  });

  it("gives findings in the order of the roster", () => {
    const evidence = summary(service("a", { "2026-08-01": 1 }), service("b"));
    const { params } = slaTemplate.plan([evidence], {});
    const ids = slaTemplate.assess(params, ["b", "a"], [evidence], 0).map(({ providerId }) => providerId);
    expect(ids).to.deep.equal(["b", "a"]);
  });

  it("tolerates what it does not use, and a missing name", () => {
    const evidence = summary(service("a", { "2026-08-01": 1 }, { name: undefined, uptime: 7, future: { x: [null] } }));
    expect(slaTemplate.plan([evidence], {}).providers).to.deep.equal([{ id: "a", name: "a", weight: 1 }]);
  });

  it("refuses evidence of other rounds, of other providers, or of no file", () => {
    const evidence = summary(service("a", { "2026-08-01": 1 }));
    const { params } = slaTemplate.plan([evidence], {});
    expect(() => slaTemplate.assess(params, ["a"], [evidence], 1)).to.throw(InputError, "one round");
    expect(() => slaTemplate.assess(params, ["b"], [evidence], 0)).to.throw(InputError, '"b"');
    expect(() => slaTemplate.assess(params, ["a"], [], 0)).to.throw(InputError, "0 files");
    expect(() => slaTemplate.assess({ ...params, to: "2026-07-01" }, ["a"], [evidence], 0)).to.throw(
      InputError,
      "--to",
    );
  });
});

describe("sla template, bad options", () => {
  const evidence = summary(service("a", { "2026-08-10": 5 }));
  const cases: [string, SeasonOptions, string[]][] = [
    ["more than one round", { rounds: 2 }, ["--rounds", '"2"']],
    ["no round", { rounds: 0 }, ["--rounds", '"0"']],
    ["a day that does not exist", { from: "2026-02-30" }, ["--from", "no such day", "2026-02-30"]],
    ["29 February of a common year", { to: "2026-02-29" }, ["--to", "2026-02-29"]],
    ["another form of day", { from: "1.8.2026" }, ["--from", "YYYY-MM-DD"]],
    ["a time of day", { to: "2026-08-11T00:00:00Z" }, ["--to", "YYYY-MM-DD"]],
    ["an empty day", { to: "" }, ["--to", '""']],
    [
      "a window that ends before it starts",
      { from: "2026-08-12", to: "2026-08-11" },
      ["--to", "2026-08-11", "2026-08-12 or later"],
    ],
    ["a start after the last day with downtime", { from: "2026-08-11" }, ["--to", "2026-08-10", "2026-08-11 or later"]],
    [
      "a window of 3,661 days",
      { from: "2016-08-02", to: "2026-08-10" },
      ["3661 days", `at most ${MAX_WINDOW_DAYS} days`],
    ],
  ];
  for (const [what, options, parts] of cases) it(`refuses ${what}`, () => refused(evidence, parts, options));

  it("accepts a window of 3,660 days and one of a day", () => {
    expect(season(evidence, { from: "2016-08-03", to: "2026-08-10" })[0]?.scoreBps).to.equal(9999);
    expect(season(evidence, { from: "2026-08-10", to: "2026-08-10" })[0]?.scoreBps).to.equal(9965);
  });

  it("asks for both ends of the window where no service has downtime", () => {
    const calm = summary(service("a", { "2026-08-10": 0 }));
    refused(calm, ["summary.json", "--from", "no service has downtime", "both"]);
    refused(calm, ["--to", "no service has downtime"], { from: "2026-08-01" });
    refused(calm, ["--from", "no service has downtime"], { to: "2026-08-01" });
    expect(season(calm, { from: "2026-08-01", to: "2026-08-02" })[0]?.scoreBps).to.equal(10_000);
  });
});

describe("sla template, bad files", () => {
  const day = { "2026-08-01": 5 };
  const text = JSON.stringify([service("a", day)]);
  const cases: [string, EvidenceFile, string[]][] = [
    ["no JSON", file("engine,cycle\n1,1\n"), ["summary.json", "not valid JSON"]],
    ["nothing", file(""), ["summary.json", "not valid JSON"]],
    ["JSON cut short", file(text.slice(0, -5)), ["not valid JSON"]],
    ["NaN", file(text.replace(":5", ":NaN")), ["not valid JSON"]],
    ["bytes that are not UTF-8", file(Uint8Array.of(91, 0xff, 93)), ["summary.json", "UTF-8"]],
    ["an object", file('{"services":[]}'), ["holds no list"]],
    ["null", file("null"), ["holds no list"]],
    ["an empty list", file("[]"), ["number of services", '"0"']],
    ["a list of other things", file("[7]"), ["service number 1", "not an object"]],
    ["a service in a list", file("[[]]"), ["service number 1", "not an object"]],
    [
      "a day named twice",
      file('[{"dailyMinutesDown":{"2026-08-01":5,\n"2026-08-01":0}}]'),
      ["line 2", '"2026-08-01"', "twice"],
    ],
    ["a key repeated in disguise", file('[{"slug":"a","\\u0073lug":"b"}]'), ['"slug"', "twice"]],
    [
      "a slug that is missing",
      summary(service("a", day, { slug: undefined })),
      ["service number 1", '"slug"', "lacks"],
    ],
    ["a slug that is a number", summary(service("a", day, { slug: 7 })), ["service number 1", '"slug"', '"7"']],
    ["an empty slug", summary(service("", day)), ['"slug"', "1 to 100 visible characters"]],
    ["a slug with a line break", summary(service("a\nb", day)), ['"slug"', "without spaces"]],
    ["a slug with an escape sequence", summary(service("a\u001b[2J", day)), ['"slug"']],
    ["a slug with a bidirectional mark", summary(service("a\u202eb", day)), ['"slug"']],
    ["a slug of 101 characters", summary(service("x".repeat(101), day)), ['"slug"']],
    [
      "a slug twice",
      summary(service("a", day), service("b"), service("a")),
      ['"slug"', 'service "a"', "each slug once"],
    ],
    ["a name with a line break", summary(service("a", day, { name: "a\nb" })), ['service "a"', '"name"']],
    [
      "a name with half a surrogate pair",
      summary(service("a", day, { name: "a\ud800" })),
      ["summary.json", 'service "a"', '"name"', '"a\\ud800"'],
    ],
    ["a name that is turned around", summary(service("a", day, { name: "a\u202eb" })), ['service "a"', '"name"']],
    ["a name with an isolate", summary(service("a", day, { name: "a\u2066b" })), ['service "a"', '"name"']],
    ["a name with a line separator", summary(service("a", day, { name: "a\u2028b" })), ['service "a"', '"name"']],
    ["no uptimeYear", summary(service("a", day, { uptimeYear: undefined })), ['service "a"', '"uptimeYear"', "lacks"]],
    ["an uptimeYear that is a number", summary(service("a", day, { uptimeYear: 99.6 })), ['"uptimeYear"', "99.6"]],
    ["an uptimeYear above 100", summary(service("a", day, { uptimeYear: "100.01%" })), ['"uptimeYear"', "100.01%"]],
    ["an uptimeYear below 0", summary(service("a", day, { uptimeYear: "-1.00%" })), ['"uptimeYear"', "-1.00%"]],
    ["an uptimeYear of NaN", summary(service("a", day, { uptimeYear: "NaN%" })), ['"uptimeYear"', "NaN%"]],
    [
      "no days",
      summary(service("a", day, { dailyMinutesDown: undefined })),
      ['service "a"', '"dailyMinutesDown"', "lacks"],
    ],
    ["days in a list", summary(service("a", day, { dailyMinutesDown: [] })), ['"dailyMinutesDown"', "minutes by day"]],
    ["days of null", summary(service("a", day, { dailyMinutesDown: null })), ['"dailyMinutesDown"', "null"]],
    [
      "a day that does not exist",
      summary(service("a", { "2026-02-30": 5 })),
      ['service "a"', '"dailyMinutesDown"', "2026-02-30"],
    ],
    ["a day in another form", summary(service("a", { "2026-8-1": 5 })), ['"dailyMinutesDown"', "2026-8-1"]],
    ["a day called __proto__", file(text.replace("2026-08-01", "__proto__")), ['"dailyMinutesDown"', "__proto__"]],
    [
      "negative minutes",
      summary(service("a", { "2026-08-01": -1 })),
      ['service "a"', "dailyMinutesDown.2026-08-01", '"-1"'],
    ],
    ["fractional minutes", summary(service("a", { "2026-08-01": 0.5 })), ["dailyMinutesDown.2026-08-01", '"0.5"']],
    ["1,441 minutes of a day", summary(service("a", { "2026-08-01": 1441 })), ['"1441"', "0 to 1440"]],
    ["minutes as text", summary(service("a", { "2026-08-01": "5" })), ["dailyMinutesDown.2026-08-01", '"5"']],
    ["minutes of null", summary(service("a", { "2026-08-01": null })), ["dailyMinutesDown.2026-08-01", "null"]],
    ["endless minutes", file(text.replace(":5", ":1e999")), ["dailyMinutesDown.2026-08-01", "0 to 1440"]],
  ];
  for (const [what, evidence, parts] of cases) it(`refuses ${what}`, () => refused(evidence, parts));

  it("refuses faults outside the window too", () => {
    const evidence = summary(service("a", { "2026-08-01": 5, "2020-01-01": 1441 }));
    refused(evidence, ["dailyMinutesDown.2020-01-01"], { from: "2026-08-01", to: "2026-08-01" });
  });

  it("refuses more services than a pool holds", () => {
    const many = Array.from({ length: 8192 }, (_, i) => service(`s${i}`, day));
    refused(summary(...many), ["number of services", '"8192"', "1 to 8191"]);
  });

  it("refuses no file and two files", () => {
    refused([], ["reads one file", "0 files"]);
    refused([summary(service("a", day)), summary(service("b", day))], ["2 files"]);
  });

  it("accepts equal keys in different objects, and braces and quotes inside strings", () => {
    const tricky = service("a", day, {
      note: '{"slug":"\\"},[',
      nested: { slug: 1, list: [{ slug: 1 }, { slug: 1 }] },
    });
    expect(season(summary(tricky, service("b", day)))).to.have.length(2);
  });

  it("accepts names with emoji, joiners and letters written from right to left", () => {
    for (const name of [
      "\u{1f469}\u200d\u{1f4bb} API",
      "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
      "\u05e9\u05dc\u05d5\u05dd",
    ]) {
      expect(slaTemplate.plan([summary(service("a", day, { name }))], {}).providers[0]?.name).to.equal(name);
    }
  });

  it("accepts a byte order mark", () => {
    expect(season(file(`\ufeff${text}`))).to.have.length(1);
  });
});
