import { expect } from "chai";
import fc from "fast-check";
import { discountReports, type Origin, type Report } from "../../../oracle/domain/integrity/discount.ts";
import {
  containment,
  jaccard,
  shinglesOf,
  sketchJaccard,
  sketchOf,
} from "../../../oracle/domain/integrity/shingles.ts";
import { compareTexts } from "../../../oracle/domain/integrity/similar-texts.ts";

// shingles: by hand; sketch equals the exact value for small sets, near it for large ones
// discount
//   texts: a copy, a copy with changes, half of it; not: other words, short answers, templates, phrases all providers share
//   marks: one strong, two weak, one weak with a likeness; not: one weak
//   per provider and criterion; the first by receipt counts; reasons
//   properties: 0 or 1, one per group; order does not matter; later reports change no earlier weight; n copies add one report at most

const LONG =
  "The brakes squealed for weeks, they showed me the worn discs, rang before they ordered new ones, and on the third day I drove home " +
  "without a sound, which I had stopped hoping for.";
const OTHER =
  "My van would not start in the cold so I left it overnight; in the morning somebody had already found a loose cable behind the " +
  "battery and charged me nothing but a coffee.";
const CHANGED = LONG.replace("squealed", "screeched").replace("third", "second");
const HALF =
  "They showed me the worn discs, rang before they ordered new ones, and on the third day I drove home without a sound.";

const report = (id: string, text: string, more: Partial<Report> = {}): Report => ({
  id,
  provider: "p",
  criterion: "c",
  receivedAt: 0,
  text,
  origins: [],
  ...more,
});
const weightsOf = (reports: readonly Report[], templates: string[] = []) =>
  Object.fromEntries(discountReports(reports, templates).weights);

describe("Shingles", () => {
  it("are the distinct runs of three words, of three characters where there are no spaces", () => {
    expect([...shinglesOf("The Repair was good, the repair WAS good!")]).to.deep.equal([
      "the repair was",
      "repair was good",
      "was good the",
      "good the repair",
    ]);
    expect([...shinglesOf("修理良好")]).to.deep.equal(["修 理 良", "理 良 好"]);
    expect(shinglesOf("yes, good").size).to.equal(0);
  });

  it("resemble and contain one another as their definitions say", () => {
    const [one, other] = [new Set(["a", "b", "c"]), new Set(["b", "c", "d", "e"])];
    expect(jaccard(one, other)).to.equal(2 / 5);
    expect(Math.round(containment(2 / 5, 3, 4) * 1e9)).to.equal(Math.round((2 / 3) * 1e9));
    expect(jaccard(new Set(), new Set())).to.equal(0);
    expect(containment(0, 0, 3)).to.equal(0);
  });

  it("are compared by sketches exactly where they are few, and closely where they are many", () => {
    const item = fc.integer({ min: 0, max: 60 }).map(String);
    fc.assert(
      fc.property(fc.uniqueArray(item, { maxLength: 40 }), fc.uniqueArray(item, { maxLength: 40 }), (one, other) => {
        const [a, b] = [new Set(one), new Set(other)];
        expect(sketchJaccard(sketchOf(a), sketchOf(b))).to.equal(jaccard(a, b));
      }),
      { numRuns: 30 },
    );
    const range = (from: number, to: number) => new Set(Array.from({ length: to - from }, (_, i) => String(from + i)));
    expect(Math.abs(sketchJaccard(sketchOf(range(0, 600)), sketchOf(range(200, 800))) - 0.5)).to.be.lessThan(0.13);
  });
});

