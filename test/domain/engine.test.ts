import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { payFor } from "../../contracts/protocol/curve.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { engineTemplate } from "../../oracle/domain/templates/engine.ts";
import type { EvidenceFile, Finding, SeasonOptions } from "../../oracle/domain/templates/template.ts";

const DATA = new URL("../../oracle/data/engine/fd001_run_to_failure.csv", import.meta.url);
const HEADER = "engine,cycle,temperature_R";

function file(content: string | Uint8Array): EvidenceFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { name: "telemetry.csv", mediaType: "text/csv", bytes };
}

function textOf({ bytes }: EvidenceFile): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Telemetry of engines 1, 2, … that flew so many cycles each. */
function telemetry(...cycles: number[]): EvidenceFile {
  const lines = cycles.flatMap((count, i) => Array.from({ length: count }, (_, c) => `${i + 1},${c + 1},${600 + c}.5`));
  return file(`${[HEADER, ...lines].join("\n")}\n`);
}

function season(evidence: EvidenceFile, options: SeasonOptions = {}): Finding[][] {
  const plan = engineTemplate.plan([evidence], options);
  const ids = plan.providers.map(({ id }) => id);
  return plan.evidence.map((slice, round) => engineTemplate.assess(plan.params, ids, slice, round));
}

function refused(act: () => unknown, parts: string[]): void {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    for (const part of parts) expect((error as Error).message).to.contain(part);
    return;
  }
  expect.fail(`accepted; expected a refusal with ${parts.join(", ")}`);
}

describe("engine template on the real telemetry", () => {
  const real = file(readFileSync(DATA));
  const plan = engineTemplate.plan([real], {});
  const ids = plan.providers.map(({ id }) => id);
  const rowsOf = (slice: EvidenceFile): number[][] =>
    textOf(slice)
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map(Number));

  it("forms nine fleets of five in file order, 150 cycles each", () => {
    expect(ids).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `fleet-${number}`));
    expect(plan.params.cyclesPerRound).to.equal(30);
    expect(plan.params.fleets[1]).to.deep.equal({ id: "fleet-2", engines: [6, 7, 8, 9, 10] });
    expect(plan.providers[8]).to.deep.equal({ id: "fleet-9", name: "Engines 41, 42, 43, 44, 45", weight: 150 });
    expect(plan.notes).to.deep.equal([]);
  });

  it("has twelve rounds by default", () => expect(plan.evidence).to.have.length(12));

  it("pays hours not flown twice below 95 %, and nothing less above", () => {
    expect(plan.payment).to.deep.include({ metered: true, fullPayBar: 10_000, defaultRate: 5000 });
    const scores = [0, 1, 5000, 9499, 9500, 9999, 10_000];
    expect(scores.map((score) => payFor(plan.payment.curve, score))).to.deep.equal([
      0, 1, 5000, 9499, 10_000, 10_000, 10_000,
    ]);
  });

  it("agrees with a count of the raw rows in every round", () => {
    const rows = rowsOf(real);
    plan.evidence.forEach((slice, round) => {
      const findings = engineTemplate.assess(plan.params, ids, slice, round);
      const units = plan.params.fleets.map(
        ({ engines }) =>
          rows.filter(([engine, cycle]) => engines.includes(engine!) && Math.ceil(cycle! / 30) === round + 1).length,
      );
      expect(findings.map((finding) => finding.units)).to.deep.equal(units);
      expect(findings.map(({ scoreBps }) => scoreBps)).to.deep.equal(units.map((u) => Math.floor((u * 10_000) / 150)));
    });
  });

  it("finds the sixth round as counted by hand", () => {
    const [first, second] = engineTemplate.assess(plan.params, ids, plan.evidence[5]!, 5);
    expect(first).to.deep.equal({ providerId: "fleet-1", scoreBps: 9933, units: 149, outcome: "149 of 150 cycles" });
    expect(second).to.deep.equal({ providerId: "fleet-2", scoreBps: 8000, units: 120, outcome: "120 of 150 cycles" });
  });

  it("puts every line into the slice of its round, bytes untouched, and none anywhere else", () => {
    const [header, ...lines] = textOf(real).trimEnd().split("\n");
    const slices = plan.evidence.map(([slice]) => textOf(slice!));
    slices.forEach((slice, round) => {
      const own = lines.filter((line) => Math.ceil(Number(line.split(",")[1]) / 30) === round + 1);
      expect(slice).to.equal(`${[header, ...own].join("\n")}\n`);
    });
    expect(slices.map((slice) => slice.split("\n").length - 2).reduce((a, b) => a + b)).to.equal(lines.length);
  });

  it("leaves cycles after the last round out", () => {
    const short = engineTemplate.plan([real], { rounds: 2 });
    expect(short.evidence).to.have.length(2);
    expect(Math.max(...rowsOf(short.evidence[1]![0]!).map(([, cycle]) => cycle!))).to.equal(60);
  });
});

