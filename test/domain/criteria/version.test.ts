import { expect } from "chai";
import { difference } from "../../../oracle/domain/criteria/changes.ts";
import { criteriaDocumentSchema, criteriaHash } from "../../../oracle/domain/criteria/document.ts";
import { confirm, nextVersion, successionProblem } from "../../../oracle/domain/criteria/version.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { lintCriteria } from "../../../oracle/domain/lint/lint.ts";
import { ANNA, BEN, example, figure, judged } from "./example.ts";

const old = { ...example(), heldOut: [{ id: "dark", weight: 0, commitment: `0x${"11".repeat(32)}` as const }] };
const up = old.criteria[1]!;

describe("versions of criteria", () => {
  it("name what they replace, count up, and drop commitments that will be revealed", () => {
    const next = nextVersion(old, { title: "Another" });
    expect([next.version, next.replaces, next.title, next.heldOut]).to.deep.equal([
      2,
      criteriaHash(old),
      "Another",
      [],
    ]);
    expect(criteriaDocumentSchema.parse(next)).to.deep.equal(next);
    expect(lintCriteria(next)).to.deep.equal([]);
    expect(successionProblem(old, next)).to.equal(null);
  });

  it("put, replace and remove criteria in place", () => {
    const added = judged("calm", 1000, []);
    const next = nextVersion(old, {
      remove: ["welcome"],
      put: [added, { ...up, weight: 9000, state: { kind: "confirmed", by: [BEN] } }],
    });
    expect(next.criteria.map(({ id, weight }) => [id, weight])).to.deep.equal([
      ["up", 9000],
      ["calm", 1000],
    ]);
    expect(next.criteria[0]!.state).to.deep.equal({ kind: "confirmed", by: [BEN] });
  });

  it("make a changed criterion a draft again where its confirmation is the old one", () => {
    const next = nextVersion(old, { put: [{ ...up, weight: 3999 }, { ...judged("more", 1, []) }] });
    expect(next.criteria.map(({ state }) => state.kind)).to.deep.equal(["confirmed", "draft", "confirmed"]);
  });

  const faults: [string, Parameters<typeof nextVersion>[1], RegExp][] = [
    ["to remove what is not there", { remove: ["gone"] }, /no such criterion.*"gone"/],
    ["to put one twice", { put: [up, up] }, /put twice/],
    ["to change nothing", { put: [up], heldOut: old.heldOut }, /nothing changes/],
  ];
  for (const [what, changes, expected] of faults) {
    it(`refuse ${what}`, () => expect(() => nextVersion(old, changes)).to.throw(InputError, expected));
  }

  it("are told from documents that only claim to follow", () => {
    const next = nextVersion(old, { title: "Another" });
    expect(successionProblem(old, { ...next, version: 3 })).to.equal("it is version 3, not 2");
    expect(successionProblem({ ...old, title: "x" }, next)).to.match(/^it replaces 0x[0-9a-f]{64}, not 0x/);
    expect(successionProblem(old, { ...next, replaces: null })).to.match(/^it replaces nothing/);
  });

  it("are confirmed by accounts, each once, in their order", () => {
    const twice = confirm(confirm(confirm(old, ["up"], BEN), ["up"], ANNA), ["up"], BEN);
    expect(twice.criteria[1]!.state).to.deep.equal({ kind: "confirmed", by: [ANNA, BEN] });
    expect(twice.criteria[0]).to.deep.equal(old.criteria[0]);
    expect(() => confirm(old, ["none"], ANNA)).to.throw(InputError, /no such criterion/);
  });

  it("hash to something else with any change", () => {
    const changed = [
      { ...old, title: "x" },
      { ...old, confidenceBps: 9001 },
      { ...old, cards: [] },
      { ...old, version: 2 },
    ];
    expect(new Set([old, ...changed].map(criteriaHash)).size).to.equal(5);
    expect(criteriaHash(structuredClone(old))).to.equal(criteriaHash(old));
  });
});

describe("difference of versions in words", () => {
  it("is empty for the same", () => expect(difference(old, structuredClone(old))).to.deep.equal([]));

  it("names what came, what went and every value that changed", () => {
    const next = nextVersion(old, {
      title: "Another",
      remove: ["welcome"],
      put: [
        { ...up, window: { startDay: 5, endDay: 30 } },
        { ...figure("calm", 6000), policies: [] },
      ],
    });
    expect(difference(old, next)).to.deep.equal([
      'title is "Another", was "An example".',
      "The criterion welcome is gone.",
      'up: state.by[0] is gone, was "0x00000000000000000000000000000000000000a1".',
      'up: state.kind is "draft", was "confirmed".',
      "up: window.late.endDay is gone, was 90.",
      'up: window.late.settles is gone, was "later-round".',
      "up: window.late.startDay is gone, was 60.",
      "up: window.startDay is 5, was 0.",
      "The criterion calm is new.",
      "The held-out criterion dark is gone.",
    ]);
  });
});