describe("Copies", () => {
  it("weigh as one: the same text, with words changed, with clauses left out; the first counts", () => {
    for (const copy of [LONG, CHANGED, HALF, LONG.toUpperCase(), LONG.replaceAll("e", "e\u200b")]) {
      const reports = [report("b", copy, { receivedAt: 2 }), report("a", LONG, { receivedAt: 1 }), report("z", OTHER)];
      expect(weightsOf(reports), copy).to.deep.equal({ z: 1, a: 1, b: 0 });
    }
    const [group] = discountReports([report("a", LONG), report("b", CHANGED)]).groups;
    expect(group!.members).to.deep.equal(["a", "b"]);
    expect(group!.reasons[0]).to.match(/^b and a: texts alike \(runs of words \d+%, terms \d+%\)$/);
  });

  it("are not short answers, words of the form, nor phrases that reports on most providers have", () => {
    expect(weightsOf([report("a", "yes, good"), report("b", "yes, good")])).to.deep.equal({ a: 1, b: 1 });
    expect(weightsOf([report("a", LONG), report("b", LONG)], [LONG])).to.deep.equal({ a: 1, b: 1 });
    const everywhere = ["p", "q", "r", "s"].map((provider) => report(`${provider}1`, LONG, { provider }));
    expect(weightsOf([...everywhere, report("p2", LONG)])).to.deep.equal({ p1: 1, p2: 1, q1: 1, r1: 1, s1: 1 });
    expect(weightsOf([...everywhere.slice(0, 3), report("p2", LONG)])["p2"]).to.equal(0);
  });

  it("are told by where they come from: one strong mark, two weak ones, or a weak one and a likeness", () => {
    const pair = (one: Origin[], other: Origin[], text = OTHER) =>
      weightsOf([report("a", LONG, { origins: one }), report("b", text, { origins: other })])["b"];
    const ip: Origin = { kind: "ip", value: "1" };
    const burst: Origin = { kind: "burst", value: "1" };
    expect(pair([{ kind: "device", value: "1" }], [{ kind: "device", value: "1" }])).to.equal(0);
    expect(pair([{ kind: "device", value: "1" }], [{ kind: "session", value: "1" }])).to.equal(1);
    expect(pair([ip], [ip])).to.equal(1);
    expect(pair([ip, burst], [ip, burst])).to.equal(0);
    const some =
      "They showed me the worn discs, rang before they ordered new ones, but the colour of the car is still not what I asked for.";
    expect(pair([], [], some)).to.equal(1);
    expect(pair([ip], [ip], some)).to.equal(0);
  });

  it("are looked for within one provider and criterion", () => {
    const reports = [report("a", LONG), report("b", LONG, { provider: "q" }), report("c", LONG, { criterion: "d" })];
    expect(weightsOf(reports)).to.deep.equal({ a: 1, b: 1, c: 1 });
    expect(() => discountReports([report("a", LONG), report("a", OTHER)])).to.throw("a report stands twice");
  });

  it("are found alike above the number that is compared exactly", () => {
    const word = (n: number) => `w${n}`;
    const texts = Array.from({ length: 410 }, (_, i) =>
      Array.from({ length: 16 }, (_, j) => word(i * 16 + j)).join(" "),
    );
    const compare = compareTexts([...texts, `${texts[7]!} and more`], new Set());
    expect(Math.round(compare(410, 7).contained * 1e6)).to.equal(1e6);
    expect(compare(410, 8)).to.deep.equal({ contained: 0, cosine: 0 });
  });
});

describe("The discount", () => {
  const clause = fc.constantFrom(
    ...LONG.split(", "),
    ...OTHER.split(" so "),
    "good",
    "it was as I had hoped it would be at first",
  );
  const text = fc.array(clause, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(", "));
  const origins = fc.subarray<Origin>([
    { kind: "ip", value: "1" },
    { kind: "burst", value: "1" },
    { kind: "device", value: "1" },
  ]);
  const some = fc
    .array(fc.record({ text, origins, receivedAt: fc.nat(3), provider: fc.constantFrom("p", "q") }), { maxLength: 8 })
    .map((list) => list.map((one, i) => report(`r${i}`, one.text, one)));
  const at = (reports: readonly Report[]) => discountReports(reports).weights;

  it("weighs 0 or 1, one in each group, whatever the order", () => {
    fc.assert(
      fc.property(some, fc.nat(), (reports, turn) => {
        const { weights, groups } = discountReports(reports);
        expect([...weights.values()].every((weight) => weight === 0 || weight === 1)).to.equal(true);
        for (const { members, reasons } of groups) {
          expect(members.map((id) => weights.get(id))).to.deep.equal([1, ...reasons.map(() => 0)]);
        }
        const by = turn % (reports.length + 1);
        const turned = [...reports.slice(by), ...reports.slice(0, by)].reverse();
        expect(discountReports(turned)).to.deep.equal({ weights, groups });
      }),
      { numRuns: 60 },
    );
  });

  it("gives reports about others no say", () => {
    fc.assert(
      fc.property(some, text, origins, (reports, words, marks) => {
        const before = at(reports);
        const other = report("other", words, { origins: marks, receivedAt: 0, provider: "z" });
        const after = at([...reports, other]);
        for (const [id, weight] of before) expect(after.get(id)).to.equal(weight);
      }),
      { numRuns: 60 },
    );
  });

  it("counts at most one of any number of copies", () => {
    fc.assert(
      fc.property(some, text, fc.integer({ min: 1, max: 5 }), (reports, words, n) => {
        const copies = Array.from({ length: n }, (_, i) => report(`x${i}`, `${LONG} ${words}`, { receivedAt: 5 + i }));
        const weights = at([...reports, ...copies]);
        const counted = copies.filter(({ id }) => weights.get(id) === 1);
        expect(counted.length).to.be.at.most(1);
      }),
      { numRuns: 60 },
    );
  });
});