describe("engine template", () => {
  it("lets the last fleet be smaller", () => {
    const plan = engineTemplate.plan([telemetry(1, 1, 1, 1, 1, 1, 1)], {});
    expect(plan.providers.map(({ weight, name }) => `${weight} ${name}`)).to.deep.equal([
      "150 Engines 1, 2, 3, 4, 5",
      "60 Engines 6, 7",
    ]);
    expect(engineTemplate.plan([telemetry(1)], {}).providers[0]).to.deep.equal({
      id: "fleet-1",
      name: "Engine 1",
      weight: 30,
    });
  });

  it("takes engines in the order they first appear, rows of several engines mixed", () => {
    const evidence = file(`${HEADER}\n9,1,1\n4,1,1\n9,2,1\n4,2,1\n`);
    expect(engineTemplate.plan([evidence], {}).params.fleets).to.deep.equal([{ id: "fleet-1", engines: [9, 4] }]);
    expect(season(evidence, { rounds: 1 })[0]?.[0]?.units).to.equal(4);
  });

  it("counts a round's first and last cycle in it", () => {
    const units = (cycles: number): unknown[] =>
      season(telemetry(cycles), { rounds: 3 }).map(([fleet]) => fleet?.units);
    expect(units(29)).to.deep.equal([29, 0, 0]);
    expect(units(30)).to.deep.equal([30, 0, 0]);
    expect(units(31)).to.deep.equal([30, 1, 0]);
    expect(units(61)).to.deep.equal([30, 30, 1]);
  });

  it("scores a round without flights 0, from a header alone", () => {
    const plan = engineTemplate.plan([telemetry(3)], { rounds: 2 });
    expect(textOf(plan.evidence[1]![0]!)).to.equal(`${HEADER}\n`);
    const findings = engineTemplate.assess(plan.params, ["fleet-1"], plan.evidence[1]!, 1);
    expect(findings).to.deep.equal([{ providerId: "fleet-1", scoreBps: 0, units: 0, outcome: "0 of 30 cycles" }]);
  });

  it("needs nothing but a round's own slice", () => {
    const cycles = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cycles, fc.integer({ min: 1, max: 4 }), (flown, rounds) => {
        const findings = season(telemetry(...flown), { rounds });
        findings.forEach((fleets, round) => {
          const units = flown.map((count) => Math.min(30, Math.max(0, count - 30 * round)));
          fleets.forEach((fleet, i) => {
            const own = units.slice(5 * i, 5 * i + 5);
            const sum = own.reduce((a, b) => a + b, 0);
            expect(fleet.units).to.equal(sum);
            expect(fleet.scoreBps).to.equal(Number((10_000n * BigInt(sum)) / BigInt(30 * own.length)));
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it("keeps Windows line breaks, and ends a last line that does not end", () => {
    const evidence = file(`${HEADER}\r\n1,1,5\r\n1,2,5`);
    const slices = engineTemplate.plan([evidence], { rounds: 2 }).evidence.map(([slice]) => textOf(slice!));
    expect(slices).to.deep.equal([`${HEADER}\r\n1,1,5\r\n1,2,5\r\n`, `${HEADER}\r\n`]);
    expect(season(evidence, { rounds: 2 }).map(([fleet]) => fleet?.units)).to.deep.equal([2, 0]);
  });

  it("keeps a byte order mark and bare carriage returns", () => {
    const marked = file(`\ufeff${HEADER}\n1,1,5\n`);
    expect(textOf(engineTemplate.plan([marked], { rounds: 1 }).evidence[0]![0]!)).to.equal(textOf(marked));
    expect(season(marked, { rounds: 2 }).map(([fleet]) => fleet?.units)).to.deep.equal([1, 0]);
    const old = file(`${HEADER}\r1,1,5\r1,2,5\r`);
    expect(season(old, { rounds: 2 }).map(([fleet]) => fleet?.units)).to.deep.equal([2, 0]);
  });

  it("gives findings in the order of the roster", () => {
    const plan = engineTemplate.plan([telemetry(1, 1, 1, 1, 1, 2)], { rounds: 1 });
    const findings = engineTemplate.assess(plan.params, ["fleet-2", "fleet-1"], plan.evidence[0]!, 0);
    expect(findings.map(({ units }) => units)).to.deep.equal([2, 5]);
  });

  it("takes 520 rounds, and columns in any order", () => {
    expect(engineTemplate.plan([telemetry(1)], { rounds: 520 }).evidence).to.have.length(520);
    expect(season(file("t,cycle,engine\n-1.5e3,1,7\n"), { rounds: 1 })[0]?.[0]?.units).to.equal(1);
  });
});

describe("engine template, bad input", () => {
  const options: [SeasonOptions, string[]][] = [
    [{ from: "2026-08-01" }, ["--from", "2026-08-01", "cycles, not days"]],
    [{ to: "2026-08-01" }, ["--to", "2026-08-01"]],
    [{ rounds: 0 }, ["--rounds", '"0"', "1 to 520"]],
    [{ rounds: 521 }, ["--rounds", '"521"', "1 to 520"]],
    [{ rounds: 1.5 }, ["--rounds", '"1.5"']],
    [{ rounds: NaN }, ["--rounds", '"NaN"']],
  ];
  for (const [given, parts] of options) {
    it(`refuses ${JSON.stringify(given)}`, () => refused(() => engineTemplate.plan([telemetry(1)], given), parts));
  }

  const cases: [string, string, string[]][] = [
    ["nothing", "", ["telemetry.csv", "empty"]],
    ["a header alone", `${HEADER}\n`, ["telemetry.csv", "no rows"]],
    ["no engine column", "motor,cycle\n1,1\n", ["telemetry.csv", '"engine"', "missing"]],
    ["no cycle column", "engine,t\n1,1\n", ['"cycle"', "missing"]],
    ["a column twice", "engine,cycle,cycle\n1,1,1\n", ['"cycle"', "twice"]],
    ["a row cut short", `${HEADER}\n1,1,5\n1,2\n`, ["line 3"]],
    ["an empty line", `${HEADER}\n1,1,5\n\n1,2,5\n`, ["line 3"]],
    ["engine 0", `${HEADER}\n0,1,5\n`, ["line 2", '"engine"', '"0"']],
    ["a negative engine", `${HEADER}\n-1,1,5\n`, ["line 2", '"engine"', '"-1"']],
    ["an engine by name", `${HEADER}\nA,1,5\n`, ["line 2", '"engine"', '"A"']],
    ["cycle 0", `${HEADER}\n1,0,5\n`, ["line 2", '"cycle"', '"0"']],
    ["a fractional cycle", `${HEADER}\n1,1.5,5\n`, ["line 2", '"cycle"', '"1.5"']],
    ["an empty cycle", `${HEADER}\n1,,5\n`, ["line 2", '"cycle"']],
    ["a cycle twice", `${HEADER}\n1,1,5\n2,1,5\n1,1,5\n`, ["line 4", '"cycle"', '"1"', "engine 1", "cycle 2"]],
    ["a cycle missing", `${HEADER}\n1,1,5\n1,3,5\n`, ["line 3", '"3"', "engine 1", "cycle 2"]],
    ["a first cycle that is not 1", `${HEADER}\n1,1,5\n2,2,5\n`, ["line 3", "engine 2", "cycle 1"]],
    ["cycles that go back", `${HEADER}\n1,1,5\n1,2,5\n1,1,5\n`, ["line 4", "cycle 3"]],
    ["a reading of NaN", `${HEADER}\n1,1,5\n1,2,NaN\n`, ["line 3", '"temperature_R"', '"NaN"']],
    ["an endless reading", `${HEADER}\n1,1,Infinity\n`, ["line 2", '"temperature_R"', '"Infinity"']],
    ["a reading beyond any double", `${HEADER}\n1,1,1e999\n`, ["line 2", '"temperature_R"']],
    ["no reading", `${HEADER}\n1,1,\n`, ["line 2", '"temperature_R"']],
    ["words for a reading", `${HEADER}\n1,1,warm\n`, ["line 2", '"temperature_R"', '"warm"']],
    ["a header of two lines", `engine,cycle,"a\nb"\n1,1,5\n`, ["line 1", "header is not one line"]],
    ["JSON", '[{"engine":1}]', ["telemetry.csv"]],
  ];
  for (const [what, text, parts] of cases) {
    it(`refuses ${what}`, () => refused(() => engineTemplate.plan([file(text)], {}), parts));
  }

  it("refuses bytes that are not UTF-8, no file and two files", () => {
    refused(() => engineTemplate.plan([file(Uint8Array.of(0xff, 10))], {}), ["telemetry.csv", "UTF-8"]);
    refused(() => engineTemplate.plan([], {}), ["0 files"]);
    refused(() => engineTemplate.plan([telemetry(1), telemetry(1)], {}), ["2 files"]);
  });

  it("refuses more fleets than a metered pool holds", () => {
    const lines = Array.from({ length: 4090 * 5 + 1 }, (_, i) => `${i + 1},1`);
    refused(
      () => engineTemplate.plan([file(["engine,cycle", ...lines].join("\n"))], {}),
      ["too many engines", '"20451"', "20450"],
    );
  });

  it("refuses evidence that is not of the round or the season", () => {
    const plan = engineTemplate.plan([telemetry(40)], { rounds: 2 });
    const assess =
      (text: string, round: number, ids = ["fleet-1"]) =>
      () =>
        engineTemplate.assess(plan.params, ids, [file(text)], round);
    refused(assess(textOf(plan.evidence[0]![0]!), 1), ["line 2", "cycle 31"]);
    refused(assess(textOf(telemetry(40)), 0), ["line 32", '"cycle"', '"31"', "1 to 30"]);
    refused(assess(`${HEADER}\n2,1,5\n`, 0), ["line 2", '"engine"', '"2"', "in no fleet"]);
    refused(assess(`${HEADER}\n1,1,5\n1,1,5\n`, 0), ["line 3", "cycle 2"]);
    refused(assess(`${HEADER}\n1,1,NaN\n`, 0), ["line 2", '"temperature_R"']);
    refused(assess("", 0), ["telemetry.csv", "empty"]);
    refused(assess("no telemetry", 0), ['"engine"', "missing"]);
    refused(assess("engine,engine,cycle\n", 0), ['"engine"', "twice"]);
    refused(assess(`${HEADER}\n`, 0, ["fleet-2"]), ["fleet-2"]);
  });
});
