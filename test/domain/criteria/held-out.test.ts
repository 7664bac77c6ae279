import { expect } from "chai";
import fc from "fast-check";
import { concat, keccak256, toHex } from "viem";
import { canonicalJson } from "../../../oracle/domain/canonical.ts";
import type { Criterion } from "../../../oracle/domain/criteria/criterion.ts";
import { checkReveal, checkReveals, commitHeldOut, type Reveal } from "../../../oracle/domain/held-out.ts";
import { example, judged } from "./example.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- reveals are spoiled in ways their types forbid */

const salt = (n: number): `0x${string}` => `0x${n.toString(16).padStart(64, "0")}`;
const secret = judged("trust", 1000, ["welcome/one"]);
const first = commitHeldOut("dark-one", secret, salt(1));
const second = commitHeldOut("dark-two", { ...judged("calm", 0, ["welcome/two"]) }, salt(2));
const base = example();
const document = {
  ...base,
  criteria: [base.criteria[0]!, { ...base.criteria[1]!, weight: 3000 }],
  heldOut: [first.held, second.held],
};

const kinds = (reveals: readonly unknown[]): string[] =>
  checkReveals(document, reveals).map(({ kind, id }) => `${kind} ${id}`);

describe("held-out criteria", () => {
  it("are committed to by keccak256 under a domain of their own", () => {
    const inner = keccak256(toHex(canonicalJson({ id: "dark-one", criterion: secret })));
    const expected = keccak256(concat([keccak256(toHex("guerdon/held-out/1")), salt(1), inner]));
    expect(first.held).to.deep.equal({ id: "dark-one", weight: 1000, commitment: expected });
  });

  it("are revealed by what was kept, in any order", () => {
    expect(checkReveal(first.held, first.reveal)).to.deep.equal({
      kind: "revealed",
      id: "dark-one",
      criterion: secret,
    });
    expect(kinds([second.reveal, first.reveal])).to.deep.equal(["revealed dark-one", "revealed dark-two"]);
  });

  const changed = (change: (reveal: any) => void): unknown => {
    const reveal = structuredClone(first.reveal);
    change(reveal);
    return reveal;
  };
  const cases: [string, unknown, string][] = [
    ["nothing", undefined, "missing"],
    ["no reveal at all", { id: "dark-one" }, "malformed"],
    ["half a character", changed((r) => (r.criterion.statement = "\ud800")), "malformed"],
    ["what opens another place", second.reveal, "other-place"],
    ["another salt", changed((r) => (r.salt = salt(3))), "other-commitment"],
    ["another statement", changed((r) => (r.criterion.statement += " ")), "other-commitment"],
    ["another weight", changed((r) => (r.criterion.weight = 999)), "other-commitment"],
  ];
  for (const [what, value, kind] of cases) {
    it(`are not revealed by ${what}`, () => expect(checkReveal(first.held, value).kind).to.equal(kind));
  }

  it("cannot weigh more than was published", () => {
    expect(checkReveal({ ...first.held, weight: 2000 }, first.reveal)).to.deep.equal({
      kind: "other-weight",
      id: "dark-one",
      expected: 2000,
      found: 1000,
    });
  });

  it("are each opened once, by a salt of their own, and nothing else is", () => {
    expect(kinds([first.reveal])).to.deep.equal(["revealed dark-one", "missing dark-two"]);
    expect(kinds([first.reveal, second.reveal, first.reveal])).to.deep.equal([
      "repeated dark-one",
      "revealed dark-two",
    ]);
    const stranger = { ...first.reveal, id: "dark-three", salt: salt(9) };
    expect(kinds([first.reveal, second.reveal, stranger])).to.deep.equal([
      "revealed dark-one",
      "revealed dark-two",
      "other-place dark-three",
    ]);
    expect(kinds([first.reveal, second.reveal, 7])).to.deep.equal([
      "revealed dark-one",
      "revealed dark-two",
      "other-place ",
    ]);
    const twin = commitHeldOut("dark-two", { ...secret, id: "twin", weight: 0 }, salt(1));
    const reused = checkReveals({ ...document, heldOut: [first.held, twin.held] }, [first.reveal, twin.reveal]);
    expect(reused.map(({ kind }) => kind)).to.deep.equal(["salt-reused", "salt-reused"]);
  });

  it("have to be criteria that the linter would have let pass", () => {
    const faulty: [string, Criterion][] = [
      ["criteria[2].window.endDay", { ...secret, window: { startDay: 0, endDay: 31 } }],
      ["criteria[2].id", { ...secret, id: "welcome" }],
      ["criteria[2].state", { ...secret, state: { kind: "draft" } }],
      ["criteria[2].policies[0]", { ...secret, policies: ["welcome/nine"] }],
    ];
    for (const [path, criterion] of faulty) {
      const { held, reveal } = commitHeldOut("dark-one", criterion, salt(1));
      const [outcome] = checkReveals({ ...document, heldOut: [held] }, [reveal]);
      expect(outcome!.kind === "faulty" && outcome!.findings.map((finding) => finding.path)).to.deep.equal([path]);
    }
  });

  it("bind: no change to any value of what was kept opens the commitment", () => {
    const places = valuesOf(first.reveal);
    expect(places.length).to.be.greaterThan(40);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.string({ minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (path, text, number) => {
          const reveal = structuredClone(first.reveal) as any;
          const holder = path.slice(0, -1).reduce((at, key) => at[key], reveal);
          const key = path.at(-1)!;
          const before = holder[key];
          holder[key] = typeof before === "number" ? before + number : text + before;
          expect(checkReveal(first.held, reveal).kind).to.not.equal("revealed");
        },
      ),
      { numRuns: 150 },
    );
  });

  it("hide behind the salt: another salt for the same criterion shows nothing alike", () => {
    const commitments = [1, 2, 3, 4].map((n) => commitHeldOut("dark-one", secret, salt(n)).held.commitment);
    expect(new Set(commitments).size).to.equal(4);
  });
});

/** Paths of every text and number of a reveal. */
function valuesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((one, i) => [i, one] as const) : Object.entries(value as Reveal);
  return entries.flatMap(([key, one]) => valuesOf(one, [...path, key]));
}
